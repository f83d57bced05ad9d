import GRDB
import Licence
import LicenceCode
import OpenSSL
import Publication

/// What the log tells of acts.
extension Registry.Session {
    /// The entry of an act on a licence whose version stands at `place`.
    func logEntry(of act: Act, at place: Place, utcOffset: Int) throws -> LogEntry {
        guard case .licence(let kind) = act.deed.kind, let subject = act.deed.subject else {
            throw RegistryError(.tampered, "act \(act.number) is on no licence and says which")
        }
        let status: ListedStatus
        var superseded: [LogEntry.Effect] = []
        if case .status(let made)? = kind.outcome(from: kind == .issue ? nil : .valid),
            kind != .issue || subject.version == 1
        {
            status = ListedStatus(made)
        } else {
            let story = try story(of: subject.creditCode, upTo: act.number, utcOffset: utcOffset)
            guard let made = story.statuses[subject.version], story.faults.isEmpty else {
                throw RegistryError(.tampered, "\(subject.creditCode): \(story.faults.first ?? "its acts do not fit")")
            }
            status = ListedStatus(made)
        }
        if kind.makesVersion, kind != .issue {
            let row = try Row.fetchOne(
                database.cachedStatement(
                    sql: "SELECT creditCode, version, issuer, code FROM licence WHERE creditCode = ? AND version = ?"
                ),
                arguments: [subject.creditCode, subject.version - 1]
            )
            guard let row else {
                throw RegistryError(.tampered, "\(subject.creditCode) v\(subject.version) has no version before it")
            }
            superseded = [effect(.superseded, try self.place(of: row, digest: nil))]
        }
        return LogEntry(
            at: act.at,
            .act(
                LogEntry.ActOnLicence(
                    kind: kind,
                    number: act.number,
                    subject: LogEntry.Subject(subject.creditCode),
                    effects: [effect(status, place)] + superseded
                )
            )
        )
    }

    /// What the acts on a licence up to one of them made of it.
    private func story(of creditCode: String, upTo end: Int, utcOffset: Int) throws -> LicenceStory {
        let creditCode = try CreditCode(creditCode, checkCharacter: .mayDiffer)
        let acts = try acts(on: creditCode).filter { $0.number <= end }
        return LicenceStory(acts, lastDays: try lastDays(of: creditCode), utcOffset: utcOffset)
    }

    private func effect(_ status: ListedStatus, _ place: Place) -> LogEntry.Effect {
        LogEntry.Effect(list: place.list.description, index: place.entry, digest: place.digest.bytes, status: status)
    }
}
