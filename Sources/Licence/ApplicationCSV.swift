package import Foundation

extension ApplicationFile {
    /// Reads CSV (RFC 4180) with one heading line, in English or Chinese; UTF-8 with or without BOM, or GB18030.
    ///
    /// An empty cell is a field that is not there.
    package init(csv data: Data) throws(ApplicationFileError) {
        var records = try CSVText.records(of: CSVText.utf8(data))[...]
        guard let heading = records.popFirst() else {
            throw ApplicationFileError("is empty; a heading line is expected")
        }
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
        guard records.contains(where: { !$0.allSatisfy(\.isEmpty) }) else {
            throw ApplicationFileError("has a heading, but no rows")
        }
        self.init(
            rows: records.enumerated().compactMap { offset, cells in
                if cells.allSatisfy(\.isEmpty) { return nil }
                return (offset + 1, Self.application(cells, fields))
            }
        )
    }

    private static func application(
        _ cells: [String],
        _ fields: [ApplicationField]
    ) -> Result<Application, Application.Refusal> {
        guard cells.count == fields.count else {
            let reason = "the row has \(cells.count) cells, the heading \(fields.count)"
            return .failure(Application.Refusal(errors: [LicenceError(.malformedApplication, reason)]))
        }
        let pairs = zip(fields, cells).filter { !$0.1.isEmpty }
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

/// Comma-separated text, as RFC 4180 has it.
private enum CSVText {
    /// The records of a file, each a list of cells; rows end in LF or CRLF.
    static func records(of bytes: [UInt8]) throws(ApplicationFileError) -> [[String]] {
        var records: [[String]] = []
        var cells: [String] = []
        var cell: [UInt8] = []
        var position = 0
        var isQuoted = false
        var wasQuoted = false
        func endCell() {
            cells.append(String(decoding: cell, as: UTF8.self))
            cell = []
            wasQuoted = false
        }
        while position < bytes.count {
            let byte = bytes[position]
            let next = position + 1 < bytes.count ? bytes[position + 1] : nil
            position += 1
            switch byte {
            case UInt8(ascii: "\"") where isQuoted && next == byte:
                cell.append(byte)
                position += 1
            case UInt8(ascii: "\"") where isQuoted: isQuoted = false
            case _ where isQuoted: cell.append(byte)
            case UInt8(ascii: "\"") where cell.isEmpty && !wasQuoted: (isQuoted, wasQuoted) = (true, true)
            case UInt8(ascii: ","): endCell()
            case UInt8(ascii: "\r") where next == UInt8(ascii: "\n"): continue
            case UInt8(ascii: "\n"):
                endCell()
                records.append(cells)
                cells = []
            case _ where wasQuoted, UInt8(ascii: "\""):
                throw ApplicationFileError("row \(records.count): a quotation mark stands in the middle of a cell")
            default: cell.append(byte)
            }
        }
        guard !isQuoted else { throw ApplicationFileError("row \(records.count): a quotation mark is never closed") }
        if !cell.isEmpty || !cells.isEmpty || wasQuoted {
            endCell()
            records.append(cells)
        }
        return records
    }

    /// The bytes as UTF-8 without BOM; what is not UTF-8 is read as GB18030.
    static func utf8(_ data: Data) throws(ApplicationFileError) -> [UInt8] {
        let bytes = [UInt8](data)
        if String(validating: bytes, as: UTF8.self) != nil {
            return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        }
        guard let converted = fromGB18030(bytes) else {
            throw ApplicationFileError("is neither UTF-8 nor GB18030; save it as UTF-8")
        }
        return converted
    }

    private static func fromGB18030(_ bytes: [UInt8]) -> [UInt8]? {
        let converter = iconv_open("UTF-8", "GB18030")
        guard converter != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        // No GB18030 character grows by more than half in UTF-8, but for single bytes; twice is ample.
        var output = [UInt8](repeating: 0, count: bytes.count * 2 + 16)
        var input = bytes.map { CChar(bitPattern: $0) }
        var left = input.count
        var room = output.count
        let result = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBytes { target in
                var from = source.baseAddress
                var to = target.baseAddress?.assumingMemoryBound(to: CChar.self)
                return iconv(converter, &from, &left, &to, &room)
            }
        }
        guard result != .max, left == 0 else { return nil }
        return Array(output.prefix(output.count - room))
    }
}
