import Hummingbird
import Licence
import Testing

@testable import VerifierService

@Suite struct FrontPageTests {
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
        try authority.publish([])
    }

    private func page(_ query: String = "", hours: Int64 = 0, _ settings: PageSettings = .init()) async throws
        -> TestServer.Answer
    {
        let now = authority.start.adding(seconds: 60 + hours * 3_600)
        return try await TestServer(authority, now: now, pages: settings).answer(.get, "/\(query)")
    }

    @Test func hasBothFormsInTheReadersLanguage() async throws {
        let page = try await page("?lang=en")
        #expect(page.status == .ok)
        #expect(page.headers[.contentLanguage] == "en")
        #expect(page.headers[.vary] == "Accept-Language")
        #expect(page.text.contains("<form method=\"post\" action=\"/?lang=en\" enctype=\"multipart/form-data\">"))
        #expect(page.text.contains("accept=\"image/jpeg,image/png\""))
        #expect(page.text.contains("<textarea id=\"code\""))
        #expect(try await self.page().text.contains("<h1>核验营业执照</h1>"))
    }

    @Test func allowsItsFormsAndNothingElse() async throws {
        let policy = try await page().headers[.contentSecurityPolicy].required
        #expect(policy.contains("form-action 'self'"))
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
        #expect(policy.hasSuffix("base-uri 'none'; form-action 'self'; frame-ancestors 'none'"))
    }

    @Test func saysHowOldThePublicationIsAndWhetherItHolds() async throws {
        #expect(try await page("?lang=en", hours: 3).text.contains("The status list was issued 3 hours ago."))
        #expect(try await page("?lang=en", hours: 3).text.contains("complete and up to date"))
        #expect(try await page("?lang=en", hours: 25).text.contains("No licence can be confirmed right now"))
        try authority.publishTrustList(number: 2, at: authority.start.adding(seconds: 20 * 3_600))
        #expect(try await page("?lang=en", hours: 25).text.contains("No licence can be confirmed right now"))
        try authority.write("status/341181-2", [1, 2, 3])
        #expect(try await page("?lang=en", hours: 21).text.contains("Some of the data is missing"))
    }

    @Test func namesTheAuthoritysHostAndNeverTheRequests() async throws {
        let page = try await page()
        #expect(page.text.contains("<b>https://lic.example.cn/</b>"))
        #expect(!page.text.contains("localhost"))
        let set = try await self.page(PageSettings(host: "zhizhao.example.gov.cn"))
        #expect(set.text.contains("<b>https://zhizhao.example.gov.cn/</b>"))
    }

    @Test func saysWhereToReportAFake() async throws {
        #expect(try await page().text.contains("请向所在地登记机关或者市场监督管理部门举报"))
        let report = PageSettings.Report(
            phone: "12315",
            address: "https://www.12315.cn/",
            textEN: "We answer within a day.",
            textZH: "我们将在一个工作日内答复。"
        )
        let page = try await page(PageSettings(report: report))
        #expect(page.text.contains("<a class=\"call\" href=\"tel:12315\">12315</a>"))
        #expect(page.text.contains("<a href=\"https://www.12315.cn/\">"))
        #expect(page.text.contains("我们将在一个工作日内答复。"))
        let script = try await self.page(PageSettings(report: .init(address: "javascript:alert(1)")))
        #expect(!script.text.contains("href=\"javascript"))
    }

    @Test(arguments: [
        ("12315", "12315"), ("0550-12315 转 2", "055012315"), ("(0550) 3012-345, ext. 7", "05503012345"),
        ("（0550）3012345", "05503012345"), ("+86 550 3012345", "+865503012345"), ("3012345/6", "3012345"), ("转 2", ""),
    ])
    func dialsNoExtension(phone: String, dialled: String) {
        #expect(AuthorityNotes.dialled(phone) == dialled)
    }

    @Test func deniesNoLogThatThereIs() async throws {
        #expect(
            try await page("?lang=en").text.contains("Photos and codes are read for the check only and are not stored.")
        )
        #expect(try await page().text.contains("照片和执照码仅用于核验，不会保存。"))
        let logging = PageSettings(logsLicences: true)
        let (english, chinese) = try await (page("?lang=en", logging).text, page(logging).text)
        #expect(english.contains("log has the credit code of each genuine licence"))
        #expect(chinese.contains("服务日志记录所核验的真实执照的统一社会信用代码"))
        #expect(!english.contains("codes are read for the check only") && !chinese.contains("照片和执照码仅用于核验"))
    }

    private func page(_ settings: PageSettings) async throws -> TestServer.Answer { try await page("", settings) }
}
