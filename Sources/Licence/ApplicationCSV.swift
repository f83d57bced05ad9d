package import Foundation

extension ApplicationFile {
    /// Reads CSV (RFC 4180) with one heading line, in English or Chinese; UTF-8 with or without BOM, or GB18030.
    ///
    /// An empty cell is a field that is not there.
    package init(csv data: Data) throws(ApplicationFileError) {
        let text = try CSVText(data)
        var records = try text.records()[...]
        guard let heading = records.popFirst() else {
            throw ApplicationFileError("is empty; a heading line is expected")
        }
        guard heading.flaw == nil else {
            throw ApplicationFileError("the heading line is damaged: \(heading.flaw ?? "")")
        }
        let fields = try Self.fields(heading.cells)
        // Such a row has swallowed others, which nobody could name: no application may vanish.
        let swallower = records.enumerated().first { _, record in
            record.spansLines && (record.flaw != nil || record.cells.count != fields.count)
        }
        if let swallower {
            throw ApplicationFileError("row \(swallower.offset + 1): a quotation mark is not closed in its row")
        }
        let rows = records.enumerated().filter { !$0.element.isEmpty }.map { offset, record in
            (number: offset + 1, application: Self.application(record, fields))
        }
        guard !rows.isEmpty else { throw ApplicationFileError("has a heading, but no rows") }
        self.init(rows: rows, encoding: text.encoding)
    }

    private static func fields(_ heading: [String]) throws(ApplicationFileError) -> [ApplicationField] {
        var fields: [ApplicationField] = []
        for name in heading {
            let trimmed = FieldText.normal(name)
            guard let field = ApplicationField(rawValue: trimmed) ?? Self.headings[trimmed] else {
                throw ApplicationFileError("the heading \"\(trimmed.prefix(40))\" is none that is known")
            }
            guard !fields.contains(field) else {
                throw ApplicationFileError("two columns are headed as \(field.rawValue)")
            }
            fields.append(field)
        }
        return fields
    }

    private static func application(
        _ record: CSVText.Record,
        _ fields: [ApplicationField]
    ) -> Result<Application, Application.Refusal> {
        let reason =
            record.flaw
            ?? (record.cells.count == fields.count
                ? nil : "the row has \(record.cells.count) cells, the heading \(fields.count)")
        if let reason {
            return .failure(Application.Refusal(errors: [LicenceError(.malformedApplication, reason)]))
        }
        let pairs = zip(fields, record.cells).filter { !$0.1.isEmpty }
        return .success(Application(fields: Dictionary(uniqueKeysWithValues: pairs.map { ($0, $1) })))
    }

    /// The printed Chinese labels, of every kind.
    private static let headings: [String: ApplicationField] = {
        var headings: [String: ApplicationField] = [
            "统一社会信用代码": .creditCode, "主体种类": .kind, "名称": .name, "类型": .type, "币种": .capitalCurrency,
            "成立日期": .established, "注册日期": .established, "营业期限自": .termFrom, "营业期限至": .termTo,
            "经营范围": .scope, "组成形式": .composition, "纬度": .latitude, "经度": .longitude,
        ]
        for kind in LicenceKind.allCases {
            headings[kind.representativeLabel.zh] = .representative
            headings[kind.addressLabel.zh] = .address
            if let label = kind.capitalLabel { headings[label.zh] = .capitalAmount }
        }
        headings["执行事务合伙人"] = .representative
        return headings
    }()
}
