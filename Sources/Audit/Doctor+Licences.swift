import Authority
import Licence
import LicenceCode
import Licensing
import OpenSSL
import Publication
import Registry

/// What the doctor looks for in licences.
extension Doctor {
    /// Lists that pass for published as they are, and say something else.
    func listFindings() throws -> [Finding] {
        try authority.registry.read { session in
            let lists: [StatusListRecord]
            do { lists = try session.statusLists() } catch { return [Finding("lists", "\(error)")] }
            let fault = try session.faultOfListNumbers().map { Finding("lists", $0) }
            let numbers = try authority.faultsOfPublished(session, now: now).map { Finding($0.path, $0.reason) }
            return try [fault].compactMap { $0 } + numbers
                + lists.flatMap { list -> [Finding] in
                    let subject = "list \(list.office)-\(list.number)"
                    if list.size != Registry.Session.listSize {
                        return [Finding(subject, "has \(list.size) entries, which no list has")]
                    }
                    let content: Digest
                    do { content = Authority.content(of: try session.entries(of: list)) } catch {
                        return [Finding(subject, "\(error)")]
                    }
                    return try ListKind.allCases.compactMap { kind in
                        let last = try session.published(kind.path(of: list.office, list.number))
                        guard let last, last.revision >= list.revision, last.contentDigest != content else {
                            return nil
                        }
                        return Finding(
                            subject,
                            "has changed since it was published, and passes for unchanged: publishing would leave it out"
                        )
                    }
                }
        }
    }

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
            || row.nameColumn != particulars.name || row.division != particulars.creditCode.division.number
            || row.nameKey != NameKey(particulars.name).value || !row.isFound
        {
            findings.append(Finding(row.name, "what is searched by differs from what is recorded"))
        }
        let acts: [Act]
        do { acts = try session.acts(on: record.creditCode) } catch {
            return findings + [Finding(row.name, "its acts cannot be read: \(error)")]
        }
        findings += try nameFindings(of: record, acts, row.name, in: session)
        let story = LicenceStory(
            acts,
            lastDays: try session.lastDays(of: record.creditCode),
            utcOffset: authority.record.utcOffset
        )
        if record.licence.version == newest { findings += story.faults.map { Finding(row.name, $0) } }
        let version = record.licence.version
        let told = story.statuses[version]
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
        if let digest = story.digests[version], digest != record.code.digest.bytes {
            findings.append(Finding(row.name, field: "code", "is another than was issued"))
        }
        if record.office != key.office { findings.append(Finding(row.name, field: "office", "is not that of its key")) }
        return findings
    }

    /// A name that another business of the division has as well, and no act accepted that.
    ///
    /// Whoever writes the file could hide the other one while it is issued.
    private func nameFindings(
        of record: LicenceRecord,
        _ acts: [Act],
        _ subject: String,
        in session: Registry.Session
    ) throws -> [Finding] {
        let name = record.licence.particulars.name
        guard [.valid, .suspended, .dormant].contains(record.status) else { return [] }
        return try session.namesakes(of: name, in: record.creditCode.division).compactMap { other in
            guard other.creditCode != record.creditCode.text,
                NameKey.likeness(of: name, and: other.name) == .duplicate,
                !acts.contains(where: { Authority.accepts(nameOf: $0) }),
                let code = try? CreditCode(other.creditCode, checkCharacter: .mayDiffer),
                try !session.acts(on: code).contains(where: { Authority.accepts(nameOf: $0) })
            else { return nil }
            return Finding(subject, field: "name", "is that of \(other.creditCode) as well, and nobody accepted that")
        }
    }
}
