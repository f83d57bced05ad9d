import Foundation
import Licence
import OpenSSL
import TestSupport
import Testing

@testable import LicenceCode

/// The article is complete alone: what it prints runs, and what it explains is what the programs make.
@Suite struct ArticleTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let tests = root.appending(path: "Tests/LicenceCodeTests")
    static let article = root.appending(path: "Sources/LicenceCode/LicenceCode.docc/Specification.md")

    /// The verifier that the article prints.
    private func snippet() throws -> String {
        let text = try String(contentsOf: Self.article, encoding: .utf8)
        let start = try #require(text.range(of: "```python\n"))
        let end = try #require(text.range(of: "```", range: start.upperBound..<text.endIndex))
        return String(text[start.upperBound..<end.lowerBound])
    }

    private func run(_ program: String, dictionary: URL? = nil) throws -> Tool {
        try TemporaryFolder.with { folder in
            let file = folder.appending(path: "verify.py")
            try Data(program.utf8).write(to: file)
            let dictionary = dictionary ?? Self.tests.appending(path: "Vectors/dictionary-1.bin")
            return try Tool.run("python3", [file.path, dictionary.path])
        }
    }

    @Test func thePrintedVerifierVerifiesTheWorkedExample() throws {
        let result = try run(snippet())
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.text.contains("0 92341181MAEXT75NXE\n"))
        #expect(result.text.contains("3 天长市𣲘水理发店\n"))
        #expect(result.text.hasSuffix("the signature verifies\n"))
    }

    @Test func thePrintedVerifierBelievesNoOtherDigit() throws {
        let program = try snippet()
        let start = try #require(program.range(of: "DIGITS = (\n    \""))
        let end = try #require(program.range(of: "\n)", range: start.upperBound..<program.endIndex))
        let places = program[start.upperBound..<end.lowerBound].indices.filter { program[$0].isNumber }
        for place in stride(from: 0, to: places.count, by: 41).map({ places[$0] }) {
            let digit = program[place] == "9" ? "8" : "9"
            let changed = program.replacingCharacters(in: place...place, with: digit)
            let result = try run(changed)
            #expect(!result.text.contains("the signature verifies"))
            #expect(result.text.hasSuffix("forged\n") || result.status != 0)
        }
    }

    @Test func thePrintedVerifierReadsWhatThisProgramWrites() throws {
        var invention = Invention(seed: 71)
        let signer = try Signer(number: 9)
        let program = try snippet()
        for profile in Profile.allCases {
            var claims = try invention.claims(profile)
            // The short program leaves out two flags.
            while !claims.creditCode.hasMatchingCheckCharacter { claims = try invention.claims(profile) }
            let code = try signer.code(claims)
            let point = signer.key.publicKey.subjectPublicKeyInfo.suffix(64)
            let key = "KEY = (0x\(point.prefix(32).hexadecimal), 0x\(point.suffix(32).hexadecimal))\n"
            let changed = program.replacing(
                /DIGITS = \(\n.*?\n\)\nKEY = \(.*?\)\n/.dotMatchesNewlines(),
                with: "DIGITS = \"\(code.digits)\"\n" + key
            )
            let result = try run(changed)
            #expect(result.text.contains("digest \(code.digest)\n"), "\(result.errors)")
            #expect(result.text.hasSuffix("the signature verifies\n"))
        }
    }

    @Test func theWorkedExampleIsWhatTheFormatGives() throws {
        let script = Self.tests.appending(path: "worked_example.py")
        let result = try Tool.run("python3", ["-B", script.path, "--check"])
        #expect(result.status == 0, "\(result.text)\(result.errors)")
    }
}
