import Fetching
import Foundation
import TestSupport
import Testing

/// The server of `server.py`, over HTTP and over TLS with an authority made for it; one for all tests of a run.
final class WebServer: Sendable {
    /// Without TLS, with it, and for connections on which nobody ever says a word.
    let port: Int, securePort: Int, silentPort: Int
    private let folder: TemporaryFolder
    /// The server ends when this is closed, at the latest with the tests, and removes the folder.
    private let input: Pipe

    static let shared = Result { try WebServer() }

    private init() throws {
        // The tests are to reach the server, whatever stands between them and the world.
        setenv("no_proxy", "127.0.0.1,localhost", 1)
        folder = try TemporaryFolder()
        try Self.makeCertificates(folder)
        let process = Process()
        let output = Pipe()
        input = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let script = try #require(Bundle.module.path(forResource: "server", ofType: "py"))
        process.arguments = ["python3", script, folder.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = ""
        while !line.hasSuffix("\n") {
            let data = output.fileHandleForReading.availableData
            try #require(!data.isEmpty, "the server does not start")
            line += String(decoding: data, as: UTF8.self)
        }
        let ports = line.split { " \n".contains($0) }.compactMap { Int($0) }
        try #require(ports.count == 3)
        (port, securePort, silentPort) = (ports[0], ports[1], ports[2])
    }

    /// An authority, another one, and a certificate of the first for `localhost` alone.
    private static func makeCertificates(_ folder: TemporaryFolder) throws {
        let script = """
            set -e
            cd "$1"
            new="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
            for name in authority other; do
                openssl req -x509 $new -subj "/CN=$name" -keyout $name.key -out $name.crt
            done
            openssl req $new -subj /CN=localhost -keyout server.key -out server.csr
            printf 'subjectAltName=DNS:localhost' > extensions
            openssl x509 -req -in server.csr -CA authority.crt -CAkey authority.key -CAcreateserial -days 2 \
                -extfile extensions -out server.crt
            """
        let made = try Tool.run("bash", ["-c", script, "bash", folder.path])
        try #require(made.status == 0, "\(made.errors)")
    }

    /// The authority that the server's certificate comes from.
    var authority: String { folder.file("authority.crt") }
    var otherAuthority: String { folder.file("other.crt") }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)/\(path)" }

    func secureURL(_ path: String, host: String = "localhost") -> String { "https://\(host):\(securePort)/\(path)" }

    /// The address of a redirect to `target`.
    func redirect(to target: String, status: Int = 302) throws -> String {
        let unreserved = CharacterSet.alphanumerics
        let encoded = try #require(target.addingPercentEncoding(withAllowedCharacters: unreserved))
        return "to/\(status)?where=\(encoded)"
    }
}

extension Fetcher {
    static func testing(_ certificateAuthorities: String? = nil, _ deadlines: Deadlines = Deadlines()) throws -> Fetcher
    {
        try Fetcher(userAgent: "test/1", certificateAuthorities: certificateAuthorities, deadlines: deadlines)
    }

    /// The text of a file that must be new.
    func text(_ url: String, accept: String? = nil, compressed: Bool = true, limit: Int = 1 << 20) throws -> String {
        String(decoding: try file(url, accept: accept, compressed: compressed, limit: limit).bytes, as: UTF8.self)
    }

    /// A file that must be new.
    func file(
        _ url: String,
        accept: String? = nil,
        compressed: Bool = true,
        limit: Int = 1 << 20
    ) throws -> (bytes: [UInt8], entityTag: String?) {
        let answer = try get(url, accept: accept, compressed: compressed, limit: limit)
        guard case .new(let bytes, let tag) = answer else {
            Issue.record("the file is unchanged")
            return ([], nil)
        }
        return (bytes, tag)
    }

    /// How getting `url` fails, which it must.
    func failure(
        _ url: String,
        compressed: Bool = true,
        limit: Int = 1 << 20,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> FetchError {
        let error = #expect(throws: FetchError.self, sourceLocation: sourceLocation) {
            try get(url, compressed: compressed, limit: limit)
        }
        return try #require(error, sourceLocation: sourceLocation)
    }
}
