import Licence

/// What the service is, the forms for a photo and a code, and what to mind; also the page that says why a form had no answer.
struct FrontPage {
    let language: Language
    let notes: AuthorityNotes
    let state: PublicationState
    /// Why what was sent has no verdict; nil where nothing was sent.
    let refusal: FormRefusal?

    init(language: Language, notes: AuthorityNotes, state: PublicationState, refusal: FormRefusal? = nil) {
        self.language = language
        self.notes = notes
        self.state = state
        self.refusal = refusal
    }

    var page: Page {
        let name = Page.name[language]
        let error = Bilingual(en: "Error: ", zh: "错误：")[language]
        return Page(
            title: refusal.map { "\(error)\($0.title[language]) – \(name)" } ?? name,
            language,
            notes,
            hasForm: true,
            content: """
                \(refusal.map(problem) ?? introduction)
                \(photoForm)
                \(codeForm)
                \(notes.addressWarning(language))
                \(scanning)
                \(state.section(language))
                \(notes.reportSection(language))
                """
        )
    }

    private var introduction: HTML {
        let heading = Bilingual(en: "Check a business licence", zh: "核验营业执照")[language]
        let text = Bilingual(
            en:
                "Find out whether the QR code on a business licence was issued by the registration office, and whether the "
                + "licence is still in force. The answer comes at once and says what it rests on.",
            zh: "核验营业执照上的二维码是否由登记机关签发、执照目前是否有效。核验结果即时显示，并列明依据。"
        )[language]
        return "<h1>\(heading)</h1>\n<p>\(text)</p>"
    }

    private func problem(_ refusal: FormRefusal) -> HTML {
        let advice = HTML(refusal.advice.map { "<li>\($0[language])</li>\n" })
        return """
            <div class="problem" role="alert" id="problem">\(Tone.caution.symbol)<div>
            <h1>\(refusal.title[language])</h1>
            <ul>
            \(advice)</ul>
            </div></div>
            """
    }

    /// What makes a field say that it is the one that went wrong.
    private func mark(_ field: FormRefusal.Field, hint: HTML) -> HTML {
        refusal?.field == field
            ? " aria-invalid=\"true\" aria-describedby=\"problem \(hint)\"" : " aria-describedby=\"\(hint)\""
    }

    private var action: HTML { "/?lang=\(language.rawValue)" }

    private var photoForm: HTML {
        let heading = Bilingual(en: "With a photo", zh: "上传照片核验")
        let label = Bilingual(en: "Photo of the QR code on the licence", zh: "执照二维码照片")
        let hint = Bilingual(
            en: "JPEG or PNG, at most 16 MB. The whole code, sharp, straight on, and no other QR code beside it.",
            zh: "JPEG 或者 PNG 格式，不超过 16 MB。请正对二维码拍摄，画面清晰完整，且没有其他二维码。"
        )
        let press = Bilingual(en: "Check the photo", zh: "核验照片")
        return """
            <section class="screen">
            <h2>\(heading[language])</h2>
            <form method="post" action="\(action)" enctype="multipart/form-data">
            <label for="photo">\(label[language])</label>
            <p class="hint" id="photo-hint">\(hint[language])</p>
            <input type="file" id="photo" name="photo" accept="image/jpeg,image/png" required\
            \(mark(.photo, hint: "photo-hint"))>
            <button>\(press[language])</button>
            </form>
            </section>
            """
    }

    private var codeForm: HTML {
        let heading = Bilingual(en: "With the code as text", zh: "输入执照码核验")
        let label = Bilingual(en: "Licence code", zh: "执照码")
        let hint = Bilingual(
            en:
                "What a scanner shows: an address with /L/, LICET: and digits, or the digits alone. Spaces and line breaks do "
                + "not matter.",
            zh: "扫码所得的内容：含 /L/ 的网址、LICET: 开头的数字，或者仅数字。其中的空格和换行不影响核验。"
        )
        let press = Bilingual(en: "Check the code", zh: "核验执照码")
        return """
            <section class="screen">
            <h2>\(heading[language])</h2>
            <form method="post" action="\(action)">
            <label for="code">\(label[language])</label>
            <p class="hint" id="code-hint">\(hint[language])</p>
            <textarea id="code" name="code" rows="4" required autocomplete="off" autocapitalize="off" spellcheck="false"\
            \(mark(.code, hint: "code-hint"))></textarea>
            <button>\(press[language])</button>
            </form>
            </section>
            """
    }

    private var scanning: HTML {
        let heading = Bilingual(en: "With the camera of your phone", zh: "用手机直接扫码")[language]
        let steps = [
            Bilingual(
                en: "Open the camera and point it at the QR code on the licence.",
                zh: "打开手机相机或者扫一扫，对准营业执照上的二维码。"
            ),
            Bilingual(
                en: "Tap the address that appears, and look whose address it is.",
                zh: "点开识别出的网址，并核对网址是否属于登记机关。"
            ),
            Bilingual(
                en: "Compare what the page shows with the licence on the wall.",
                zh: "将页面所列内容与所悬挂的执照逐项核对。"
            ),
        ]
        let items = HTML(steps.map { "<li>\($0[language])</li>\n" })
        return "<section>\n<h2>\(heading)</h2>\n<ol>\n\(items)</ol>\n</section>"
    }
}
