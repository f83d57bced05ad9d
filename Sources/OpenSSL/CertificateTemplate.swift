import COpenSSL

/// What a new certificate shall say.
package struct CertificateTemplate {
    /// The certificate's place in the chain.
    package enum Role {
        /// Signs certificates and the trust list: a root, or a root that another root vouches for.
        case root
        /// Certifies keys and signs nothing else: a root that was, in the eyes of the one that followed it.
        case certifier
        /// Signed by a root; signs licences or lists, never certificates.
        case leaf
    }

    /// Whose key it is.
    package enum Subject {
        case named(organisation: String, commonName: String)
        /// The name of another certificate, byte by byte.
        case same(Certificate)
    }

    /// An extension that is not OpenSSL's: its object identifier in dotted form, and its DER.
    package struct Extension {
        package let identifier: String
        package let der: [UInt8]

        package init(identifier: String, der: [UInt8]) {
            self.identifier = identifier
            self.der = der
        }
    }

    package let role: Role
    package let subject: Subject
    /// The first and the last second of validity, in Unix time.
    package let validity: ClosedRange<Int64>
    /// Object identifiers of extended key usages (RFC 5280, section 4.2.1.12), critical where there are any.
    package let usages: [String]
    package let extensions: [Extension]

    package init(
        role: Role,
        subject: Subject,
        validity: ClosedRange<Int64>,
        usages: [String] = [],
        extensions: [Extension] = []
    ) {
        self.role = role
        self.subject = subject
        self.validity = validity
        self.usages = usages
        self.extensions = extensions
    }

    /// Makes the certificate of `key`, signed by `signer` in the name of `issuer` (nil: self-signed).
    package func certificate(
        of key: PublicKey,
        signedBy signer: any Signer,
        issuer: Certificate?
    ) throws -> Certificate {
        let x509 = try unsafe Owned(X509_new(), "X509_new", free: X509_free)
        let pointer = unsafe x509.pointer
        try unsafe OpenSSLError.check(X509_set_version(pointer, 2), "X509_set_version")
        try unsafe setSerial(of: pointer)
        try unsafe setValidity(of: pointer)
        try unsafe setNames(of: pointer, issuer: issuer)
        try unsafe key.withPointer { key throws(OpenSSLError) in
            try unsafe OpenSSLError.check(X509_set_pubkey(pointer, key), "X509_set_pubkey")
        }
        if let issuer {
            try unsafe issuer.withPointer { issuer throws(OpenSSLError) in
                try unsafe addExtensions(to: pointer, issuer: issuer)
            }
        } else {
            try unsafe addExtensions(to: pointer, issuer: pointer)
        }
        try unsafe sign(pointer, with: signer)
        return try Certificate(x509)
    }

    /// Signs by way of the bytes, so that the signer may be a token of which OpenSSL knows nothing.
    private func sign(_ x509: OpaquePointer, with signer: any Signer) throws {
        let name = unsafe OBJ_nid2obj(signer.algorithm.signatureNID)
        try unsafe OpenSSLError.check(
            X509_ALGOR_set0(licet_X509_tbs_algorithm(x509), name, V_ASN1_UNDEF, nil),
            "X509_ALGOR_set0"
        )
        try unsafe OpenSSLError.check(
            X509_ALGOR_set0(licet_X509_algorithm(x509), name, V_ASN1_UNDEF, nil),
            "X509_ALGOR_set0"
        )
        let message = try unsafe encoded("i2d_re_X509_tbs") { unsafe i2d_re_X509_tbs(x509, $0) }
        let signature = try RawSignature.native(fromRaw: signer.signature(of: message), signer.algorithm)
        let place = unsafe licet_X509_signature(x509)
        try unsafe OpenSSLError.check(
            licet_set_signature(place, signature, CInt(signature.count)),
            "setting the signature"
        )
    }

    /// A random serial number of 127 bits (RFC 5280, section 4.1.2.2).
    private func setSerial(of x509: OpaquePointer) throws(OpenSSLError) {
        let number = try unsafe Owned(BN_new(), "BN_new", free: BN_free)
        try unsafe OpenSSLError.check(BN_rand(number.pointer, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY), "BN_rand")
        guard let serial = unsafe X509_get_serialNumber(x509), unsafe BN_to_ASN1_INTEGER(number.pointer, serial) != nil
        else { throw OpenSSLError(drainingQueueAfter: "BN_to_ASN1_INTEGER") }
    }

    private func setValidity(of x509: OpaquePointer) throws(OpenSSLError) {
        guard unsafe ASN1_TIME_set(X509_getm_notBefore(x509), time_t(validity.lowerBound)) != nil,
            unsafe ASN1_TIME_set(X509_getm_notAfter(x509), time_t(validity.upperBound)) != nil
        else { throw OpenSSLError(drainingQueueAfter: "ASN1_TIME_set") }
    }

    private func setNames(of x509: OpaquePointer, issuer: Certificate?) throws(OpenSSLError) {
        switch subject {
        case .named(let organisation, let commonName):
            try unsafe DistinguishedName(organisation: organisation, commonName: commonName)
                .write(to: X509_get_subject_name(x509))
        case .same(let other):
            try unsafe other.withPointer { other throws(OpenSSLError) in
                let named = unsafe X509_set_subject_name(x509, X509_get_subject_name(other))
                try OpenSSLError.check(named, "X509_set_subject_name")
            }
        }
        let named: CInt
        if let issuer {
            named = try unsafe issuer.withPointer { issuer throws(OpenSSLError) in
                unsafe X509_set_issuer_name(x509, X509_get_subject_name(issuer))
            }
        } else {
            named = unsafe X509_set_issuer_name(x509, X509_get_subject_name(x509))
        }
        try OpenSSLError.check(named, "X509_set_issuer_name")
    }

    private func addExtensions(to x509: OpaquePointer, issuer: OpaquePointer) throws(OpenSSLError) {
        var context = unsafe X509V3_CTX()
        unsafe X509V3_set_ctx(&context, issuer, x509, nil, nil, 0)
        for (nid, value) in standardExtensions {
            let made = try unsafe Owned(
                X509V3_EXT_conf_nid(nil, &context, nid, value),
                "X509V3_EXT_conf_nid",
                free: X509_EXTENSION_free
            )
            try unsafe OpenSSLError.check(X509_add_ext(x509, made.pointer, -1), "X509_add_ext")
        }
        for own in extensions {
            let name = try unsafe Owned(OBJ_txt2obj(own.identifier, 1), "OBJ_txt2obj", free: ASN1_OBJECT_free)
            let value = try ASN1Octets(own.der)
            let made = try unsafe Owned(
                X509_EXTENSION_create_by_OBJ(nil, name.pointer, 0, value.pointer),
                "X509_EXTENSION_create_by_OBJ",
                free: X509_EXTENSION_free
            )
            try unsafe OpenSSLError.check(X509_add_ext(x509, made.pointer, -1), "X509_add_ext")
        }
    }

    /// RFC 5280, section 4.2.1; the subject's identifier stands first because a root's authority identifier copies it.
    ///
    /// A root has no length of path: the certificate by which it vouches for its successor stands below it.
    private var standardExtensions: [(CInt, String)] {
        let keyUsage =
            switch role {
            case .root: "critical,digitalSignature,keyCertSign"
            case .certifier: "critical,keyCertSign"
            case .leaf: "critical,digitalSignature"
            }
        var extensions: [(CInt, String)] = [
            (NID_subject_key_identifier, "hash"), (NID_authority_key_identifier, "keyid:always"),
            (NID_basic_constraints, role == .leaf ? "critical,CA:FALSE" : "critical,CA:TRUE"),
            (NID_key_usage, keyUsage),
        ]
        if !usages.isEmpty {
            extensions.append((NID_ext_key_usage, "critical,\(usages.joined(separator: ","))"))
        }
        return extensions
    }
}
