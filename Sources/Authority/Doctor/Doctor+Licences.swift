import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry

/// What the doctor looks for in licences.
extension Doctor {
    func findings(
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
