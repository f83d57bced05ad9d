import Licence
import LicenceCode
import OpenSSL
import Publication

/// Claims that passed every check and may be signed once: signing consumes them, and nothing else can be signed.
struct LintedClaims: ~Copyable {
    private let claims: Claims
    private let payload: [UInt8]
    private let compression: UnverifiedCode.Compression
    private let key: TrustedKey

    /// Checks what is about to be signed, as independently as it can be from how it was made.
    ///
    /// - Throws: ``AuthorityError/Code/lint`` with the rule that does not hold.
    init(_ claims: Claims, key: TrustedKey, today: CalendarDate, now: Instant) throws {
        guard key.purpose == .licences, key.divisions.contains(where: { $0.covers(claims.creditCode.division) }) else {
            throw AuthorityError(.lint, field: "creditCode", "its division is not among those of key \(key.number)")
        }
        guard key.kinds.contains(claims.kind) else {
            throw AuthorityError(.lint, field: "kind", "is not among the kinds of key \(key.number)")
        }
        guard key.validity.contains(now), key.revocation == nil else {
            throw AuthorityError(.lint, "key \(key.number) cannot sign at \(now)")
        }
        guard claims.issued == today, claims.established <= today else {
            throw AuthorityError(.lint, field: "established", "lies after the day of issue, \(today)")
        }
        if let last = claims.term?.to, last < today {
            throw AuthorityError(.lint, field: "term.to", "has passed already (\(last))")
        }
        let encoded = claims.encoded
        guard try Claims(encoded: encoded) == claims else {
            throw AuthorityError(.lint, "the encoded licence does not read back as it was")
        }
        let deflated = try Deflate.compressed(encoded, .raw(dictionary: PresetDictionary.version1))
        let isSmaller = deflated.count < encoded.count
        let payload = isSmaller ? deflated : encoded
        guard payload.count <= UnverifiedCode.maximumPayloadBytes else {
            throw AuthorityError(
                .lint,
                field: "scope",
                "the licence takes \(payload.count) bytes, more than the largest QR symbol holds; use --profile core"
            )
        }
        self.claims = claims
        self.payload = payload
        self.compression = isSmaller ? .dictionary1 : .none
        self.key = key
    }

    /// The code as it will be, with a signature of zeros; to see whether it can be handed out.
    var blank: UnverifiedCode {
        code(signature: [UInt8](repeating: 0, count: key.certificate.publicKey.algorithm.signatureSize))
    }

    /// Signs, and checks that what was signed is what was linted and verifies.
    consuming func signed(with privateKey: PrivateKey) throws -> UnverifiedCode {
        let code = code(signature: try privateKey.signature(of: blank.toBeSigned))
        guard try UnverifiedCode(digits: code.digits) == code, try code.claims() == claims,
            code.cose.isSigned(by: key.certificate.publicKey)
        else { throw AuthorityError(.lint, "the signed code does not verify; nothing was issued") }
        return code
    }

    private func code(signature: [UInt8]) -> UnverifiedCode {
        UnverifiedCode(
            algorithm: key.certificate.publicKey.algorithm,
            issuerNumber: key.number,
            compression: compression,
            payload: payload,
            signature: signature
        )
    }
}
