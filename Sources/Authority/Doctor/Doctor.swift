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
        if let at = try authority.registry.read({ try $0.firstActOutOfTime() }) {
            try tell([Finding("acts", "an act of \(at) is recorded after a later one")])
        }
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
        for key in keys where previous?.key(key.number) == nil {
            findings.append(Finding("key \(key.number)", "is in no trust list"))
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
        let acts = try session.acts(on: record.creditCode).filter { $0.subject?.version == record.licence.version }
        if !acts.contains(where: { [.issue, .change, .reissue].contains($0.kind) }) {
            findings.append(Finding(row.name, "nobody recorded who issued it"))
        }
        return findings
    }
}

extension Authority {
    /// The root and all roots that it vouches for, or that vouch for it.
    var roots: [Certificate] { get throws { TrustList.roots(from: root, by: try home.crossCertificates()) } }
}
