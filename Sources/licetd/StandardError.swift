import Foundation

/// Where the daemon says what goes on.
enum StandardError {
    /// Writes a line.
    ///
    /// One that cannot be written, on a full disk or to a reader who is gone, is lost: verdicts are worth more than lines.
    static func write(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }
}
