package import Licence
import LicenceCode
package import Publication

/// Decides what a code is worth, from a snapshot of the publication and a clock; reads nothing else and changes nothing.
package struct Verifier {
    private let snapshot: Snapshot
    private let now: Instant

    package init(snapshot: Snapshot, now: Instant) {
        self.snapshot = snapshot
        self.now = now
    }

    /// Judges the text of a symbol; `paper` is what the paper in hand says, where somebody gave it.
    package func verdict(of text: String, paper: Application? = nil) -> Verdict {
        var examination = Examination(snapshot: snapshot, now: now)
        do throws(Finding) {
            let code = try examination.readCode(text)
            let claims = code.claims
            let trust = try examination.trustList()
            let key = try examination.issuer(of: code, in: trust)
            try examination.checkSignature(of: code, by: key)
            let listed = examination.lists(of: claims, digest: code.digest, key: key, trust: trust)
            try examination.checkRevocation(of: key, claims, listed)
            try examination.checkJurisdiction(of: key, claims)
            try examination.checkIssued(claims, listed)
            try examination.checkEvidence(trust, listed)
            try examination.checkBegin(of: claims, key)
            try examination.checkFinalStatus(listed)
            try examination.checkTerm(of: claims, key)
            try examination.checkPause(listed)
            try examination.checkPaper(paper, claims)
            return examination.verdict(.valid, Messages.valid(claims, listed, now: now))
        } catch {
            return examination.verdict(error.word, error.message)
        }
    }
}

/// The first check that did not hold.
struct Finding: Error {
    let word: VerdictWord
    let message: Bilingual
}
