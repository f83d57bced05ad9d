import Ceremony
import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing

@Suite struct CeremonyTests {
    let folder: TemporaryFolder
    let home: Home

    init() throws {
        folder = try TemporaryFolder()
        home = Home(path: folder.file("root"), keyCost: .none)
    }

    static let founding = """
        title: 建立根
        authority: 滁州市
        place: 三楼
        participants:
          - {name: 王芳, role: administrator}
          - {name: 张伟, role: witness}
        steps:
          - create-root: {algorithm: SM2, years: 30}
        """

    // MARK: - Running

    @Test func makesARootAndATranscriptThatTheRootSigned() throws {
        let record = try #require(try run(Self.founding))
        let root = try home.readRoot()
        #expect(root.publicKey.algorithm == .sm2)
        #expect(root.lifetime.lowerBound == .noon)
        let text = try Transcript.text(of: DurableFile.read(record.signed, limit: 1 << 20), root: root)
        #expect(try text == String(decoding: DurableFile.read(record.text, limit: 1 << 20), as: UTF8.self))
        for fact in [
            "建立根", "present: 张伟, witness", "program: test", "create-root", root.publicKey.id.description,
            "    | title: 建立根",
        ] {
            #expect(text.contains(fact), "\(fact)")
        }
        #expect(throws: Never.self) { try Root(in: home, prompt: Seat.prompt) }
    }

    @Test func aTranscriptThatWasAlteredOrIsOfAnotherRootIsNotBelieved() throws {
        let record = try #require(try run(Self.founding))
        let bytes = try DurableFile.read(record.signed, limit: 1 << 20)
        let root = try home.readRoot()
        for place in stride(from: 0, to: bytes.count, by: 11) {
            var altered = bytes
            altered[place] ^= 1
            #expect(throws: AuthorityError.self) { try Transcript.text(of: altered, root: root) }
        }
        #expect(throws: AuthorityError.self) { try Transcript.text(of: bytes, root: Issuer().root) }
    }

    @Test func aRehearsalLeavesNothingAndShowsEverything() throws {
        var shown: [String] = []
        #expect(try run(Self.founding, isRehearsal: true, show: { shown.append($0) }) == nil)
        #expect(folder.names.isEmpty)
        #expect(shown.contains { $0.contains("REHEARSAL") })
        #expect(shown.contains { $0.contains("create-root") })
    }

    @Test func aRootIsNotMadeOverAnother() throws {
        _ = try run(Self.founding)
        let root = try DurableFile.read(home.rootCertificate, limit: 1 << 20)
        let error = #expect(throws: AuthorityError.self) { try run(Self.founding) }
        #expect(error?.code == .profile)
        #expect(try DurableFile.read(home.rootCertificate, limit: 1 << 20) == root)
    }

    @Test func withoutARootThereIsNothingToRollOrToAnswerWith() throws {
        for step in [
            "roll-root: {algorithm: ES256, years: 1}", "answer: {request: r, sha256: \(Digest(of: [])), out: o}",
        ] {
            let error = #expect(throws: AuthorityError.self) { try run(Self.founding(step)) }
            #expect(error?.code == .profile)
        }
        #expect(folder.names.isEmpty)
    }

    /// Passphrases are asked for before anything is done.
    @Test func whoGivesNoPassphraseLeavesNothing() throws {
        let refusal: (String) throws -> Secret = { _ in throw AuthorityError(.passphrase, "too short") }
        #expect(throws: AuthorityError.self) { try run(Self.founding, passphrase: refusal) }
        #expect(folder.names.isEmpty)
        _ = try run(Self.founding)
        let before = try tree()
        let step = "roll-root: {algorithm: ES256, years: 5}"
        #expect(throws: AuthorityError.self) { try run(Self.founding(step), passphrase: refusal) }
        #expect(try tree() == before)
    }

    @Test func whatCannotBeDoneIsFoundBeforeAnythingIsDone() throws {
        _ = try run(Self.founding)
        let before = try tree()
        // The certificate of the old root has ended by then, so that it can vouch for nobody.
        let step = Self.founding("roll-root: {algorithm: ES256, years: 5}")
        #expect(throws: AuthorityError.self) { try run(step, now: .noon + 31 * .year) }
        #expect(try tree() == before)
    }

