import LicenceCode
import TestSupport
import Testing

@Suite struct CodePrefixTests {
    static let code = Result {
        var invention = Invention(seed: 51)
        return try Signer().code(invention.claims())
    }

    @Test(arguments: [
        "LICET:", "licet:", "Licet:", "", "HTTPS://LIC.EXAMPLE.CN/L/", "https://lic.example.cn/l/",
        "HTTP://LOCALHOST:8787/L/", "https://other.example/with/a/path/L/", "https://例子.中国/L/", "https://ıııııııı/L/",
        "https://\(String(repeating: "ı", count: 500))/L/", "https://ﬃß/l/", "https://a\u{0301}/L/",
    ])
    func whichHostIsNamedSaysNothing(prefix: String) throws {
        let code = try Self.code.get()
        #expect(try UnverifiedCode(text: prefix + code.digits) == code)
    }

    @Test(arguments: [
        "LICET", "LICET: ", " LICET:", "L\u{131}CET:", "LICET:\u{0301}", "HTTPS://", "https://lic.example.cn/",
        "https://lic.example.cn/L", "https://lic.example.cn/X/", "https://lic.example.cn/LL/",
        "ftp://lic.example.cn/L/", "lic.example.cn/L/", "https:/L/", "LICET:0", "LICET:-", "LICET:LICET:", "\u{0}",
        "https://h/L/\u{0301}", "https://h/L\u{0301}/",
    ])
    func refusesOtherPrefixes(prefix: String) throws {
        let digits = try Self.code.get().digits
        #expect(CodeError.code { () throws(CodeError) in _ = try UnverifiedCode(text: prefix + digits) } == .notACode)
    }

    @Test(arguments: ["/", "?", "#", " ", "\n", "0x", "\u{0301}", "\u{0}", "１"])
    func refusesAnythingBehindTheDigits(end: String) throws {
        let digits = try Self.code.get().digits
        for prefix in ["", "LICET:", "https://h/L/"] {
            let text = prefix + digits + end
            #expect(CodeError.code { () throws(CodeError) in _ = try UnverifiedCode(text: text) } == .notACode)
        }
    }

    @Test(arguments: [8_001, 8_193, 1_000_000])
    func refusesTextThatNoSymbolHolds(count: Int) {
        let text = String(repeating: "7", count: count)
        for prefix in ["", "LICET:", "https://h/L/"] {
            #expect(CodeError.code { () throws(CodeError) in _ = try UnverifiedCode(text: prefix + text) } == .tooLong)
        }
    }

    @Test(arguments: [
        ("https://lic.example.cn", "HTTPS://LIC.EXAMPLE.CN/L/"),
        ("https://lic.example.cn/", "HTTPS://LIC.EXAMPLE.CN/L/"),
        ("http://localhost:8787", "HTTP://LOCALHOST:8787/L/"), ("HTTPS://A-B.CN", "HTTPS://A-B.CN/L/"),
    ])
    func isTheVerifyAddressInCapitals(address: String, prefix: String) throws {
        #expect(try CodePrefix(verifyAddress: address).description == prefix)
        #expect(CodePrefix.bare.description == "LICET:")
    }

    @Test(arguments: [
        "", "lic.example.cn", "ftp://a", "https://", "https:///", "https://a/path", "https://a b", "https://a?b",
        "https://a_b", "https://例子.中国", "https://straße.de", "https://ﬁ.example", "https://\u{212A}.cn",
        "https://[::1]",
        "https://user@host", "https://a%41", "https://\(String(repeating: "a", count: 113))",
    ])
    func refusesAddressesThatDoNotStandInCapitals(address: String) {
        #expect(CodeError.code { () throws(CodeError) in _ = try CodePrefix(verifyAddress: address) } == .notACode)
    }
}
