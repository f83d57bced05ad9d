import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

/// What other libraries make of the articles is read here: roots, certificates, lists and codes.
@Suite(.pythonEnvironment) struct OutsideAuthorityTests {
    @Test(arguments: Algorithm.allCases, Algorithm.allCases)
    func readsWhatAnAuthorityOfOtherLibrariesPublishes(first: Algorithm, second: Algorithm) throws {
        let file = try files(first, second)
        let root = try Certificate(der: file("root.der"))
        #expect(root.publicKey.algorithm == first)
        #expect(root.isIssued(by: root))
        let trust = try TrustList(file("trust-list"), root: root)
        #expect(trust.keys.map(\.purpose) == [.lists, .licences])
        #expect(trust.keys.allSatisfy { $0.certificate.publicKey.algorithm == second })
        #expect(trust.crossCertificates.count == 1)
        let status = try StatusList(file("status"), path: "status/341181-1", trust: trust)
        #expect((0..<8).map { status.value(at: $0) } == [15, 15, 15, 0, 15, 15, 15, 15])
        let code = try UnverifiedCode(digits: String(decoding: file("code"), as: UTF8.self))
        #expect(code.claims.name == "天长市𣲘水理发店")
        #expect(code.algorithm == second)
        let key = try #require(trust.key(code.issuerNumber))
        #expect(code.cose.isSigned(by: key.certificate.publicKey))
        let issued = try IssuedList(file("issued"), path: "issued/341181-1", trust: trust)
        #expect(issued.answer(index: code.claims.reference.index, digest: code.digest) == .issued)
    }

    @Test(arguments: Algorithm.allCases)
    func believesNothingOfItUnderAnotherRoot(algorithm: Algorithm) throws {
        let file = try files(algorithm, algorithm)
        let other = try TestAuthority(root: algorithm)
        let error = #expect(throws: PublicationError.self) { try TrustList(file("trust-list"), root: other.root) }
        #expect(error?.code == .wrongSignature)
    }

    /// The files that the program wrote, by name.
    private func files(_ first: Algorithm, _ second: Algorithm) throws -> (String) throws -> [UInt8] {
        try TemporaryFolder.with { folder in
            let program = ArticleTests.tests.appending(path: "outside_authority.py").path
            let arguments = ["-B", program, first.rawValue, second.rawValue, folder.path]
            let result = try PythonEnvironment.run(arguments)
            #expect(result.status == 0, "\(result.errors)")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            let contents = try names.map { ($0, [UInt8](try Data(contentsOf: folder.appending(path: $0)))) }
            let made = Dictionary(uniqueKeysWithValues: contents)
            return { name in try #require(made[name]) }
        }
    }
}
