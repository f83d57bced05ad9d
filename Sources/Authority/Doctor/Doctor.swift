import Foundation
package import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry

/// Checks everything that an authority has signed and recorded, by the rules that held before the signature.
package struct Doctor {
    let authority: Authority
    let now: Instant

    package init(_ authority: Authority, now: Instant) {
        self.authority = authority
        self.now = now
    }

    /// Something that is not as it should be.
    package struct Finding: Hashable {
        /// What it is about: a licence and version, a key, a trust list, a list, the registry.
        package let subject: String
        package let field: String?
        package let reason: String

        package init(_ subject: String, field: String? = nil, _ reason: String) {
            self.subject = subject
            self.field = field
            self.reason = reason
        }
    }

    /// What was looked at.
    package struct Report {
        package internal(set) var licences = 0
        package internal(set) var keys = 0
        package internal(set) var trustLists = 0
        package internal(set) var findings = 0
    }

    /// How many licences are read at once.
    private static let page = 500

    /// Goes through the whole registry; `find` is told of each finding, `progress` how many of how many licences are done.
    package func examine(
        find: (Finding) throws -> Void,
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> Report {
        var report = Report()
        func tell(_ findings: [Finding]) throws {
            report.findings += findings.count
            try findings.forEach(find)
        }
        try tell(try authority.registry.read { try $0.damage() }.map { Finding("registry", $0) })
        try tell(try rootFindings())
        let roots = try authority.roots
        let (keys, lists) = try authority.registry.read { (try $0.keys(of: authority.record), try $0.trustLists()) }
        report.keys = keys.count
        for key in keys { try tell(findings(of: key, roots)) }
        report.trustLists = lists.count
        try tell(findings(of: lists, keys))
        try tell(try keyFileFindings(keys))
        let total = try authority.registry.read { try $0.licenceCount() }
        var last: Int64 = 0
        while true {
            let page = try authority.registry.read { session in
                try session.storedLicences(after: last, limit: Self.page).map { row in
                    (id: row.id, findings: try findings(of: row, keys, in: session))
                }
            }
            guard let end = page.last?.id else { break }
            for row in page { try tell(row.findings) }
            report.licences += page.count
            progress(report.licences, max(total, report.licences))
            last = end
        }
        try tell(
            try authority.registry.read { try $0.miscountedLists() }.map {
                Finding("list \($0.list)", "says that \($0.said) entries are used; \($0.counted) are")
            }
        )
        try tell(try actFindings())
        return report
    }

    // MARK: - Root, keys and trust lists

    private func rootFindings() throws -> [Finding] {
        let root = authority.root
        var findings: [Finding] = []
        if !root.isIssued(by: root) { findings.append(Finding("root.crt", "is not signed by its own key")) }
        if !root.lifetime.contains(now) {
            findings.append(
                Finding("root.crt", "is good from \(root.lifetime.lowerBound) to \(root.lifetime.upperBound)")
            )
        }
        if authority.hasRootKey { findings += fileFindings(root.publicKey.id.description, "the root's key") }
        return findings
    }

    private func findings(of key: TrustedKey, _ roots: [Certificate]) -> [Finding] {
        let subject = "key \(key.number)"
        var findings: [Finding] = []
        if !roots.contains(where: key.certificate.isIssued) {
            findings.append(Finding(subject, "its certificate is not of this root"))
        }
        let expected = key.purpose == .licences ? key.jurisdiction.der : nil
        if key.certificate.usages != [Jurisdiction.usage(key.purpose)]
            || key.certificate.value(ofExtension: Jurisdiction.identifier) != expected
        {
            findings.append(Finding(subject, "its certificate has another purpose, other divisions or other kinds"))
        }
        switch key.state(at: now) {
        case .live, .future: findings += fileFindings(key.certificate.publicKey.id.description, subject)
        case .retired, .expired, .revoked: break
        }
        return findings
    }

    /// Whether the key lies where it should, and for its owner alone; it is not opened.
    private func fileFindings(_ name: String, _ subject: String) -> [Finding] {
        do {
            if try authority.home.tokenURI(name) == nil { try authority.home.checkKeyFile(name) }
            return []
        } catch { return [Finding(subject, "\(error)")] }
    }

    private func findings(of lists: [TrustListRecord], _ keys: [TrustedKey]) -> [Finding] {
        var findings: [Finding] = []
        var previous: TrustList?
        for record in lists {
            let subject = "trust list \(record.sequence)"
            let list: TrustList
            do { list = try authority.trustList(record.bytes) } catch {
                findings.append(Finding(subject, "\(error)"))
                continue
            }
            findings += list.faults(after: previous).map { Finding(subject, $0) }
            if list.sequence != record.sequence || list.issuedAt != record.issuedAt
                || list.nextUpdate != record.nextUpdate
            {
                findings.append(Finding(subject, "is recorded with another number or other times"))
            }
            previous = list
        }
        for key in previous?.keys ?? []
        where !keys.contains(where: { $0.number == key.number && $0.certificate == key.certificate }) {
            findings.append(Finding("key \(key.number)", "is in the newest trust list and not in the registry"))
        }
        for key in keys {
            let subject = "key \(key.number)"
            guard let told = previous?.key(key.number) else {
                findings.append(Finding(subject, "is in no trust list"))
                continue
            }
            if !told.isSame(as: key) { findings.append(Finding(subject, "is another than in the newest trust list")) }
            if let revocation = told.revocation, revocation != key.revocation {
                findings.append(
                    Finding(subject, "is revoked as of \(revocation.at) in the newest trust list, and not so here")
                )
            }
            if let at = told.retiredAt, at != key.retiredAt {
                findings.append(Finding(subject, "retires at \(at) in the newest trust list, and not so here"))
            }
        }
        let record = authority.record
        if let previous, previous.authority != record.name || previous.base != record.base {
            findings.append(
                Finding("authority", "is \(previous.authority) with \(previous.base) in the newest trust list")
            )
        }
        if record.base != record.expectedBase {
            findings.append(
                Finding(
                    "authority",
                    "its codes point to \(record.verifyAddress ?? "nowhere"), its lists to \(record.base)"
                )
            )
        }
        if !(0...Authority.greatestSkew).contains(record.clockSkew) {
            findings.append(Finding("authority", "declares a skew of the clock of \(record.clockSkew) seconds"))
        }
        if !keys.isEmpty, lists.isEmpty { findings.append(Finding("trust lists", "are missing")) }
        if !lists.isEmpty, lists.first?.sequence != 1, authority.hasRootKey {
            findings.append(Finding("trust list 1", "is missing"))
        }
        if authority.hasRootKey {
            for (one, next) in zip(lists, lists.dropFirst()) where next.sequence != one.sequence + 1 {
                findings.append(Finding("trust list \(one.sequence + 1)", "is missing"))
            }
        }
        return findings
    }

    /// Keys that lie in the home and are of nobody that the registry knows.
    private func keyFileFindings(_ keys: [TrustedKey]) throws -> [Finding] {
        var known = Set(keys.map(\.certificate.publicKey.id.description))
        known.formUnion(try authority.roots.map(\.publicKey.id.description))
        do {
            known.formUnion(
                try authority.registry.read { try $0.requestedKeys() }.map(\.request.publicKey.id.description)
            )
        } catch { return [Finding("requested keys", "cannot be read: \(error)")] }
        return authority.home.keyNames().filter { !known.contains($0) }.map {
            Finding("keys/\($0)", "is no key that the registry knows, perhaps of something that was broken off")
        }
    }

    /// What the acts say of themselves: their times, whom they are about, and what they did to keys.
    private func actFindings() throws -> [Finding] {
        var findings: [Finding] = []
        let (late, newest, orphans) = try authority.registry.read {
            (try $0.firstActOutOfTime(), try $0.newestRecord(), try $0.actsOnNothing())
        }
        if let late { findings.append(Finding("acts", "an act of \(late) is recorded after a later one")) }
        if let newest, newest.since(now) > Int64(authority.record.clockSkew) {
            findings.append(
                Finding("clock", "something is recorded at \(newest), which is to come; nothing is signed until then")
            )
        }
        findings += orphans.map { Finding($0, "has acts and is not there") }
        let acts = try authority.registry.read { try $0.actsOnTheAuthority() }
        for key in try authority.registry.read({ try $0.keys(of: authority.record) }) {
            func isActed(_ kind: Act.Kind) -> Bool {
                acts.contains { $0.kind == kind && ($0.reason + " ").hasPrefix("key \(key.number) ") }
            }
            for (kind, isSo) in [(Act.Kind.retireKey, key.retiredAt != nil), (.revokeKey, key.revocation != nil)]
            where isActed(kind) != isSo {
                let deed = kind == .retireKey ? "retired" : "revoked"
                findings.append(
                    Finding(
                        "key \(key.number)",
                        isSo ? "is \(deed), and nobody recorded that" : "was \(deed) by an act and is not"
                    )
                )
            }
        }
        return findings
    }

    // MARK: - Licences

    private func findings(
        of row: StoredLicence,
        _ keys: [TrustedKey],
        in session: Registry.Session
    ) throws -> [Finding] {
        let record: LicenceRecord
        do { record = try row.record.get() } catch { return [Finding(row.name, "cannot be read: \(error)")] }
        guard let key = keys.first(where: { $0.number == record.issuer }) else {
            return [Finding(row.name, field: "key", "there is no key \(record.issuer)")]
        }
        let particulars = record.licence.particulars
        let (before, newest) = try session.neighbours(of: record.creditCode, version: record.licence.version)
        let lint = Lint(
            code: record.code,
            entry: Lint.Entry(
                licence: record.licence,
                office: record.office,
                reference: record.reference,
                listSize: try session.listSize(of: record.office, record.reference.list),
                // The licence itself has it, and nobody else.
                holders: try session.holders(of: record.reference, in: record.office) - 1,
                versionBefore: before
            ),
            key: key
        )
        var findings = (lint.faults + lint.signatureFaults).map { Finding(row.name, field: $0.field, $0.reason) }
        if row.digest != record.code.digest.bytes {
            findings.append(Finding(row.name, field: "digest", "is not the code's"))
        }
        if row.lastDay != particulars.term?.to?.daysSince1970 || row.kind != particulars.kind.rawValue
            || row.nameColumn != particulars.name
        {
            findings.append(Finding(row.name, "what is searched by differs from what is recorded"))
        }
        let isNewest = record.licence.version == newest
        if !isNewest && record.status != .superseded {
            findings.append(
                Finding(row.name, field: "status", "is \(record.status.rawValue), but version \(newest) replaced it")
            )
        }
        if isNewest && record.status == .superseded {
            findings.append(Finding(row.name, field: "status", "is superseded, but no version follows"))
        }
        let acts = try session.acts(on: record.creditCode)
        let told = Self.status(of: record.licence.version, by: acts)
        if told == nil { findings.append(Finding(row.name, "nobody recorded who issued it")) }
        if let told, told != record.status {
            findings.append(
                Finding(
                    row.name,
                    field: "status",
                    "is \(record.status.rawValue), and by what was done \(told.rawValue)"
                )
            )
        }
        if record.office != key.office { findings.append(Finding(row.name, field: "office", "is not that of its key")) }
        return findings
    }
}

extension Doctor {
    /// The status that acts have led a version to; nil when none made it.
    static func status(of version: Int, by acts: [Act]) -> LicenceStatus? {
        var statuses: [Int: LicenceStatus] = [:]
        for act in acts {
            guard let subject = act.subject?.version else { continue }
            switch act.kind {
            case .issue, .change, .reissue:
                // A reissue changes the key and nothing else.
                let before = statuses[subject - 1]
                statuses[subject] = act.kind == .reissue ? before ?? .valid : .valid
                if subject > 1 { statuses[subject - 1] = .superseded }
            default:
                if let change = StatusChange.allCases.first(where: { Act.Kind($0) == act.kind }) {
                    statuses[subject] = change.target
                }
            }
        }
        return statuses[version]
    }
}

extension Authority {
    /// The root and all roots that it vouches for, or that vouch for it.
    var roots: [Certificate] { get throws { TrustList.roots(from: root, by: try home.crossCertificates()) } }
}
