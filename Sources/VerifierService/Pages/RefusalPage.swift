import Hummingbird
import Licence

/// What people are shown where programs get a problem document: that there is no such page, or that they have to wait.
struct RefusalPage {
    enum Reason: CaseIterable { case nothingHere, tooMany, busy }

    let reason: Reason
    let language: Language
    let notes: AuthorityNotes

    var page: Page {
        let error = Bilingual(en: "Error: ", zh: "错误：")[language]
        let back = Bilingual(en: "To the front page", zh: "返回首页")[language]
        return Page(
            title: "\(error)\(reason.title[language]) – \(Page.name[language])",
            language,
            notes,
            content: """
                <div class="problem" id="problem">\(Tone.caution.symbol)<div>
                <h1>\(reason.title[language])</h1>
                <ul>
                \(HTML(reason.advice.map { "<li>\($0[language])</li>\n" }))</ul>
                </div></div>
                \(notes.addressWarning(language))
                <p class="again"><a href="/?lang=\(language.rawValue)">\(back)</a></p>
                """
        )
    }
}

extension RefusalPage.Reason {
    /// Nil for a refusal that only programs meet.
    init?(_ problem: Problem) {
        switch problem.status {
        case .notFound: self = .nothingHere
        case .tooManyRequests: self = .tooMany
        // What operators ask for is for programs.
        case .serviceUnavailable where problem.publication == nil: self = .busy
        default: return nil
        }
    }

    var title: Bilingual {
        switch self {
        case .nothingHere: Bilingual(en: "There is no such page", zh: "没有这个页面")
        case .tooMany: Bilingual(en: "Too many requests from your network", zh: "您所在网络的请求过于频繁")
        case .busy: Bilingual(en: "The service is busy right now", zh: "当前访问人数较多")
        }
    }

    /// What it says of licences, which is nothing, and what to do.
    var advice: [Bilingual] {
        switch self {
        case .nothingHere:
            [
                Bilingual(
                    en: "This says nothing about a licence: the address may have been cut short or mistyped.",
                    zh: "这并不说明执照的真伪：网址可能不完整或者输入有误。"
                ), Bilingual(en: "Scan the QR code on the licence again.", zh: "请重新扫描执照上的二维码。"),
            ]
        case .tooMany:
            [
                Bilingual(
                    en: "This says nothing about a licence. Please wait a minute and try again.",
                    zh: "这并不说明执照的真伪。请稍候一分钟后重试。"
                ),
                Bilingual(
                    en: "Many people may be using the same network: mobile data may work meanwhile.",
                    zh: "可能有多人共用同一网络，在此期间可以改用手机流量。"
                ),
            ]
        case .busy:
            [
                Bilingual(
                    en: "This says nothing about a licence. Please wait some seconds and try again.",
                    zh: "这并不说明执照的真伪。请稍候几秒后重试。"
                )
            ]
        }
    }
}

extension Problem {
    /// The refusal as the client would rather have it: as a page, where it is one that people meet and they ask for HTML.
    func response(to request: Request, _ context: some RequestContext, notes: () -> AuthorityNotes) throws -> Response {
        // What is said of a licence there is for programs.
        guard !request.uri.path.hasPrefix("/v1/"), let reason = RefusalPage.Reason(self),
            Preferences(request.headers[.accept]).preferHTML
        else {
            return try response(from: request, context: context)
        }
        let page = RefusalPage(reason: reason, language: Language(of: request), notes: notes()).page
        var headers = headers
        headers[.vary] = "Accept, Accept-Language"
        return page.response(status, headers)
    }
}
