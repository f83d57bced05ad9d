import COpenSSL

/// A PKCS#10 certification request (RFC 2986): a public key, and the proof that who asks holds its private key.
package struct CertificationRequest: Hashable {
    package let der: [UInt8]
    package let publicKey: PublicKey

    /// Asks for a certificate of `signer`'s key.
    package init(organisation: String, commonName: String, signedBy signer: any Signer) throws {
        let request = try unsafe Owned(X509_REQ_new(), "X509_REQ_new", free: X509_REQ_free)
        let pointer = unsafe request.pointer
        try unsafe OpenSSLError.check(X509_REQ_set_version(pointer, 0), "X509_REQ_set_version")
        try unsafe DistinguishedName(organisation: organisation, commonName: commonName)
            .write(to: X509_REQ_get_subject_name(pointer))
        try unsafe signer.publicKey.withPointer { key throws(OpenSSLError) in
            try unsafe OpenSSLError.check(X509_REQ_set_pubkey(pointer, key), "X509_REQ_set_pubkey")
        }
        guard let algorithm = unsafe X509_ALGOR_new() else { throw OpenSSLError(drainingQueueAfter: "X509_ALGOR_new") }
        defer { unsafe X509_ALGOR_free(algorithm) }
        let name = unsafe OBJ_nid2obj(signer.algorithm.signatureNID)
        try unsafe OpenSSLError.check(X509_ALGOR_set0(algorithm, name, V_ASN1_UNDEF, nil), "X509_ALGOR_set0")
        try unsafe OpenSSLError.check(
            X509_REQ_set1_signature_algo(pointer, algorithm),
            "X509_REQ_set1_signature_algo"
        )
        let message = try unsafe encoded("i2d_re_X509_REQ_tbs") { unsafe i2d_re_X509_REQ_tbs(pointer, $0) }
        let signature = try RawSignature.native(fromRaw: signer.signature(of: message), signer.algorithm)
        guard let bits = unsafe ASN1_BIT_STRING_new() else {
            throw OpenSSLError(drainingQueueAfter: "ASN1_BIT_STRING_new")
        }
        let isSet = unsafe licet_set_signature(bits, signature, CInt(signature.count))
        // The request owns the bits from here on.
        unsafe X509_REQ_set0_signature(pointer, bits)
        try OpenSSLError.check(isSet, "setting the signature")
        try unsafe self.init(der: encoded("i2d_X509_REQ") { unsafe i2d_X509_REQ(pointer, $0) })
    }

    /// Reads a request and believes it only if its own key signed it.
    package init(der: [UInt8]) throws(OpenSSLError) {
        var used = 0
        let made = unsafe der.withUnsafeBufferPointer { bytes in
            var cursor = bytes.baseAddress
            let request = unsafe d2i_X509_REQ(nil, &cursor, bytes.count)
            if let start = bytes.baseAddress, let cursor = unsafe cursor { used = unsafe cursor - start }
            return unsafe request
        }
        let request = try unsafe Owned(made, "d2i_X509_REQ", free: X509_REQ_free)
        guard used == der.count else { throw OpenSSLError(drainingQueueAfter: "d2i_X509_REQ") }
        let key = try unsafe PublicKey(
            Owned(X509_REQ_get_pubkey(request.pointer), "X509_REQ_get_pubkey", free: EVP_PKEY_free)
        )
        if key.algorithm == .sm2 {
            let identifier = try ASN1Octets(Algorithm.distinguishingIdentifier)
            // The request keeps and frees it, so it gets a copy of its own.
            unsafe X509_REQ_set0_distinguishing_id(request.pointer, ASN1_OCTET_STRING_dup(identifier.pointer))
        }
        try unsafe key.withPointer { key throws(OpenSSLError) in
            try unsafe OpenSSLError.check(X509_REQ_verify(request.pointer, key), "X509_REQ_verify")
        }
        self.der = der
        publicKey = key
    }

    package static func == (left: CertificationRequest, right: CertificationRequest) -> Bool { left.der == right.der }
    package func hash(into hasher: inout Hasher) { hasher.combine(der) }
}
