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

    /// The greatest size of a file.
    package static let maximumBytes = 1 << 30

    /// Reads JSON: one application or an array of them.
    package init(json data: Data) throws(ApplicationFileError) {
        let tree: JSONTree
        do { tree = try JSONDecoder().decode(JSONTree.self, from: data) } catch {
            throw ApplicationFileError("is not JSON: \(Self.reason(of: error))")
        }
        if let key = DuplicateKeys.first(in: data) {
            throw ApplicationFileError("the key \(key) stands twice in one object")
        }
        let items = if case .array(let items) = tree { items } else { [tree] }
        guard !items.isEmpty else { throw ApplicationFileError("holds no application") }
        rows = items.enumerated().map { offset, item in
            (offset + 1, Result { () throws(Application.Refusal) in try Application(item) })
        }
    }

    init(rows: [(number: Int, application: Result<Application, Application.Refusal>)]) { self.rows = rows }

    private static func reason(of error: any Error) -> String {
        guard case DecodingError.dataCorrupted(let context) = error else { return "it cannot be read" }
        let underlying = context.underlyingError.map { "\(($0 as NSError).userInfo["NSDebugDescription"] ?? "")" } ?? ""
        return underlying.isEmpty ? context.debugDescription : underlying
    }
}

/// Finds a key that stands twice in one object, which JSON decoders pass over in silence.
enum DuplicateKeys {
    /// The first such key of well-formed JSON, as it is written.
    static func first(in data: Data) -> String? {
        var open: [Set<Data>?] = []
        var position = data.startIndex
        var string: Data?
        while position < data.endIndex {
            switch data[position] {
            case UInt8(ascii: "{"): open.append([])
            case UInt8(ascii: "["): open.append(nil)
            case UInt8(ascii: "}"), UInt8(ascii: "]"): open.removeLast()
            case UInt8(ascii: "\""):
                let start = position
                position += 1
                while data[position] != UInt8(ascii: "\"") { position += data[position] == UInt8(ascii: "\\") ? 2 : 1 }
                string = data[start...position]
            case UInt8(ascii: ":"):
                guard let key = string.map(plain), let top = open.indices.last else { break }
                guard open[top]?.insert(key).inserted ?? true else { return String(decoding: key, as: UTF8.self) }
            default: break
            }
            position += 1
        }
        return nil
    }

    /// A key without its escapes, so that `"a"` and `"\u0061"` are one.
    private static func plain(_ string: Data) -> Data {
        guard string.contains(UInt8(ascii: "\\")) else { return Data(string) }
        let text = try? JSONDecoder().decode(String.self, from: string)
        return text.map { Data("\"\($0)\"".utf8) } ?? Data(string)
    }
}
