import Testing

@testable import VerifierService

@Suite struct URLEncodedFormTests {
    private func fields(_ body: String) throws -> [[String]] {
        try URLEncodedForm(Array(body.utf8)).fields.map { [$0.name, $0.value] }
    }

    @Test(arguments: [
        ("", []), ("code=1", [["code", "1"]]), ("code", [["code", ""]]), ("code=", [["code", ""]]),
        ("code=1+2%203%0D%0A4", [["code", "1 2 3\r\n4"]]), ("code=%E5%A4%A9%e9%95%bf", [["code", "天长"]]),
        ("a=b=c&&=d&", [["a", "b=c"], ["", "d"]]), ("c%6Fde=1", [["code", "1"]]), ("code[x]=1", [["code[x]", "1"]]),
    ])
    func readsWhatABrowserWrites(body: String, found: [[String]]) throws { #expect(try fields(body) == found) }

    @Test(arguments: ["code=%", "code=1%2", "code=%zz", "code=%+1", "%=1", "code=%FF", "code=%ED%A0%80"])
    func refusesWhatNoBrowserWrites(body: String) {
        #expect(throws: URLEncodedForm.Malformed.self) { try fields(body) }
    }

    @Test func refusesBytesThatAreNoText() {
        #expect(throws: URLEncodedForm.Malformed.self) { try URLEncodedForm([0x61, 0x3D, 0xFF]) }
    }

    @Test func hasOnlySoManyFields() throws {
        #expect(try fields("a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8").count == URLEncodedForm.maximumFields)
        #expect(throws: URLEncodedForm.Malformed.self) { try fields(String(repeating: "a=1&", count: 8) + "b=2") }
    }
}
