import ArgumentParser
import Authority
import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Symbol

/// Where the authority lives and how its keys are opened.
struct AuthorityOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the authority lives (default: LICET_HOME, or licet in the XDG data directory).",
            valueName: "dir"
        )
    )
    var home: String?

    @Option(help: ArgumentHelp("A file whose first line is the passphrase of the keys.", valueName: "file"))
    var passphraseFile: String?

    @Option(
        help: ArgumentHelp(
            "Who does this, for the record (default: LICET_OFFICER, or the user's name).",
            valueName: "name"
        )
    )
    var officer: String?

    var place: Home { Home(path: home ?? Self.defaultHome) }

    func open() throws -> Authority { try Authority(home: place, prompt: Passphrase.prompt(file: passphraseFile)) }

    var who: String { officer ?? ProcessInfo.processInfo.environment["LICET_OFFICER"] ?? NSUserName() }

    static var defaultHome: String {
        let environment = ProcessInfo.processInfo.environment
        if let home = environment["LICET_HOME"], !home.isEmpty { return home }
        if let data = environment["XDG_DATA_HOME"], !data.isEmpty { return "\(data)/licet" }
        return "\(NSHomeDirectory())/.local/share/licet"
    }
}

/// Where the home is, for commands that open no key.
struct HomeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the authority lives (default: LICET_HOME, or licet in the XDG data directory).",
            valueName: "dir"
        )
    )
    var home: String?

    var place: Home { Home(path: home ?? AuthorityOptions.defaultHome) }
}

/// How the symbol of a licence is made.
struct SymbolOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where the PNG files go.", valueName: "dir"))
    var out = "."

    @Option(help: "The size of a module as printed, such as 0.4mm.", transform: ArgumentText.millimetres)
    var moduleSize = 0.4

    @Option(help: "The least resolution of the picture in dots per inch.")
    var dpi = 300

    @Option(help: "The QR error correction level: L, M, Q or H.", transform: ArgumentText.level)
    var errorCorrection: ErrorCorrection = .medium

    @Option(help: "full carries the whole scope, core its SHA-256 only.", transform: ArgumentText.profile)
    var profile: Profile = .full
}

/// The passphrase of the keys: from a file, from systemd's credentials or from the terminal; never from an argument.
enum Passphrase {
    static func prompt(file: String?) -> PassphrasePrompt {
        { name in
            if let stored = try stored(file: file) { return stored }
            return try terminal("Passphrase of \(name): ")
        }
    }

    /// A passphrase for a new key: asked for twice on a terminal; at least 8 bytes.
    static func new(file: String?) throws -> Secret {
        let passphrase: Secret
        if let stored = try stored(file: file) {
            passphrase = stored
        } else {
            passphrase = try terminal("New passphrase (at least 8 characters): ")
            guard try terminal("The same again: ").equals(passphrase) else {
                throw Failure.usage("the two passphrases differ; nothing was made")
            }
        }
        guard passphrase.count >= 8 else { throw Failure.usage("a passphrase has at least 8 characters") }
        return passphrase
    }

    private static func stored(file: String?) throws -> Secret? {
        let credentials = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"].map { "\($0)/passphrase" }
        guard let path = file ?? credentials.flatMap({ FileManager.default.fileExists(atPath: $0) ? $0 : nil }) else {
            return nil
        }
        let mode = (try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
        if let mode, mode & 0o077 != 0 { standardError("licet: warning: \(path) may be read by others; chmod 600 it") }
        let line = try DurableFile.read(path, limit: 4_096).prefix { $0 != 0x0A && $0 != 0x0D }
        guard !line.isEmpty else {
            throw Failure.unreadable("\(path): the first line is empty; it should be the passphrase")
        }
        return Secret(line)
    }

    private static func terminal(_ prompt: String) throws -> Secret {
        let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure.usage("no terminal to ask for the passphrase; give --passphrase-file FILE")
        }
        defer { close(descriptor) }
        var attributes = termios()
        tcgetattr(descriptor, &attributes)
        let before = attributes
        attributes.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(descriptor, TCSAFLUSH, &attributes)
        defer {
            var restored = before
            tcsetattr(descriptor, TCSAFLUSH, &restored)
            _ = write(descriptor, "\n", 1)
        }
        _ = write(descriptor, prompt, prompt.utf8.count)
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(descriptor, &byte, 1) == 1, byte != 0x0A { line.append(byte) }
        defer { for index in line.indices { line[index] = 0 } }
        return Secret(line)
    }
}

/// The language of messages, by the locale.
enum Speech {
    static let language: Language = {
        let environment = ProcessInfo.processInfo.environment
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        return locale.hasPrefix("zh") ? .zh : .en
    }()

    static func say(_ text: Bilingual) -> String { text[language] }
}

/// The time that a command goes by.
enum Clock {
    static var now: Instant { Instant(seconds: Int64(time(nil))) }
}
