import Hummingbird
import Licence

/// The frame of every page: one style, no script, nothing fetched, and a switch of language.
struct Page {
    /// What tabs and screen readers say first.
    let title: String
    let language: Language
    let notes: AuthorityNotes
    let hasForm: Bool
    /// What else stands in the address, so that the switch keeps it: `&scope=2`.
    let query: String
    let content: HTML

    init(
        title: String,
        _ language: Language,
        _ notes: AuthorityNotes,
        hasForm: Bool = false,
        query: String = "",
        content: HTML
    ) {
        self.title = title
        self.language = language
        self.notes = notes
        self.hasForm = hasForm
        self.query = query
        self.content = content
    }

    /// The name of the service.
    static let name = Bilingual(en: "Business licence check", zh: "营业执照核验")

    var html: HTML {
        """
        <!doctype html>
        <html lang="\(language.tag)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title)</title>
        <style>\(HTML(stringLiteral: PageStyle.css))</style>
        </head>
        <body>
        <header><div>\(site)\(languageSwitch)</div></header>
        <main>
        \(content)
        </main>
        \(footer)
        </body>
        </html>

        """
    }

    private var site: HTML {
        let authority = notes.name.map { HTML.registered($0, in: language) { "<small\($1)>\($0)</small>" } } ?? ""
        return "<a class=\"site\" href=\"/?lang=\(language.rawValue)\"><b>\(Self.name[language])</b> \(authority)</a>"
    }

    private var languageSwitch: HTML {
        switch language {
        case .zh:
            """
            <nav aria-label="语言"><a href="?lang=en\(query)" lang="en" hreflang="en">English</a></nav>
            """
        case .en:
            """
            <nav aria-label="Language"><a href="?lang=zh\(query)" lang="zh-CN" hreflang="zh-CN">中文</a></nav>
            """
        }
    }

    private var footer: HTML {
        // What codes say may stay in memory for a while, to be quicker the next time.
        let text =
            notes.logsLicences
            ? Bilingual(
                en:
                    "No account is needed. Photos are read for the check only and are not stored. The service's log has "
                    + "the credit code of each genuine licence that was checked.",
                zh: "核验无需注册。照片仅用于本次核验，不会保存。服务日志记录所核验的真实执照的统一社会信用代码。"
            )
            : Bilingual(
                en: "No account is needed. Photos and codes are read for the check only and are not stored.",
                zh: "核验无需注册。照片和执照码仅用于核验，不会保存。"
            )
        return "<footer><p>\(text[language])</p></footer>"
    }

    /// The page as an answer, with all that a browser is told to forbid.
    func response(_ status: HTTPResponse.Status = .ok, _ more: HTTPFields = [:]) -> Response {
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .contentLanguage: language.tag, .cacheControl: "no-store",
            .contentSecurityPolicy: PageStyle.contentSecurityPolicy(hasForm: hasForm),
        ]
        for (name, value) in Self.isolation { headers.set(name, value) }
        for field in more { headers[field.name] = field.value }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: html.source)))
    }

    private static let isolation = [
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
        ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
}

extension Language {
    /// The tag of RFC 5646.
    var tag: String { self == .zh ? "zh-CN" : "en" }

    /// What a request asks for: its address first, then its header.
    init(of request: Request) {
        let asked = request.uri.queryParameters["lang"].flatMap { Language(rawValue: String($0)) }
        self = asked ?? Preferences(request.headers[.acceptLanguage]).language
    }
}

extension HTML {
    /// A registered text, which a page in English marks as Chinese where it is; `markup` takes the text and the attribute.
    static func registered(_ text: String, in page: Language, _ markup: (HTML, HTML) -> HTML) -> HTML {
        let isChinese = page == .en && text.unicodeScalars.contains { $0.properties.isIdeographic }
        return markup("\(breaking: text)", isChinese ? " lang=\"zh-CN\"" : "")
    }
}
