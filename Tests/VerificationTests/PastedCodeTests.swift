import Testing
import Verification

@Suite struct PastedCodeTests {
    @Test(arguments: [
        ("https://lic.example.cn/L/123?lang=en", "https://lic.example.cn/L/123"),
        ("HTTPS://LIC.EXAMPLE.CN/L/123#a", "HTTPS://LIC.EXAMPLE.CN/L/123"),
        ("https://lic.example.cn/L/123?a#b?c", "https://lic.example.cn/L/123"),
        (" \t123\r\n", "123"), ("LICET:123\n", "LICET:123"), ("\n /L/123?lang=zh \n", "/L/123"), (" ", ""),
    ])
    func dropsWhatAScannerOrABrowserPutAround(given: String, text: String) {
        #expect(PastedCode(given).text == text)
    }

    /// A verdict is never better for what is dropped: within, nothing is.
    @Test(arguments: [
        "", "123", "1 2", "123?lang=en", "LICET:123#a", "https://lic.example.cn/?code=/L/123", "https://a/L/?123",
        "https://a/L/12x3?lang=en", "https://a/L/１?b", "\u{A0}123", "123\u{3000}", "https://a/L/1 2",
        "https://a/L/123 ?b",
    ])
    func leavesEverythingElseAsItIs(given: String) {
        #expect(PastedCode(given).text == given)
    }
}
