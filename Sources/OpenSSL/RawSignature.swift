import COpenSSL

/// Converts between what OpenSSL and X.509 call a signature and the raw one of COSE.
///
/// Of the curves one is DER's `Ecdsa-Sig-Value` (RFC 3279, section 2.2.3; GB/T 35276, section 7.3), the other r‖s, 32 bytes each
/// (RFC 9053, section 2.1); of Ed25519 both are the same.
enum RawSignature {
    static func raw(fromNative native: [UInt8], _ algorithm: Algorithm) throws(OpenSSLError) -> [UInt8] {
        switch algorithm {
        case .es256, .sm2: try raw(fromDER: native)
        case .edDSA: native
        }
    }

    static func native(fromRaw raw: [UInt8], _ algorithm: Algorithm) throws(OpenSSLError) -> [UInt8] {
        switch algorithm {
        case .es256, .sm2: try der(fromRaw: raw)
        case .edDSA: raw
        }
    }

    private static func raw(fromDER der: [UInt8]) throws(OpenSSLError) -> [UInt8] {
        let signature = try unsafe Owned(
            unsafe der.withUnsafeBufferPointer { bytes in
                var cursor = bytes.baseAddress
                return unsafe d2i_ECDSA_SIG(nil, &cursor, bytes.count)
            },
            "d2i_ECDSA_SIG",
            free: ECDSA_SIG_free
        )
        var raw = [UInt8](repeating: 0, count: 64)
        let written = unsafe raw.withUnsafeMutableBufferPointer { bytes -> CInt in
            let r = unsafe BN_bn2binpad(ECDSA_SIG_get0_r(signature.pointer), bytes.baseAddress, 32)
            let s = unsafe BN_bn2binpad(
                ECDSA_SIG_get0_s(signature.pointer),
                bytes.baseAddress.map { unsafe $0 + 32 },
                32
            )
            return r == 32 && s == 32 ? 1 : 0
        }
        try OpenSSLError.check(written, "BN_bn2binpad")
        return raw
    }

    /// Encodes 64 bytes; whether r and s lie in 1..<n is checked when the signature is verified.
    private static func der(fromRaw raw: [UInt8]) throws(OpenSSLError) -> [UInt8] {
        let signature = try unsafe Owned(ECDSA_SIG_new(), "ECDSA_SIG_new", free: ECDSA_SIG_free)
        let r = unsafe BN_bin2bn(Array(raw.prefix(32)), 32, nil)
        let s = unsafe BN_bin2bn(Array(raw.suffix(32)), 32, nil)
        guard unsafe ECDSA_SIG_set0(signature.pointer, r, s) == 1 else {
            unsafe BN_free(r)
            unsafe BN_free(s)
            throw OpenSSLError(drainingQueueAfter: "ECDSA_SIG_set0")
        }
        return try unsafe encoded("i2d_ECDSA_SIG") { unsafe i2d_ECDSA_SIG(signature.pointer, $0) }
    }
}

/// Runs one of OpenSSL's `i2d_` functions into an array of bytes.
func encoded(
    _ call: StaticString,
    _ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> CInt
) throws(OpenSSLError) -> [UInt8] {
    var made: UnsafeMutablePointer<UInt8>?
    let count = unsafe encode(&made)
    guard count > 0, let bytes = unsafe made else { throw OpenSSLError(drainingQueueAfter: call) }
    defer { unsafe CRYPTO_free(bytes, nil, 0) }
    return unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
}
