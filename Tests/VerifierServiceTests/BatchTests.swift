import Foundation
import Hummingbird
import Licence
import LicenceCode
import Publication
import Testing

@testable import VerifierService

/// Many codes in one request.
@Suite struct BatchTests {
    private let authority: TestAuthority
    private let code: UnverifiedCode
    private let type: HTTPFields = [.contentType: "application/x-ndjson"]

    init() throws {
        authority = try TestAuthority()
        code = try authority.code(authority.claims())
        try authority.publish([code])
    }

    private func lines(of body: String) async throws -> [[String: Any]] {
        let answer = try await TestServer(authority).answer(.post, "/v1/verify/batch", type, body: body)
        #expect(answer.status == .ok)
        #expect(answer.headers[.contentType] == "application/x-ndjson")
        #expect(answer.text.isEmpty || answer.text.hasSuffix("\n"))
        return try answer.text.split(separator: "\n").map { line in
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
        }
    }

    private func line(_ text: String) -> String { "{\"code\": \"\(text)\"}\n" }

    @Test func answersEachLineInOrder() async throws {
        let forged = try authority.code(authority.claims(), forged: true)
        let kinds = [code.digits, forged.digits, "1", "LICET:\(code.digits)"]
        let words = ["valid", "forged", "malformed", "valid"]
        let verdicts = try await lines(of: (0..<200).map { line(kinds[$0 % 4]) }.joined())
        #expect(verdicts.map { $0["verdict"] as? String } == (0..<200).map { words[$0 % 4] })
    }

    @Test func saysTheSameAsASingleRequest() async throws {
        let server = try TestServer(authority)
        let single = try await server.answer(.get, "/L/\(code.digits)", [.accept: "application/json"])
        let batch = try await server.answer(.post, "/v1/verify/batch", type, body: line(code.digits))
        #expect(batch.text == single.text + "\n")
    }

    @Test func aLineThatIsNoRequestSaysSoAndTheRestGoesOn() async throws {
        let answers = try await lines(of: "nonsense\n" + line("1") + "{\"code\": 1}\n[]\n" + line(code.digits))
        #expect(answers.map { $0["status"] as? Int } == [400, nil, 400, 400, nil])
        #expect(answers.map { $0["line"] as? Int } == [1, nil, 3, 4, nil])
        #expect(answers[4]["verdict"] as? String == "valid")
    }

    @Test func passesOverEmptyLinesAndNeedsNoLastLineEnd() async throws {
        let answers = try await lines(of: "\n\r\n  \n\t \r\n" + line("1") + " \n{\"code\": \"\(code.digits)\"}")
        #expect(answers.map { $0["verdict"] as? String } == ["malformed", "valid"])
        #expect(try await lines(of: "").isEmpty)
        #expect(try await lines(of: "\n\n").isEmpty)
    }

    @Test func endsABatchOfEmptyLines() async throws {
        let few = String(repeating: "\n", count: BatchLines.mostEmpty)
        #expect(try await lines(of: few + "{\"code\": \"1\"}").count == 1)
        // The connection ends behind the line that says so.
        await #expect(throws: Problem.self) { try await lines(of: few + "\n\n{\"code\": \"1\"}") }
    }

    @Test func whatCameBeforeTooManyEmptyLinesIsTakenAndTheLineThatIsOneTooManyIsNamed() {
        var lines = BatchLines()
        let empty = String(repeating: "\n", count: BatchLines.mostEmpty)
        #expect(lines.take(Array(("a\n" + empty).utf8)).count == 1)
        #expect(lines.refusal == nil)
        #expect(lines.take(Array("b\nc\n\nd\n\n".utf8)).compactMap(\.text) == [Array("b".utf8), Array("c".utf8)])
        #expect(lines.refusal != nil)
        #expect(lines.number == 1 + BatchLines.mostEmpty + 3)
    }

    @Test func aLineThatIsTooLongIsToldByItsNumber() async throws {
        let answers = try await lines(of: line("1") + line(String(repeating: "1", count: 70_000)) + line("1"))
        #expect(answers.map { $0["status"] as? Int } == [nil, 413, nil])
        #expect(answers[1]["line"] as? Int == 2)
    }

    @Test(arguments: ["\n", "\r\n", ""]) func theEndOfALineDoesNotCountIntoItsLength(end: String) async throws {
        func line(of size: Int) -> String { "{\"code\":\"\(String(repeating: "1", count: size - 11))\"}" + end }
        #expect(try await lines(of: line(of: BatchLines.maximumLine)).first?["verdict"] as? String == "malformed")
        #expect(try await lines(of: line(of: BatchLines.maximumLine + 1)).first?["status"] as? Int == 413)
    }

    @Test func takesACodeAsAScannerAndABrowserGiveIt() async throws {
        let digits = code.digits
        let answers = try await lines(
            of: line("https://lic.example.cn/L/\(digits)?lang=en") + line("  \(digits)\\n") + line("LICET:\(digits)?")
        )
        #expect(answers.map { $0["verdict"] as? String } == ["valid", "valid", "malformed"])
    }

    @Test func readsEveryWayOfWritingJSON() async throws {
        let digits = code.digits
        let escaped = digits.utf8.map { "\\u00\(String($0, radix: 16))" }.joined()
        for text in [
            "{\"code\":\"\(digits)\"}", " { \"code\" : \"\(digits)\" } ", "{\"code\":\"\(escaped)\"}\t",
            "{\"code\":\"LICET:\(digits)\"}", "{\"\\u0063ode\":\"\(digits)\"}",
        ] {
            #expect(try await lines(of: text + "\n").first?["verdict"] as? String == "valid")
        }
    }

    @Test(arguments: [
        "{\"code\":\"1\"} x", "{\"code\":\"1\",}", "{\"code\":\"1\"", "{\"code\":\"1\n\"}",
        "{\"code\":\"1\",\"code\":\"2\"}", "{}",
        "{\"code\":\"\u{7}\"}", "{\"Code\":\"1\"}", "{\"code\":null}",
    ])
    func refusesWhatIsNoSuchObject(text: String) async throws {
        #expect(throws: Problem.self) { try VerifyRequest.code(in: Array(text.utf8)) }
    }

    @Test func refusesABodyOver8MiBBeforeItIsSent() async throws {
        var headers = type
        headers[.contentLength] = "8388609"
        let answer = try await TestServer(authority).answer(.post, "/v1/verify/batch", headers, body: "")
        #expect(answer.status == .contentTooLarge)
        #expect(answer.headers[.connection] == "close")
    }

    @Test(arguments: [nil, "application/json", "text/plain"]) func refusesAnotherMediaType(type: String?) async throws {
        var headers = HTTPFields()
        headers[.contentType] = type
        let answer = try await TestServer(authority).answer(.post, "/v1/verify/batch", headers, body: line("1"))
        #expect(answer.status == .unsupportedMediaType)
    }

    // MARK: - Lines

    @Test func linesAreTheSameHoweverTheyArrive() {
        let text = Array("a\r\nbb\n\n\nccc\nd".utf8)
        for size in 1...text.count {
            var lines = BatchLines()
            var found: [(Int, String)] = []
            func note(_ more: [BatchLines.Line]) {
                found += more.map { ($0.number, String(decoding: $0.text ?? [], as: UTF8.self)) }
            }
            for start in stride(from: 0, to: text.count, by: size) {
                note(lines.take(text[start..<min(start + size, text.count)]))
            }
            note(lines.takeRest())
            #expect(found.map(\.0) == [1, 2, 5, 6])
            #expect(found.map(\.1) == ["a", "bb", "ccc", "d"])
        }
    }
}
