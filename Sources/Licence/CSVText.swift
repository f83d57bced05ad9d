import Foundation

/// Comma-separated text, as RFC 4180 has it.
struct CSVText {
    /// UTF-8 without BOM.
    private let bytes: [UInt8]
    let encoding: ApplicationFile.Encoding

    /// One row.
    struct Record {
        var cells: [String] = []
        /// What is wrong with its quotation marks, if anything; the cells are then worth nothing.
        var flaw: String?
        /// Whether a quoted cell holds a line break, as a mark that was never closed makes it seem.
        var spansLines = false

        /// Whether there is nothing in it, as in an empty line.
        var isEmpty: Bool { flaw == nil && cells.allSatisfy(\.isEmpty) }
    }

    /// Takes UTF-8 with or without BOM, or else GB18030; damaged UTF-8 is not taken for GB18030, which almost any bytes are.
    init(_ data: Data) throws(ApplicationFileError) {
        let bytes = [UInt8](data)
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        if String(validating: bytes, as: UTF8.self) != nil {
            self.bytes = hasMark ? Array(bytes.dropFirst(3)) : bytes
            encoding = .utf8
            return
        }
        let repaired = String(decoding: bytes, as: UTF8.self).unicodeScalars
        let damaged = repaired.count { $0 == "\u{FFFD}" }
        let good = repaired.count { $0.value > 0x7FF && $0 != "\u{FFFD}" }
        guard !hasMark, good <= damaged else {
            let row = repaired.prefix { $0 != "\u{FFFD}" }.count { $0 == "\n" }
            throw ApplicationFileError("row \(row): is UTF-8, but damaged here; export the file again")
        }
        guard let converted = Self.fromGB18030(bytes) else {
            throw ApplicationFileError("is neither UTF-8 nor GB18030; save it as UTF-8")
        }
        self.bytes = converted
        encoding = .gb18030
    }

    /// The rows, the heading first; they end in LF or CRLF.
    ///
    /// - Throws: only for a quotation mark that is never closed, behind which nobody knows where rows begin.
    func records() throws(ApplicationFileError) -> [Record] {
        var records: [Record] = []
        var record = Record()
        var cell: [UInt8] = []
        var position = 0
        var isQuoted = false
        var wasQuoted = false
        func endCell() {
            record.cells.append(String(decoding: cell, as: UTF8.self))
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
            case _ where isQuoted:
                cell.append(byte)
                record.spansLines = record.spansLines || byte == UInt8(ascii: "\n")
            case UInt8(ascii: "\"") where cell.isEmpty && !wasQuoted && record.flaw == nil:
                (isQuoted, wasQuoted) = (true, true)
            case UInt8(ascii: ","): endCell()
            case UInt8(ascii: "\r") where next == UInt8(ascii: "\n"): continue
            case UInt8(ascii: "\n"):
                endCell()
                records.append(record)
                record = Record()
            case _ where wasQuoted, UInt8(ascii: "\""):
                record.flaw =
                    "a quotation mark stands in the middle of a cell; put the cell in quotation marks and double it"
            default: cell.append(byte)
            }
        }
        guard !isQuoted else { throw ApplicationFileError("row \(records.count): a quotation mark is never closed") }
        if !cell.isEmpty || !record.cells.isEmpty || wasQuoted || record.flaw != nil {
            endCell()
            records.append(record)
        }
        return records
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
