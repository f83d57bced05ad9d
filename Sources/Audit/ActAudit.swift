import Authority
import Licence
import LicenceCode
import Licensing
import OpenSSL
import Registry

/// Goes along the chain of acts from the first to the last, and finds what was altered, left out, put elsewhere, done by nobody who might,
/// or done without the approval that it needed.
struct ActAudit {
    typealias Finding = Doctor.Finding

    private let officers: [Int: Officer]
    private var next = 1
    private var before = Act.origin
    private var latest: Instant?
    /// Acts that no signature has vouched for yet: the first one and whose they are.
    private var unsigned: (first: Int, officer: Int)?
    private var policy = Policy.none
    /// Registries that were put back, in words.
    private(set) var restorations: [String] = []
    /// Batches whose extent was looked at.
    private var batches: Set<Int> = []

    init(_ officers: [Officer]) { self.officers = Dictionary(uniqueKeysWithValues: officers.map { ($0.number, $0) }) }

    mutating func findings(of row: (number: Int, act: Result<Act, any Error>), in session: Registry.Session) throws
        -> [Finding]
    {
        var findings: [Finding] = []
        let subject = "act \(row.number)"
        func find(_ reason: String) { findings.append(Finding(subject, reason)) }
        if row.number != next {
            let missing = row.number - 1 == next ? "act \(next)" : "acts \(next) to \(row.number - 1)"
            findings.append(Finding(missing, "missing: taken away, or never there"))
        }
        next = row.number &+ 1
        let act: Act
        do { act = try row.act.get() } catch {
            find("cannot be read: \(error)")
            before = try session.hash(ofAct: row.number)?.bytes ?? Act.origin
            return findings
        }
        let hash = Act.hash(of: act.deed, number: act.number, at: act.at, officer: act.officer, after: before)
        if hash != act.hash { find("was altered, or what stood before it was altered, taken away or put elsewhere") }
        before = act.link
        if let latest, act.at < latest { find("is of \(act.at), and recorded after a later one") }
        latest = max(latest ?? act.at, act.at)
        if (act.number == 1) != (act.deed.kind == .authority(.createAuthority)) {
            find("is not how a registry begins: the authority is made by the first act, and by no other")
        }
        findings += officerFindings(act)
        if [.authority(.addOfficer), .authority(.rotateOfficerKey)].contains(act.deed.kind), officers[act.number] == nil
        {
            find("gives a key to somebody who did not ask for it, or a name that another has; nobody may use it")
        }
        if act.deed.kind == .authority(.restore) {
            let name = officers[act.officer]?.name ?? "?"
            restorations.append(
                "act \(act.number), \(act.at): \(name) took on a registry from before (\(act.deed.reason))"
                    + [Deed.rulesLost, Deed.logBeginsAnew].filter { act.deed.detail?.contains($0) == true }.joined()
            )
            if officers[act.officer]?.isSupervisor != true { find("takes on a registry from before, by no supervisor") }
        }
        findings += try approvalFindings(act, in: session)
        if act.deed.kind == .authority(.setPolicy) {
            do { policy = try Policy(detail: act.deed.detail ?? "") } catch {
                findings.append(Finding(subject, "\(error)"))
            }
        }
        return findings
    }

    /// What is left at the end.
    func lastFindings() -> [Finding] {
        unsigned.map { [Finding("act \($0.first)", "nobody signed it, nor what follows it")] } ?? []
    }

    private mutating func officerFindings(_ act: Act) -> [Finding] {
        let subject = "act \(act.number)"
        guard let officer = officers[act.officer], officer.number < act.number || act.number == 1 else {
            return [Finding(subject, "is by an officer whom the registry does not know")]
        }
        var findings: [Finding] = []
        if let retired = officer.retired, retired < act.number {
            findings.append(Finding(subject, "is by a key of \(officer.name) that act \(retired) had ended"))
        }
        if let unsigned, unsigned.officer != act.officer {
            findings.append(Finding("act \(unsigned.first)", "is not signed by its officer"))
            self.unsigned = nil
        }
        guard let signature = act.signature else {
            unsigned = unsigned ?? (act.number, act.officer)
            return findings
        }
        unsigned = nil
        if !officer.key.verifies(signature, of: Act.signedText(of: act.hash)) {
            findings.append(Finding(subject, "its signature is not by \(officer.name)"))
        }
        return findings
    }

