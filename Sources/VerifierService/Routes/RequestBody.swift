import Hummingbird
import NIOCore

/// The greatest numbers of bytes of bodies.
enum MaximumBody {
    /// JSON, and forms as text; of a batch each line.
    static let text = 65_536
    /// All lines of a batch.
    static let lines = 8 << 20
    /// A picture, with the form around it.
    static let picture = 16 << 20
}

extension Request {
    /// How long the body is said to be; nil where that is not said.
    var announcedLength: Int? { headers[.contentLength].flatMap { Int($0) } }

    /// Refuses a body that is said to be longer than `limit`.
    func checkLength(upTo limit: Int) throws(Problem) {
        guard announcedLength ?? 0 <= limit else { throw .tooLarge(limit) }
    }

    /// Refuses a body that would have to be unpacked (RFC 9110, section 15.5.16): what it grows to nobody knows before.
    func checkCoding() throws(Problem) {
        guard let coding = headers[.contentEncoding], coding.lowercased() != "identity" else { return }
        throw Problem(
            .unsupportedMediaType,
            "the body is packed; send it without Content-Encoding",
            headers: [.acceptEncoding: "identity", .connection: "close"]
        )
    }

    /// The body of a photo, for which there is a place already; refused as ``PhotoReader/Place/take(_:)`` does.
    func body(for place: PhotoReader.Place) async throws -> [UInt8] {
        try await body(upTo: MaximumBody.picture) { count throws(PhotoError) in try place.take(count) }
    }

    /// The whole body, in memory once; refused as soon as it is longer than `limit`, or `admit` does not want so many bytes more.
    func body(upTo limit: Int, admit: (Int) throws(PhotoError) -> Void = { _ in }) async throws -> [UInt8] {
        try checkCoding()
        try checkLength(upTo: limit)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(announcedLength ?? 0)
        for try await buffer in body {
            guard bytes.count + buffer.readableBytes <= limit else { throw Problem.tooLarge(limit) }
            try admit(buffer.readableBytes)
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        return bytes
    }
}

extension Problem {
    /// A body of more than `limit` bytes.
    static func tooLarge(_ limit: Int = MaximumBody.text) -> Problem {
        // Who sends too much goes on sending.
        Problem(.contentTooLarge, "the body is larger than \(limit) bytes", headers: [.connection: "close"])
    }
}
