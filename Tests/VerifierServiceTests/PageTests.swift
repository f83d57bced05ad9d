import Foundation
import Hummingbird
import Licence
import LicenceCode
import Publication
import Testing
import Verification

@testable import VerifierService

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
        #expect(page.text.contains("<dt>Legal representative <small lang=\"zh-CN\">法定代表人</small></dt>"))
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

    @Test func forbidsABrowserWhatItDoesNotNeed() async throws {
        let headers = try await page().headers
        #expect(headers[.contentSecurityPolicy]?.contains("form-action 'none'; frame-ancestors 'none'") == true)
        for name in ["Permissions-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"] {
            #expect(headers[try HTTPFields.Element.Name(name).required] != nil)
        }
        #expect(headers[try HTTPFields.Element.Name("Referrer-Policy").required] == "no-referrer")
        #expect(headers[.xContentTypeOptions] == "nosniff")
        #expect(headers[try HTTPFields.Element.Name("X-Robots-Tag").required] == "noindex")
    }

    @Test func saysTheWordFirst() async throws {
        #expect(try await page(query: "?lang=en").text.contains("<title>VALID – Business licence check</title>"))
    }

    @Test func marksChineseInAPageInEnglish() async throws {
        let page = try await page(query: "?lang=en")
        #expect(page.text.contains("<dd lang=\"zh-CN\">天长市示例食品有限公司</dd>"))
        #expect(page.text.contains("<dd>CNY 1,000,000.00</dd>"))
        #expect(page.text.contains("<dd>Tianchang Market Regulation Office</dd>"))
    }

    @Test func saysHowOldTheStatusListIs() async throws {
        #expect(try await page(query: "?lang=en").text.contains("issued a minute ago"))
        #expect(try await page().text.contains("1 分钟前发布"))
    }

    @Test(arguments: ["zh", "en"])
    func hasOneClockOnAPage(language: String) async throws {
        let code = try authority.code(authority.claims())
        try authority.publish([])
        let page = try await TestServer(authority).answer(.get, "/L/\(code.digits)?lang=\(language)").text
        let local = authority.start.local(utcOffset: 480)
        #expect(page.contains(language == "en" ? "really issued by \(local);" : "截至 \(local) 登记机关"))
        #expect(!page.contains(/[0-9]T[0-9:]+Z/))
    }

    @Test func restsOnNothingWhereThereIsNoCode() async throws {
        try authority.publish([])
        for language in ["zh", "en"] {
            let page = try await TestServer(authority).answer(.get, "/L/123?lang=\(language)").text
            #expect(page.contains("class=\"verdict caution\""))
            #expect(!page.contains("<dl>") && !page.contains("更新核验软件"))
        }
    }

    @Test func saysWhichListIsMissingAndAsksNobodyToFetchIt() async throws {
        let code = try authority.code(authority.claims())
        try authority.publish([code])
        try FileManager.default.removeItem(atPath: "\(authority.folder)/status/341181-1")
        let server = try TestServer(authority)
        let english = try await server.answer(.get, "/L/\(code.digits)?lang=en").text
        #expect(english.contains("needed, but not available now"))
        #expect(english.contains("missing here, out of date or contradictory"))
        #expect(!english.contains("status/341181-1"))
        let chinese = try await server.answer(.get, "/L/\(code.digits)?lang=zh").text
        #expect(chinese.contains("核验需要，但暂时无法取得") && !chinese.contains("请获取最新的发布数据"))
    }

    @Test func saysOfAForgedCodeThatItsListsWereNotUsed() async throws {
        let page = try await page(forged: true, query: "?lang=en").text
        #expect(page.components(separatedBy: "not used for this answer").count == 3)
    }

    @Test(arguments: [(ListedStatus.valid, "Report a fake"), (.revoked, "Report it"), (.suspended, "Report it")])
    func callsNoGenuineLicenceAFake(status: ListedStatus, heading: String) async throws {
        let code = try authority.code(authority.claims())
        try authority.publish([code], status)
        let page = try await TestServer(authority).answer(.get, "/L/\(code.digits)?lang=en").text
        #expect(page.contains("<section class=\"report\">\n<h2>\(heading)</h2>"))
    }

    @Test func leadsToAnotherCheck() async throws {
        #expect(try await page().text.contains("<a href=\"/?lang=zh\">核验另一张执照</a>"))
    }

    @Test func namesTheAuthoritysHost() async throws {
        #expect(try await page().text.contains("<b>https://lic.example.cn/</b>"))
    }

    private static func reason(_ word: VerdictWord) -> Bilingual { Bilingual(en: word.rawValue, zh: word.rawValue) }

    @Test(arguments: [VerdictWord.expired, .notYetValid])
    func saysAtTheTopOnWhichDay(word: VerdictWord) {
        #expect(Guidance(word, reason: Self.reason(word)).meaning.en == Self.reason(word).en)
    }

    @Test func tellsEveryVerdictInBothLanguages() {
        for word in VerdictWord.allCases {
            let guidance = Guidance(word, reason: Self.reason(word))
            #expect(!guidance.steps.isEmpty)
            for text in [guidance.meaning] + guidance.steps { #expect(!text.en.isEmpty && !text.zh.isEmpty) }
        }
        #expect(
            Set(VerdictWord.allCases.map { Guidance($0, reason: Self.reason($0)).meaning.zh }).count
                == VerdictWord.allCases.count
        )
    }
}
