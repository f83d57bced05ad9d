package import Foundation

/// Why a whole file of applications cannot be read.
package struct ApplicationFileError: Error, Hashable, CustomStringConvertible {
    package let reason: String

    init(_ reason: String) { self.reason = reason }

    /// The same reason, said of a row.
    init(row: Int, _ reason: String) { self.reason = "row \(row): \(reason)" }

    package var description: String { reason }
}

/// A file of applications that was read through once: it is whole, and its rows are counted.
///
/// The rows are read again, one by one, with ``reader()``; nothing of them is kept. A bad row stops no other.
package struct ApplicationFile: Sendable {
    private let source: ApplicationSource
    private let format: Format

    /// How many rows hold something.
    package let count: Int
    /// What the file's bytes were taken for.
    package let encoding: Encoding
    /// The headings of columns of a table that an application does not have, such as 序号; nothing of them is read.
    package let passedOver: [String]

    /// How text is written in bytes.
    package enum Encoding: Sendable { case utf8, gb18030 }

    /// How applications are written in text.
    package enum Format: Sendable {
        /// RFC 4180, with one heading line in English or Chinese; UTF-8 with or without BOM, or GB18030.
        case csv
        /// One application, or an array of them; UTF-8.
        case json
    }

    /// One row, by its number: of CSV as a spreadsheet shows it, where the heading is row 1; of JSON the first application is 1.
    package typealias Row = (number: Int, application: Result<Application, Application.Refusal>)

    /// Is told how far the reading has come.
    package typealias Watch = (_ bytes: Int, _ total: Int) -> Void

    /// The greatest size of a file in bytes.
    package static let maximumBytes = 1 << 34
    /// The greatest size of one application in bytes.
    package static let maximumRowBytes = 1 << 20

    /// Reads the file at `path` through; what is no regular file (a pipe) is copied into a temporary one without a name.
    ///
    /// With `isCopied` every file is. With no format, what begins as JSON does is JSON and everything else CSV. `watch` is told now and then how many bytes of how
    /// many were read.
    package init(
        path: String,
        isCopied: Bool = false,
        format: Format?,
        watch: Watch? = nil
    ) throws(ApplicationFileError) {
        try self.init(ApplicationSource(path: path, isCopied: isCopied), format, watch)
    }

    /// Reads all that comes from a descriptor, such as standard input.
    package init(descriptor: Int32, format: Format?, watch: Watch? = nil) throws(ApplicationFileError) {
        try self.init(ApplicationSource(spooling: descriptor), format, watch)
    }

    /// Reads CSV that is in memory.
    package init(csv data: Data) throws(ApplicationFileError) { try self.init(ApplicationSource(Array(data)), .csv) }

    /// Reads JSON that is in memory.
    package init(json data: Data) throws(ApplicationFileError) { try self.init(ApplicationSource(Array(data)), .json) }

    private init(_ source: ApplicationSource, _ given: Format?, _ watch: Watch? = nil) throws(ApplicationFileError) {
        try source.refuseOtherKinds(than: given)
        let format: Format
        if let given { format = given } else { format = try source.format }
        self.source = source
        self.format = format
        switch format {
        case .csv:
            encoding = try TextChunks.encoding(of: source)
            passedOver = try CSVApplications(TextChunks(source, encoding)).passedOver
            count = try CSVApplications.count(TextChunks(source, encoding)) { watch?($0, source.size) }
        case .json:
            encoding = .utf8
            passedOver = []
            count = try JSONElements.count(TextChunks(source, .utf8)) { watch?($0, source.size) }
        }
    }

    /// The rows from the first.
    package func reader() throws(ApplicationFileError) -> Reader {
        let text = TextChunks(source, encoding)
        return switch format {
        case .csv: Reader(table: try CSVApplications(text), elements: nil)
        case .json: Reader(table: nil, elements: try JSONElements(text))
        }
    }

    /// All rows at once, of a file that is small.
    package var rows: [Row] {
        get throws(ApplicationFileError) {
            var reader = try reader()
            var rows: [Row] = []
            while let row = try reader.next() { rows.append(row) }
            return rows
        }
    }

    /// Gives the rows of a file one by one.
    package struct Reader {
        // One of the two; an enum's value would be copied, buffers and all, with every row.
        fileprivate var table: CSVApplications?
        fileprivate var elements: JSONElements?

        /// The next row that holds something; nil behind the last.
        ///
        /// - Throws: when the file was changed since it was read through.
        package mutating func next() throws(ApplicationFileError) -> Row? {
            if table != nil { return try table?.next() }
            guard let element = try elements?.next() else { return nil }
            return (element.number, Result { () throws(Application.Refusal) in try Application(element.tree) })
        }
    }
}
