import TestSupport
import Testing

@testable import VerifierService

@Suite struct MultipartFormTests {
    private let boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW"

    private func body(_ parts: [(header: String, content: [UInt8])], boundary: String) -> [UInt8] {
        var body: [UInt8] = []
        for part in parts {
            body += Array("--\(boundary)\r\n\(part.header)\r\n\r\n".utf8) + part.content + Array("\r\n".utf8)
        }
        return body + Array("--\(boundary)--\r\n".utf8)
    }

    private func form(_ text: String, boundary: String = "b") throws -> MultipartForm {
        try MultipartForm(Array(text.utf8), boundary: boundary)
    }

    @Test func readsWhatABrowserSends() throws {
        let photo: [UInt8] = [0xFF, 0xD8, 0xFF, 0x0D, 0x0A, 0x2D, 0x2D, 0x00, 0x0D]
        let sent = body(
            [
                ("Content-Disposition: form-data; name=\"code\"", Array("1 2\r\n3".utf8)),
                (
                    "Content-Disposition: form-data; name=\"photo\"; filename=\"执照 %22a%22.jpg\"\r\n"
                        + "Content-Type: image/jpeg", photo
                ),
            ],
            boundary: boundary
        )
        let form = try MultipartForm(sent, boundary: boundary)
        #expect(form.parts.map(\.name) == ["code", "photo"])
        #expect(form.parts.map(\.filename) == [nil, "执照 %22a%22.jpg"])
        #expect(form.parts.map { Array(sent[$0.content]) } == [Array("1 2\r\n3".utf8), photo])
    }

    @Test func readsAFileThatWasNotChosen() throws {
        let form = try form(
            "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n\r\n--b--\r\n"
        )
        #expect(form.parts.map(\.filename) == [""])
        #expect(form.parts.map(\.content.count) == [0])
    }

    @Test func readsAFormWithoutParts() throws {
        #expect(try form("--b--").parts.isEmpty)
        #expect(try form("--b--\r\n").parts.isEmpty)
    }

    @Test(arguments: [
        "", "--", "--b", "--b\r\n", "--c--", "\r\n--b--", "preamble\r\n--b--", "--b--\r\nepilogue", "--b-- ",
        "--b \r\n--b--",
        "--b\r\n\r\nx\r\n--b--", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx",
        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b",
        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--bc--",
        "--b\r\nContent-Disposition: form-data; name=\"a\"\n\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"\"\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"a\" x\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"a\"; filename*=UTF-8''a\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"a\u{0}\"\r\n\r\nx\r\n--b--",
    ])
    func refusesWhatNoBrowserSends(text: String) {
        #expect(throws: MultipartForm.Malformed.self) { try form(text) }
    }

    @Test func refusesTooManyParts() throws {
        let part = (header: "Content-Disposition: form-data; name=\"a\"", content: [UInt8]())
        let most = body(Array(repeating: part, count: MultipartForm.maximumParts), boundary: "b")
        #expect(try MultipartForm(most, boundary: "b").parts.count == MultipartForm.maximumParts)
        let more = body(Array(repeating: part, count: MultipartForm.maximumParts + 1), boundary: "b")
        #expect(throws: MultipartForm.Malformed.self) { try MultipartForm(more, boundary: "b") }
    }

    @Test func refusesALongHeader() {
        let name = String(repeating: "a", count: MultipartForm.maximumHeader)
        #expect(throws: MultipartForm.Malformed.self) {
            try form("--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\nx\r\n--b--")
        }
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=b", "b"), ("Multipart/Form-Data;boundary=\"a b\"", "a b"),
        ("multipart/form-data; charset=utf-8; Boundary=----x", "----x"),
    ])
    func findsTheBoundary(type: String, boundary: String) {
        #expect(MultipartForm.boundary(of: type) == boundary)
    }

    @Test(arguments: [
        "", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
        "multipart/mixed; boundary=b", "multipart/form-data; boundary=b; boundary=c",
        "multipart/form-data; boundary=\"b",
        "multipart/form-data; boundary=\"b \"", "multipart/form-data; boundary=ü", "multipart/form-data; boundary=b c",
        "multipart/form-data; boundary=" + String(repeating: "b", count: 71), "image/png",
    ])
    func findsNoBoundaryWhereThereIsNone(type: String) {
        #expect(MultipartForm.boundary(of: type) == nil)
    }

    @Test func givesBackEveryContent() throws {
        var random = SeededGenerator(seed: 7)
        // Bytes of which delimiters are made, so that contents nearly hold them.
        let bytes = Array("\r\n--bx".utf8)
        for _ in 0..<2_000 {
            let contents = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                (0..<Int.random(in: 0...24, using: &random)).compactMap { _ in bytes.randomElement(using: &random) }
            }
            let parts = contents.map { (header: "Content-Disposition: form-data; name=\"a\"", content: $0) }
            let sent = body(parts, boundary: "bbbb")
            let holdsDelimiter = contents.contains {
                String(decoding: $0 + [13, 10], as: UTF8.self).contains("\r\n--bbbb")
            }
            guard !holdsDelimiter else { continue }
            #expect(try MultipartForm(sent, boundary: "bbbb").parts.map { Array(sent[$0.content]) } == contents)
        }
    }

    @Test func survivesAnyChange() {
        var random = SeededGenerator(seed: 11)
        let sent = body(
            [
                (
                    "Content-Disposition: form-data; name=\"photo\"; filename=\"a\"\r\nContent-Type: image/png",
                    [1, 13, 10, 45]
                ),
                ("Content-Disposition: form-data; name=\"code\"", Array("123".utf8)),
            ],
            boundary: boundary
        )
        for _ in 0..<20_000 {
            var changed = sent
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<changed.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: changed[place] = UInt8.random(in: 0...255, using: &random)
                case 1: changed.remove(at: place)
                case 2: changed.insert(changed[Int.random(in: 0..<changed.count, using: &random)], at: place)
                default: changed.removeSubrange(place...)
                }
                if changed.isEmpty { break }
            }
            guard let form = try? MultipartForm(changed, boundary: boundary) else { continue }
            #expect(form.parts.allSatisfy { changed.indices.contains($0.content) || $0.content.isEmpty })
            #expect(form.parts.count <= MultipartForm.maximumParts)
        }
    }
}

extension Range<Int> {
    fileprivate func contains(_ other: Range<Int>) -> Bool {
        lowerBound <= other.lowerBound && other.upperBound <= upperBound
    }
}
