package import Licence
import LicenceCode
package import Publication

/// Decides what a code is worth, from a snapshot of the publication and a clock; reads nothing else and changes nothing.
package struct Verifier {
    private let grounds: Grounds
    private let now: Instant
    private let known: CheckedCodes?

    package init(snapshot: Snapshot, now: Instant) { self.init(Grounds(snapshot), now: now) }

    /// `known` keeps what was found out about codes that are checked again and again.
    package init(_ grounds: Grounds, now: Instant, known: CheckedCodes? = nil) {
        self.grounds = grounds
        self.now = now
        self.known = known
    }

    /// Judges the text of a symbol; `paper` is what the paper in hand says, where somebody gave it.
    package func verdict(of text: String, paper: Application? = nil) -> Verdict { verdict(of: .symbol(text), paper) }

    /// Judges the digits of a code, behind which and before which nothing stands.
    package func verdict(ofDigits digits: Substring) -> Verdict { verdict(of: .digits(digits), nil) }

    private func verdict(of text: Examination.Text, _ paper: Application?) -> Verdict {
        var examination = Examination(grounds, now: now, known: known)
        do throws(Finding) {
            let (code, message) = try examination.readCode(text)
            try examination.checkTrustList()
            let key = try examination.issuer(of: code)
            try examination.checkSignature(of: code, message, by: key)
            let listed = examination.lists(of: code, key: key)
            try examination.checkRevocation(of: key, code, listed)
            try examination.checkJurisdiction(of: key, code)
            try examination.checkIssued(listed)
            try examination.checkEvidence(listed)
            try examination.checkBegin(of: code, key)
            try examination.checkFinalStatus(listed)
            try examination.checkTerm(of: code, key)
            try examination.checkPause(listed)
            try examination.checkPaper(paper, code)
            return examination.valid(code, listed)
        } catch {
            return examination.verdict(error.word, .other(error.message))
        }
    }
}

/// The first check that did not hold.
struct Finding: Error {
    let word: VerdictWord
    let message: Bilingual
}
