package import Licence
import OpenSSL

/// What the acts on one licence, in their order, have made of its versions.
package struct LicenceStory {
    package private(set) var statuses: [Int: LicenceStatus] = [:]
    /// Every status that each version ever had.
    package private(set) var past: [Int: Set<LicenceStatus>] = [:]
    package private(set) var digests: [Int: [UInt8]] = [:]
    /// Moves that were not legal.
    package private(set) var faults: [String] = []

    /// `lastDays` are those of the versions' terms, in days since 1970.
    package init(_ acts: [Act], lastDays: [Int: Int], utcOffset: Int) {
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
            for (version, status) in statuses { past[version, default: []].insert(status) }
        }
    }
}
