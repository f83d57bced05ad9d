import Hummingbird
import LicenceCode
import Testing

@Suite struct PageTests {
    private let authority: TestAuthority

    init() throws { authority = try TestAuthority() }

    private func page(
        name: String = "天长市示例食品有限公司",
        forged: Bool = false,
        query: String = "",
        language: String? = nil
    ) async throws -> TestServer.Answer {
        let code = try authority.code(authority.claims(name: name), forged: forged)
        try authority.publish([code])
        var headers = HTTPFields()
        headers[.acceptLanguage] = language
        return try await TestServer(authority).answer(.get, "/L/\(code.digits)\(query)", headers)
    }

    @Test func isChineseUnlessAskedOtherwise() async throws {
        let page = try await page()
        #expect(page.headers[.contentType] == "text/html; charset=utf-8")
        #expect(page.headers[.contentLanguage] == "zh-CN")
        #expect(page.text.contains("<h1>有效</h1>"))
        #expect(page.text.contains("<dt>法定代表人</dt><dd>王小明</dd>"))
        #expect(page.text.contains("人民币 1,000,000.00 元"))
        #expect(page.text.contains("天长市市场监督管理局"))
    }

    @Test(arguments: [
        ("en-GB,en;q=0.9,zh;q=0.5", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"), ("fr, en;q=0.3", "en"),
        ("fr", "zh-CN"), ("en;q=0", "zh-CN"), (";;,q=,", "zh-CN"),
    ])
    func followsTheBrowsersLanguage(header: String, expected: String) async throws {
        #expect(try await page(language: header).headers[.contentLanguage] == expected)
    }

    @Test func theAddressBeatsTheBrowser() async throws {
        let page = try await page(query: "?lang=en", language: "zh-CN")
        #expect(page.text.contains("<h1>VALID</h1>"))
        #expect(page.text.contains("<dt>Legal representative</dt>"))
        #expect(page.text.contains("<a href=\"?lang=zh\""))
    }

    @Test(arguments: [false, true])
    func escapesWhatTheCodeSays(forged: Bool) async throws {
        let page = try await page(name: "<script>alert('1')</script> & \"Co\"", forged: forged)
        #expect(!page.text.contains("<script"))
        #expect(page.text.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;Co&quot;"))
    }

    @Test func saysThatNobodyVouchesForAForgedCode() async throws {
        let page = try await page(forged: true)
        #expect(page.text.contains("class=\"unvouched\""))
        #expect(page.text.contains("以下内容未经证实"))
        #expect(page.text.contains("<dt>自称的登记机关</dt>"))
    }

    @Test func saysNoSuchThingOfAGenuineOne() async throws {
        let page = try await page()
        #expect(!page.text.contains("class=\"unvouched\""))
    }

    @Test func allowsItsOwnStyleAndNothingElse() async throws {
        let page = try await page()
        let policy = try page.headers[.contentSecurityPolicy].required
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
        #expect(!policy.contains("unsafe"))
        #expect(!page.text.contains(" style=") && !page.text.contains("http://") && !page.text.contains(" src="))
    }

    @Test(arguments: [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/json", "application/json"), ("application/json, text/plain, */*", "application/json"),
        ("text/html, application/json;q=0.5", "text/html; charset=utf-8"), ("*/*", "text/html; charset=utf-8"),
    ])
    func isJSONOnlyWhereThatWasNamed(accept: String, expected: String) async throws {
        try authority.publish([])
        let answer = try await TestServer(authority).answer(.get, "/L/1", [.accept: accept])
        #expect(answer.headers[.contentType] == expected)
    }
}
