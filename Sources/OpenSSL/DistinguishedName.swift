import COpenSSL

/// The names in a certificate: organisation and common name, in UTF-8, each of 1 to 64 characters (RFC 5280, appendix A.1).
struct DistinguishedName {
    let organisation: String
    let commonName: String

    func write(to name: OpaquePointer?) throws(OpenSSLError) {
        for (field, text) in [("O", organisation), ("CN", commonName)] {
            let bytes = Array(text.utf8)
            let added = unsafe X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, bytes, CInt(bytes.count), -1, 0)
            try OpenSSLError.check(added, "X509_NAME_add_entry_by_txt")
        }
    }
}

/// An OCTET STRING that OpenSSL reads.
@safe struct ASN1Octets: ~Copyable {
    let pointer: UnsafeMutablePointer<ASN1_OCTET_STRING>

    init(_ bytes: [UInt8]) throws(OpenSSLError) {
        guard let made = unsafe ASN1_OCTET_STRING_new() else {
            throw OpenSSLError(drainingQueueAfter: "ASN1_OCTET_STRING_new")
        }
        guard unsafe ASN1_OCTET_STRING_set(made, bytes, CInt(bytes.count)) == 1 else {
            unsafe ASN1_OCTET_STRING_free(made)
            throw OpenSSLError(drainingQueueAfter: "ASN1_OCTET_STRING_set")
        }
        unsafe pointer = made
    }

    deinit { unsafe ASN1_OCTET_STRING_free(pointer) }
}
