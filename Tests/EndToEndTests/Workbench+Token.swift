import Foundation
import Testing

/// SoftHSM with a folder of tokens in the bench, of which one may be taken out.
extension Workbench {
    static let pin = "624351"

    var pinFile: String { path("pin") }

    /// Makes a token; its URI.
    func makeToken(_ label: String = "office") throws -> String {
        let places = ["", "x86_64-linux-gnu/", "aarch64-linux-gnu/"].map { "/usr/lib/\($0)softhsm/libsofthsm2.so" }
        let module = try #require(places.first(where: FileManager.default.fileExists), "run scripts/setup test")
        try FileManager.default.createDirectory(atPath: path("tokens"), withIntermediateDirectories: true)
        try "directories.tokendir = \(path("tokens"))\nobjectstore.backend = file\nlog.level = ERROR\n"
            .write(toFile: path("softhsm2.conf"), atomically: true, encoding: .utf8)
        let made = try run(
            "/usr/bin/softhsm2-util",
            ["--init-token", "--free", "--label", label, "--pin", Self.pin, "--so-pin", "87654321", "--module", module]
        )
        #expect(made.status == 0, "\(made.error)")
        try write(secret: Self.pin, to: pinFile)
        return "pkcs11:token=\(label)?module-path=\(module)"
    }

    /// Makes the authority and one office in 341181 with all keys in the token.
    func found(in token: String) throws {
        let opening = Opening.arguments(["--pin-file", pinFile])
        try succeed(["authority", "create", "--name", Self.authority, "--token", token], opening: opening)
        try succeed(["office", "add", "341181", "--name", "天长市市场监督管理局", "--token", token], opening: opening)
    }

    func takeTokenOut() throws { try FileManager.default.moveItem(atPath: path("tokens"), toPath: path("taken")) }

    func putTokenBack() throws { try FileManager.default.moveItem(atPath: path("taken"), toPath: path("tokens")) }
}
