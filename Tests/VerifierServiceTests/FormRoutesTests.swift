import Hummingbird
import Licence
import Symbol
import Testing

@testable import VerifierService

@Suite struct FormRoutesTests {
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
        try authority.publish([])
    }

    private func typed(_ code: String, query: String = "") async throws -> TestServer.Answer {
        let kept = code.utf8.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        let type: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        return try await TestServer(authority).answer(.post, "/\(query)", type, body: "code=" + kept.joined())
    }

    private func sent(
        photo: [UInt8]? = nil,
        code: String? = nil,
        query: String = "",
        _ more: HTTPFields = [:],
        photos: PhotoReader = PhotoReader()
    ) async throws -> TestServer.Answer {
        var body: [UInt8] = []
        if let photo {
            let header = "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\r\n"
            body += Array(header.utf8) + photo + Array("\r\n".utf8)
        }
        if let code {
            body += Array("--b\r\nContent-Disposition: form-data; name=\"code\"\r\n\r\n\(code)\r\n".utf8)
        }
        body += Array("--b--\r\n".utf8)
        var headers: HTTPFields = [.contentType: "multipart/form-data; boundary=b"]
        for field in more { headers[field.name] = field.value }
        return try await TestServer(authority, photos: photos).answer(.post, "/\(query)", headers, bytes: body)
    }

    private func picture(prefix: String = "HTTPS://LIC.EXAMPLE.CN/L/") throws -> [UInt8] {
        try SymbolPNG(QRCode(prefix: prefix, digits: "29831234567890")).bytes
    }

    // MARK: - The way to a verdict

    @Test(arguments: [("", ""), ("?lang=en", "?lang=en"), ("?lang=zh", "?lang=zh"), ("?lang=fr", "")])
    func leadsToTheVerdictInTheLanguageThatWasChosen(query: String, kept: String) async throws {
        let answer = try await typed("https://lic.example.cn/L/123 45\r\n6", query: query)
        #expect(answer.status == .seeOther)
        #expect(answer.headers[.location] == "/L/123456\(kept)")
    }

    @Test func readsThePhotoInAForm() async throws {
        let answer = try await sent(photo: picture(), code: "")
        #expect(answer.status == .seeOther)
        #expect(answer.headers[.location] == "/L/29831234567890")
    }

    @Test func takesACodeInAFormForPhotos() async throws {
        #expect(try await sent(photo: [], code: "LICET:123").headers[.location] == "/L/123")
    }

    // MARK: - Refusals

    @Test(arguments: [("天长市", "所输入的不是营业执照码"), ("91110108551385082Q", "统一社会信用代码"), (" ", "尚未选择照片")])
    func saysWhatWasWrongWithACode(code: String, text: String) async throws {
        let answer = try await typed(code)
        #expect(answer.status == .unprocessableContent)
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
        #expect(answer.text.contains("role=\"alert\"") && answer.text.contains(text))
    }

    @Test(arguments: [(SymbolError.Code.unsupportedImage, "JPEG or PNG photo"), (.unsupportedVariety, "CMYK")])
    func callsNoJPEGSomethingElse(code: SymbolError.Code, text: String) {
        let refusal = FormRefusal(PhotoError.refused(SymbolError(code, "")))
        #expect(refusal.status == .unsupportedMediaType && refusal.field == .photo)
        #expect(([refusal.title] + refusal.advice).contains { $0.en.contains(text) })
    }

    @Test func neverShowsWhatWasSent() async throws {
        #expect(try await !typed("请致电 10086 缴费").text.contains("10086"))
        #expect(try await !sent(code: "请致电 10086 缴费").text.contains("10086"))
    }

    @Test func saysWhatWasWrongWithAPhoto() async throws {
        let blank = try await sent(photo: TestServer.blankPicture, query: "?lang=en")
        #expect(blank.status == .unprocessableContent)
        #expect(blank.text.contains("No QR code was found in the photo"))
        #expect(blank.text.contains("aria-invalid=\"true\" aria-describedby=\"problem photo-hint\""))
        let other = try await sent(photo: picture(prefix: "WXP:"), query: "?lang=en")
        #expect(other.status == .unprocessableContent)
        #expect(other.text.contains("is not a licence code"))
        let damaged = try await sent(photo: Array(picture().dropLast(40)))
        #expect(damaged.status == .unprocessableContent)
        let document = try await sent(photo: Array("%PDF-1.7".utf8))
        #expect(document.status == .unsupportedMediaType)
        #expect(document.text.contains("JPEG"))
    }

    @Test func refusesMoreThan16MiBWithAPage() async throws {
        let answer = try await sent(photo: [UInt8](repeating: 0, count: MaximumBody.picture))
        #expect(answer.status == .contentTooLarge)
        #expect(answer.headers[.connection] == "close")
        #expect(answer.text.contains("照片文件过大"))
        let announced = try await sent(photo: [], [.contentLength: String(MaximumBody.picture + 1)])
        #expect(announced.status == .contentTooLarge)
    }

    @Test func refusesALongTypedCodeWithAPage() async throws {
        let answer = try await typed(String(repeating: "1", count: MaximumBody.text))
        #expect(answer.status == .contentTooLarge)
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
    }

    @Test func isBusyBeforeItReadsThePhoto() async throws {
        let photos = PhotoReader(atOnce: 1, places: 1)
        let answer = try await photos.withPlace { _ in try await sent(photo: picture(), photos: photos) }
        #expect(answer.status == .serviceUnavailable)
        #expect(answer.headers[.retryAfter] == "5")
        #expect(answer.text.contains("您的照片没有问题"))
        #expect(try await sent(photo: picture(), photos: photos).status == .seeOther)
        #expect(photos.count == 0)
    }

    @Test func takesTypedCodesWhilePhotosAreBusy() async throws {
        let photos = PhotoReader(atOnce: 1, places: 1)
        let server = try TestServer(authority, photos: photos)
        let type: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        let answer = try await photos.withPlace { _ in try await server.answer(.post, "/", type, body: "code=123") }
        #expect(answer.status == .seeOther)
    }

    @Test(arguments: ["text/plain", "application/json", "multipart/form-data", ""])
    func refusesAnotherMediaType(type: String) async throws {
        let answer = try await TestServer(authority).answer(.post, "/", [.contentType: type], body: "code=1")
        #expect(answer.status == .unsupportedMediaType)
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
    }

    @Test(arguments: ["--b\r\n", "--b\r\nContent-Disposition: form-data; name=\"paper\"\r\n\r\nx\r\n--b--"])
    func refusesABrokenForm(body: String) async throws {
        let type: HTTPFields = [.contentType: "multipart/form-data; boundary=b"]
        #expect(try await TestServer(authority).answer(.post, "/", type, body: body).status == .badRequest)
    }

    @Test(arguments: ["code=1&paper=x", "paper=x", "code=1&code=2", "code[a]=1", "code=%"])
    func refusesATypedFormThatIsNotItsOwn(body: String) async throws {
        let type: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        #expect(try await TestServer(authority).answer(.post, "/", type, body: body).status == .badRequest)
    }

    @Test func tellsAProgramInItsOwnWay() async throws {
        let answer = try await sent(code: "x", [.accept: "application/json"])
        #expect(answer.status == .unprocessableContent)
        #expect(answer.headers[.contentType] == "application/problem+json")
    }

    @Test func answersNoOtherMethod() async throws {
        let answer = try await TestServer(authority).answer(.put, "/")
        #expect(answer.status == .methodNotAllowed)
        #expect(answer.headers[.allow] == "GET, HEAD, POST")
    }

    @Test func tellsEveryRefusalInBothLanguages() {
        for refusal in FormRefusal.allCases {
            #expect(!refusal.advice.isEmpty)
            for text in [refusal.title] + refusal.advice {
                #expect(!text.zh.contains("the ") && !text.en.isEmpty && !text.zh.isEmpty)
            }
        }
    }
}

extension TestServer {
    /// A white PNG of one pixel.
    static let blankPicture: [UInt8] = [
        137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 58,
        126, 155, 85, 0, 0, 0, 10, 73, 68, 65, 84, 120, 156, 99, 248, 15, 0, 1, 1, 1, 0, 177, 56, 246, 20, 0, 0,
        0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
    ]
}
