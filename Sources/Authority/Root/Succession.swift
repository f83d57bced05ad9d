import Licence
import LicenceCode
import OpenSSL
package import Publication

extension TrustList {
    /// How far the numbers of lists and of keys may rise at once.
    private static let greatestStep = 10_000

    /// What this list takes back of `previous`, or says that no list may; empty when it may follow.
    ///
    /// Number and time rise; no key vanishes, changes hands or gets another certificate; a revocation or a retirement may move to an
    /// earlier instant and is never undone; a new key has a greater number than all before.
    package func faults(after previous: TrustList?) -> [String] {
        var faults: [String] = []
        let lastSequence = previous?.sequence ?? 0
        let lastNumber = previous?.keys.last?.number.value ?? 0
        // A jump would use up the numbers of all lists and keys to come.
        if sequence - Self.greatestStep > lastSequence {
            faults.append("the number of the trust list jumps from \(lastSequence) to \(sequence)")
        }
        if let greatest = keys.last?.number.value, greatest - Self.greatestStep > lastNumber {
            faults.append("the numbers of keys jump from \(lastNumber) to \(greatest)")
        }
        let ids = keys.map(\.certificate.publicKey.id)
        if Set(ids).count != ids.count { faults.append("two keys of the trust list are one") }
        if Set(keys.map(\.number)).count != keys.count { faults.append("two keys of the trust list have one number") }
        guard let previous else { return faults }
        if authority != previous.authority || base != previous.base {
            faults.append("the authority is \(previous.authority) with \(previous.base), and stays that")
        }
        if sequence <= previous.sequence || issuedAt < previous.issuedAt {
            faults.append("number and time of a trust list rise; the last was number \(previous.sequence)")
        }
        let last = previous.keys.last?.number
        for key in keys where previous.key(key.number) == nil && last.map({ key.number <= $0 }) ?? false {
            faults.append("key \(key.number) is new, but its number is not")
        }
        for before in previous.keys {
            guard let after = key(before.number) else {
                faults.append("key \(before.number) is missing; a key stays in the list for good")
                continue
            }
            faults += after.faults(after: before)
        }
        return faults
    }
}

extension TrustedKey {
    fileprivate func faults(after before: TrustedKey) -> [String] {
        var faults: [String] = []
        if certificate != before.certificate || purpose != before.purpose || office != before.office
            || jurisdiction != before.jurisdiction || utcOffset != before.utcOffset
        {
            faults.append("key \(number) is another than it was")
        }
        if let was = before.revocation, revocation.map({ $0.at > was.at }) ?? true {
            faults.append("key \(number) was revoked as of \(was.at); that is not taken back")
        }
        if let was = before.retiredAt, retiredAt.map({ $0 > was }) ?? true {
            faults.append("key \(number) retired at \(was); that is not taken back")
        }
        return faults
    }
}

extension TrustList {
    /// What a person who decides about this list should look at: what is new in it, one line each.
    package func news(since previous: TrustList?) -> [String] {
        let first = previous == nil ? ["first trust list of \(authority), whose lists are named \(base)…"] : []
        return first
            + keys.flatMap { key -> [String] in
                let before = previous?.key(key.number)
                var lines: [String] = []
                if before == nil { lines.append("new \(key.summary)") }
                if let at = key.retiredAt, before?.retiredAt != at {
                    lines.append("key \(key.number) of \(key.name.zh) retires at \(at)")
                }
                if let revocation = key.revocation, before?.revocation != revocation {
                    lines.append(
                        "key \(key.number) of \(key.name.zh) is revoked as of \(revocation.at): \(revocation.reason)"
                    )
                }
                if let before, before.name != key.name {
                    lines.append("key \(key.number): \(before.name.both) is called \(key.name.both) now")
                }
                return lines
            }
    }
}

extension TrustedKey {
    /// One line for people.
    package var summary: String {
        let what =
            switch purpose {
            case .lists: "for lists"
            case .log: "for the log"
            case .licences:
                "for licences of \(office), divisions \(divisions.map(\.description).joined(separator: " ")), "
                    + (kinds.count == LicenceKind.allCases.count
                        ? "all kinds" : "kinds \(kinds.map(\.rawValue).sorted().joined(separator: " "))")
            }
        return
            "key \(number), \(certificate.publicKey.algorithm.rawValue) \(certificate.publicKey.id), of \(name.both), \(what), "
            + "from \(validity.lowerBound) to \(validity.upperBound), clocks \(utcOffset) minutes ahead of UTC"
    }
}

extension Bilingual {
    /// Both names, or the one that they are.
    fileprivate var both: String { zh == en ? zh : "\(zh) (\(en))" }
}
