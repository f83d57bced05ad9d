import Foundation
import Hummingbird
import OpenSSL
import Publication

/// A signed file of a publication as it is handed on, byte for byte.
///
/// A large one stays on the disk, held open: whoever replaces it by renaming, as everybody should, leaves it whole, and one that was changed in its
/// place is not handed on any more.
package final class PublishedFile: Sendable {
    /// SHA-256 in hexadecimal digits.
    package let digest: String
    /// ``HighWater/Mark/digest`` of this file.
    let mark: String
    let mediaType: String
    let size: Int
    private let content: Content

    private enum Content {
        case memory(ByteBuffer)
        case disk(OpenFile)
    }

    /// Bytes up to which a file is kept in memory.
    private static let smallest = 16_384

    /// A file with these bytes, which lie at `place` on the disk; nil: nowhere, or they are no longer there.
    package init(path: String, bytes: [UInt8], at place: String? = nil) {
        let digest = Digest(of: bytes)
        self.digest = digest.description
        mark = HighWater.digest(of: bytes)
        size = bytes.count
        let file = bytes.count > Self.smallest ? place.flatMap { OpenFile($0, digest: digest, size: bytes.count) } : nil
        content = file.map { .disk($0) } ?? .memory(ByteBuffer(bytes: bytes))
        mediaType =
            switch path {
            case AuthorityLog.checkpoint: "text/plain; charset=utf-8"
            case _ where ListKind(path: path) == .status: StatusList.type
            default: "application/cose; cose-type=\"cose-sign1\""
            }
    }

    /// A strong entity tag (RFC 9110, section 8.8.3).
    package var entityTag: String { "\"\(digest)\"" }

    /// All of it; nil where it was changed on the disk.
    ///
    /// Reads files: not for a thread that answers requests.
    package var bytes: [UInt8]? {
        switch content {
        case .memory(let buffer): Array(buffer.readableBytesView)
        case .disk(let file):
            file.read(from: 0, count: size).flatMap { Digest(of: $0).description == digest ? $0 : nil }
        }
    }

    /// As the body of an answer; nil where it was changed on the disk.
    var body: ResponseBody? {
        switch content {
        case .memory(let buffer): return ResponseBody(byteBuffer: buffer)
        case .disk(let file):
            guard file.isUnchanged else { return nil }
            return ResponseBody(contentLength: size) { [size] writer in
                for start in stride(from: 0, to: size, by: OpenFile.part) {
                    let count = min(OpenFile.part, size - start)
                    // An answer that breaks off is none; its length was told.
                    guard let part = await file.part(from: start, count: count) else {
                        throw Problem(.internalServerError, "the file was changed")
                    }
                    try await writer.write(ByteBuffer(bytes: part))
                }
                try await writer.finish(nil)
            }
        }
    }
}

/// A file on the disk that is held open, and what it was when it was read.
final class OpenFile: Sendable {
    private let descriptor: CInt
    private let stamp: FileStamp

    /// Bytes that are read at a time.
    static let part = 262_144
    /// How many are held open, and how many may be: an accept that finds no descriptor free would end the server.
    private static let open = Counter()
    private static let closed = Counter()
    private static let most = 512
    private static let queue = DispatchQueue(label: "files", qos: .utility, attributes: .concurrent)

    /// Opens the file at `path`; nil unless it still has this digest.
    init?(_ path: String, digest: Digest, size: Int) {
        guard Self.open.value - Self.closed.value < Self.most else { return nil }
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        guard let stamp = FileStamp(descriptor), stamp.size == size,
            let bytes = Self.read(descriptor, from: 0, count: size), Digest(of: bytes) == digest,
            FileStamp(descriptor) == stamp
        else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        self.stamp = stamp
        Self.open.add()
    }

    deinit {
        close(descriptor)
        Self.closed.add()
    }

    /// Whether the file is what it was when it was opened, as far as the file system tells.
    var isUnchanged: Bool { FileStamp(descriptor)?.isContent(of: stamp) ?? false }

    func read(from start: Int, count: Int) -> [UInt8]? {
        guard isUnchanged else { return nil }
        return Self.read(descriptor, from: start, count: count)
    }

    /// The same on a thread that may wait for the disk.
    func part(from start: Int, count: Int) async -> [UInt8]? {
        await withCheckedContinuation { continuation in
            Self.queue.async { continuation.resume(returning: self.read(from: start, count: count)) }
        }
    }

    private static func read(_ descriptor: CInt, from start: Int, count: Int) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let more = pread(
                    descriptor,
                    buffer.baseAddress.map { $0 + filled },
                    count - filled,
                    off_t(start + filled)
                )
                if more < 0, errno == EINTR { continue }
                guard more > 0 else { return }
                filled += more
            }
        }
        return bytes.count == count ? bytes : nil
    }
}
