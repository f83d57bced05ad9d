import Licence
import LicenceCode
import OpenSSL
import TestSupport
import Testing

@Suite struct ClaimsTests {
    @Test(arguments: Profile.allCases)
    func randomLicencesComeBackScalarByScalar(profile: Profile) throws {
        var invention = Invention(seed: 21)
        for _ in 0..<400 {
            let claims = try invention.claims(profile)
            let back = try Claims(encoded: claims.encoded)
            #expect(back == claims)
            // Strings are equal by characters; what is kept are scalars.
            #expect(Self.scalars(back) == Self.scalars(claims))
            #expect(back.encoded == claims.encoded)
            #expect(back.further.count == 0)
        }
    }

    @Test(arguments: [
        "𠮷野家·𪚥", "René O'Brien-Müller", "阿依古丽·买买提", "Ａ①㈱ﬁ", "e\u{0301}", "﨑\u{E0100}",
    ])
    func keepsEveryCharacter(text: String) throws {
        let map = ClaimsMap.simple.with(5, ClaimsMap.text(text))
        #expect(Array(try Claims(encoded: map.encoded).representative.unicodeScalars) == Array(text.unicodeScalars))
    }

    @Test func readsTheSimplestLicence() throws {
        let claims = try Claims(encoded: ClaimsMap.simple.encoded)
        #expect(claims.creditCode.text == "92141127MA0KD1Y64A")
        #expect(claims.kind == .individualBusiness)
        #expect(claims.established == (try CalendarDate(daysSince1970: 0x4650)))
        #expect(claims.version == 1)
        #expect(claims.reference == ListReference(list: 1, index: 7))
        #expect(claims.encoded == ClaimsMap.simple.encoded)
    }

    @Test(arguments: [0, 1, 2, 3, 4, 5, 7, 9, 10, 13, 14, 15])
    func refusesAClaimThatIsMissing(key: Int) {
        #expect(ClaimsMap.simple.with(key, nil).refusal == .missingClaim)
    }

    @Test(arguments: [16, 23, 24, 255, 65_536, 1_000_000_000])
    func toleratesAndCountsClaimsOfALaterVersion(key: Int) throws {
        for value in ["00", "63e6b0b4", "a201020304", "83010203", "c11a514b67b0"] {
            let map = ClaimsMap.simple.with(key, hex(value)).with(17, hex("00"))
            let claims = try Claims(encoded: map.encoded)
            #expect(claims.further.count == 2)
            #expect(claims.name == "店")
        }
    }

    /// Later or not, there is one encoding.
    @Test(arguments: ["1817", "9fff", "a2020a010b", "61ff", "f5", "fb3ff199999999999a"])
    func refusesLaterClaimsThatAreNotDeterministic(value: String) {
        #expect(ClaimsMap.simple.with(16, hex(value)).refusal != nil)
    }

    @Test(arguments: [
        (-1, "00"), (1, "00"), (1, "1a000f4241"), (2, "07"), (2, "18ff"), (3, "60"), (3, "6100"), (3, "610a"),
        (4, "617f"), (5, "62c285"), (6, "83 1b0de0b6b3a7640000 00 63434e59"), (6, "83 01 07 63434e59"),
        (6, "83 01 00 63636e79"), (6, "83 01 00 62434e"), (7, "3a000f4240"), (7, "1a7fffffff"), (7, "195001"),
        (7, "3b7fffffffffffffff"), (8, "82 00 1a002dc6c1"), (8, "82 1a002cc0a0 01"),
        (10, "82 00 5820 0000000000000000000000000000000000000000000000000000000000000000"),
        (10, "82 191f41 5820 0000000000000000000000000000000000000000000000000000000000000000"), (10, "82 01 4100"),
        (11, "02"), (12, "82 1a055d4a81 00"), (12, "82 00 1a0aba9501"), (13, "1a7fffffff"), (14, "00"),
        (14, "1a00010000"), (15, "1a01000000"),
    ])
    func refusesAClaimThatCannotBe(key: Int, value: String) {
        #expect(ClaimsMap.simple.with(key, hex(value)).refusal == .impossibleClaim)
    }

