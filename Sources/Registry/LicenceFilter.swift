import GRDB
package import Licence
package import LicenceCode

/// Which licences are shown; nil shows all.
///
/// They come in the order in which they were issued; where ``lastDay`` or the status `expired` is asked for, by the end of their term.
package struct LicenceFilter {
    package var status: LicenceStatus?
    package var office: DivisionCode?
    /// The division of the credit code is this one, or lies in it.
    package var division: DivisionCode?
    package var kind: LicenceKind?
    /// Part of the name; the case of letters, spaces and punctuation do not matter.
    package var name: String?
    /// The last day of the term lies in this range.
    package var lastDay: ClosedRange<CalendarDate>?
    /// Signed by this key.
    package var issuer: IssuerNumber?
    /// Issued on this day or later.
    package var issuedSince: CalendarDate?
    /// Valid, suspended or dormant, and the term is not over.
    package var isInForce = false
    /// The day that decides whether a licence is expired.
    package var today: CalendarDate
    /// Only what comes after this.
    package var after: Cursor?
    package var limit = 1_000

    package init(today: CalendarDate) { self.today = today }

    /// Where a page ended.
    package struct Cursor: Hashable, CustomStringConvertible {
        fileprivate let day: Int?
        fileprivate let id: Int64

        package var description: String { day.map { "\($0):\(id)" } ?? "\(id)" }

        /// Reads ``description``.
        package init?(_ text: String) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard (1...2).contains(parts.count), let id = Int64(parts[parts.count - 1]), id >= 0 else { return nil }
            day = parts.count == 2 ? Int(parts[0]) : nil
            guard parts.count == 1 || day != nil else { return nil }
            self.id = id
        }

        fileprivate init(day: Int?, id: Int64) {
            self.day = day
            self.id = id
        }
    }

    /// A page of what a filter shows.
    package struct Page {
        package let records: [LicenceRecord]
        /// To go on after; nil when this was all.
        package let next: Cursor?
    }
}

extension LicenceFilter {
    /// Whether what comes is ordered by the end of the term.
    fileprivate var isByLastDay: Bool { lastDay != nil || status == .expired }

    private var pairs: NamePairs? { name.map { NamePairs($0) } }

    /// In the order of the index of names, where there is one: half of all names have 有限公司, and are not put in order first.
    fileprivate var table: (name: String, id: String) {
        name == nil
            ? ("licence", "id")
            : ("licenceName CROSS JOIN licence ON licence.id = licenceName.rowid", "licenceName.rowid")
    }

    /// The conditions of a SELECT, and what stands for their question marks.
    fileprivate var sql: (conditions: String, arguments: StatementArguments) {
        var conditions: [String] = []
        var arguments: StatementArguments = []
        func require(_ condition: String, _ values: (any DatabaseValueConvertible)?...) {
            conditions.append(condition)
            arguments += StatementArguments(values)
        }
        if let pairs { require("licenceName MATCH ?", pairs.query) }
        // With a plus no index is taken: where the order is that of the last day only its own gives it without sorting millions.
        let plus = isByLastDay ? "+" : ""
        let open = "\(plus)status IN ('valid', 'suspended', 'dormant')"
        switch status {
        case .expired: require("\(open) AND lastDay < ?", today.daysSince1970)
        case .valid, .suspended, .dormant:
            require(
                "\(plus)status = ? AND (lastDay IS NULL OR +lastDay >= ?)",
                status?.rawValue,
                today.daysSince1970
            )
        case let status?: require("\(plus)status = ?", status.rawValue)
        case nil: break
        }
        if let office { require("\(plus)office = ?", office.number) }
        if let division {
            let (first, last) = division.range
            first == last
                ? require("\(plus)division = ?", first) : require("+division BETWEEN ? AND ?", first, last)
        }
        if let kind { require("kind = ?", kind.rawValue) }
        if let issuer { require("\(plus)issuer = ?", issuer.value) }
        if let issuedSince { require("\(plus)issued >= ?", issuedSince.daysSince1970) }
        if isInForce { require("\(open) AND (lastDay IS NULL OR +lastDay >= ?)", today.daysSince1970) }
        if let lastDay {
            require(
                "\(open) AND lastDay BETWEEN ? AND ?",
                lastDay.lowerBound.daysSince1970,
                lastDay.upperBound.daysSince1970
            )
        }
        if conditions.isEmpty { conditions.append("true") }
        return (conditions.joined(separator: " AND "), arguments)
    }

