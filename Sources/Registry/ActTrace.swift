import GRDB
import Licence
import LicenceCode
import OpenSSL
package import Publication

/// What publishing knows of the acts since it published last; it asks the acts in the order of the chain, and no index.
extension Registry.Session {
    /// Goes along the acts from `number` on: each is bound and signed, stands under the licence that it names, and is found by whoever asks
    /// for that licence's acts, of which every version is there.
    ///
    /// Whoever writes the file could otherwise take away an act, or hide it from an index. Returns the entries of all licences with such an
    /// act, by list; nil from the first act on, since these are all. `log` gets each act on a licence from `logged` on, as the log tells it.
    ///
    /// - Throws: ``RegistryError/Code/tampered``
    package func trace(
        from number: Int,
        logged: Int = .max,
        progress: (Int) -> Void = { _ in },
        log: (LogEntry) throws -> Void = { _ in }
    ) throws -> [StatusListRecord.Name: Set<Int>]? {
        let utcOffset = try authority().utcOffset
        var touched: [StatusListRecord.Name: Set<Int>] = [:]
        var onAuthority: [Int] = []
        func visit(_ act: Act) throws {
            guard let subject = act.deed.subject else { return onAuthority.append(act.number) }
            let (own, others) = try rows(touchedBy: act, on: subject, isFirst: number == 1)
            if number == 1, act.number < logged { return }
            let placed = try place(of: own, digest: act.deed.digest?.bytes ?? [])
            if number > 1 {
                for place in try [placed] + others.map({ try place(of: $0, digest: nil) }) {
                    touched[place.list, default: []].insert(place.entry)
                }
            }
            if act.number >= logged { try log(logEntry(of: act, at: placed, utcOffset: utcOffset)) }
        }
        if let fault = try faultOfTail(from: number, progress: progress, visit: visit) { throw Self.tampered(fault) }
        if !onAuthority.isEmpty,
            try actsOnTheAuthority().map(\.number).filter({ $0 >= number }) != onAuthority
        {
            throw Self.tampered("an act on the authority is hidden")
        }
        return number > 1 ? touched : nil
    }

    /// The versions of a licence that an act may have changed: of a first issue that one, of all else all of them.
    ///
    /// That which the act names comes by itself. With `isFirst` all acts are gone along, and only what came after an issue is looked for.
    private func rows(touchedBy act: Act, on subject: Deed.Subject, isFirst: Bool) throws -> (own: Row, others: [Row]) {
        let (code, version) = (subject.creditCode, subject.version)
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT licence.id, licence.creditCode, licence.version, licence.issuer, licence.code
                    FROM act CROSS JOIN licence ON licence.id = act.licence WHERE act.id = ?
                    """
            ),
            arguments: [act.number]
        )
        guard let row, try row.get("creditCode") == code, try row.get("version") == version else {
            throw Self.tampered("\(code) v\(version) has act \(act.number) and is not there, or under another number")
        }
        let isIssue = act.deed.kind == .licence(.issue)
        if isIssue, version == 1, isFirst { return (row, []) }
        let found = try Int.fetchOne(
            database.cachedStatement(sql: "SELECT id FROM licence WHERE creditCode = ? AND version = ?"),
            arguments: [code, version]
        )
        guard try row.get("id") == found else { throw Self.tampered("\(code) v\(version) is hidden") }
        if isIssue, version == 1 { return (row, []) }
        guard try isFound(act.number, on: code, isIssue: isIssue) else {
            throw Self.tampered("act \(act.number) on \(code) is hidden")
        }
        let versions = try Row.fetchAll(
            database.cachedStatement(
                // The index only finds the rows.
                sql: """
                    SELECT creditCode, version, issuer, code FROM licence NOT INDEXED
                    WHERE id IN (SELECT id FROM licence WHERE creditCode = ?) ORDER BY version
                    """
            ),
            arguments: [code]
        )
        guard versions.count >= version, try versions.map({ try $0.get("version") }) == Array(1...versions.count),
            try versions.allSatisfy({ try $0.get("creditCode") == code })
        else { throw Self.tampered("a version of \(code) is gone or hidden") }
        return (row, try versions.filter { try $0.get("version") != version })
    }

    /// The place of a version, which is the one that its code names: the act has bound that, or the key has signed it.
    ///
    /// A row could name another.
    func place(of row: Row, digest: [UInt8]?) throws -> Place {
        let code = try UnverifiedCode(of: row)
        let isBound = try digest.map { $0 == code.digest.bytes } ?? isByItsKey(code)
        guard isBound, try code.claims.creditCode.text == row.get("creditCode"),
            try code.claims.version == row.get("version"), code.issuerNumber == IssuerNumber(try row.get("issuer")),
            let list = try list(of: code)
        else {
            throw Self.tampered("\(code.claims.creditCode) v\(code.claims.version) has another code than was issued")
        }
        return Place(list: list, entry: code.claims.reference.index, digest: code.digest)
    }

    /// Where a version stands in the lists.
    struct Place {
        let list: StatusListRecord.Name
        let entry: Int
        /// Of its code.
        let digest: Digest
    }

    /// Whether those who ask for the acts on a licence are told of this one.
    private func isFound(_ act: Int, on creditCode: String, isIssue: Bool) throws -> Bool {
        let byVersion = try Int.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT act.id FROM licence NOT INDEXED CROSS JOIN act ON act.licence = licence.id
                    WHERE licence.id IN (SELECT id FROM licence WHERE creditCode = ?1) AND licence.creditCode = ?1
                    """
            ),
            arguments: [creditCode]
        )
        guard byVersion.contains(act) else { return false }
        return try isIssue
            || Int.fetchAll(
                database.cachedStatement(
                    sql: "SELECT id FROM act INDEXED BY actAfterIssue WHERE creditCode = ? AND kind <> 'issue'"
                ),
                arguments: [creditCode]
            ).contains(act)
    }

    private func isByItsKey(_ code: UnverifiedCode) throws -> Bool {
        try publicKey(of: code.issuerNumber).map { code.cose.isSigned(by: $0) } ?? false
    }

    /// The list that a code names: of the office whose key has signed it.
    private func list(of code: UnverifiedCode) throws -> StatusListRecord.Name? {
        let issuer = code.issuerNumber
        let office =
            try memory.offices[issuer]
            ?? Int.fetchOne(
                database.cachedStatement(sql: "SELECT office FROM issuingKey WHERE number = ?"),
                arguments: [issuer.value]
            )
        memory.offices[issuer] = office
        return office.map { StatusListRecord.Name(office: $0, number: code.claims.reference.list) }
    }

    private static func tampered(_ fault: String) -> RegistryError {
        RegistryError(.tampered, fault)
    }
}