    private mutating func approvalFindings(_ act: Act, in session: Registry.Session) throws -> [Finding] {
        let deed = act.deed
        let subject = "act \(act.number)"
        if deed.kind == .authority(.approve) { return try findings(ofApproval: act, in: session) }
        guard let reference = deed.reference else {
            guard policy.asks(for: deed.kind.word) || deed.override != nil && policy.acts.contains(Policy.override)
            else {
                return []
            }
            return [Finding(subject, "needed approval by the policy of its time, and has none")]
        }
        // What a restoration brings with it, in its own transaction.
        if let restore = try? session.act(reference), restore.deed.kind == .authority(.restore) {
            let isOfIt =
                restore.number < act.number && restore.officer == act.officer && restore.at == act.at
                && Self.restored.contains(deed.kind)
            return isOfIt ? [] : [Finding(subject, "rests on the restoration of act \(reference) and is not of it")]
        }
        let proposal: Proposal
        do {
            guard reference < act.number, let found = try session.proposal(reference) else {
                return [Finding(subject, "rests on act \(reference), which is no proposal before it")]
            }
            proposal = found
        } catch { return [Finding(subject, "\(error)")] }
        var faults: [String] = []
        if proposal.counted.count(where: { isAtWork($0.officer, before: act.number) && $0.act.number < act.number })
            < policy.approvals
        {
            faults.append("rests on proposal \(reference), which not enough others had approved")
        }
        if act.at > proposal.expires {
            faults.append("rests on proposal \(reference), which ended at \(proposal.expires)")
        }
        if proposal.proposer.name != officers[act.officer]?.name {
            faults.append("rests on proposal \(reference), which is another officer's")
        }
        let content = proposal.content
        // Of a licence that was there: this version, and for acts that make none this code.
        let makesVersion = if case .licence(let act) = deed.kind { act.makesVersion } else { false }
        let version = content["version"].flatMap { Int($0) }.map { makesVersion ? $0 &+ 1 : $0 }
        let isOther =
            content["act"] != deed.kind.word
            || version.map { $0 != deed.subject?.version } ?? false
            || !makesVersion && content["code"].map { $0 != deed.digest?.description } ?? false
            || content["creditCode"].map { $0 != deed.subject?.creditCode } ?? false
            || deed.kind != .licence(.issue) && content["reason"].map { !deed.reason.hasSuffix($0) } ?? false
        if try isOther || !Self.saysAll(deed, content) || !isAsProposed(act, content, in: session) {
            faults.append("is not what proposal \(reference) proposed")
        }
        if let count = content["batch"].flatMap({ Int($0) }) {
            if batches.insert(reference).inserted {
                let done = try session.acts(restingOn: reference)
                if done > count { faults.append("is one of more licences than the \(count) of proposal \(reference)") }
                // Where a row was refused the rest cannot be told from others.
                if done == count, try !isWhole(reference, content["applications"] ?? "", in: session) {
                    faults.append("is of other licences than proposal \(reference) is about")
                }
            }
        } else if let number = content["affectedBy"] {
            let record = try deed.subject.flatMap { subject in
                try (try? CreditCode(subject.creditCode, checkCharacter: .mayDiffer)).flatMap {
                    try session.licence($0, version: subject.version)
                }
            }
            let isAffected = record.map {
                "\($0.issuer)" == number && "\($0.licence.issued)" >= content["issuedSince"] ?? ""
            }
            if isAffected != true { faults.append("is of a licence that proposal \(reference) is not about") }
        } else if proposal.done != act.number {
            faults.append("rests on proposal \(reference), which was carried out before")
        }
        return faults.map { Finding(subject, $0) }
    }

