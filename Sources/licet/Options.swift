import ArgumentParser
import Audit
import Authority
import CLinux
import Foundation
import Licence
import LicenceCode
import Licensing
import OpenSSL
import Publication
import Registry
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

    @Option(help: ArgumentHelp("A file whose first line is the PIN of the keys' token.", valueName: "file"))
    var pinFile: String?

    @Option(
        help: ArgumentHelp(
            "A file whose first line is the passphrase of the officer's own key (default: that of --passphrase-file).",
            valueName: "file"
        )
    )
    var officerPassphraseFile: String?

    @Option(
        help: ArgumentHelp(
            "Who does this, and signs for it (default: LICET_OFFICER, or the user's name).",
            valueName: "name"
        )
    )
    var officer: String?

    var place: Home { Home(path: home ?? Self.defaultHome) }

    var secrets: SecretInput {
        SecretInput(passphraseFile: passphraseFile, pinFile: pinFile, officerPassphraseFile: officerPassphraseFile)
    }

    func open() throws -> Authority {
        // What is done is told at once, before anything else can fail: a program that reads it may act on it.
        licet_buffer_output_by_lines()
        return try Authority(home: place, prompt: secrets.prompt)
    }

    /// The authority, for work that needs none of its keys.
    func withoutKeys() throws -> Authority {
        try Authority(home: place) { _ in throw Failure.usage("no key is opened here") }
    }

    /// Who does this, for the record.
    func who() throws -> String {
        try Words.forTheRecord(
            officer ?? ProcessInfo.processInfo.environment["LICET_OFFICER"] ?? NSUserName(),
            "the name of an officer"
        )
    }

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

    /// The authority, for work that needs none of its keys.
    func withoutKeys() throws -> Authority {
        try Authority(home: place) { _ in throw Failure.usage("no key is opened here") }
    }

    /// The registry, for looking things up; one that is older than it was is refused.
    func registry() throws -> Registry {
        let place = place
        let registry = try Registry(path: place.registry)
        try place.read(registry) { _ in }
        return registry
    }
}

/// How the symbol of a licence is drawn.
struct PictureOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where the PNG files go.", valueName: "dir"))
    var out = "."

    @Option(help: "The size of a module as printed, such as 0.4mm.", transform: ArgumentText.millimetres)
    var moduleSize = 0.4

    @Option(help: "The resolution of the picture in dots per inch.", transform: ArgumentText.dpi)
    var dpi = 300

    @Option(help: "The QR error correction level: L, M, Q or H.", transform: ArgumentText.level)
    var errorCorrection: ErrorCorrection = .medium
}

/// How the code and the symbol of a licence are made.
struct SymbolOptions: ParsableArguments {
    @OptionGroup var picture: PictureOptions

    @Option(help: "full carries the whole scope, core its SHA-256 only.", transform: ArgumentText.profile)
    var profile: Profile = .full
}

/// How a new key is made and kept.
struct NewKeyOptions: ParsableArguments {
    @Option(help: "The signature algorithm: ES256, EdDSA or SM2.", transform: ArgumentText.algorithm)
    var algorithm: Algorithm = .es256

    @Option(
        help: ArgumentHelp(
            "Make the key inside a PKCS#11 token, such as 'pkcs11:token=office?module-path=/usr/lib/softhsm/libsofthsm2.so'.",
            valueName: "uri"
        )
    )
    var token: String?

    /// The place of the new key; asks for the passphrase or the PIN.
    func place(_ secrets: SecretInput, _ subject: String) throws -> KeyPlace {
        guard let token else { return .file(passphrase: try secrets.newPassphrase(subject)) }
        return try KeyPlace(token: token, prompt: secrets.prompt, subject: subject)
    }
}
