import Foundation

/// What goes to standard output and how far a long work has come.
enum Console {
    /// Encodes `value` as one line, or over several lines, of JSON with sorted keys.
    static func json(_ value: some Encodable, pretty: Bool = true) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}

/// A line on standard error that tells how far a long work has come; only on a terminal, and only after a second.
struct Progress {
    private let total: Int
    private let start = Date()
    private let isShown = isatty(2) == 1
    private var lastDrawn = Date.distantPast
    private var wasDrawn = false

    init(total: Int) { self.total = total }

    mutating func show(_ done: Int) {
        let now = Date()
        let elapsed = now.timeIntervalSince(start)
        guard isShown, elapsed > 1, now.timeIntervalSince(lastDrawn) > 0.2, done > 0 else { return }
        lastDrawn = now
        wasDrawn = true
        let rate = Double(done) / elapsed
        let left = Int(Double(total - done) / rate)
        let line = "\r\(done) of \(total), \(Int(rate)) a second, \(left / 60)m\(left % 60)s left   "
        FileHandle.standardError.write(Data(line.utf8))
    }

    /// Takes the line away.
    func end() {
        if wasDrawn { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }
}
