import Foundation
import Licence
import OpenSSL
import TestSupport
import Testing

@testable import LicenceCode

/// The article is complete alone: what it prints runs, and what it explains is what the programs make.
@Suite(.pythonEnvironment) struct ArticleTests {
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

    /// Runs it with nothing but the standard library, or with the two packages that the other algorithms need.
    private func run(_ program: String, digits: String? = nil) throws -> Tool {
        try TemporaryFolder.with { folder in
            let file = folder.appending(path: "verify.py")
            try Data(program.utf8).write(to: file)
            let dictionary = Self.tests.appending(path: "Vectors/dictionary-1.bin")
            guard let digits else { return try Tool.run("python3", [file.path, dictionary.path]) }
            return try PythonEnvironment.run([file.path, dictionary.path, digits])
        }
    }

    /// The digits of the codes that the article prints: the example in ES256, EdDSA and SM2.
    private func printedCodes() throws -> [String] {
        let text = try String(contentsOf: Self.article, encoding: .utf8)
        return text.matches(of: /LICET:\n([0-9\n]+)```/).map { $0.output.1.filter(\.isNumber) }
    }

    @Test func thePrintedVerifierVerifiesTheWorkedExample() throws {
        let result = try run(snippet())
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.text.contains("0 92341181MAEXT75NXE\n"))
        #expect(result.text.contains("3 天长市𣲘水理发店\n"))
        #expect(result.text.hasSuffix("the signature verifies\n"))
    }

    @Test func thePrintedVerifierVerifiesTheExampleInEveryAlgorithm() throws {
        let codes = try printedCodes()
        #expect(codes.count == 3)
        for (algorithm, digits) in zip(Algorithm.allCases, codes) {
            let code = try UnverifiedCode(digits: digits)
            #expect(code.algorithm == algorithm)
            let result = try run(snippet(), digits: digits)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.text.contains("digest \(code.digest)\n"))
            #expect(result.text.hasSuffix("the signature verifies\n"))
            for bit in stride(from: 0, to: 512, by: 73) {
                var signature = code.signature
                signature[bit / 8] ^= 1 << UInt8(bit % 8)
                let forged = try run(snippet(), digits: code.signed(with: signature).digits)
                #expect(forged.text.hasSuffix("\nforged\n"))
            }
        }
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

    @Test(arguments: Algorithm.allCases)
    func thePrintedVerifierReadsWhatThisProgramWrites(algorithm: Algorithm) throws {
        var invention = Invention(seed: 71)
        let signer = try Signer(number: 9, algorithm: algorithm)
        let program = try snippet()
        for profile in Profile.allCases {
            var claims = try invention.claims(profile)
            // The short program leaves out two flags.
            while !claims.creditCode.hasMatchingCheckCharacter { claims = try invention.claims(profile) }
            let code = try signer.code(claims)
            let info = signer.key.publicKey.subjectPublicKeyInfo
            let (x, y) = (info.suffix(64).prefix(32).hexadecimal, info.suffix(32).hexadecimal)
            let key = algorithm == .edDSA ? "bytes.fromhex(\"\(y)\")" : "(0x\(x), 0x\(y))"
            let changed = program.replacing(
                /KEYS = \{.*?\n\}\n/.dotMatchesNewlines(),
                with: "KEYS = {9: (\(algorithm.transportNumber), \(key))}\n"
            )
            let result = try run(changed, digits: code.digits)
            #expect(result.text.contains("digest \(code.digest)\n"), "\(result.errors)")
            #expect(result.text.hasSuffix("the signature verifies\n"))
            // The key says which algorithm is believed.
            let other = "KEYS = {9: (\((algorithm.transportNumber + 1) % 3), \(key))}\n"
            let disagreeing = program.replacing(/KEYS = \{.*?\n\}\n/.dotMatchesNewlines(), with: other)
            #expect(try run(disagreeing, digits: code.digits).text.hasSuffix("\nforged\n"))
        }
    }

    @Test func theWorkedExampleIsWhatTheFormatGives() throws {
        let script = Self.tests.appending(path: "worked_example.py")
        let result = try Tool.run("python3", ["-B", script.path, "--check"])
        #expect(result.status == 0, "\(result.text)\(result.errors)")
    }
}
