import Licence
import LicenceCode
import Publication
import Verification

/// A verdict for a person with a browser: no script, nothing fetched, readable on a narrow phone.
struct VerdictPage {
    let verdict: Verdict
    let language: Language
    let notes: AuthorityNotes
    /// Which part of a very long scope is asked for, from 1.
    let scopePart: Int?

    init(verdict: Verdict, language: Language, notes: AuthorityNotes, scopePart: Int? = nil) {
        self.verdict = verdict
        self.language = language
        self.notes = notes
        self.scopePart = scopePart
    }

    var page: Page {
        Page(
            // The word first: it is what a screen reader says, and what a tab shows.
            title: "\(verdict.word.name[language]) – \(Page.name[language])",
            language,
            notes,
            query: scopePart.map { "&scope=\($0)" } ?? "",
            content: """
                \(headline)
                \(notes.addressWarning(language))
                \(steps)
                \(isToBeReported ? report : "")
                \(licence)
                \(evidence)
                \(isToBeReported ? "" : report)
                <p class="again"><a href="/?lang=\(language.rawValue)">\(checkAnother[language])</a></p>
                """
        )
    }

    private var headline: HTML {
        let tone = Tone(verdict.word)
        let checked = verdict.evidence.checkedAt.local(utcOffset: verdict.issuer?.utcOffset ?? notes.utcOffset)
        return """
            <div class="verdict \(tone.rawValue)" role="status">\(tone.symbol)<div>
            <h1>\(verdict.word.name[language])</h1>
            <p>\(guidance.meaning[language])</p>
            <small>\(checkedLabel[language])\(checked)</small>
            </div></div>
            """
    }

    /// Whether to report it is what comes next, and not only good to know.
    private var isToBeReported: Bool { Tone(verdict.word) == .bad }

    private var report: HTML {
        // Of a valid one what is left to report is that somebody else shows it.
        let isGenuine = verdict.word.vouchesForContent && verdict.word != .valid && verdict.word != .altered
        return notes.reportSection(language, isGenuine: isGenuine)
    }

    private var guidance: Guidance { Guidance(verdict.word, reason: verdict.message) }

    private var steps: HTML {
        let heading =
            verdict.word == .valid
            ? Bilingual(en: "Before you rely on it", zh: "采信之前请核对") : Bilingual(en: "What to do", zh: "处理建议")
        let items = HTML(guidance.steps.map { "<li>\($0[language])</li>\n" })
        return "<section>\n<h2>\(heading[language])</h2>\n<ul>\n\(items)</ul>\n</section>"
    }

    private var licence: HTML {
        guard let claims = verdict.claims else { return "" }
        let fields = HTML(claims.printed(in: language).map { field($0, of: claims) })
        guard !verdict.word.vouchesForContent else {
            let heading = Bilingual(en: "The licence", zh: "执照内容")[language]
            return "<section class=\"licence\">\n<h2>\(heading)</h2>\n<dl>\(fields)</dl>\n</section>"
        }
        let heading = Bilingual(en: "What the code says of itself", zh: "此码自称的内容")[language]
        return """
            <section class="unvouched\(verdict.word == .undetermined ? " pending" : "")">
            <h2>\(heading)</h2>
            <p class="warning">\(warning[language])</p>
            <dl>\(fields)</dl>
            </section>
            """
    }

    /// The label is in the page's language, the value as it was registered; a very long scope in parts.
    private func field(_ field: PrintedField, of claims: Claims) -> HTML {
        guard case .text(let scope) = claims.scope, field.value == scope else { return field.html(language) }
        let parts = ScopeParts(scope)
        guard parts.parts.count > 1 else { return field.html(language) }
        let number = parts.number(scopePart)
        let part = parts.parts[number - 1]
        let place = Bilingual(
            en: "Characters \(part.first) to \(part.last) of \(parts.length). The whole is too long for one page:",
            zh: "全文共 \(parts.length) 字，此处为第 \(part.first) 至 \(part.last) 字。因篇幅过长，分页显示："
        )
        let links = HTML(
            parts.parts.indices.map { index in
                let name = Bilingual(en: "part \(index + 1)", zh: "第 \(index + 1) 部分")[language]
                guard index + 1 != number else { return " <b aria-current=\"page\">\(name)</b>" }
                return " <a href=\"?lang=\(language.rawValue)&amp;scope=\(String(index + 1))\">\(name)</a>"
            }
        )
        return PrintedField(field.label, part.text).html(language, note: "<small>\(place[language])\(links)</small>")
    }

    private var evidence: HTML {
        let heading = Bilingual(en: "What this rests on", zh: "核验依据")[language]
        let lines = verdict.evidenceFields(utcOffset: notes.utcOffset)
        guard !lines.isEmpty else { return "" }
        let fields = HTML(lines.map { $0.html(language) })
        return "<section>\n<h2>\(heading)</h2>\n<dl>\(fields)</dl>\n</section>"
    }
}

// MARK: - Texts

extension VerdictPage {
    private var checkAnother: Bilingual { Bilingual(en: "Check another licence", zh: "核验另一张执照") }
    private var checkedLabel: Bilingual { Bilingual(en: "Checked at ", zh: "核验时间：") }

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
}

extension PrintedField {
    /// A line of the licence; a page in English has the printed label beside its own, to compare with the paper.
    func html(_ language: Language, note: HTML = "") -> HTML {
        let printed: HTML = language == .en ? " <small lang=\"zh-CN\">\(label.zh)</small>" : ""
        return HTML.registered(value, in: language) { text, lang in
            // The note is in the page's language, so it stands beside what is marked as another.
            let value: HTML =
                note.source.isEmpty ? "<dd\(lang)>\(text)</dd>" : "<dd><span\(lang)>\(text)</span>\(note)</dd>"
            return "<div><dt>\(label[language])\(printed)</dt>\(value)</div>"
        }
    }
}
