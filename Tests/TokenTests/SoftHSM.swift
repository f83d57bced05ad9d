import Foundation
import OpenSSL
import TestSupport
import Token

/// The tokens of the tests: each has the label of its case.
///
/// What another program makes in one, SoftHSM does not always see while it changes that token itself; so tests that let one
/// make keys share theirs with no other test.
enum TestToken: String, CaseIterable {
    case signing, secrecy, outsideES256, outsideEdDSA, finding, namesakes, again, missingPIN, loggedIn, wrongPIN,
        attended, deleted, closed
    case objectGone, threads, certificates, fakes, keypad, atRisk, removedBySign, rehearsal, crowd, changed
    case otherTool, mayLeave, sameNames

    static let pin = "624351"
}

/// SoftHSM with all tokens of ``TestToken``, in a folder that goes away with the process.
///
/// SoftHSM reads SOFTHSM2_CONF, and looks for tokens, only when it starts; so all are made before it is first loaded.
struct SoftHSM {
    let module: String
    let folder: String

    static let shared = Result { try SoftHSM() }

    private static let folder = Result { try TemporaryFolder() }

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    private init() throws {
        let places = ["", "x86_64-linux-gnu/", "aarch64-linux-gnu/"].map { "/usr/lib/\($0)softhsm/libsofthsm2.so" }
        guard let module = places.first(where: FileManager.default.fileExists) else {
            throw Missing(description: "SoftHSM is missing; run scripts/setup test")
        }
        self.module = module
        folder = try Self.folder.get().path
        atexit {
            if case .success(let folder) = SoftHSM.folder { try? FileManager.default.removeItem(atPath: folder.path) }
        }
        try FileManager.default.createDirectory(atPath: "\(folder)/tokens", withIntermediateDirectories: true)
        let configuration = "directories.tokendir = \(folder)/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
        try configuration.write(toFile: "\(folder)/softhsm2.conf", atomically: true, encoding: .utf8)
        setenv("SOFTHSM2_CONF", "\(folder)/softhsm2.conf", 1)
        for token in TestToken.allCases + [.namesakes] {
            let made = try Tool.run(
                "softhsm2-util",
                [
                    "--init-token", "--free", "--label", token.rawValue, "--pin", TestToken.pin, "--so-pin", "87654321",
                    "--module", module,
                ]
            )
            guard made.status == 0 else { throw Missing(description: made.errors) }
        }
    }

    /// The URI of a token, or of a key in it.
    static func uri(_ token: TestToken, id: [UInt8]? = nil, object: String? = nil) throws -> TokenURI {
        try TokenURI(token: token.rawValue, id: id, object: object, modulePath: shared.get().module)
    }

    /// The token, opened and logged in to.
    static func open(_ token: TestToken) throws -> Token {
        let opened = try Token(uri(token))
        try opened.logIn(pin: pin(), isUnattended: false)
        return opened
    }

    static func pin(_ text: String = TestToken.pin) -> Secret { Secret(text.utf8) }

    /// Runs OpenSC's tool on a token, as its user.
    static func pkcs11Tool(_ token: TestToken, _ arguments: [String]) throws -> Tool {
        let module = try shared.get().module
        let who = ["--module", module, "--token-label", token.rawValue, "--login", "--pin", TestToken.pin]
        return try Tool.run("pkcs11-tool", who + arguments)
    }
}
