import COpenSSL

/// What a new certificate shall say.
package struct CertificateTemplate {
    /// The certificate's place in the chain.
    package enum Role {
        /// Self-signed; signs certificates and the trust list.
        case root
        /// Signed by the root; signs licences or lists, never certificates.
        case leaf
    }

    package let role: Role
    package let commonName: String
    package let organisation: String
    /// The first and the last second of validity, in Unix time.
    package let validity: ClosedRange<Int64>

    package init(role: Role, commonName: String, organisation: String, validity: ClosedRange<Int64>) {
        self.role = role
        self.commonName = commonName
        self.organisation = organisation
        self.validity = validity
    }

    /// Makes the certificate of `subject`, signed by `signer` in the name of `issuer` (nil: self-signed).
    package func certificate(
        of subject: PublicKey,
        signedBy signer: PrivateKey,
        issuer: Certificate?
    ) throws(OpenSSLError) -> Certificate {
        let x509 = try unsafe Owned(X509_new(), "X509_new", free: X509_free)
        let pointer = unsafe x509.pointer
        try unsafe OpenSSLError.check(X509_set_version(pointer, 2), "X509_set_version")
        try unsafe setSerial(of: pointer)
        try unsafe setValidity(of: pointer)
        try unsafe setNames(of: pointer, issuer: issuer)
        let key = try PublicKey.decoded(subject.subjectPublicKeyInfo)
        try unsafe OpenSSLError.check(X509_set_pubkey(pointer, key.pointer), "X509_set_pubkey")
        if let issuer {
            try unsafe issuer.withPointer { issuer throws(OpenSSLError) in
                try unsafe addExtensions(to: pointer, issuer: issuer)
            }
        } else {
            try unsafe addExtensions(to: pointer, issuer: pointer)
        }
        try unsafe signer.withPointer { key throws(OpenSSLError) in
            guard unsafe X509_sign(pointer, key, EVP_sha256()) > 0 else {
                throw OpenSSLError(drainingQueueAfter: "X509_sign")
            }
        }
        return try Certificate(x509)
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
        let name = unsafe X509_get_subject_name(x509)
        for (field, text) in [("O", organisation), ("CN", commonName)] {
            let bytes = Array(text.utf8)
            let added = unsafe X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, bytes, CInt(bytes.count), -1, 0)
            try OpenSSLError.check(added, "X509_NAME_add_entry_by_txt")
        }
        let named: CInt
        if let issuer {
            named = try unsafe issuer.withPointer { issuer throws(OpenSSLError) in
                unsafe X509_set_issuer_name(x509, X509_get_subject_name(issuer))
            }
        } else {
            named = unsafe X509_set_issuer_name(x509, name)
        }
        try OpenSSLError.check(named, "X509_set_issuer_name")
    }

    private func addExtensions(to x509: OpaquePointer, issuer: OpaquePointer) throws(OpenSSLError) {
        var context = unsafe X509V3_CTX()
        unsafe X509V3_set_ctx(&context, issuer, x509, nil, nil, 0)
        for (nid, value) in extensions {
            guard let made = unsafe X509V3_EXT_conf_nid(nil, &context, nid, value) else {
                throw OpenSSLError(drainingQueueAfter: "X509V3_EXT_conf_nid")
            }
            defer { unsafe X509_EXTENSION_free(made) }
            try unsafe OpenSSLError.check(X509_add_ext(x509, made, -1), "X509_add_ext")
        }
    }

    /// RFC 5280, section 4.2.1; the subject's identifier stands first because a root's authority identifier copies it.
    private var extensions: [(CInt, String)] {
        switch role {
        case .root:
            [
                (NID_subject_key_identifier, "hash"), (NID_authority_key_identifier, "keyid:always"),
                (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
                (NID_key_usage, "critical,digitalSignature,keyCertSign,cRLSign"),
            ]
        case .leaf:
            [
                (NID_subject_key_identifier, "hash"), (NID_authority_key_identifier, "keyid:always"),
                (NID_basic_constraints, "critical,CA:FALSE"),
                (NID_key_usage, "critical,digitalSignature"),
            ]
        }
    }
}
