/// The applications of comma-separated text, row by row; an empty cell is a field that is not there.
struct CSVApplications {
    private var reader: CSVReader
    /// The field of each column; nil for one that is passed over.
    private let fields: [ApplicationField?]
    /// The headings of the columns that registers export and an application does not have.
    let passedOver: [String]
    /// How many columns without a heading stand behind the others; their cells are empty.
    private let blanks: Int
    /// The row that was read last, as a spreadsheet numbers it: the heading is the first, and empty ones count.
    private var number = 1

    /// Reads the heading.
    init(_ text: TextChunks) throws(ApplicationFileError) {
        reader = CSVReader(text)
        guard let heading = try reader.next() else {
            throw ApplicationFileError("is empty; a heading line is expected")
        }
        guard heading.flaw == nil else {
            throw ApplicationFileError("the heading line is damaged: \(heading.flaw ?? "")")
        }
        let cells = heading.cells
        let empty = cells.reversed().prefix { FieldText.normal($0).isEmpty }.count
        blanks = empty < cells.count ? empty : 0
        let named = cells.dropLast(blanks)
        fields = try Self.fields(named)
        passedOver = zip(named, fields).compactMap { $1 == nil ? FieldText.normal($0) : nil }
    }

    /// How many rows hold something; `watch` is told now and then how many bytes were read.
    ///
    /// - Throws: also for a row that has swallowed others, which nobody could name: no application may vanish.
    static func count(_ text: TextChunks, _ watch: (Int) -> Void) throws(ApplicationFileError) -> Int {
        var table = try CSVApplications(text)
        var swallower: (row: Int, flaw: String?)?
        var count = 0
        while let record = try table.nextRecord() {
            let isDamaged = record.flaw != nil || record.ends.count != table.fields.count + table.blanks
            if record.spansLines, isDamaged { swallower = swallower ?? (table.number, record.flaw) }
            count += 1
            if count.isMultiple(of: 1_024) { watch(table.reader.bytesRead) }
        }
        if let (row, flaw) = swallower {
            let isLong = flaw == CSVReader.Record.tooLong
            throw ApplicationFileError(
                row: row,
                isLong
                    ? CSVReader.Record.tooLong
                    : "a quotation mark is not closed in its row, or stands in the middle of a cell"
            )
        }
        guard count > 0 else { throw ApplicationFileError("has a heading, but no rows") }
        return count
    }

    mutating func next() throws(ApplicationFileError) -> ApplicationFile.Row? {
        guard let record = try nextRecord() else { return nil }
        return (number, Self.application(record, fields, blanks))
    }

    private mutating func nextRecord() throws(ApplicationFileError) -> CSVReader.Record? {
        while let record = try reader.next() {
            number += 1
            if !record.isEmpty { return record }
        }
        return nil
    }

    private static func fields(_ heading: ArraySlice<String>) throws(ApplicationFileError) -> [ApplicationField?] {
        var fields: [ApplicationField?] = []
        for (mark, name) in ["\t": "tabs", ";": "semicolons"]
        where heading.count == 1 && heading.contains(where: { $0.contains(mark) }) {
            throw ApplicationFileError("its cells stand between \(name); save it as CSV with commas")
        }
        for (number, name) in heading.enumerated() {
            let trimmed = FieldText.normal(name)
            let heading = trimmed.map { $0 == "（" ? "(" : $0 == "）" ? ")" : String($0) }.joined()
            if ofRegisters.contains(heading) {
                fields.append(nil)
                continue
            }
            guard let field = ApplicationField(rawValue: heading) ?? Self.headings[heading] else {
                let unit = trimmed.contains("万") ? "; amounts are whole, 1000000 for 100万元" : ""
                throw ApplicationFileError(
                    "column \(number + 1) is headed \"\(trimmed.prefix(40))\", which is none that is known: "
                        + known.joined(separator: ", ") + unit
                )
            }
            guard !fields.contains(field) else {
                throw ApplicationFileError("two columns are headed as \(field.rawValue)")
            }
            fields.append(field)
        }
        return fields
    }

    private static func application(
        _ record: CSVReader.Record,
        _ fields: [ApplicationField?],
        _ blanks: Int
    ) -> Result<Application, Application.Refusal> {
        let reason =
            record.flaw
            ?? (record.ends.count == fields.count + blanks
                ? nil : "the row has \(record.ends.count) cells, the heading \(fields.count + blanks)")
            ?? (record.ends.count > 0 && record.ends[fields.count - 1] < record.bytes.count
                ? "a cell stands in a column that has no heading" : nil)
        if let reason {
            return .failure(Application.Refusal(errors: [LicenceError(.malformedApplication, reason)]))
        }
        var application = Application(fields: [:])
        for (field, cell) in zip(fields, record.cells) where !cell.isEmpty {
            if let field { application.fields[field] = cell }
        }
        return .success(application)
    }

    /// The names of all fields, and the Chinese heading of each, that of a company where kinds differ.
    private static let known = ApplicationField.allCases.map { field in
        let printed: String? =
            switch field {
            case .creditCode: "统一社会信用代码"
            case .representative: LicenceKind.company.representativeLabel.zh
            case .address: LicenceKind.company.addressLabel.zh
            case .capitalAmount: LicenceKind.company.capitalLabel?.zh
            default: nil
            }
        let label =
            printed
            ?? headings.filter { $0.value == field }.keys.min { ($0.count, $0) < ($1.count, $1) }
        return label.map { "\($0) (\(field.rawValue))" } ?? field.rawValue
    }

    /// What registers head columns with that say nothing of what is applied for.
    private static let ofRegisters: Set<String> = ["登记机关", "核准日期", "序号"]

    /// The printed Chinese labels, of every kind, and what registers head their columns with; brackets are half width.
    private static let headings: [String: ApplicationField] = {
        var headings: [String: ApplicationField] = [
            "统一社会信用代码": .creditCode, "主体种类": .kind, "名称": .name, "类型": .type, "币种": .capitalCurrency,
            "成立日期": .established, "注册日期": .established, "营业期限自": .termFrom, "营业期限至": .termTo,
            "经营范围": .scope, "组成形式": .composition, "纬度": .latitude, "经度": .longitude, "信用代码": .creditCode,
            "社会信用代码": .creditCode, "企业名称": .name, "公司名称": .name, "字号名称": .name, "企业类型": .type, "地址": .address,
            "注册地址": .address, "经营期限自": .termFrom, "经营期限至": .termTo,
            "法定代表人(负责人)": .representative, "法人代表": .representative, "经营者姓名": .representative, "住所(经营场所)": .address,
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
