package import Foundation

/// Why a whole file of applications cannot be read.
package struct ApplicationFileError: Error, Hashable, CustomStringConvertible {
    package let reason: String

    init(_ reason: String) { self.reason = reason }

    package var description: String { reason }
}

/// The applications of a file, row by row; a bad row stops no other.
package struct ApplicationFile {
    /// Row numbers count from 1, in a CSV file without its heading.
    package let rows: [(number: Int, application: Result<Application, Application.Refusal>)]

    /// What the file's bytes were taken for.
    package let encoding: Encoding

    /// How text is written in bytes.
    package enum Encoding { case utf8, gb18030 }

    /// The greatest size of a file.
    package static let maximumBytes = 1 << 30

    /// Reads JSON: one application or an array of them.
    package init(json data: Data) throws(ApplicationFileError) {
        let tree = try JSONTree(text: data)
        let items = if case .array(let items) = tree { items } else { [tree] }
        guard !items.isEmpty else { throw ApplicationFileError("holds no application") }
        encoding = .utf8
        rows = items.enumerated().map { offset, item in
            (offset + 1, Result { () throws(Application.Refusal) in try Application(item) })
        }
    }

    init(rows: [(number: Int, application: Result<Application, Application.Refusal>)], encoding: Encoding) {
        self.rows = rows
        self.encoding = encoding
    }
}
