import Foundation
import Licence
import OpenSSL
import Publication
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing

@Suite struct KeyTests {
    let seat: Seat

    init() throws { seat = try Seat() }

    @Test func opensAKeyWithItsPassphrase() throws {
        #expect(try open().publicKey.id == seat.office.certificate.publicKey.id)
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o610, 0o601, 0o644])
    func refusesAKeyFileThatIsOpenToOthers(mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: keyFile)
        #expect(refusal() == .key)
    }

    @Test(arguments: [0o600, 0o400])
    func takesAKeyFileThatIsItsOwnersAlone(mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: keyFile)
        #expect(throws: Never.self) { try open() }
    }

    @Test(arguments: ["", "correct", "correct horse ", "Correct horse"])
    func refusesAWrongPassphrase(text: String) {
        #expect(refusal(passphrase: Secret(Array(text.utf8))) == .passphrase)
    }

    @Test func refusesTheKeyOfAnotherCertificate() throws {
        let other = try PrivateKey(algorithm: .es256)
        try DurableFile.write(other.encryptedPEM(passphrase: Seat.passphrase), to: keyFile, mode: 0o600)
        #expect(refusal() == .key)
    }

    @Test func refusesADamagedKeyFile() throws {
        try DurableFile.write(Array("-----BEGIN ENCRYPTED PRIVATE KEY-----".utf8), to: keyFile, mode: 0o600)
        #expect(refusal() == .key)
    }

    @Test func refusesAKeyFileThatIsMissing() throws {
        try FileManager.default.removeItem(atPath: keyFile)
        #expect(refusal() == .key)
    }

    @Test func asksOnceForEachKey() throws {
        let asked = Counter()
        let authority = try Authority(home: seat.authority.home) { request in
            asked.count += 1
            return try Seat.prompt(request)
        }
        for number in 1...3 {
            let request = Authority.IssueRequest(particulars: try Sample.particulars(number), overrideReason: nil)
            _ = try authority.issue([request], on: Seat.terms(), now: .noon)
        }
        // That of the office, and that of the officer.
        #expect(asked.count == 2)
    }

    @Test func aWrongPassphraseStopsABatchAtItsFirstRow() throws {
        let asked = Counter()
        let authority = try Authority(home: seat.authority.home) { _ in
            asked.count += 1
            return GivenSecret(Secret([]), isUnattended: true)
        }
        let requests = try (1...5).map {
            Authority.IssueRequest(particulars: try Sample.particulars($0), overrideReason: nil)
        }
        let error = #expect(throws: AuthorityError.self) {
            try authority.issue(requests, on: Seat.terms(), now: .noon)
        }
        #expect(error?.code == .passphrase)
        #expect(asked.count == 1)
        #expect(try seat.count("licence") == 0)
    }

    private final class Counter { var count = 0 }

    private var name: String { seat.office.certificate.publicKey.id.description }
    private var keyFile: String { seat.authority.home.keyFile(name) }

    private func open(passphrase: Secret = Seat.passphrase) throws -> any Signer {
        try KeyRing(home: seat.authority.home) { _ in GivenSecret(passphrase, isUnattended: true) }
            .signer(of: seat.office)
    }

    private func refusal(passphrase: Secret = Seat.passphrase) -> AuthorityError.Code? {
        #expect(throws: AuthorityError.self) { try open(passphrase: passphrase) }?.code
    }
}
