import Licence
import Verification

/// A verdict for a person with a browser: no script, nothing fetched, readable on a narrow phone.
struct VerdictPage {
    let verdict: Verdict
    let language: Language

    var html: HTML {
        """
        <!doctype html>
        <html lang="\(language == .zh ? "zh-CN" : "en")">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title): \(verdict.word.name[language])</title>
        <style>\(HTML(stringLiteral: PageStyle.css))</style>
        </head>
        <body>
        <main>
        <header><b>\(title)</b>\(languageSwitch)</header>
        \(headline)
        \(licence)
        \(evidence)
        <footer><p>\(advice[language])</p></footer>
        </main>
        </body>
        </html>

        """
    }

    private var title: String {
        Bilingual(en: "Business licence check", zh: "营业执照核验")[language]
    }

    private var languageSwitch: HTML {
        switch language {
        case .zh: "<a href=\"?lang=en\" lang=\"en\" hreflang=\"en\">English</a>"
        case .en: "<a href=\"?lang=zh\" lang=\"zh-CN\" hreflang=\"zh-CN\">中文</a>"
        }
    }

    private var headline: HTML {
        let tone = Tone(verdict.word)
        return """
            <div class="verdict \(tone.rawValue)">\(tone.symbol)<div>
            <h1>\(verdict.word.name[language])</h1>
            <p>\(verdict.message[language])</p>
            </div></div>
            """
    }

    private var licence: HTML {
        guard let claims = verdict.claims else { return "" }
        let fields = HTML(claims.printed(in: language).map { $0.html(language) })
        guard !verdict.word.vouchesForContent else {
            let heading = Bilingual(en: "The licence", zh: "执照内容")[language]
            return "<section>\n<h2>\(heading)</h2>\n<dl>\(fields)</dl>\n</section>"
        }
        let heading = Bilingual(en: "What the code says of itself", zh: "此码自称的内容")[language]
        return """
            <section class="unvouched">
            <h2>\(heading)</h2>
            <p class="warning">\(warning[language])</p>
            <dl>\(fields)</dl>
            </section>
            """
    }

    private var evidence: HTML {
        let heading = Bilingual(en: "What this rests on", zh: "核验依据")[language]
        let fields = HTML(
            verdict.evidenceFields.map { PrintedField($0.label, $0.value[language]).html(language) }
        )
        return "<section>\n<h2>\(heading)</h2>\n<dl>\(fields)</dl>\n</section>"
    }

    private var warning: Bilingual {
        verdict.word == .undetermined
            ? Bilingual(
                en: "The following could not be confirmed. Do not rely on it until it is.",
                zh: "以下内容暂时无法核实，核实之前请勿采信。"
            )
            : Bilingual(
                en: "Nobody vouches for the following. Do not rely on it.",
                zh: "以下内容未经证实，任何机关均未为其担保，请勿采信。"
            )
    }

    private var advice: Bilingual {
        verdict.word.vouchesForContent
            ? Bilingual(
                en: "Compare the paper in hand with what stands here. "
                    + "Believe this page only at the registration authority's own address.",
                zh: "请将手中的执照与本页内容逐项核对；仅当浏览器地址栏中的网址属于登记机关时，方可采信本页。"
            )
            : Bilingual(
                en: "Believe this page only at the registration authority's own address.",
                zh: "仅当浏览器地址栏中的网址属于登记机关时，方可采信本页。"
            )
    }
}
