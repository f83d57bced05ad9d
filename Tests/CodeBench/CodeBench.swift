import Foundation
import LicenceCode
import OpenSSL

/// Measures the stages of reading and making licence codes; `scripts/bench` runs it for release and prints the table.
///
/// usage: licet-code-bench CODES [STAGE] — digits a line; prints a JSON object of median microseconds a code for each stage, or
/// for the one that is named, which makes a profile readable. The stage `streams` prints what the C program of the limit inflates;
/// `dearest` takes any texts, a line each, and prints the longest time that one of them takes to be read or refused.
@main
struct CodeBench {
    private typealias Stage = (name: String, work: @Sendable (Sample) throws -> Int)

    private static let stages: [Stage] = [
        ("digits", { DigitText.bytes(of: $0.digits)?.count ?? 0 }),
        ("inflate", { try $0.inflated().count }),
        ("text", { try CompactText.utf8($0.compact).count }),
        ("decode", { try UnverifiedCode(digits: $0.digits).packed.count }),
        ("cbor", { $0.code.claims.encoded.count }),
        ("read", { try UnverifiedCode(digits: $0.digits).claims.encoded.count }),
        ("to be signed", { $0.code.toBeSigned.count }),
        ("claims from cbor", { try Claims(encoded: $0.cbor).name.utf8.count }),
        ("compress", { TextCoding.dictionary1.encoded($0.code.claims.texts).count }),
        ("write", { try $0.written().digits.utf8.count }),
    ]

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let file = arguments.first, arguments.count <= 2 else { exit(64) }
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        let wanted = arguments.dropFirst().first
        if wanted == "dearest" {
            print(dearest(lines.map(String.init)))
            return
        }
        let samples = try lines.map { try Sample(digits: String($0)) }
        if wanted == "streams" {
            for sample in samples { print(sample.deflated.hexadecimal) }
            return
        }
        var medians: [String: Double] = [:]
        for stage in stages where wanted == nil || stage.name == wanted {
            medians[stage.name] = try median(samples, stage.work)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        print(String(decoding: try encoder.encode(medians), as: UTF8.self))
    }

    /// Microseconds of the text that takes longest, in the best of some rounds.
    private static func dearest(_ texts: [String]) -> Double {
        let clock = ContinuousClock()
        let times = texts.map { text in
            (0..<15).map { _ in clock.measure { _ = try? UnverifiedCode(text: text) } }.min() ?? .zero
        }
        return Double((times.max() ?? .zero).components.attoseconds) / 1e12
    }

    /// The median over all codes of the least time of some rounds, in microseconds.
    private static func median(_ samples: [Sample], _ work: (Sample) throws -> Int) rethrows -> Double {
        let (rounds, repetitions) = (15, 8)
        var best = [Duration](repeating: .seconds(1), count: samples.count)
        let clock = ContinuousClock()
        for _ in 0..<rounds {
            for (index, sample) in samples.enumerated() {
                var sum = 0
                let time = try clock.measure { for _ in 0..<repetitions { sum &+= try work(sample) } }
                precondition(sum > 0, "nothing was measured")
                best[index] = min(best[index], time / repetitions)
            }
        }
        let middle = best.sorted()[best.count / 2]
        return Double(middle.components.attoseconds) / 1e12
    }
}

/// A code with what its stages begin with.
private struct Sample {
    let digits: String
    let code: UnverifiedCode
    let cbor: [UInt8]
    let deflated: [UInt8]
    let compact: [UInt8]

    init(digits: String) throws {
        self.digits = digits
        code = try UnverifiedCode(digits: digits)
        cbor = code.claims.encoded
        deflated = TextCoding.dictionary1.encoded(code.claims.texts)
        compact = CompactText.encoded(code.claims.texts)
    }

    func inflated() throws -> [UInt8] {
        try Deflate.decompressed(deflated, .raw(dictionary: TextCoding.dictionary), limit: 49_152)
    }

    func written() throws -> UnverifiedCode {
        try UnverifiedCode(unsigned: code.claims, algorithm: code.algorithm, issuerNumber: code.issuerNumber)
    }
}
