import GRDB
import Licence
import LicenceCode
import OpenSSL

/// What publishing knows of the acts since it published last; it asks the acts in the order of the chain, and no index.
extension Registry.Session {
    /// Goes along the acts from `number` on: each is bound and signed, stands under the licence that it names, and is found by whoever asks
    /// for that licence's acts, of which every version is there.
    ///
    /// Whoever writes the file could otherwise take away an act, or hide it from an index. Returns the entries of all licences with such an
    /// act, by list; nil from the first act on, since these are all.
    ///
    /// - Throws: ``RegistryError/Code/tampered``
    package func trace(from number: Int, progress: (Int) -> Void = { _ in }) throws -> [StatusListRecord.Name: Set<
        Int
    >]? {
        if let fault = try faultOfTail(from: number, progress: progress) { throw Self.tampered(fault) }
        let onAuthority = try authorityActs(from: number)
        if onAuthority > 0, try actsOnTheAuthority().count(where: { $0.number >= number }) != onAuthority {
            throw Self.tampered("an act on the authority is hidden")
        }
        var touched: [StatusListRecord.Name: Set<Int>] = [:]
        // The entry is the one that the code names, which the act binds or the key has signed; a row could name another.
        func touch(_ row: Row, digest: [UInt8]? = nil) throws {
            let code = try UnverifiedCode(of: row)
            let isBound = try digest.map { $0 == code.digest.bytes } ?? isByItsKey(code)
            guard isBound, try code.claims.creditCode.text == row.get("creditCode"),
                try code.claims.version == row.get("version"), code.issuerNumber == IssuerNumber(try row.get("issuer")),
                let list = try list(of: code)
            else {
                throw Self.tampered(
                    "\(code.claims.creditCode) v\(code.claims.version) has another code than was issued"
                )
            }
            touched[list, default: []].insert(code.claims.reference.index)
        }
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT act.id, act.kind, act.creditCode, act.version, act.digest, licence.creditCode AS holder,
                        licence.version AS held, licence.issuer, licence.code
                    FROM act NOT INDEXED LEFT JOIN licence ON licence.id = act.licence
                    WHERE act.id >= ? AND act.creditCode IS NOT NULL ORDER BY act.id
                    """
            ),
            arguments: [number]
        )
        while let row = try rows.next() {
            let (act, code, version): (Int, String, Int) = (
                try row.get("id"), try row.get("creditCode"), try row.get("version")
            )
            let holder: String? = try row.optional("holder")
            let held: Int? = try row.optional("held")
            guard holder == code, held == version else {
                throw Self.tampered("\(code) v\(version) has act \(act) and is not there, or under another number")
            }
            let isIssue = try row.get("kind") as String == LicenceAct.issue.rawValue
            if isIssue, version == 1 {
                if number > 1 { try touch(row, digest: row.bytes("digest")) }
                continue
            }
            guard try isFound(act, on: code, isIssue: isIssue) else {
                throw Self.tampered("act \(act) on \(code) is hidden")
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
            guard number > 1 else { continue }
            try touch(row, digest: row.bytes("digest"))
            for other in versions where try other.get("version") != version { try touch(other) }
        }
        return number > 1 ? touched : nil
    }

    private func authorityActs(from number: Int) throws -> Int {
        try Int.fetchOne(
            database.cachedStatement(
                sql: "SELECT count(*) FROM act NOT INDEXED WHERE id >= ? AND creditCode IS NULL"
            ),
            arguments: [number]
        ) ?? 0
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
        try Int.fetchOne(
            database.cachedStatement(sql: "SELECT office FROM issuingKey WHERE number = ?"),
            arguments: [code.issuerNumber.value]
        ).map { StatusListRecord.Name(office: $0, number: code.claims.reference.list) }
    }

    private static func tampered(_ fault: String) -> RegistryError {
        RegistryError(.tampered, fault)
    }
}
