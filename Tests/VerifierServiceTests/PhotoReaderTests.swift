import Symbol
import Synchronization
import Testing

@testable import VerifierService

@Suite struct PhotoReaderTests {
    @Test func memoryOfPicturesIsGivenBack() { #expect(LargeBlocks.areGivenBack) }

    private let digits = "29831234567890"

    private func picture() throws -> [UInt8] { try SymbolPNG(QRCode(prefix: "LICET:", digits: digits)).bytes }

    @Test func readsACode() async throws {
        let (reader, picture) = (PhotoReader(), try picture())
        let text = try await reader.withPlace { try await $0.text(in: picture) }
        #expect(text == "LICET:\(digits)")
        #expect(reader.count == 0)
    }

    @Test func saysWhyAPictureIsRefused() async {
        let reader = PhotoReader()
        await #expect(throws: PhotoError.self) { _ = try await reader.withPlace { try await $0.text(in: [1, 2, 3]) } }
        do { _ = try await reader.withPlace { try await $0.text(in: [1, 2, 3]) } } catch PhotoError.refused(let error) {
            #expect(error.code == .unsupportedImage)
        } catch { Issue.record("\(error)") }
        #expect(reader.count == 0)
    }

    @Test func isBusyOnceEveryPlaceIsTaken() async throws {
        let reader = PhotoReader(atOnce: 1, places: 2)
        try await reader.withPlace { _ in
            try await reader.withPlace { _ in
                await #expect(throws: PhotoError.busy) { try await reader.withPlace { _ in } }
                #expect(reader.count == 2)
            }
            try await reader.withPlace { _ in }
        }
        #expect(reader.count == 0)
    }

    @Test func hasRoomForSoManyBytesTogetherAndForAsManyAgain() async throws {
        let reader = PhotoReader(atOnce: 1, places: 3, room: 100)
        for _ in 0..<2 {
            try await reader.withPlace { first in
                try await reader.withPlace { second in
                    try first.take(60)
                    try second.take(40)
                    #expect(throws: PhotoError.busy) { try second.take(1) }
                }
                try first.take(40)
            }
        }
    }

    @Test func takesNothingMoreOfWhatIsTooSlow() async throws {
        let reader = PhotoReader(arrival: .zero)
        try await reader.withPlace { place in
            _ = #expect(throws: PhotoError.tooSlow) { try place.take(1) }
        }
    }

    @Test func givesThePlaceBackHoweverItEnds() async {
        struct Gone: Error {}
        let reader = PhotoReader(atOnce: 1, places: 1)
        for _ in 0..<3 {
            await #expect(throws: Gone.self) { try await reader.withPlace { _ in throw Gone() } }
        }
        let task = Task { try await reader.withPlace { _ in try await Task.sleep(for: .seconds(60)) } }
        while reader.count == 0 { await Task.yield() }
        task.cancel()
        _ = await task.result
        #expect(reader.count == 0)
    }

    @Test func readsManyWithFewAtATime() async throws {
        let (reader, picture) = (PhotoReader(atOnce: 2, places: 32), try picture())
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 { group.addTask { try await reader.withPlace { try await $0.text(in: picture) } } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(texts == Array(repeating: "LICET:\(digits)", count: 16))
        #expect(reader.count == 0)
    }
}

extension PhotoReader {
    /// Runs `read` with a place.
    func withPlace<Answer>(_ read: (Place) async throws -> Answer) async throws -> Answer {
        let place = try place()
        defer { withExtendedLifetime(place) {} }
        return try await read(place)
    }
}
