import Authority
import Licence
import LicenceCode
import OpenSSL
import Publication

/// A code that passed every rule and may be signed once: signing consumes it, and nothing else can be signed.
struct LintedCode: ~Copyable {
    /// The code as it will be, with a signature of zeros; to see whether it can be handed out.
    let blank: UnverifiedCode
    /// What was linted, byte by byte; this and nothing else is signed.
    private let toBeSigned: [UInt8]
    private let key: TrustedKey

    /// Packs `claims` and checks the bytes that are about to be signed.
    ///
    /// - Throws: ``AuthorityError/Code/lint`` with the first rule that does not hold.
    init(_ claims: Claims, as entry: Lint.Entry, key: TrustedKey, today: CalendarDate, now: Instant) throws {
        let packed: UnverifiedCode
        do throws(CodeError) {
            packed = try UnverifiedCode(
                unsigned: claims,
                algorithm: key.certificate.publicKey.algorithm,
                issuerNumber: key.number
            )
        } catch {
            throw AuthorityError(.lint, field: "scope", "\(error.reason); use --profile core")
        }
        // Read from the bytes, so that the rules see what a verifier will see and not what was meant.
        let code: UnverifiedCode
        do throws(CodeError) { code = try UnverifiedCode(bytes: packed.bytes) } catch {
            throw AuthorityError(.lint, "the encoded licence cannot be read: \(error.reason)")
        }
        let lint = Lint(code: code, entry: entry, key: key)
        if let fault = (lint.faults(signingAt: now, today: today) + lint.faults).first {
            throw AuthorityError(.lint, field: fault.field, fault.reason)
        }
        blank = code
        toBeSigned = code.toBeSigned
        self.key = key
    }

    /// Signs what was linted, and checks that what came out is that and verifies.
    consuming func signed(with signer: any Signer) throws -> UnverifiedCode {
        let signature = try signer.signature(of: toBeSigned)
        guard signature.count == blank.algorithm.signatureSize else {
            throw AuthorityError(.key, "the key gave no signature of \(blank.algorithm.rawValue); nothing was issued")
        }
        let code = try UnverifiedCode(bytes: blank.packed + signature)
        guard code.toBeSigned == toBeSigned, code.cose.isSigned(by: key.certificate.publicKey) else {
            throw AuthorityError(
                .lint,
                "the signed code is not what was linted, or does not verify; nothing was issued"
            )
        }
        return code
    }
}