    @Test(arguments: [
        (0, "00"), (0, "4b 057475a8e31aa1a1fc4a9f"), (1, "6101"), (2, "20"), (3, "4100"), (6, "80"),
        (6, "84 01 00 63555344 00"), (6, "82 01 00"), (6, "83 6101 00 63434e59"), (7, "60"), (8, "80"),
        (8, "83 00 00 00"), (8, "00"), (10, "83 01 02 03"), (10, "00"), (11, "60"), (12, "81 00"),
        (12, "83 00 00 00"), (14, "20"), (15, "20"), (3, "f6"),
    ])
    func refusesAClaimOfAnotherType(key: Int, value: String) {
        #expect(ClaimsMap.simple.with(key, hex(value)).refusal == .wrongType)
    }

    @Test(arguments: [(3, 200), (4, 100), (5, 200), (9, 300), (10, 8_000)])
    func refusesTextsThatNoApplicationMayHave(key: Int, limit: Int) throws {
        let longest = ClaimsMap.text(String(repeating: "𠮷", count: limit))
        #expect(ClaimsMap.simple.with(key, longest).refusal == nil)
        let longer = ClaimsMap.text(String(repeating: "a", count: limit + 1))
        #expect(ClaimsMap.simple.with(key, longer).refusal == .impossibleClaim)
    }

    @Test func refusesWhatFollowsTheMap() {
        for tail in [[0], ClaimsMap.simple.encoded] as [[UInt8]] {
            let code = CodeError.code { () throws(CodeError) in
                _ = try Claims(encoded: ClaimsMap.simple.encoded + tail)
            }
            #expect(code == .trailingBytes)
        }
    }

    @Test func refusesEveryTruncation() throws {
        var invention = Invention(seed: 22)
        let encoded = try invention.claims().encoded
        for count in encoded.indices {
            #expect(throws: CodeError.self) { try Claims(encoded: Array(encoded.prefix(count))) }
        }
    }

    @Test(arguments: ["00", "80", "60", "40", "a0", "bfff", ""])
    func refusesWhatIsNoClaimsMap(encoded: String) {
        #expect(throws: CodeError.self) { try Claims(encoded: hex(encoded)) }
    }

    @Test func aCreditCodeMayHaveAWrongCheckCharacterButNoOtherFault() throws {
        let odd = ClaimsMap.simple.with(0, ClaimsMap.text("91350203M0001QKT19"))
        #expect(try !Claims(encoded: odd.encoded).creditCode.hasMatchingCheckCharacter)
        #expect(try Claims(encoded: odd.encoded).encoded == odd.encoded)
        #expect(ClaimsMap.simple.with(0, ClaimsMap.text("92141127MA0KD1Y64")).refusal == .impossibleClaim)
    }

    @Test func theCoreProfileCarriesTheScopesLengthAndDigest() throws {
        var invention = Invention(seed: 23)
        let licence = try invention.licence()
        let reference = try #require(ListReference(list: 2, index: 3))
        let claims = try Claims(encoded: Claims(licence, profile: .core, reference: reference).encoded)
        let scope = licence.particulars.scope
        #expect(claims.scope == .digest(length: scope.unicodeScalars.count, Digest(of: Array(scope.utf8))))
        #expect(claims.scope == Claims.Scope(digestOf: scope))
        #expect(claims.scope != Claims.Scope(digestOf: scope + "。"))
        #expect(claims.name == licence.particulars.name)
    }

    @Test(arguments: [(0, 0), (65_536, 0), (1, -1), (1, 1 << 24)])
    func aListReferenceHasBounds(list: Int, index: Int) {
        #expect(ListReference(list: list, index: index) == nil)
        #expect(ListReference(list: 65_535, index: 1 << 24 - 1) != nil)
    }

    @Test func randomDamageNeverCrashesAndIsNeverReadInTwoWays() throws {
        var invention = Invention(seed: 25)
        var generator = SeededGenerator(seed: 25)
        var read = 0
        for _ in 0..<40 {
            let encoded = try invention.claims().encoded
            for _ in 0..<100 {
                var bytes = encoded
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(
                        in: 0...255,
                        using: &generator
                    )
                }
                guard let claims = try? Claims(encoded: bytes), claims.further.count == 0 else { continue }
                read += 1
                #expect(claims.encoded == bytes)
            }
        }
        #expect(read > 100)
    }

    private static func scalars(_ claims: Claims) -> [[Unicode.Scalar]] {
        let scope = if case .text(let text) = claims.scope { text } else { "" }
        return [claims.name, claims.type, claims.representative, claims.address, scope].map { Array($0.unicodeScalars) }
    }
}