    fileprivate func page(in database: Database) throws -> Page {
        if let page = try pageOfFrequentCharacter(in: database) { return page }
        let (conditions, arguments) = sql
        var position = ""
        var more: StatementArguments = []
        if let after {
            position = isByLastDay ? " AND (lastDay, id) > (?, ?)" : " AND \(table.id) > ?"
            more = isByLastDay ? [after.day ?? .min, after.id] : [after.id]
        }
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT licence.* FROM \(table.name) WHERE \(conditions)\(position)
                ORDER BY \(isByLastDay ? "lastDay, id" : table.id) LIMIT ?
                """,
            arguments: arguments + more + [limit]
        )
        let wanted = pairs
        let records = try rows.filter { row in try wanted.map { $0.isPart(of: try row.get("name")) } ?? true }
            .map { try Registry.Session.record($0) }
        let last = rows.count == limit ? rows.last : nil
        return Page(
            records: records,
            next: try last.map { Cursor(day: isByLastDay ? try $0.optional("lastDay") : nil, id: try $0.get("id")) }
        )
    }
}

extension LicenceFilter {
    /// The page of a name that is one character, where the next licences have it often enough; else nil.
    ///
    /// The index would put together all pairs that begin with it, millions of places of 有, before it gave the first.
    private func pageOfFrequentCharacter(in database: Database) throws -> Page? {
        guard let pairs, pairs.isOneCharacter, !isByLastDay else { return nil }
        var plain = self
        plain.name = nil
        let (conditions, arguments) = plain.sql
        let first = after?.id ?? 0
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT * FROM licence WHERE id > ? AND id <= ? AND \(conditions) ORDER BY id",
            arguments: [first, first + Int64(20 * limit)] + arguments
        )
        let found = try rows.filter { pairs.isPart(of: try $0.get("name")) }.prefix(limit)
        guard found.count == limit, let last = found.last else { return nil }
        return Page(
            records: try found.map { try Registry.Session.record($0) },
            next: Cursor(day: nil, id: try last.get("id"))
        )
    }
}

extension Registry.Session {
    /// The next licences of a filter, at most its limit, perhaps fewer even where more follow.
    package func licences(_ filter: LicenceFilter) throws -> LicenceFilter.Page { try filter.page(in: database) }

    /// How many licences a filter shows.
    ///
    /// Its limit does not count. A name counts all that have its pairs of characters.
    package func count(_ filter: LicenceFilter) throws -> Int {
        let (conditions, arguments) = filter.sql
        return try Int.fetchOne(
            database,
            sql: "SELECT count(*) FROM \(filter.table.name) WHERE \(conditions)",
            arguments: arguments
        ) ?? 0
    }

    /// Licences in force whose names look like `name`, in the same division.
    package func namesakes(of name: String, in division: DivisionCode) throws -> [(creditCode: String, name: String)] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT creditCode, name FROM licence WHERE nameKey = ? AND +division = ?
                        AND status IN ('valid', 'suspended', 'dormant') ORDER BY id LIMIT 20
                    """
            ),
            arguments: [NameKey(name).value, division.number]
        ).map { (creditCode: try $0.get("creditCode"), name: try $0.get("name")) }
    }
}

extension DivisionCode {
    /// The first and the last number of the divisions that it covers.
    fileprivate var range: (Int, Int) {
        switch level {
        case 0: (0, 999_999)
        case 1: (number, number + 9_999)
        case 2: (number, number + 99)
        default: (number, number)
        }
    }
}
