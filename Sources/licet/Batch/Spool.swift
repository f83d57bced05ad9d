import Foundation

/// Lines that are kept in a file without a name until they are wanted.
final class Spool {
    private var handle: FileHandle?
    private var pending = Data()

    func append(_ line: String) throws {
        pending += Data("\(line)\n".utf8)
        if pending.count > 1 << 16 { try flush() }
    }

    private func flush() throws {
        if handle == nil {
            let path = "\(NSTemporaryDirectory())/licet-\(UUID().uuidString).tmp"
            let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw Failure.write("\(path): \(String(cString: strerror(errno)).lowercased())")
            }
            unlink(path)
            handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        }
        try handle?.write(contentsOf: pending)
        pending = Data()
    }

    /// Hands out every line, in order.
    func forEach(_ body: (Substring) -> Void) throws {
        var rest = Data()
        try handle?.seek(toOffset: 0)
        while let part = try handle?.read(upToCount: 1 << 18), !part.isEmpty {
            rest += part
            let end = (rest.lastIndex(of: UInt8(ascii: "\n")) ?? rest.startIndex - 1) + 1
            Self.lines(rest[..<end]).forEach(body)
            rest = Data(rest[end...])
        }
        Self.lines(rest + pending).forEach(body)
    }

    private static func lines(_ data: Data) -> [Substring] {
        String(decoding: data, as: UTF8.self).split(separator: "\n")
    }
}
