import Foundation

/// The bytes of a file of applications, which can be read more than once.
final class ApplicationSource: Sendable {
    private let content: Content

    private enum Content {
        case memory([UInt8])
        case file(descriptor: Int32, state: State)
    }

    /// What tells a file from the same file after somebody wrote to it.
    private struct State: Equatable {
        let size: Int
        /// When somebody last wrote to it, or gave it another such time: of all times in it the one that nobody sets.
        let seconds: Int
        let nanoseconds: Int

        init?(_ descriptor: Int32) {
            var facts = stat()
            guard fstat(descriptor, &facts) == 0 else { return nil }
            size = Int(facts.st_size)
            seconds = facts.st_ctim.tv_sec
            nanoseconds = facts.st_ctim.tv_nsec
        }
    }

    /// The size up to which a file is held in memory.
    private static let smallFile = 1 << 16

    init(_ bytes: [UInt8]) { content = .memory(bytes) }

    convenience init(path: String, isCopied: Bool) throws(ApplicationFileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.unreadable() }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw ApplicationFileError("cannot be read: is a directory")
        }
        guard !Self.isDevice(facts) else {
            close(descriptor)
            throw ApplicationFileError("cannot be read: is a device")
        }
        guard facts.st_mode & S_IFMT == S_IFREG, !isCopied else {
            let spool: Int32
            do throws(ApplicationFileError) { spool = try Self.spool(descriptor) } catch {
                close(descriptor)
                throw error
            }
            close(descriptor)
            try self.init(owning: spool)
            return
        }
        try self.init(owning: descriptor)
    }

    /// Whether a file is a device, which may have no end, and not what the program has as standard input, such as a terminal.
    private static func isDevice(_ file: stat) -> Bool {
        guard [S_IFCHR, S_IFBLK].contains(file.st_mode & S_IFMT) else { return false }
        var input = stat()
        return fstat(0, &input) != 0 || input.st_mode & S_IFMT != file.st_mode & S_IFMT || input.st_rdev != file.st_rdev
    }

    /// Copies all that comes from `descriptor` into a file that has no name.
    convenience init(spooling descriptor: Int32) throws(ApplicationFileError) {
        try self.init(owning: Self.spool(descriptor))
    }

    private static func spool(_ descriptor: Int32) throws(ApplicationFileError) -> Int32 {
        let path = "\(NSTemporaryDirectory())/licet-\(UInt64.random(in: .min ... .max)).tmp"
        let spool = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard spool >= 0 else { throw ApplicationFileError("cannot be copied to \(path): \(systemReason())") }
        unlink(path)
        do throws(ApplicationFileError) { try copy(descriptor, to: spool) } catch {
            close(spool)
            throw error
        }
        return spool
    }

    private init(owning descriptor: Int32) throws(ApplicationFileError) {
        guard let state = State(descriptor) else {
            close(descriptor)
            throw Self.unreadable()
        }
        // Thousands of small files are not held open at once.
        if state.size <= Self.smallFile {
            var bytes = [UInt8](repeating: 0, count: Self.smallFile + 1)
            let count = pread(descriptor, &bytes, bytes.count, 0)
            close(descriptor)
            content = .memory(Array(bytes.prefix(max(count, 0))))
            guard count == state.size else { throw ApplicationFileError("was changed while it was read") }
            return
        }
        content = .file(descriptor: descriptor, state: state)
        guard state.size <= ApplicationFile.maximumBytes else {
            throw ApplicationFileError("is larger than \(ApplicationFile.maximumBytes) bytes")
        }
    }

    deinit { if case .file(let descriptor, _) = content { close(descriptor) } }

    /// How many bytes it has.
    var size: Int {
        switch content {
        case .memory(let bytes): bytes.count
        case .file(_, let state): state.size
        }
    }

    /// Up to `count` bytes from `offset` on; none behind the end.
    ///
    /// - Throws: also when the file is no longer the one that was opened.
    func bytes(at offset: Int, count: Int) throws(ApplicationFileError) -> [UInt8] {
        switch content {
        case .memory(let bytes):
            return Array(bytes[min(offset, bytes.count)..<min(offset + count, bytes.count)])
        case .file(let descriptor, let state):
            var failure: ApplicationFileError?
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                repeat {
                    filled = max(pread(descriptor, buffer.baseAddress, count, off_t(offset)), -1)
                } while filled
                    < 0 && errno == EINTR
                if filled < 0 {
                    failure = Self.unreadable()
                    filled = 0
                }
            }
            if let failure { throw failure }
            // Afterwards, so that what is handed out is of the file that was opened.
            guard State(descriptor) == state else {
                throw ApplicationFileError("was changed while it was read; run the command again")
            }
            return bytes
        }
    }

    /// Twice what one application may have: behind so much without a line or a bracket there are none.
    private static let shapeless = 2 * ApplicationFile.maximumRowBytes

    private static func copy(_ descriptor: Int32, to spool: Int32) throws(ApplicationFileError) {
        var part = [UInt8](repeating: 0, count: 1 << 18)
        var total = 0
        var hasShape = false
        while true {
            let count = read(descriptor, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable() }
            guard count > 0 else { return }
            total += count
            hasShape = hasShape || part[..<count].contains { "\n[{".utf8.contains($0) }
            guard hasShape || total < shapeless else {
                throw ApplicationFileError(
                    "is no table and no JSON: its first \(shapeless) bytes hold no line and no bracket"
                )
            }
            guard total <= ApplicationFile.maximumBytes else {
                throw ApplicationFileError("is larger than \(ApplicationFile.maximumBytes) bytes")
            }
            var written = 0
            while written < count {
                let more = part[written..<count].withUnsafeBytes { write(spool, $0.baseAddress, $0.count) }
                if more < 0, errno == EINTR { continue }
                guard more > 0 else { throw ApplicationFileError("cannot be copied: \(systemReason())") }
                written += more
            }
        }
    }

    /// Refuses, in words, what people take for a table and is none.
    func refuseOtherKinds(than format: ApplicationFile.Format?) throws(ApplicationFileError) {
        let start = try bytes(at: 0, count: 4)
        if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) || start == [0xD0, 0xCF, 0x11, 0xE0] {
            throw ApplicationFileError("is a workbook of a spreadsheet; save it as CSV UTF-8 (逗号分隔)")
        }
        if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
            let isJSON = format == .json || start.contains { "[{".utf8.contains($0) }
            throw ApplicationFileError("is UTF-16; save it as \(isJSON ? "UTF-8" : "CSV UTF-8 (逗号分隔)")")
        }
    }

    /// What the file seems to be by its first character.
    var format: ApplicationFile.Format {
        get throws(ApplicationFileError) {
            let start = try bytes(at: 0, count: 1_024)
            let first = start.first { !([0xEF, 0xBB, 0xBF] + Array(" \t\r\n".utf8)).contains($0) }
            return first == UInt8(ascii: "[") || first == UInt8(ascii: "{") ? .json : .csv
        }
    }

    private static func unreadable() -> ApplicationFileError {
        ApplicationFileError("cannot be read: \(systemReason())")
    }

    private static func systemReason() -> String { String(cString: strerror(errno)).lowercased() }
}
