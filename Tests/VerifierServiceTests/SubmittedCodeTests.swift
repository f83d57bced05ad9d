import LicenceCode
import Testing

@testable import VerifierService

@Suite struct SubmittedCodeTests {
    @Test(arguments: [
        "1234567", " 12345\n67\t", "LICET:1234567", "licet: 1234567", "HTTPS://LIC.EXAMPLE.CN/L/1234567",
        "https://lic.example.cn/l/1234567?lang=en", "https://lic.example.cn/L/1234567#top", "lic.example.cn/L/123 4567",
        "１２３４５６７", "ＬＩＣＥＴ：１２３４５６７", "123\u{200B}4\u{FEFF}567\u{3000}", "https://lic.example.cn/L/\r\n1234567",
        "https://lic.example.cn/L/1234567/", "https://lic.example.cn/L/1234567/?lang=en",
        "\"https://lic.example.cn/L/1234567\"",
        "‹https://lic.example.cn/L/1234567›", "<https://lic.example.cn/l/1234567>", "《LICET:1234567》", "(1234567)",
        "“1234567”", "请核验：https://lic.example.cn/L/1234567，谢谢", "https://lic.example.cn/L/1234567 天长市第2号",
        "https://lic.example.cn/L/1234567. 谢谢", "1234-567", "123-45\u{2013}67", "LICET: 12 - 34 - 567",
    ])
    func findsTheDigits(text: String) throws {
        #expect(try SubmittedCode(text).digits == "1234567")
    }

    @Test(arguments: [
        "天长市示例食品有限公司", "LICET:", "LICET:12a", "https://lic.example.cn/", "https://lic.example.cn/L/", "12O4", "-12",
        "https://lic.example.cn/L/12/34", "١٢٣", "12-", "12--34", "https://lic.example.cn/L/12.34", "LICET:12٣", "12天",
        "天12",
        "https://lic.example.cn/L/12O4", "https://lic.example.cn/L/12\"?34", "https://lic.example.cn/L/12//", "12/34",
        "12?34",
    ])
    func refusesWhatIsNoDigits(text: String) {
        #expect(throws: FormRefusal.notACode) { try SubmittedCode(text) }
    }

    @Test(arguments: [
        "LICET:12 LICET:34", "https://lic.example.cn/L/12\nhttps://lic.example.cn/L/34", "/L/12?next=/L/12",
    ])
    func refusesSeveralCodes(text: String) {
        #expect(throws: FormRefusal.severalCodes) { try SubmittedCode(text) }
    }

    @Test func refusesSeveralCodesOfDigitsAlone() throws {
        let authority = try TestAuthority()
        let (one, other) = try (
            authority.code(authority.claims()).digits, authority.code(authority.claims(index: 8)).digits
        )
        for text in ["\(one)\n\n\(other)", "\(one) \(one)", " \(one)\r\n\(other)\n\(one) "] {
            #expect(throws: FormRefusal.severalCodes) { try SubmittedCode(text) }
        }
        let middle = one.index(one.startIndex, offsetBy: one.count / 2)
        #expect(try SubmittedCode("\(one[..<middle])\n\(one[middle...])").digits == one)
    }

    @Test(arguments: ["", "  \n", "\u{200B}"])
    func saysThatNothingWasGiven(text: String) {
        #expect(throws: FormRefusal.nothingGiven) { try SubmittedCode(text) }
    }

    @Test(arguments: ["91110000600037341L", "9111 0000 6000 3734 1l", "91110108551385082Q", "LICET:91110108551385082Q"])
    func knowsACreditCode(text: String) {
        #expect(throws: FormRefusal.creditCode) { try SubmittedCode(text) }
    }

    @Test func refusesWhatIsTooLong() throws {
        let longest = String(repeating: "7", count: SubmittedCode.maximumDigits)
        #expect(try SubmittedCode(longest).digits == longest)
        #expect(throws: FormRefusal.codeTooLong) { try SubmittedCode(longest + "7") }
    }
}
