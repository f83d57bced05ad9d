import Foundation
import Hummingbird
import Licence
import LicenceCode
import OpenSSL
import Publication
import Testing

@testable import VerifierService

@Suite struct PublicationLoaderTests {
    private let authority: TestAuthority
    private let code: UnverifiedCode

    init() throws {
        authority = try TestAuthority()
        code = try authority.code(authority.claims())
    }

    private func verdict(_ server: TestServer) async throws -> String? {
        try await server.answer(.get, "/L/\(code.digits)", [.accept: "application/json"]).json["verdict"] as? String
    }

    @Test func readsNothingAgainWhileNothingChanged() throws {
        try authority.publish([code])
        let server = try TestServer(authority)
        #expect(server.loader.load(after: server.current.publication) == nil)
    }

    @Test func whereNothingWasPublishedYetNothingIsRefused() async throws {
        let metrics = Metrics()
        let loader = try authority.loader(memory: nil, metrics: metrics)
        let bare = try loader.load(after: nil).required
        #expect(bare.refusals.map(\.code) == [.missing])
        #expect(metrics.refusedLoads.value == 0)
        try authority.publish([code])
        let whole = try loader.load(after: bare).required
        try FileManager.default.removeItem(atPath: "\(authority.folder)/trust-list")
        _ = loader.load(after: whole)
        #expect(metrics.loads.value == 3 && metrics.refusedLoads.value == 1)
    }

    @Test func neverGoesBackToAnOlderPublication() async throws {
        try authority.publish([code], number: 1)
        let older = try DurableFile.read("\(authority.folder)/status/341181-1", limit: 1 << 20)
        try authority.publish([code], .revoked, number: 2)
        let server = try TestServer(authority)
        try authority.write("status/341181-1", older)
        try server.reload()
        #expect(try await verdict(server) == "revoked")
        #expect(server.current.publication.refusals.map(\.code) == [.rolledBack])
        #expect(try await server.answer(.get, "/readyz").status == .serviceUnavailable)
        #expect(try await server.answer(.get, "/publication/status/341181-1").bytes != older)
    }

    @Test func remembersTheNewestAcrossARestart() async throws {
        let memory = "\(authority.folder)/memory.json"
        try authority.publish([code], number: 1)
        let older = try DurableFile.read("\(authority.folder)/status/341181-1", limit: 1 << 20)
        try authority.publish([code], .revoked, number: 2)
        _ = try TestServer(authority, memory: memory)
        try authority.write("status/341181-1", older)
        let restarted = try TestServer(authority, memory: memory)
        #expect(try await verdict(restarted) == "undetermined")
        #expect(restarted.current.publication.refusals.map(\.code) == [.rolledBack])
    }

    /// One that cannot be read keeps its place, unless the log tells of a newer one.
    @Test(arguments: [true, false])
    func holdsOnToNoListOfWhichTheLogTellsThatThereIsANewerOne(isNewest: Bool) throws {
        try authority.publish([code])
        let earlier = try TestServer(authority).current.publication
        let path = "status/341181-1"
        let bytes = try #require(earlier.files[path]?.bytes)
        let digest = isNewest ? COSESign1.digest(ofSigned: bytes) : Digest(of: bytes)
        var table = ListTable()
        table.tell(LogEntry.SignedList(path: path, sequence: 2, digest: digest), at: 4)
        let refusal = PublicationError(isNewest ? .unreadable : .overtaken, file: path, "is not to be had")
        let read = Snapshot(
            trust: earlier.snapshot.trust,
            table: table,
            statusLists: [path: .failure(refusal)],
            issuedLists: earlier.snapshot.issuedLists
        )
        let loaded = LoadedPublication(read, files: [:], known: [path], holdingOnTo: earlier)
        #expect(loaded.refusals == [refusal])
        #expect(((try? loaded.snapshot.statusLists[path]?.get()) != nil) == isNewest)
        #expect((loaded.files[path] != nil) == isNewest)
    }

    @Test func missesAListThatWasThereBeforeTheRestart() async throws {
        let memory = "\(authority.folder)/memory.json"
        try authority.publish([code])
        _ = try TestServer(authority, memory: memory)
        try FileManager.default.removeItem(atPath: "\(authority.folder)/issued/341181-1")
        let restarted = try TestServer(authority, memory: memory)
        #expect(restarted.current.publication.refusals.map(\.code) == [.missing])
    }

    @Test func refusesADamagedMemory() throws {
        try authority.write("memory.json", [1])
        #expect(throws: PublicationError.self) {
            try authority.loader(memory: "\(authority.folder)/memory.json")
        }
    }

    @Test func aHalfWrittenPublicationDoesNoHarm() async throws {
        try authority.publish([code])
        let server = try TestServer(authority)
        try authority.publishStatusList([code], .suspended, number: 2)
        try server.reload()
        #expect(try await verdict(server) == "suspended")
        try authority.write("trust-list", Array("half".utf8))
        try server.reload()
        #expect(try await verdict(server) == "suspended")
        #expect(server.current.publication.refusals.map(\.file) == ["trust-list"])
        try authority.publishTrustList(number: 2)
        try server.reload()
        #expect(try await verdict(server) == "suspended")
        #expect(server.current.publication.refusals.isEmpty)
    }

    @Test func keepsABelievedListWhenANewOneIsNotSignedByTheAuthority() async throws {
        try authority.publish([code], .revoked)
        let server = try TestServer(authority)
        let stranger = try TestAuthority()
        try stranger.publish([code], .valid, number: 9)
        let bytes = try DurableFile.read("\(stranger.folder)/status/341181-1", limit: 1 << 20)
        try authority.write("status/341181-1", bytes)
        try server.reload()
        #expect(try await verdict(server) == "revoked")
        #expect(server.current.publication.refusals.map(\.code) == [.wrongSignature])
    }

    @Test func dropsAListWhoseKeyWasRevokedBeforeItWasSigned() async throws {
        try authority.publish([code])
        let server = try TestServer(authority)
        try authority.publishTrustList(number: 2, listsRevoked: authority.start.adding(seconds: -60))
        try server.reload()
        #expect(try await verdict(server) == "undetermined")
        #expect(try await server.answer(.get, "/publication/status/341181-1").status == .notFound)
    }
}
