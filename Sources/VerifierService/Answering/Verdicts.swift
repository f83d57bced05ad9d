import Licence
import Verification

/// Gives verdicts by the publication that is in force, and counts them.
struct Verdicts: Sendable {
    let publication: @Sendable () -> LoadedPublication
    let known: CheckedCodes
    let metrics: Metrics
    let now: @Sendable () -> Instant

    func verdict(of text: String) -> Verdict { count(verifier.verdict(of: text)) }

    /// What stands behind `/L/` in an address: an address in an address is no code.
    func verdict(ofDigits digits: Substring) -> Verdict { count(verifier.verdict(ofDigits: digits)) }

    private var verifier: Verifier { Verifier(publication().grounds, now: now(), known: known) }

    private func count(_ verdict: Verdict) -> Verdict {
        metrics.count(verdict.word)
        return verdict
    }
}
