import Foundation
import Hummingbird
import Licence
import Logging
import NIOCore
import NIOHTTP1
import OpenSSL
import Publication
import Serving
import TestSupport

/// What `scripts/bench --daemon` needs besides the daemon: its own server with nothing to do, and publications as large as countries.
@main
enum DaemonBench {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch (arguments.first, arguments.dropFirst().compactMap { Int($0) }) {
        case ("constant", let numbers) where numbers.count == 1: try await serve(bytes: numbers[0])
        case ("lists", let numbers) where numbers.count == 2 && arguments.count == 4:
            try writeLists(to: arguments[arguments.startIndex + 1], count: numbers[0], issued: numbers[1])
        default:
            FileHandle.standardError.write(
                Data(
                    "usage: licet-daemon-bench constant BYTES | licet-daemon-bench lists FOLDER COUNT ISSUED-OF-EACH\n"
                        .utf8
                )
            )
            exit(64)
        }
    }

    // MARK: - A constant

    /// Answers every GET with so many bytes, the same way as licetd answers with verdicts.
    private static func serve(bytes count: Int) async throws {
        var logger = Logger(label: "constant")
        logger.logLevel = .critical
        let router = Router()
        let server = HTTPServer(at: ListenAddress(host: "127.0.0.1", port: 0), gate: AcceptGate(), logger: logger)
        let application = server.application(router, immediate: Constant(count: count)) { address in
            print(address)
            fflush(nil)
        }
        try await server.run(application)
    }

    private struct Constant: ImmediateResponder {
        private let answer: ImmediateAnswer

        init(count: Int) {
            let fields = [
                ("Content-Type", "application/json"), ("Cache-Control", "no-store"),
                ("Vary", "Accept, Accept-Language"), ("X-Robots-Tag", "noindex"), ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "no-referrer"),
            ]
            answer = ImmediateAnswer(
                fields: ImmediateFields(fields),
                body: [UInt8](repeating: UInt8(ascii: "x"), count: count)
            )
        }

        func answer(_ head: HTTPRequestHead, from _: SocketAddress?) -> ImmediateAnswer? {
            answer
        }
    }

    // MARK: - Large publications

    /// Writes `count` pairs of lists of 1,048,576 entries, of which the first `issued` are taken, and `root.crt`.
    private static func writeLists(to folder: String, count: Int, issued: Int) throws {
        for kind in ListKind.allCases { try DurableFile.makeFolder("\(folder)/\(kind.rawValue)") }
        let issuer = try Issuer()
        let now = Instant(seconds: Int64(Date().timeIntervalSince1970))
        let end = now.adding(seconds: 7 * 86_400)
        try DurableFile.write(issuer.root.pem, to: "\(folder)/root.crt")
        try DurableFile.write(
            issuer.trustList(issuedAt: now, nextUpdate: end).signed(by: issuer.rootKey),
            to: "\(folder)/\(TrustList.path)"
        )
        var generator = SeededGenerator(seed: 1)
        let entries = try (0..<issued).map { index in
            (index: index, status: ListedStatus.allCases[index % 7], digest: try generator.digest())
        }
        for list in 1...max(count, 1) where count > 0 {
            func claims(_ path: String) -> ListClaims {
                ListClaims(
                    subject: Issuer.base + path,
                    issuedAt: now,
                    expires: end,
                    timeToLive: 3_600,
                    sequence: 1
                )
            }
            let (status, issued) = ("status/341181-\(list)", "issued/341181-\(list)")
            let statusList = StatusList(
                claims: claims(status),
                size: 1_048_576,
                entries: entries.map { (index: $0.index, status: $0.status) }
            )
            let issuedList = IssuedList(
                claims: claims(issued),
                entries: entries.map { (index: $0.index, digest: $0.digest) }
            )
            try DurableFile.write(
                statusList.signed(by: issuer.listKey, number: issuer.lists.number),
                to: "\(folder)/\(status)"
            )
            try DurableFile.write(
                issuedList.signed(by: issuer.listKey, number: issuer.lists.number),
                to: "\(folder)/\(issued)"
            )
        }
    }
}

extension SeededGenerator {
    fileprivate mutating func digest() throws -> Digest {
        struct NoDigest: Error {}
        let bytes = (0..<4).flatMap { _ in
            let word: UInt64 = next()
            return (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64($0 * 8)) }
        }
        guard let digest = Digest(bytes: bytes) else { throw NoDigest() }
        return digest
    }
}
