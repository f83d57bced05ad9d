import Licence
import OpenSSL
import Registry

/// What the doctor looks for in the acts.
extension Doctor {
    /// Goes along the whole chain; `progress` is told how many acts are done.
    func examineActs(find: ([Finding]) throws -> Void, progress: (Int) -> Void) throws -> Int {
        let registry = authority.registry
        var findings: [Finding] = []
        let officers: [Officer]
        do { officers = try registry.read { try $0.officers() } } catch {
            try find([Finding("officers", "\(error)")])
            officers = []
        }
        var audit = ActAudit(officers)
        var last = 0
        var count = 0
        while true {
            let page = try registry.read { session in
                try session.acts(after: last, limit: Self.page).map { row in
                    (number: row.number, findings: try audit.findings(of: row, in: session))
                }
            }
            guard let end = page.last?.number else { break }
            for row in page { try find(row.findings) }
            count += page.count
            progress(count)
            last = end
        }
        findings += audit.lastFindings()
        findings += try anchorFindings()
        try find(findings)
        return count
    }

    private func anchorFindings() throws -> [Finding] {
        var findings: [Finding] = []
        var anchors = [("anchor", Result { try Anchor(file: authority.home.anchor) })]
        if let outside { anchors.append(("the anchor kept elsewhere", .success(outside))) }
        for (name, anchor) in anchors {
            do {
                let contradiction = try authority.registry.read { try $0.contradiction(to: anchor.get()) }
                if let contradiction { findings.append(Finding(name, contradiction)) }
            } catch { findings.append(Finding(name, "\(error)")) }
        }
        return findings
    }
}

/// What the acts on one licence, in their order, have made of its versions.
struct LicenceStory {
    private(set) var statuses: [Int: LicenceStatus] = [:]
    private(set) var digests: [Int: [UInt8]] = [:]
    /// Moves that were not legal.
    private(set) var faults: [String] = []

    /// `lastDays` are those of the versions' terms, in days since 1970.
    init(_ acts: [Act], lastDays: [Int: Int], utcOffset: Int) {
        for act in acts {
            guard case .licence(let kind) = act.deed.kind, let subject = act.deed.subject else { continue }
            let present = kind.makesVersion ? statuses.keys.max() : subject.version
            let recorded = present.flatMap { statuses[$0] }
            var status = recorded
            if let present, let last = lastDays[present], status == .valid || status?.isReversible == true,
                let day = try? CalendarDate(at: act.at, utcOffset: utcOffset), day.daysSince1970 > last
            {
                status = .expired
            }
            let isNext = !kind.makesVersion || subject.version == (present ?? 0) + 1
            guard isNext, present == statuses.keys.max(), let outcome = kind.outcome(from: status) else {
                faults.append("act \(act.number), \(kind.rawValue), was not legal")
                continue
            }
            let made: LicenceStatus? = if case .status(let next) = outcome { next } else { recorded }
            if kind.makesVersion {
                if let present, kind != .issue { statuses[present] = .superseded }
                digests[subject.version] = act.deed.digest?.bytes
            } else if digests[subject.version] != act.deed.digest?.bytes {
                faults.append("act \(act.number), \(kind.rawValue), is of another code")
            }
            statuses[subject.version] = made
        }
    }
}
