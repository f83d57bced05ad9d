import TestSupport
import Testing
import Token

struct TokenURITests {
    @Test func readsEveryPartThatItKnows() throws {
        let text =
            "pkcs11:slot-id=7;token=%E6%BB%81%20%3B;serial=00af;manufacturer=M;model=v2;id=%01%00%ff;object=k;type=private"
        let uri = try TokenURI("\(text)?module-path=/usr/lib/a%26b.so")
        #expect(uri.token == "滁 ;")
        #expect(uri.serial == "00af")
        #expect(uri.manufacturer == "M")
        #expect(uri.model == "v2")
        #expect(uri.slot == 7)
        #expect(uri.id == [1, 0, 255])
        #expect(uri.object == "k")
        #expect(uri.modulePath == "/usr/lib/a&b.so")
    }

    @Test func printsWhatItReads() throws {
        let uri = try TokenURI("pkcs11:token=office%201;id=%AB?module-path=/usr/lib/x.so")
        #expect(uri.description == "pkcs11:token=office%201;id=%AB?module-path=%2Fusr%2Flib%2Fx.so")
    }

    @Test(arguments: [
        "", "pkcs11", "pkcs11:", "pkcs11:?module-path=/a", "http://example.cn", "PKCS11:token=a", "pkcs12:token=a",
        "token=a",
        "pkcs11:token=", "pkcs11:token", "pkcs11:=a", "pkcs11:token=a;", "pkcs11:;token=a", "pkcs11:token=a;;serial=1",
        "pkcs11:token=a;token=b", "pkcs11:token=a;frob=1", "pkcs11:token=a;x-frob=1", "pkcs11:tok%65n=a",
        "pkcs11:token=a;library-version=1", "pkcs11:token=a?module-name=softhsm2", "pkcs11:token=a?x-frob=1",
        "pkcs11:token=a;type=cert", "pkcs11:token=a;type=public", "pkcs11:token=a;module-path=/a",
        "pkcs11:token=a?token=b",
        "pkcs11:token=%zz", "pkcs11:token=%4", "pkcs11:token=%", "pkcs11:token=a%00b", "pkcs11:token=%0a",
        "pkcs11:token=%E5",
        "pkcs11:token=a b", "pkcs11:token=滁", "pkcs11:token=a\n", "pkcs11:token=a#b",
        "pkcs11:token=a\0b",
        "pkcs11:token=012345678901234567890123456789012", "pkcs11:serial=01234567890123456", "pkcs11:id=;token=a",
        "pkcs11:slot-id=", "pkcs11:slot-id=-1", "pkcs11:slot-id=+1", "pkcs11:slot-id=0x1",
        "pkcs11:slot-id=18446744073709551615",
        "pkcs11:slot-id=99999999999999999999999", "pkcs11:slot-id=1a", "pkcs11:slot-id=%31",
        "pkcs11:token=a?module-path=x.so", "pkcs11:token=a?module-path=../x.so", "pkcs11:token=a?module-path=",
        "pkcs11:token=a?module-path=/a%00b", "pkcs11:token=a?module-path=%2e/x",
        "pkcs11:token=a?module-path=/a&module-path=/b",
        "pkcs11:token=a?module-path=/a?module-path=/b%00",
    ])
    func refuses(_ text: String) throws {
        #expect(code { try TokenURI(text) } == .uri)
    }

    @Test func blanksAtTheEndAndAnEmptyQuerySayNothing() throws {
        #expect(try TokenURI("pkcs11:token=a%20") == TokenURI(token: "a"))
        #expect(try TokenURI("pkcs11:token=a?") == TokenURI(token: "a"))
    }

    @Test(arguments: ["pin-value=624351", "pin-source=file:/etc/624351", "pin-value=62%34351", "pin-=624351"])
    func refusesAPINWithoutSayingIt(_ attribute: String) throws {
        for text in [
            "pkcs11:token=a?\(attribute)", "pkcs11:token=a;\(attribute)", "pkcs11:token=a?module-path=/a&\(attribute)",
        ] {
            let error = try #require(throws: TokenError.self) { try TokenURI(text) }
            #expect(error.code == .uri)
            #expect(error.reason.contains("PIN"))
            #expect(!error.reason.contains("351"))
        }
    }

    @Test(arguments: [
        "pkcs11:token=a?624351", "pkcs11:624351", "pkcs11:token=a?624351=x", "pkcs11:token=a;slot-id=624351x",
    ])
    func quotesNothingThatMightBeAPIN(_ text: String) throws {
        let error = try #require(throws: TokenError.self) { try TokenURI(text) }
        #expect(!error.reason.contains("624351"))
    }

    @Test func refusesTenThousandCharacters() {
        #expect(code { try TokenURI("pkcs11:token=" + String(repeating: "a", count: 10_000)) } == .uri)
        #expect(code { try TokenURI("pkcs11:" + String(repeating: "token=a;", count: 1_250)) } == .uri)
        #expect(code { try TokenURI("pkcs11:token=a;id=" + String(repeating: "%00", count: 256)) } == .uri)
    }

    @Test func comesBackFromItsText() throws {
        var inventor = URIInventor(generator: SeededGenerator(seed: 7_512))
        for _ in 0..<5_000 {
            let uri = try inventor.uri()
            #expect(try TokenURI(uri.description) == uri)
        }
    }

    @Test func readsNoBytesThatItWouldWriteOtherwise() {
        var generator = SeededGenerator(seed: 23)
        let pieces = [
            "pkcs11:", "token=", "serial=", "id=", "slot-id=", "?", "module-path=/", "&", ";", "%", "%41", "%00", "a",
            "1", "=",
        ]
        for _ in 0..<20_000 {
            let text =
                "pkcs11:"
                + (0..<Int.random(in: 0...10, using: &generator)).map { _ in
                    pieces.randomElement(using: &generator) ?? ""
                }.joined()
            guard let uri = try? TokenURI(text) else { continue }
            #expect((try? TokenURI(uri.description)) == uri, "\(text)")
        }
    }
}

/// The code of the error that `body` throws; nil where it throws none of ours.
func code<Result>(_ body: () throws -> Result) -> TokenError.Code? {
    do { _ = try body() } catch { return (error as? TokenError)?.code }
    return nil
}

/// Makes URIs of every shape.
private struct URIInventor {
    var generator: SeededGenerator

    mutating func uri() throws -> TokenURI {
        try TokenURI(
            token: text(32) ?? "t",
            serial: text(16),
            manufacturer: text(32),
            model: text(16),
            slot: generator.one(in: 2) ? UInt.random(in: 0..<UInt.max, using: &generator) : nil,
            id: generator.one(in: 2) ? generator.bytes(.random(in: 1...255, using: &generator)) : nil,
            object: text(255),
            modulePath: text(1_000).map { "/\($0)" }
        )
    }

    /// Half of the time nil.
    private mutating func text(_ limit: Int) -> String? {
        if generator.one(in: 2) { return nil }
        let alphabet: [Character] = Array("aZ09 ;&=?%/#:@!$'()*+,[]<>\"\\^`{|}~é国𠮷-._")
        var text = ""
        let count = Int.random(in: 1...limit, using: &generator)
        while let next = alphabet.randomElement(using: &generator), (text + String(next)).utf8.count <= count {
            text.append(next)
        }
        while text.last == " " { text.removeLast() }
        return text.isEmpty ? nil : text
    }
}
