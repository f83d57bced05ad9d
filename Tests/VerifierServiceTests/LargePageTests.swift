import Hummingbird
import LicenceCode
import Testing

@testable import VerifierService

/// No page is over 30 KB, whatever a licence says, and all that it says can be read.
@Suite struct LargePageTests {
    private let authority: TestAuthority
    private static let largest = 30_000

    init() throws { authority = try TestAuthority() }

    private func part(_ number: Int, of code: UnverifiedCode, _ language: String) async throws -> TestServer.Answer {
        try await TestServer(authority).answer(.get, "/L/\(code.digits)?lang=\(language)&scope=\(number)")
    }

    /// Quotation marks grow sixfold, rare ideographs take four bytes, and jamo that are one letter have breaks between them.
    @Test(arguments: ["\"", "𠮷", "食", "a", "\u{1100}"], ["zh", "en"])
    func staysSmallForTheLargestLicence(character: String, language: String) async throws {
        func text(_ count: Int) -> String { "a" + String(repeating: character, count: count - 1) }
        let scope = text(8_000)
        let code = try authority.code(
            authority.claims(name: text(200), scope: scope, representative: text(200), address: text(300))
        )
        for forged in [false, true] {
            try authority.publish(forged ? [] : [code])
            let parts = ScopeParts(scope).parts
            for number in 1...parts.count {
                let page = try await part(number, of: code, language)
                #expect(page.bytes.count < Self.largest, "part \(number): \(page.bytes.count) bytes")
            }
        }
    }

    @Test func leadsThroughAllParts() async throws {
        let scope = (1...8_000).map { String(UnicodeScalar(0x4E00 + UInt32($0 % 97)) ?? "a") }.joined()
        let code = try authority.code(authority.claims(scope: scope))
        try authority.publish([code])
        let parts = ScopeParts(scope)
        #expect(parts.parts.map(\.text).joined() == scope)
        #expect(parts.parts.count > 1)
        for (index, part) in parts.parts.enumerated() {
            let page = try await self.part(index + 1, of: code, "zh").text
            #expect(page.contains(">\(part.text)<"))
            #expect(page.contains("全文共 8000 字，此处为第 \(part.first) 至 \(part.last) 字"))
            #expect(page.contains("<b aria-current=\"page\">第 \(index + 1) 部分</b>"))
        }
        let links = try await part(1, of: code, "zh").text
        #expect(links.contains("<a href=\"?lang=zh&amp;scope=2\">"))
        #expect(links.contains("<a href=\"?lang=en&amp;scope=1\" lang=\"en\""))
    }

    @Test(arguments: ["0", "-1", "99", "x", "", "1e9"])
    func showsTheFirstPartWhereThereIsNoSuchPart(asked: String) async throws {
        let scope = String(repeating: "食", count: 8_000)
        let code = try authority.code(authority.claims(scope: scope))
        try authority.publish([code])
        let page = try await TestServer(authority).answer(.get, "/L/\(code.digits)?lang=en&scope=\(asked)")
        #expect(page.text.contains("Characters 1 to "))
    }

    @Test func leavesAnOrdinaryScopeWhole() {
        #expect(ScopeParts(String(repeating: "食", count: 2_000)).parts.count == 1)
        #expect(ScopeParts("").parts.map(\.text) == [""])
    }

    @Test func keepsTheFrontPageSmall() async throws {
        try authority.publish([])
        #expect(try await TestServer(authority).answer(.get, "/").bytes.count < Self.largest)
    }
}
