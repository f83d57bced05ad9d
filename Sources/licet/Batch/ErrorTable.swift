import Foundation
import Publication

/// `errors.csv`: the rows that were refused, written as they fail, and in its place when all are there.
final class ErrorTable {
    /// `errors.csv`, or the next free name when a file of somebody else has that one.
    let path: String
    private let temporary: String
    private let handle: FileHandle

    private static let heading = "file,row,field,reason,hint"
    /// What tables begin with; the hint came later.
    private static let oldHeading = "file,row,field,reason"

    /// - Throws: when nothing can be written into `folder`.
    init(folder: String) throws {
        let names = ["errors.csv"] + (2...999).map { "errors-\($0).csv" }
        let paths = names.map { "\(folder)/\($0)" }
        path = paths.first(where: Self.isFree) ?? "\(folder)/errors-1000.csv"
        temporary = "\(path).\(UInt32.random(in: .min ... .max)).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Failure.write("\(path): cannot be written: \(String(cString: strerror(errno)).lowercased())")
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        // Spreadsheets take UTF-8 without its mark for something else.
        try write("\u{FEFF}\(Self.heading)\r\n")
    }

    func append(_ entry: BatchReport.Entry) throws {
        let texts = [entry.field ?? "", entry.reason, entry.hint ?? ""].map(Words.cell).joined(separator: ",")
        try write("\(Words.cell(entry.file)),\(entry.row),\(texts)\r\n")
    }

    /// Puts the table into its place, and the one of an earlier run aside.
    func finish() throws {
        let isSynced = fsync(handle.fileDescriptor) == 0
        Self.putAside(path)
        guard isSynced, rename(temporary, path) == 0 else {
            let reason = String(cString: strerror(errno)).lowercased()
            unlink(temporary)
            throw Failure.write("\(path): cannot be written: \(reason)")
        }
        try DurableFile.sync(folder: DurableFile.parent(of: path))
    }

    /// Puts the table of an earlier run aside, so that nobody takes it for this one's.
    static func putAside(in folder: String) { putAside("\(folder)/errors.csv") }

    private static func putAside(_ path: String) {
        let aside = "\(path.dropLast(4)).old.csv"
        // What somebody else has under that name stays.
        if access(path, F_OK) == 0, isFree(path), isFree(aside) { rename(path, aside) }
    }

    private func write(_ text: String) throws {
        do { try handle.write(contentsOf: Data(text.utf8)) } catch {
            unlink(temporary)
            throw Failure.write("\(path): cannot be written: \(String(cString: strerror(errno)).lowercased())")
        }
    }

    /// Whether nothing stands at `path`, or a table of refused rows.
    private static func isFree(_ path: String) -> Bool {
        guard let present = FileHandle(forReadingAtPath: path) else {
            return !FileManager.default.fileExists(atPath: path)
        }
        let start = (try? present.read(upToCount: heading.utf8.count + 3)) ?? Data()
        return start.starts(with: Data("\u{FEFF}\(oldHeading)".utf8)) || start.starts(with: Data(oldHeading.utf8))
    }
}