    /// What putting a registry back does: it ends things that had ended, and sets the policy that there was.
    private static let restored: Set<Deed.Kind> = [
        .licence(.revoke), .licence(.cancel), .licence(.annul), .licence(.suspend), .licence(.dormant),
        .authority(.setPolicy), .authority(.addOfficer), .authority(.retireOfficer), .authority(.retireKey),
        .authority(.revokeKey), .authority(.acceptTrustList),
    ]

    /// Whether a proposal says all that one of this act must say; what it left out anybody could have done.
    private static func saysAll(_ deed: Deed, _ content: [String: String]) -> Bool {
        let needed: [String]
        switch deed.kind {
        case .licence(.issue):
            needed =
                content["batch"] == nil
                ? ["creditCode", "application", "office", "profile"] : ["applications", "profile"]
        case .licence(.revoke) where content["affectedBy"] != nil: needed = ["issuedSince", "reason"]
        case .licence(let act):
            needed =
                ["creditCode", "version", "status", "code", "reason"]
                + (act.makesVersion ? ["application", "profile"] : [])
        case .authority(.setPolicy): needed = ["policy"]
        case .authority(.addOfficer): needed = ["officer", "supervisor"]
        case .authority(.retireOfficer): needed = ["officer"]
        case .authority(.retireKey) where content["key"] != nil: needed = ["at"]
        case .authority: needed = ["reason"]
        }
        let isBatch = content["batch"] != nil && deed.kind != .licence(.issue)
        return !isBatch && needed.allSatisfy { content[$0] != nil }
    }

    /// Whether all that a proposal says of what will be done is so.
    private func isAsProposed(_ act: Act, _ content: [String: String], in session: Registry.Session) throws -> Bool {
        let deed = act.deed
        if content["policy"].map({ $0 != deed.detail }) ?? false { return false }
        if content["batch"] == nil, content["override"] != deed.override { return false }
        if deed.kind == .authority(.retireKey), let key = content["key"],
            deed.reason != "key \(key) at \(act.at)"
        {
            return false
        }
        if let name = content["officer"] {
            let made = officers[act.number]
            let isMade = made.map { made in
                made.name == name && content["supervisor"] == "\(made.isSupervisor)"
                    && content["key"].map { $0 == Digest(of: made.key.subjectPublicKeyInfo).description } ?? true
            }
            if deed.kind == .authority(.addOfficer), isMade != true { return false }
            if deed.kind == .authority(.retireOfficer), deed.detail != name { return false }
        }
        guard content["application"] ?? content["profile"] ?? content["office"] != nil, let subject = deed.subject,
            let code = try? CreditCode(subject.creditCode, checkCharacter: .mayDiffer),
            let record = try session.licence(code, version: subject.version)
        else { return true }
        return content["application"].map { $0 == Application(record.licence.particulars).json } ?? true
            && content["profile"].map { $0 == record.profile.rawValue } ?? true
            && content["office"].map { $0 == "\(record.office)" } ?? true
    }

    /// Whether the licences of a batch, once all are there, are those that were proposed.
    private func isWhole(_ proposal: Int, _ applications: String, in session: Registry.Session) throws -> Bool {
        var digests: [Digest] = []
        try session.forEachLicence(restingOn: proposal) { digests.append(Digest(of: Array($0.json.utf8))) }
        return Authority.Batch.digest(of: digests).description == applications
    }

    /// Whether the person, with this key or a later one, was an officer when an act was done.
    private func isAtWork(_ officer: Officer, before act: Int) -> Bool {
        officers.values.contains { $0.name == officer.name && $0.number < act && $0.retired.map { $0 >= act } ?? true }
    }

    private func findings(ofApproval act: Act, in session: Registry.Session) throws -> [Finding] {
        let subject = "act \(act.number)"
        let found = try? act.deed.reference.flatMap { try session.proposal($0) }
        guard let proposal = found, proposal.number < act.number else {
            return [Finding(subject, "approves what nobody proposed")]
        }
        guard act.deed.digest == (try? Proposal.digest(of: proposal.content)),
            proposal.counted.contains(where: { $0.act.number == act.number })
        else {
            return [
                Finding(
                    subject,
                    "approves proposal \(proposal.number) and may not: his own, a second time, too late, no supervisor, or another content"
                )
            ]
        }
        return []
    }
}
