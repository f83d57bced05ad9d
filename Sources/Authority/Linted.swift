import Licence
import LicenceCode
import OpenSSL
import Publication

/// Claims that passed every check and may be signed once: signing consumes them, and nothing else can be signed.
struct LintedClaims: ~Copyable {
    /// The code as it will be, with a signature of zeros; to see whether it can be handed out.
    let blank: UnverifiedCode
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
        guard try Claims(encoded: claims.encoded) == claims else {
            throw AuthorityError(.lint, "the encoded licence does not read back as it was")
        }
        do throws(CodeError) {
            blank = try UnverifiedCode(
                unsigned: claims,
                algorithm: key.certificate.publicKey.algorithm,
                issuerNumber: key.number
            )
        } catch {
            throw AuthorityError(.lint, field: "scope", "\(error.reason); use --profile core")
        }
        self.key = key
    }

    /// Signs, and checks that what was signed is what was linted and verifies.
    consuming func signed(with privateKey: PrivateKey) throws -> UnverifiedCode {
        let code = blank.signed(with: try privateKey.signature(of: blank.toBeSigned))
        guard try UnverifiedCode(digits: code.digits) == code, code.cose.isSigned(by: key.certificate.publicKey)
        else { throw AuthorityError(.lint, "the signed code does not verify; nothing was issued") }
        return code
    }
}
