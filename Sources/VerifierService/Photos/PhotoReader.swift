import Dispatch
import Foundation
import Symbol
import Synchronization

/// Reads the QR code in people's photos, a few at a time and on threads of its own, so that photos cannot take the machine.
///
/// A photo is up to 16 MiB of body and then, while it is searched, up to 120 MiB and a second of one core. So whoever sends one must
/// have a ``Place`` before its bytes are taken in, and there are only so many:
///
/// ```
/// let place = try photos.place()
/// let bytes = try await …            // the body, up to the route's limit
/// let text = try await place.text(in: bytes)
/// ```
package final class PhotoReader: Sendable {
    private let places: Int
    private let taken = Mutex(0)
    private let queue = OperationQueue()

    /// Seconds after which whoever was told ``PhotoError/busy`` may try again.
    package static let retryAfter = 5

    /// Searches `atOnce` photos at a time, each in up to 120 MiB; `waiting` more may be under way, each in the size of its body.
    ///
    /// By default that is less than 350 MiB together, which the limit of memory in licetd.service allows for.
    package init(atOnce: Int = 2, waiting: Int = 4) {
        precondition(atOnce > 0 && waiting >= 0, "at least one photo at a time")
        _ = LargeBlocks.areGivenBack
        places = atOnce + waiting
        queue.name = "photos"
        queue.maxConcurrentOperationCount = atOnce
        queue.qualityOfService = .utility
    }

    /// How many photos are being sent, wait or are searched.
    package var count: Int { taken.withLock { $0 } }

    /// The right to send a photo and have it read, until the place is let go.
    ///
    /// - Throws: ``PhotoError/busy`` at once where no place is free.
    package func place() throws(PhotoError) -> Place {
        let isTaken = taken.withLock { taken in
            guard taken < places else { return false }
            taken += 1
            return true
        }
        guard isTaken else { throw .busy }
        return Place(reader: self)
    }

    /// One of the places, free again with its end.
    package final class Place: Sendable {
        private let reader: PhotoReader

        fileprivate init(reader: PhotoReader) { self.reader = reader }

        deinit { reader.taken.withLock { $0 -= 1 } }

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
