import Dispatch
import Foundation
import Symbol
import Synchronization

/// Reads the QR code in people's photos, a few at a time and on threads of its own, so that photos cannot take the machine.
///
/// A photo is up to 16 MiB of body and then, while it is searched, up to 120 MiB. So whoever sends one must have a ``Place`` before its
/// bytes are taken in, and all that has arrived must find room:
///
/// ```
/// let place = try photos.place()
/// let bytes = try await …            // the body, each part of it after place.take(count)
/// let text = try await place.text(in: bytes)
/// ```
///
/// Many may send at a time, so that a few who are slow on purpose leave places to others; none may take long.
package final class PhotoReader: Sendable {
    private let places: Int
    private let room: Int
    private let arrival: Duration
    private let state = Mutex(State())
    private let queue = OperationQueue()

    private struct State {
        var places = 0
        var bytes = 0
    }

    /// Seconds after which whoever was told ``PhotoError/busy`` may try again.
    package static let retryAfter = 5

    /// Searches `atOnce` photos at a time, each in up to 120 MiB; `places` may be under way, have `room` bytes together, and take `arrival`
    /// to arrive.
    ///
    /// By default that is less than 350 MiB together, which the limit of memory in licetd.service allows for.
    package init(atOnce: Int = 2, places: Int = 32, room: Int = 6 * 16 << 20, arrival: Duration = .seconds(60)) {
        precondition(atOnce > 0 && places > 0, "at least one photo at a time")
        _ = LargeBlocks.areGivenBack
        self.places = places
        self.room = room
        self.arrival = arrival
        queue.name = "photos"
        queue.maxConcurrentOperationCount = atOnce
        queue.qualityOfService = .utility
    }

    /// How many photos are being sent, wait or are searched.
    package var count: Int { state.withLock { $0.places } }

    /// The right to send a photo and have it read, until the place is let go.
    ///
    /// - Throws: ``PhotoError/busy`` at once where no place is free.
    package func place() throws(PhotoError) -> Place {
        let isTaken = state.withLock { state in
            guard state.places < places else { return false }
            state.places += 1
            return true
        }
        guard isTaken else { throw .busy }
        return Place(reader: self)
    }

    /// One of the places, free again with its end.
    package final class Place: Sendable {
        private let reader: PhotoReader
        private let bytes = Mutex(0)
        private let end: ContinuousClock.Instant

        fileprivate init(reader: PhotoReader) {
            self.reader = reader
            end = .now + reader.arrival
        }

        deinit {
            let bytes = bytes.withLock { $0 }
            reader.state.withLock { state in
                state.places -= 1
                state.bytes -= bytes
            }
        }

        /// Makes room for `count` more bytes, which have arrived.
        ///
        /// - Throws: ``PhotoError/tooSlow`` past its time, and ``PhotoError/busy`` where the others have all the room.
        package func take(_ count: Int) throws(PhotoError) {
            guard ContinuousClock.now < end else { throw .tooSlow }
            let isTaken = reader.state.withLock { state in
                guard state.bytes + count <= reader.room else { return false }
                state.bytes += count
                return true
            }
            guard isTaken else { throw .busy }
            bytes.withLock { $0 += count }
        }

        /// The text of the only QR code in a PNG or JPEG file.
        ///
        /// - Throws: ``PhotoError/refused(_:)`` with what ``SymbolReader/singleText(inImage:)`` throws.
        package func text(in image: [UInt8]) async throws(PhotoError) -> String { try await reader.text(in: image) }
    }

    private func text(in image: [UInt8]) async throws(PhotoError) -> String {
        let result: Result<String, PhotoError> = await withCheckedContinuation { continuation in
            queue.addOperation { continuation.resume(returning: Self.read(image)) }
        }
        return try result.get()
    }

    private static func read(_ image: [UInt8]) -> Result<String, PhotoError> {
        do { return .success(try SymbolReader.singleText(inImage: image)) } catch { return .failure(.refused(error)) }
    }
}