    @Test func whatIsBrokenOffIsInTheTranscriptAndTheRootThatWasThereIsThere() throws {
        _ = try run(Self.founding)
        let root = try home.readRoot()
        let stranger = try Issuer().root.pem
        let step = Self.founding("roll-root: {algorithm: ES256, years: 5}")
        // Somebody puts another root in its place when all have agreed.
        #expect(throws: AuthorityError.self) {
            try run(
                step,
                show: { [home] line in
                    if line.hasSuffix("begun") { try? DurableFile.write(stranger, to: home.rootCertificate) }
                }
            )
        }
        let folder = "\(home.path)/transcripts"
        let texts = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".txt") }
            .map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
        #expect(texts.count == 2)
        #expect(texts.contains { $0.contains("broken off: ") })
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(home.path)/keys").count == 1)
        try DurableFile.write(root.pem, to: home.rootCertificate)
        #expect(throws: Never.self) { try Root(in: home, prompt: Seat.prompt) }
    }

    /// Two in one second.
    @Test func aTranscriptIsNotWrittenOverAnother() throws {
        _ = try run(Self.founding)
        for _ in 0..<2 { _ = try run(Self.founding("roll-root: {algorithm: ES256, years: 5}")) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(home.path)/transcripts").count == 6)
    }

    @Test func theRootOfAnotherAuthorityIsLeftAlone() throws {
        _ = try run(Self.founding)
        let before = try tree()
        let step = Self.founding("roll-root: {algorithm: ES256, years: 5}")
        let error = #expect(throws: AuthorityError.self) {
            try run(step.replacingOccurrences(of: "滁州市", with: "合肥市"))
        }
        #expect(error?.code == .profile)
        #expect(try tree() == before)
    }

    // MARK: - Profiles

    @Test(arguments: [
        ("years: 30", "yaers: 30", "8:35", "did you mean years?"),
        ("title: 建立根", "titel: x", "1:1", "did you mean title?"),
        ("years: 30", "years: thirty", "8:42", "no number from 1 to 100"),
        ("years: 30", "years: 0", "8:42", "no number"),
        ("SM2", "RSA", "8:30", "none of ES256, EdDSA, SM2"),
        ("create-root", "make-root", "8:5", "known are create-root"),
        ("role: witness", "roll: witness", "6:16", "did you mean role?"), ("title: 建立根", "title: ''", "1:8", "no line"),
        ("place: 三楼", "place: \u{202E}x", "3", "do not print"),
        ("title: 建立根", "title: [", "", "did not find expected"),
        ("place: 三楼", "title: 又一个", "", "stands twice"), ("authority: 滁州市", "place: {a: b}", "", "stands twice"),
        (", years: 30", "", "8:18", "years is missing"), ("title: 建立根\n", "", "1:1", "title is missing"),
    ])
    func aTypoIsNamedWithItsPlace(text: String, other: String, place: String, reason: String) throws {
        let profile = Self.founding.replacingOccurrences(of: text, with: other)
        #expect(profile != Self.founding)
        let error = #expect(throws: AuthorityError.self) { try run(profile) }
        #expect(error?.code == .profile)
        #expect(error?.reason.hasPrefix("profile.yaml:\(place)") == true, "\(error?.reason ?? "")")
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
        #expect(folder.names.isEmpty)
    }

    @Test(arguments: ["", "a", "[]", "- a", "{", "title: [", "\u{0}", "*a", "a: &a [*a]", "---\n---\n", "%YAML 9"])
    func whatIsNoProfileIsRefused(text: String) {
        let error = #expect(throws: AuthorityError.self) { try run(text) }
        #expect(error?.code == .profile)
        #expect(folder.names.isEmpty)
    }

    /// Whatever is cut off or put in, it is a profile or a clear refusal.
    @Test func everyMutationIsAProfileOrARefusal() throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<500 {
            var bytes = Array(Self.founding.utf8)
            for _ in 0...Int.random(in: 0..<3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes.remove(at: place)
                case 1: bytes[place] = .random(in: 0...127, using: &generator)
                default:
                    bytes.insert(
                        UInt8(ascii: [":", "-", "{", "\n", " "].randomElement(using: &generator) ?? " "),
                        at: place
                    )
                }
            }
            do { _ = try CeremonyProfile(bytes, file: "profile.yaml", folder: ".") } catch {
                #expect((error as? AuthorityError)?.code == .profile, "\(error)")
            }
        }
    }

    @Test(arguments: ["founding", "answer", "rollover"])
    func theProfilesOfTheRepositoryAreProfiles(name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "keys/ceremonies")
        let bytes = try DurableFile.read(
            folder.appending(path: "\(name).yaml").path,
            limit: CeremonyProfile.maximumBytes
        )
        #expect(throws: Never.self) { try CeremonyProfile(bytes, file: name, folder: folder.path) }
    }

    // MARK: -

    private func tree() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    }

    private static func founding(_ step: String) -> String {
        founding.replacingOccurrences(of: "create-root: {algorithm: SM2, years: 30}", with: step)
    }

    @discardableResult
    private func run(
        _ text: String,
        isRehearsal: Bool = false,
        now: Instant = .noon,
        show: @escaping (String) -> Void = { _ in },
        passphrase: @escaping (String) throws -> Secret = { _ in Seat.passphrase }
    ) throws -> Ceremony.Record? {
        let profile = try CeremonyProfile(Array(text.utf8), file: "profile.yaml", folder: folder.path)
        var ceremony = Ceremony(
            profile,
            home: home,
            isRehearsal: isRehearsal,
            room: Ceremony.Room(
                newPassphrase: passphrase,
                prompt: Seat.prompt,
                clock: { now },
                show: show,
                program: "test"
            )
        )
        return try ceremony.run()
    }
}
