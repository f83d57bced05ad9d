import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import Serving

@Suite struct CloseWatchTests {
    private final class Told: Sendable {
        private let names = Mutex<[String]>([])
        var all: [String] { names.withLock { $0 } }
        func note(_ name: String) -> @Sendable () -> Void { { self.names.withLock { $0.append(name) } } }
    }

    private let loop = EmbeddedEventLoop()
    private let channel: EmbeddedChannel
    private let told = Told()

    init() throws {
        channel = EmbeddedChannel(loop: loop)
        try channel.pipeline.syncOperations.addHandler(CloseWatch())
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    @Test func doesOnceWhatWasAskedForLast() async throws {
        channel.onClose(told.note("before"))
        channel.onClose(told.note("last"))
        loop.run()
        #expect(told.all.isEmpty)
        channel.close(promise: nil)
        loop.run()
        #expect(told.all == ["last"])
    }

    @Test func doesNothingOfWhatWasTakenBack() async throws {
        channel.onClose(told.note("before"))
        channel.onClose(nil)
        loop.run()
        channel.close(promise: nil)
        loop.run()
        #expect(told.all.isEmpty)
    }

    @Test func tellsWhoAsksAfterTheEnd() async throws {
        channel.close(promise: nil)
        loop.run()
        channel.onClose(told.note("late"))
        loop.run()
        #expect(told.all == ["late"])
    }
}
