import COpenSSL

/// A table of multiples of one P-256 public key, by which its signatures are checked in half the time.
///
/// ECDSA's check (FIPS 186-5, section 6.4.2) multiplies the generator and the public key by a number each. OpenSSL has a table for the
/// generator alone, since keys are many; a verifier meets thousands of signatures by the same few. All arithmetic is OpenSSL's: the
/// table is that which it makes for a group whose generator is the key. A table takes about 150 kB and 40 ms.
// @unchecked: nothing changes after `init`, and OpenSSL lets threads share what they only read.
final class MultiplesTable: @unchecked Sendable {
    /// P-256 itself, whose multiples OpenSSL brings along.
    private let curve: Owned
    /// P-256 with the public key in the generator's place.
    private let shifted: Owned
    private let order: OddModulus

    /// Makes the table of `key`; nil where that is no P-256 key or memory is short.
    init?(_ key: OpaquePointer) {
        var encoded: UnsafeMutablePointer<UInt8>?
        let size = unsafe EVP_PKEY_get1_encoded_public_key(key, &encoded)
        defer { unsafe CRYPTO_free(encoded, nil, 0) }
        guard size > 0, let point = unsafe encoded,
            let curve = try? unsafe Owned(
                EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1),
                "EC_GROUP_new_by_curve_name",
                free: EC_GROUP_free
            ),
            let shifted = try? unsafe Owned(EC_GROUP_dup(curve.pointer), "EC_GROUP_dup", free: EC_GROUP_free),
            let generator = try? unsafe Owned(EC_POINT_new(curve.pointer), "EC_POINT_new", free: EC_POINT_free),
            let context = try? unsafe Owned(BN_CTX_new(), "BN_CTX_new", free: BN_CTX_free)
        else {
            ERR_clear_error()
            return nil
        }
        let isMade =
            unsafe EC_POINT_oct2point(curve.pointer, generator.pointer, point, size, context.pointer) == 1
            && EC_GROUP_set_generator(
                shifted.pointer,
                generator.pointer,
                EC_GROUP_get0_order(curve.pointer),
                EC_GROUP_get0_cofactor(curve.pointer)
            ) == 1
            && licet_EC_GROUP_precompute_mult(shifted.pointer, context.pointer) == 1
        var bytes = [UInt8](repeating: 0, count: 32)
        guard isMade, unsafe BN_bn2binpad(EC_GROUP_get0_order(curve.pointer), &bytes, 32) == 32,
            let order = OddModulus(bytes)
        else {
            ERR_clear_error()
            return nil
        }
        self.order = order
        self.curve = curve
        self.shifted = shifted
    }

    /// Whether `signature`, r‖s, is one of `digest`, 32 bytes; false as well where memory is short.
    func verifies(_ signature: [UInt8], ofDigest digest: [UInt8]) -> Bool {
        guard signature.count == 64, digest.count == 32,
            let context = try? unsafe Owned(BN_CTX_new(), "BN_CTX_new", free: BN_CTX_free),
            let left = try? unsafe Owned(EC_POINT_new(curve.pointer), "EC_POINT_new", free: EC_POINT_free),
            let right = try? unsafe Owned(EC_POINT_new(curve.pointer), "EC_POINT_new", free: EC_POINT_free)
        else {
            ERR_clear_error()
            return false
        }
        unsafe BN_CTX_start(context.pointer)
        defer { unsafe BN_CTX_end(context.pointer) }
        let isOne = unsafe isOne(signature, digest, context.pointer, left.pointer, right.pointer)
        if !isOne { ERR_clear_error() }
        return isOne
    }

    private func isOne(
        _ signature: [UInt8],
        _ digest: [UInt8],
        _ context: OpaquePointer,
        _ left: OpaquePointer,
        _ right: OpaquePointer
    ) -> Bool {
        let numbers = unsafe (0..<7).map { _ in unsafe BN_CTX_get(context) }
        // One that could not be had leaves the rest nil as well.
        guard unsafe numbers.allSatisfy({ unsafe $0 != nil }), let inverse = order.inverse([UInt8](signature[32...])),
            let n = unsafe EC_GROUP_get0_order(curve.pointer), let p = unsafe EC_GROUP_get0_field(curve.pointer)
        else { return false }
        let (r, s, e, w) = unsafe (numbers[0], numbers[1], numbers[2], numbers[3])
        let (product, x, z) = unsafe (numbers[4], numbers[5], numbers[6])
        let isRead = unsafe signature.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return false }
            return unsafe BN_bin2bn(start, 32, r) != nil && BN_bin2bn(start + 32, 32, s) != nil
        }
        // The digest has as many bits as the order, so that none is cut off.
        guard isRead, unsafe BN_bin2bn(digest, 32, e) != nil, unsafe BN_bin2bn(inverse, 32, w) != nil,
            unsafe BN_is_zero(r) == 0 && BN_ucmp(r, n) < 0,
            // The inverse is Licet's own; that it is one is OpenSSL's word.
            unsafe BN_mod_mul(product, s, w, n, context) == 1 && BN_is_one(product) == 1
        else { return false }
        let isSummed =
            unsafe BN_mod_mul(product, e, w, n, context) == 1
            && EC_POINT_mul(curve.pointer, left, product, nil, nil, context) == 1
            && BN_mod_mul(product, r, w, n, context) == 1
            && EC_POINT_mul(shifted.pointer, right, product, nil, nil, context) == 1
            && EC_POINT_add(curve.pointer, left, left, right, context) == 1
        guard isSummed, unsafe EC_POINT_is_at_infinity(curve.pointer, left) == 0 else { return false }
        // The point's x is X/Z², and r where X is r·Z²: no inverse is wanted. An x of n or more, one of 2^128, is left to OpenSSL's check.
        let isReduced =
            unsafe licet_EC_POINT_get_Jprojective_coordinates(curve.pointer, left, x, nil, z, context) == 1
            && BN_mod_mul(product, z, z, p, context) == 1
            && BN_mod_mul(product, product, r, p, context) == 1
        return unsafe isReduced && BN_ucmp(product, x) == 0
    }
}
