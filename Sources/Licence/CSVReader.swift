import Foundation

/// Comma-separated text, as RFC 4180 has it, row by row; rows end in LF or CRLF.
struct CSVReader {
    private var text: TextChunks
    /// What was read and not yet taken, from `position` on.
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    private var taken = 0

    /// One row.
    struct Record {
        /// All cells, one behind the other.
        fileprivate(set) var bytes: [UInt8] = []
        /// Where each of them ends.
        fileprivate(set) var ends: [Int] = []
        /// What is wrong with its quotation marks or its length, if anything; the cells are then worth nothing.
        fileprivate(set) var flaw: String?
        /// Whether a quoted cell holds a line break, as a mark that was never closed makes it seem.
        fileprivate(set) var spansLines = false

        /// Whether there is nothing in it, as in an empty line.
        var isEmpty: Bool { flaw == nil && bytes.isEmpty }

        var cells: [String] {
            var start = 0
            return ends.map { end in
                defer { start = end }
                return String(decoding: bytes[start..<end], as: UTF8.self)
            }
        }
    }

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    init(_ text: TextChunks) { self.text = text }

    var bytesRead: Int { text.offset }

    /// The next row, the heading first; nil behind the last.
    ///
    /// - Throws: for a quotation mark that is never closed, behind which nobody knows where rows begin.
    mutating func next() throws(ApplicationFileError) -> Record? {
        let end = try endOfLine()
        if let end, buffer.position(of: Self.quote, from: position) ?? .max >= end {
            defer { position = end + 1 }
            taken += 1
            return plain(to: end > position && buffer[end - 1] == Self.carriageReturn ? end - 1 : end)
        }
        if isAtEnd, end == nil, position == buffer.count { return nil }
        let record = try quoted()
        taken += 1
        return record
    }

    /// The position of the next line feed, with all before it in the buffer; nil where a row has none or is too long.
    private mutating func endOfLine() throws(ApplicationFileError) -> Int? {
        var from = position
        while true {
            if let end = buffer.position(of: Self.lineFeed, from: from) { return end }
            guard buffer.count - position <= ApplicationFile.maximumRowBytes else { return nil }
            let seen = buffer.count - position
            guard try fill() else { return nil }
            from = position + seen
        }
    }

    /// Reads on, and forgets what was taken; false at the end of the text.
    private mutating func fill() throws(ApplicationFileError) -> Bool {
        guard !isAtEnd else { return false }
        buffer.removeFirst(position)
        position = 0
        while true {
            guard let more = try text.next() else {
                isAtEnd = true
                return false
            }
            buffer += more
            if !more.isEmpty { return true }
        }
    }

    /// The row up to `end`, without quotation marks.
    private func plain(to end: Int) -> Record {
        var record = Record()
        var start = position
        while start <= end {
            let comma = min(buffer.position(of: Self.comma, from: start) ?? end, end)
            record.bytes += buffer[start..<comma]
            record.ends.append(record.bytes.count)
            start = comma + 1
        }
        record.limit()
        return record
    }

    /// A row with quotation marks, or the last one without an end.
    private mutating func quoted() throws(ApplicationFileError) -> Record {
        var record = Record()
        var isAtStart = true
        var isQuoted = false
        var wasQuoted = false
        while true {
            if position + 1 >= buffer.count { _ = try fill() }
            guard position < buffer.count else { break }
            let byte = buffer[position]
            let next = position + 1 < buffer.count ? buffer[position + 1] : nil
            position += 1
            defer { isAtStart = byte == Self.comma && !isQuoted }
            switch byte {
            case Self.quote where isQuoted && next == byte:
                record.append(byte)
                position += 1
            case Self.quote where isQuoted: isQuoted = false
            case _ where isQuoted:
                record.append(byte)
                record.spansLines = record.spansLines || byte == Self.lineFeed
            // In a row that is worth nothing as well: what stands in a quoted cell is never a row of its own.
            case Self.quote where isAtStart:
                (isQuoted, wasQuoted) = (true, true)
            case Self.comma:
                record.ends.append(record.bytes.count)
                wasQuoted = false
            case Self.carriageReturn where next == Self.lineFeed: continue
            case Self.lineFeed:
                record.ends.append(record.bytes.count)
                return record
            case _ where wasQuoted, Self.quote:
                record.flaw =
                    record.flaw
                    ?? "a quotation mark stands in the middle of a cell; put the cell in quotation marks and double it"
            default: record.append(byte)
            }
        }
        guard !isQuoted else { throw ApplicationFileError("row \(taken + 1): a quotation mark is never closed") }
        record.ends.append(record.bytes.count)
        return record
    }
}

extension CSVReader.Record {
    /// Keeps no more than a row may have.
    fileprivate mutating func append(_ byte: UInt8) {
        guard bytes.count < ApplicationFile.maximumRowBytes else { return limit() }
        bytes.append(byte)
    }

    static let tooLong = "the row is longer than \(ApplicationFile.maximumRowBytes) bytes"

    fileprivate mutating func limit() {
        guard bytes.count >= ApplicationFile.maximumRowBytes else { return }
        flaw = flaw ?? Self.tooLong
    }
}
