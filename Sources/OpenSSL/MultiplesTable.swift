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

    /// Makes the table of `key`; nil where that is no P-256 key or memory is short.
    init?(_ key: OpaquePointer) {
        var point: UnsafeMutablePointer<UInt8>?
        let size = unsafe EVP_PKEY_get1_encoded_public_key(key, &point)
        defer { unsafe CRYPTO_free(point, nil, 0) }
        guard size > 0, let bytes = unsafe point,
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
            unsafe EC_POINT_oct2point(curve.pointer, generator.pointer, bytes, size, context.pointer) == 1
            && EC_GROUP_set_generator(
                shifted.pointer,
                generator.pointer,
                EC_GROUP_get0_order(curve.pointer),
                EC_GROUP_get0_cofactor(curve.pointer)
            ) == 1
            && licet_EC_GROUP_precompute_mult(shifted.pointer, context.pointer) == 1
        guard isMade else {
            ERR_clear_error()
            return nil
        }
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
        let numbers = unsafe (0..<6).map { _ in unsafe BN_CTX_get(context) }
        // One that could not be had leaves the rest nil as well.
        guard unsafe numbers.allSatisfy({ unsafe $0 != nil }), let order = unsafe EC_GROUP_get0_order(curve.pointer)
        else { return false }
        let (r, s, e) = unsafe (numbers[0], numbers[1], numbers[2])
        let (inverse, product, x) = unsafe (numbers[3], numbers[4], numbers[5])
        let isRead = unsafe signature.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return false }
            return unsafe BN_bin2bn(start, 32, r) != nil && BN_bin2bn(start + 32, 32, s) != nil
        }
        // The digest has as many bits as the order, so that none is cut off.
        guard isRead, unsafe BN_bin2bn(digest, 32, e) != nil else { return false }
        let areInRange =
            unsafe BN_is_zero(r) == 0 && BN_ucmp(r, order) < 0 && BN_is_zero(s) == 0 && BN_ucmp(s, order) < 0
        guard areInRange else { return false }
        let isMultiplied =
            unsafe BN_mod_inverse(inverse, s, order, context) != nil
            && BN_mod_mul(product, e, inverse, order, context) == 1
            && EC_POINT_mul(curve.pointer, left, product, nil, nil, context) == 1
            && BN_mod_mul(product, r, inverse, order, context) == 1
            && EC_POINT_mul(shifted.pointer, right, product, nil, nil, context) == 1
            && EC_POINT_add(curve.pointer, left, left, right, context) == 1
        guard isMultiplied, unsafe EC_POINT_is_at_infinity(curve.pointer, left) == 0 else { return false }
        let isReduced =
            unsafe EC_POINT_get_affine_coordinates(curve.pointer, left, x, nil, context) == 1
            && BN_nnmod(x, x, order, context) == 1
        return unsafe isReduced && BN_ucmp(x, r) == 0
    }
}
