import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport

/// Measures signatures of each algorithm and trust lists of many offices; `scripts/bench --keys` runs it for release.
///
/// usage: licet-key-bench OFFICES — prints a JSON object: microseconds a signature and a check for each algorithm, and for a trust list
/// of so many offices its bytes, its bytes when compressed, and the milliseconds that a reader takes to believe it.
@main
struct KeyBench {
    static func main() throws {
        guard CommandLine.arguments.count == 2, let offices = Int(CommandLine.arguments[1]),
            (1...100_000).contains(offices)
        else { exit(64) }
        var figures: [String: Double] = [:]
        let message = [UInt8](repeating: 7, count: 300)
        for algorithm in Algorithm.allCases {
            let key = try PrivateKey(algorithm: algorithm)
            let signature = try key.signature(of: message)
            figures["\(algorithm.rawValue) sign"] = try microseconds { _ = try key.signature(of: message) }
            figures["\(algorithm.rawValue) verify"] = microseconds {
                precondition(key.publicKey.verifies(signature, of: message), "a signature does not verify")
            }
        }
        let (list, root) = try trustList(of: offices)
        figures["trust list bytes"] = Double(list.count)
        figures["trust list compressed"] = Double(try Deflate.compressed(list, .zlib).count)
        let clock = ContinuousClock()
        let times = try (0..<5).map { _ in try clock.measure { _ = try TrustList(list, root: root) } }
        figures["trust list ms"] = Double((times.min() ?? .zero).components.attoseconds) / 1e15
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        print(String(decoding: try encoder.encode(figures), as: UTF8.self))
    }

    /// The median of some rounds.
    private static func microseconds(_ work: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        let repetitions = 500
        let times = try (0..<9).map { _ in
            try clock.measure { for _ in 0..<repetitions { try work() } } / repetitions
        }
        return Double(times.sorted()[times.count / 2].components.attoseconds) / 1e12
    }

    /// A key of its own for each office, as `licet office add` makes them.
    private static func trustList(of offices: Int) throws -> (bytes: [UInt8], root: Certificate) {
        let issuer = try Issuer()
        let kinds = Set(LicenceKind.allCases)
        let keys = try (0..<offices).map { number in
            let division = try DivisionCode([11, 13, 34, 44, 51, 65][number % 6] * 10_000 + number / 6 % 10_000)
            let key = try PrivateKey(algorithm: .es256)
            let name = "第\(number)市场监督管理局"
            let certificate = try CertificateTemplate.licences(
                of: name,
                authority: "国家市场监督管理总局",
                jurisdiction: Jurisdiction(divisions: [division], kinds: kinds),
                validity: Issuer.validity
            ).certificate(of: key.publicKey, signedBy: issuer.rootKey, issuer: issuer.root)
            struct NoNumber: Error {}
            guard let issuerNumber = IssuerNumber(number + 2) else { throw NoNumber() }
            return TrustedKey(
                number: issuerNumber,
                purpose: .licences,
                certificate: certificate,
                name: Bilingual(en: "Market Regulation Office \(number)", zh: name),
                office: division,
                divisions: [division],
                kinds: kinds,
                utcOffset: 480,
                revocation: nil
            )
        }
        return (try issuer.trustList(keys: [issuer.lists] + keys).signed(by: issuer.rootKey), issuer.root)
    }
}
