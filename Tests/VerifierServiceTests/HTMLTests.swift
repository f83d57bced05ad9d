import Testing

@testable import VerifierService

@Suite struct HTMLTests {
    @Test func escapesTextAndLeavesMarkup() {
        let text = "<b> & \"c\" 'd'"
        let html: HTML = "<i>\(text)</i>"
        #expect(html.source == "<i>&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;</i>")
    }

    @Test func nestsMarkupUnchanged() {
        let inner: HTML = "<b>1</b>"
        let html: HTML = "<i>\(inner)</i>"
        #expect(html.source == "<i><b>1</b></i>")
    }

    @Test(arguments: ["\u{202E}", "\u{200B}", "\u{2066}", "\u{0}", "\u{2028}", "\u{FEFF}"])
    func showsWhatCouldMislead(character: String) {
        let html: HTML = "\(character)"
        #expect(html.source == "\u{FFFD}")
    }

    @Test func keepsRareIdeographs() {
        let html: HTML = "\("𠮷㐂龘·（）")"
        #expect(html.source == "𠮷㐂龘·（）")
    }
}
