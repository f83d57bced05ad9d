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

    /// Leading jamo, marks, and consonants that a virama joins are one letter, however many there are.
    @Test(arguments: ["\u{1100}", "\u{316}", "क्", "\u{17D2}\u{1780}"])
    func letsALetterThatGoesOnAndOnBeBroken(piece: String) {
        let text = "天" + String(repeating: piece, count: 600)
        let html: HTML = "\(breaking: text)"
        // By scalars, since to a string what stands before a mark is one letter with it.
        let parts = html.source.unicodeScalars.split(separator: "<").map {
            $0.drop { "wbr>".unicodeScalars.contains($0) }
        }
        #expect(parts.flatMap { Array($0) } == Array(text.unicodeScalars))
        #expect(parts.allSatisfy { $0.count <= HTML.longestLetter + 1 })
    }

    @Test(arguments: ["天长市示例食品有限公司", "\u{1112}\u{1161}\u{11AB}", "र्त्स्न्य", "Überlängen-Gesellschaft", "<&>"])
    func breaksNoLetterThatThereIs(text: String) {
        let (broken, whole): (HTML, HTML) = ("\(breaking: text)", "\(text)")
        #expect(broken.source == whole.source)
    }

    @Test func keepsRareIdeographs() {
        let html: HTML = "\("𠮷㐂龘·（）")"
        #expect(html.source == "𠮷㐂龘·（）")
    }
}
