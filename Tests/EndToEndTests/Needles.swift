import Foundation
import Testing

/// What must be found nowhere: a passphrase, and private keys in every form in which they could be written down.
struct Needles {
    private var all: [(name: String, bytes: Data)] = []

    /// Adds a text as it stands, in hexadecimal and in base64.
    mutating func add(text: String, _ name: String) { add(Data(text.utf8), name) }

    /// Adds every private key of a folder, opened by the program of OpenSSL.
    mutating func addKeys(in folder: String, _ bench: Workbench) throws {
        let names = bench.files(in: folder).filter { $0.hasSuffix(".key") }
        #expect(!names.isEmpty)
        for name in names {
            let opened = bench.path("opened")
            defer { try? FileManager.default.removeItem(atPath: opened) }
            let arguments = ["pkey", "-in", bench.path("\(folder)/\(name)"), "-passin", "file:\(bench.passphrase)"]
            let outcome = try bench.run("/usr/bin/openssl", arguments + ["-outform", "DER", "-out", opened])
            #expect(outcome.status == 0, "\(outcome.error)")
            let der = try Data(contentsOf: URL(filePath: opened))
            // The number itself: an OCTET STRING of 32 bytes, the first one in PKCS#8 of EC and of Ed25519.
            let start = try #require(der.range(of: Data([0x04, 0x20]))?.upperBound)
            let number = Data(der[start..<start + 32])
            add(number, "number of \(name)")
            add(Data(number.reversed()), "number of \(name), little-endian")
            add(der, "DER of \(name)")
        }
    }

    private mutating func add(_ bytes: Data, _ name: String) {
        let hexadecimal = bytes.map { String(($0 >> 4), radix: 16) + String($0 & 15, radix: 16) }.joined()
        let base64 = bytes.base64EncodedString().replacingOccurrences(of: "=", with: "")
        all.append((name, bytes))
        all.append(("\(name) in hexadecimal", Data(hexadecimal.utf8)))
        all.append(("\(name) in hexadecimal", Data(hexadecimal.uppercased().utf8)))
        // A line of PEM.
        all.append(("\(name) in base64", Data(base64.prefix(64).utf8)))
    }

    /// The needles that are in `bytes`.
    func found(in bytes: Data) -> [String] { all.filter { bytes.range(of: $0.bytes) != nil }.map(\.name) }

    /// Searches every file below the bench's folder but those where a secret belongs.
    func expectNone(in bench: Workbench, but secrets: Set<String>, sourceLocation: SourceLocation = #_sourceLocation) {
        let names = FileManager.default.enumerator(atPath: bench.folder)?.compactMap { $0 as? String } ?? []
        for name in names where !secrets.contains(name) {
            let hits = FileManager.default.contents(atPath: bench.path(name)).map(found) ?? []
            #expect(hits.isEmpty, "\(name)", sourceLocation: sourceLocation)
        }
    }
}
