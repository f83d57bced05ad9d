import Licence
import LicenceCode
import Publication
import TestSupport
import Testing

@testable import Verification

/// Without good evidence nobody can tell; that is never rounded up to valid.
@Suite struct EvidenceTests {
    @Test(arguments: [PublicationError.missing, .rolledBack, .damaged])
    func withoutATrustListNobodyCanTell(error: PublicationError) throws {
        var scene = try Scene()
        scene.trust = .failure(error)
        #expect(scene.word == .undetermined)
    }

    @Test(arguments: [PublicationError.missing, .rolledBack, .damaged])
    func withoutAStatusListNobodyCanTell(error: PublicationError) throws {
        var scene = try Scene()
        scene.status = .failure(error)
        #expect(scene.word == .undetermined)
    }

    @Test(arguments: [PublicationError.missing, .rolledBack, .damaged])
    func withoutAnIssuedListNobodyCanTell(error: PublicationError) throws {
        var scene = try Scene()
        scene.issued = .failure(error)
        #expect(scene.word == .undetermined)
    }

    @Test func staleListsSayNothing() throws {
        var scene = try Scene()
        scene.makeEverythingStale()
        #expect(scene.word == .undetermined)
    }

    @Test func aStatusListThatIsTooShortSaysNothing() throws {
        var scene = try Scene()
        scene.status = .success(StatusList(claims: Issuer.claims(), size: 2, entries: []))
        #expect(scene.word == .undetermined)
    }

    @Test func aStatusListThatIsOlderThanTheIssuedListAccusesNobody() throws {
        var scene = try Scene()
        scene.setStatus(.neverIssued)
        #expect(scene.word == .undetermined)
    }

    @Test func anIssuedListThatIsOlderThanTheStatusListAccusesNobody() throws {
        var scene = try Scene()
        scene.setIssuedEmpty()
        #expect(scene.word == .undetermined)
    }

    @Test(arguments: [4, 7, 11] as [UInt8])
    func aStatusThatNobodyKnowsSaysNothing(value: UInt8) throws {
        var scene = try Scene()
        let lists = try Self.eightBitList(value, scene.issuer)
        scene.status = .success(lists)
        #expect(scene.word == .undetermined)
    }

    @Test func saysWhatItRestsOn() throws {
        let evidence = try Scene().verdict.evidence
        #expect(evidence.checkedAt == .noon)
        #expect(evidence.trustList?.uri == "https://lic.example.cn/publication/trust-list")
        #expect(evidence.statusList?.uri == "https://lic.example.cn/publication/status/341181-1")
        #expect(evidence.issuedList?.uri == "https://lic.example.cn/publication/issued/341181-1")
        #expect(evidence.statusList?.issuedAt == .noon - 3_600)
        #expect(evidence.index == Scene.index)
    }

    @Test(arguments: [
        "LICET:", "https://lic.example.cn/L/", "HTTPS://OTHER.EXAMPLE/L/", "http://localhost:8787/L/", "", "licet:",
    ])
    func theHostOfACodeSaysNothing(prefix: String) throws {
        let scene = try Scene()
        #expect(scene.verdict(of: prefix + scene.code.digits).word == .valid)
    }

    @Test(arguments: [
        "", "LICET:", "hello", "https://example.cn/", "LICET:0123", "LICET:1", "LICET:１２３", "LICET:12 34", "\u{0}",
        String(repeating: "9", count: 20_000),
    ])
    func whatIsNoCodeIsMalformed(text: String) throws {
        #expect(try Scene().verdict(of: text).word == .malformed)
    }

    @Test func noDigitOfACodeCanChange() throws {
        let scene = try Scene()
        let digits = Array(scene.code.digits.utf8)
        for offset in digits.indices {
            var changed = digits
            changed[offset] = changed[offset] == 0x39 ? 0x31 : changed[offset] + 1
            let verdict = scene.verdict(of: String(decoding: changed, as: UTF8.self))
            #expect([.malformed, .forged, .unknownIssuer].contains(verdict.word), "digit \(offset)")
        }
    }

    /// A list of eight bits an entry, whose every entry is `value`.
    private static func eightBitList(_ value: UInt8, _ issuer: Issuer) throws -> StatusList {
        try SignedStatusList.read(bits: 8, packed: [UInt8](repeating: value, count: Scene.size), issuer)
    }
}
