import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing

@Suite struct FoundingTests {
    let folder: TemporaryFolder
    let home: Home

    init() throws {
        folder = try TemporaryFolder()
        home = Seat.home(in: folder)
    }

    @Test func makesARootAKeyForListsATrustListAndARegistry() throws {
        try Seat.found(home)
        let authority = try open()
        #expect(authority.record.name == "滁州市")
        #expect(authority.record.base == "licet:")
        #expect(authority.root.isAuthority)
        let list = try #require(try authority.registry.read { try $0.newestTrustList() })
        let trust = try TrustList(list.bytes, root: authority.root)
        #expect(trust.sequence == 1)
        #expect(trust.issuedAt == .noon)
        #expect(trust.nextUpdate == .noon + 90 * .day)
        #expect(trust.keys.map(\.purpose) == [.lists, .log])
    }

    @Test(arguments: ["https://lic.example.cn", "https://lic.example.cn/"])
    func namesItsListsAfterItsVerifyAddress(address: String) throws {
        try Seat.found(home, verifyAddress: address)
        let authority = try open()
        #expect(authority.record.base == "https://lic.example.cn/publication/")
        #expect(try authority.prefix.description == "HTTPS://LIC.EXAMPLE.CN/L/")
    }

    @Test func leavesNothingBesideTheHome() throws {
        try Seat.found(home)
        #expect(folder.names == ["home"])
    }

    @Test func takesAPathThatEndsInASlash() throws {
        try Seat.found(Home(path: home.path + "/", keyCost: .none))
        #expect(folder.names == ["home"])
        #expect(throws: Never.self) { try open() }
    }

    @Test func takesAFolderThatIsEmpty() throws {
        try DurableFile.makeFolder(home.path)
        try Seat.found(home)
        #expect(try mode(home.path) == 0o700)
    }

    @Test func refusesAFolderThatIsNotEmpty() throws {
        try DurableFile.makeFolder(home.path)
        try DurableFile.write([1], to: "\(home.path)/notes")
        let error = #expect(throws: AuthorityError.self) { try Seat.found(home) }
        #expect(error?.code == .alreadyThere)
        #expect(folder.names == ["home"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.path) == ["notes"])
    }

    @Test func refusesToFoundTwice() throws {
        try Seat.found(home)
        let root = try DurableFile.read(home.rootCertificate, limit: 65_536)
        #expect(throws: AuthorityError.self) { try Seat.found(home) }
        #expect(try DurableFile.read(home.rootCertificate, limit: 65_536) == root)
    }

    @Test func leavesNothingBehindWhenItFails() throws {
        #expect(throws: CodeError.self) { try Seat.found(home, verifyAddress: "lic.example.cn/path") }
        #expect(folder.names.isEmpty)
        // A file where the home should be: everything is made, and the last step fails.
        try DurableFile.write([1], to: home.path)
        #expect(throws: AuthorityError.self) { try Seat.found(home) }
        #expect(folder.names == ["home"])
        #expect(try DurableFile.read(home.path, limit: 10) == [1])
    }

    @Test func leavesNothingBehindWhenANameDoesNotFitACertificate() throws {
        let founding = Seat.founding(name: String(repeating: "州", count: 100))
        #expect(throws: OpenSSLError.self) { try Authority.found(founding, at: home, officer: "王", now: .noon) }
        #expect(folder.names.isEmpty)
    }

    @Test func keepsKeysFromOtherUsers() throws {
        try Seat.found(home)
        #expect(try mode(home.path) == 0o700)
        #expect(try mode("\(home.path)/keys") == 0o700)
        let keys = try FileManager.default.contentsOfDirectory(atPath: "\(home.path)/keys")
        #expect(keys.count == 4)
        for key in keys { #expect(try mode("\(home.path)/keys/\(key)") == 0o600) }
    }

    @Test func keepsKeysEncrypted() throws {
        try Seat.found(home)
        let pem = try DurableFile.read(home.keyFile(open().root.publicKey.id.description), limit: 65_536)
        #expect(String(decoding: pem, as: UTF8.self).hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----"))
    }

    @Test func refusesToOpenWhatWasNotFounded() {
        let error = #expect(throws: RegistryError.self) { try open() }
        #expect(error?.code == .noAuthority)
        #expect(folder.names.isEmpty)
    }

    private func open() throws -> Authority { try Authority(home: home, prompt: Seat.prompt) }

    private func mode(_ path: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
    }
}
