import ArgumentParser
import Audit
import Authority
import Foundation
import Licence
import Licensing
import OpenSSL
import Publication
import Registry

struct OfficerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "officer",
        abstract: "Make officers, whose own keys (Ed25519) sign what they do.",
        discussion: """
            Example: licet officer add 李静 --new-passphrase-file li.secret --officer 王建国
                     licet officer list

            Who acts says so by --officer or LICET_OFFICER, and proves it by the passphrase of the officer's own key
            (--officer-passphrase-file). The first officer is the one who made the authority.
            """,
        subcommands: [Add.self, Request.self, List.self, RotateKey.self, Retire.self]
    )

    /// Where the key of an officer is to be kept.
    struct Place: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "A file whose first line is the passphrase of the new key (default: it is asked for).",
                valueName: "file"
            )
        )
        var newPassphraseFile: String?

        @Option(help: ArgumentHelp("Make the key inside a PKCS#11 token.", valueName: "uri"))
        var token: String?

        func make(_ name: String, _ secrets: SecretInput) throws -> KeyPlace {
            guard let token else {
                let input = SecretInput(passphraseFile: newPassphraseFile, pinFile: nil)
                return .file(passphrase: try input.newPassphrase("officer \(name)"))
            }
            return try KeyPlace(token: token, prompt: secrets.prompt, subject: "officer \(name)")
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Make an officer; a supervisor may approve what others propose.",
            discussion: """
                Example: licet officer add 李静 --supervisor --officer 王建国
                         licet officer add 赵敏 --public-key zhao.pub --officer 王建国

                Where acts need approval, the new officer makes the key (licet officer request), and the supervisor who approves compares
                its digest with what the new officer says.
                """
        )

        @Argument(help: "The officer's name.")
        var name: String

        @Flag(help: "May approve what others propose.")
        var supervisor = false

        @Option(
            help: ArgumentHelp("What licet officer request wrote (default: the key is made here).", valueName: "file")
        )
        var publicKey: String?

        @OptionGroup var place: Place
        @OptionGroup var options: AuthorityOptions

        func run() throws {
            let name = try Words.forTheRecord(name, "the name of an officer")
            guard FieldText.isPlainName(name) else {
                throw Failure.usage(
                    "the name of an officer has letters, digits, points and single spaces, all of which can be seen"
                )
            }
            let authority = try options.open()
            let made =
                if let publicKey {
                    try authority.addOfficer(
                        name,
                        isSupervisor: supervisor,
                        key: PublicKeyFile.read(publicKey),
                        officer: options.who(),
                        now: Clock.now
                    )
                } else {
                    try authority.addOfficer(
                        name,
                        isSupervisor: supervisor,
                        place: place.make(name, options.secrets),
                        officer: options.who(),
                        now: Clock.now
                    )
                }
            print("\(made.name) signs with key \(made.key.id)\(made.isSupervisor ? ", and may approve" : "")")
        }
    }

    struct Request: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "request",
            abstract: "Make the key of somebody who is to become an officer, with a passphrase of his or her own.",
            discussion: "Example: licet officer request 赵敏 --out zhao.pub"
        )

        @Argument(help: "The name of the officer to be.")
        var name: String

        @Option(help: ArgumentHelp("The public key, for licet officer add.", valueName: "file"))
        var out: String

        @OptionGroup var place: Place
        @OptionGroup var options: AuthorityOptions

        func run() throws {
            let name = try Words.forTheRecord(name, "the name of an officer")
            let key = try options.open().makeOfficerKey(of: name, place: place.make(name, options.secrets))
            try PublicKeyFile.write(key, to: out)
            print("\(out): the public key of \(name), digest \(Digest(of: key.subjectPublicKeyInfo))")
            print("next: an officer gives licet officer add \(name) --public-key \(out)")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List officers and their keys.",
            discussion: "Example: licet officer list --json"
        )

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup var options: HomeOptions

        func run() throws {
            let officers = try options.registry().read { try $0.officers() }
            if json { return try Console.json(officers.map(Document.init)) }
            for officer in officers {
                let end = officer.retired.map { "until act \($0)" } ?? "at work"
                print(
                    "\(officer.name)  \(officer.isSupervisor ? "supervisor" : "officer")  \(officer.key.id)  "
                        + "since \(officer.since) (act \(officer.number))  \(end)"
                )
            }
        }

        private struct Document: Encodable {
            let name: String
            let isSupervisor: Bool
            let keyId: String
            let since: String
            let act: Int
            let retiredByAct: Int?

            init(_ officer: Officer) {
                name = officer.name
                isSupervisor = officer.isSupervisor
                keyId = officer.key.id.description
                since = officer.since.description
                act = officer.number
                retiredByAct = officer.retired
            }
        }
    }

    struct RotateKey: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-key",
            abstract: "Give the officer who acts a new key; the one before signs no more.",
            discussion: "Example: licet officer rotate-key --officer 李静"
        )

        @OptionGroup var place: Place
        @OptionGroup var options: AuthorityOptions

        func run() throws {
            let name = try options.who()
            let made = try options.open().rotateOfficerKey(
                place: place.make(name, options.secrets),
                officer: name,
                now: Clock.now
            )
            print("\(made.name) signs with key \(made.key.id) from now on")
        }
    }

    struct Retire: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retire",
            abstract: "End the work of an officer; what he or she did stays.",
            discussion: "Example: licet officer retire 李静 --reason 调离 --officer 王建国"
        )

        @Argument(help: "The officer's name.")
        var name: String

        @Option(help: "Why, for the record.")
        var reason: String

        @OptionGroup var options: AuthorityOptions

        func run() throws {
            try options.open().retireOfficer(
                name,
                reason: Words.forTheRecord(reason, "a reason"),
                officer: options.who(),
                now: Clock.now
            )
            print("\(name) acts no more")
        }
    }
}

/// A public key as PEM (RFC 7468, section 13).
enum PublicKeyFile {
    private static let head = "-----BEGIN PUBLIC KEY-----"
    private static let tail = "-----END PUBLIC KEY-----"

    static func write(_ key: PublicKey, to path: String) throws {
        let body = Data(key.subjectPublicKeyInfo).base64EncodedString(options: [
            .lineLength64Characters, .endLineWithLineFeed,
        ])
        try DurableFile.write(Array("\(head)\n\(body)\n\(tail)\n".utf8), to: path)
    }

    static func read(_ path: String) throws -> PublicKey {
        let text = String(decoding: try DurableFile.read(path, limit: 4_096), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        guard lines.first == head, lines.last == tail,
            let der = Data(base64Encoded: lines.dropFirst().dropLast().joined()),
            let key = try? PublicKey(subjectPublicKeyInfo: [UInt8](der))
        else { throw Failure.unreadable("\(path): is no public key in PEM") }
        return key
    }
}
