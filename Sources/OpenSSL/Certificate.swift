import COpenSSL

/// An X.509 certificate (RFC 5280).
// @unchecked: the certificate never changes after `init`, and OpenSSL lets threads share one they only read.
package final class Certificate: @unchecked Sendable, Hashable {
    private let x509: Owned
    package let der: [UInt8]
    package let publicKey: PublicKey
    /// The first and the last second of validity, in Unix time.
    package let validity: ClosedRange<Int64>

    package convenience init(der: [UInt8]) throws(OpenSSLError) {
        let made = unsafe der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            var cursor = bytes.baseAddress
            guard let x509 = unsafe d2i_X509(nil, &cursor, bytes.count) else { return nil }
            guard let end = unsafe bytes.baseAddress.map({ unsafe $0 + bytes.count }), unsafe cursor == end else {
                unsafe X509_free(x509)
                return nil
            }
            return unsafe x509
        }
        try unsafe self.init(Owned(made, "d2i_X509", free: X509_free))
    }

    package convenience init(pem: [UInt8]) throws(OpenSSLError) {
        let input = try MemoryBIO(pem)
        try unsafe self.init(
            Owned(PEM_read_bio_X509(input.pointer, nil, refusePassphrase, nil), "PEM_read_bio_X509", free: X509_free)
        )
    }

    /// Reads a file of authorities whose servers are believed, as TLS does: certificates in PEM, by whatever algorithm.
    package static func checkAuthorities(file: String) throws(OpenSSLError) {
        let store = try unsafe Owned(X509_STORE_new(), "X509_STORE_new", free: X509_STORE_free)
        try unsafe OpenSSLError.check(X509_STORE_load_file(store.pointer, file), "X509_STORE_load_file")
    }

    init(_ x509: consuming Owned) throws(OpenSSLError) {
        let pointer = unsafe x509.pointer
        der = try unsafe encoded("i2d_X509") { unsafe i2d_X509(pointer, $0) }
        publicKey = try unsafe PublicKey(Owned(X509_get_pubkey(pointer), "X509_get_pubkey", free: EVP_PKEY_free))
        let first = try unsafe Self.seconds(X509_get0_notBefore(pointer))
        let last = try unsafe Self.seconds(X509_get0_notAfter(pointer))
        guard first <= last else { throw OpenSSLError(drainingQueueAfter: "reading a validity that ends too early") }
        validity = first...last
        if unsafe X509_get_signature_nid(pointer) == NID_SM2_with_SM3 {
            let identifier = try ASN1Octets(Algorithm.distinguishingIdentifier)
            // The certificate keeps and frees it, so it gets a copy of its own.
            unsafe X509_set0_distinguishing_id(pointer, ASN1_OCTET_STRING_dup(identifier.pointer))
        }
        self.x509 = x509
    }

    package var pem: [UInt8] {
        get throws(OpenSSLError) {
            let output = try MemoryBIO()
            try unsafe OpenSSLError.check(PEM_write_bio_X509(output.pointer, x509.pointer), "PEM_write_bio_X509")
            return output.bytes
        }
    }

    /// Whether `issuer`'s key signed this certificate and its subject is this one's issuer; validity is not looked at.
    package func isIssued(by issuer: Certificate) -> Bool {
        let named = unsafe X509_check_issued(issuer.x509.pointer, x509.pointer) == X509_V_OK
        guard named, let key = unsafe X509_get0_pubkey(issuer.x509.pointer) else {
            ERR_clear_error()
            return false
        }
        let verified = unsafe X509_verify(x509.pointer, key) == 1
        if !verified { ERR_clear_error() }
        return verified
    }

    /// Whether the certificate may sign others (basic constraints).
    package var isAuthority: Bool { unsafe X509_check_ca(x509.pointer) == 1 }

    /// The organisation of its subject; nil when it names none, or several.
    package var organisation: String? {
        let name = unsafe X509_get_subject_name(x509.pointer)
        let place = unsafe X509_NAME_get_index_by_NID(name, NID_organizationName, -1)
        guard place >= 0, unsafe X509_NAME_get_index_by_NID(name, NID_organizationName, place) < 0,
            let value = unsafe X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, place))
        else { return nil }
        var text: UnsafeMutablePointer<UInt8>?
        let count = unsafe ASN1_STRING_to_UTF8(&text, value)
        guard count >= 0, let text = unsafe text else {
            ERR_clear_error()
            return nil
        }
        defer { unsafe CRYPTO_free(text, nil, 0) }
        return unsafe String(validating: UnsafeBufferPointer(start: text, count: Int(count)), as: UTF8.self)
    }

    /// Whether its key may sign what is no certificate (key usage digitalSignature).
    package var isForSignatures: Bool { unsafe X509_get_key_usage(x509.pointer) & UInt32(KU_DIGITAL_SIGNATURE) != 0 }

    /// The DER of the extension that `identifier` (dotted) names; nil when there is none, empty when it stands twice.
    package func value(ofExtension identifier: String) -> [UInt8]? {
        guard let name = try? unsafe Owned(OBJ_txt2obj(identifier, 1), "OBJ_txt2obj", free: ASN1_OBJECT_free) else {
            return nil
        }
        let place = unsafe X509_get_ext_by_OBJ(x509.pointer, name.pointer, -1)
        guard place >= 0 else { return nil }
        guard unsafe X509_get_ext_by_OBJ(x509.pointer, name.pointer, place) < 0,
            let found = unsafe X509_get_ext(x509.pointer, place),
            let value = unsafe X509_EXTENSION_get_data(found)
        else { return [] }
        return unsafe Array(
            UnsafeBufferPointer(start: ASN1_STRING_get0_data(value), count: Int(ASN1_STRING_length(value)))
        )
    }

    /// The object identifiers of its extended key usages (RFC 5280, section 4.2.1.12); empty when it has none.
    package var usages: [String] {
        guard let found = unsafe X509_get_ext_d2i(x509.pointer, NID_ext_key_usage, nil, nil) else {
            ERR_clear_error()
            return []
        }
        let names = OpaquePointer(found)
        defer { unsafe licet_EXTENDED_KEY_USAGE_free(names) }
        return unsafe (0..<licet_EXTENDED_KEY_USAGE_num(names)).map { index in
            var text = [CChar](repeating: 0, count: 128)
            let count = unsafe OBJ_obj2txt(&text, CInt(text.count), licet_EXTENDED_KEY_USAGE_value(names, index), 1)
            return String(decoding: text.prefix(Int(max(0, count))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    package static func == (left: Certificate, right: Certificate) -> Bool { left.der == right.der }
    package func hash(into hasher: inout Hasher) { hasher.combine(der) }

    /// Lends the certificate to the code that issues another in its name.
    func withPointer<Result>(_ body: (OpaquePointer) throws(OpenSSLError) -> Result) throws(OpenSSLError) -> Result {
        try unsafe body(x509.pointer)
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) throws(OpenSSLError) -> Int64 {
        let epoch = unsafe ASN1_TIME_set(nil, 0)
        defer { unsafe ASN1_STRING_free(epoch) }
        var days: CInt = 0
        var seconds: CInt = 0
        try unsafe OpenSSLError.check(ASN1_TIME_diff(&days, &seconds, epoch, time), "ASN1_TIME_diff")
        return Int64(days) * 86_400 + Int64(seconds)
    }
}
