import ArgumentParser
import Audit
import Authority
import Foundation
import Licence
import Licensing
import OpenSSL
import Publication
import Registry

struct AuthorityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authority",
        abstract: "Make an authority, and have its root at work.",
        discussion: """
            Example: licet authority create --name 安徽省市场监督管理局

            A root that is kept apart:
              apart    licet authority ceremony keys/ceremonies/founding.yaml --home root
              here     licet authority create --name 安徽省市场监督管理局 --root root.crt, then licet authority request
              apart    licet authority answer request.json --out trust-list --home root
              here     licet authority accept trust-list
            """,
        subcommands: [
            Create.self, Status.self, RotateKey.self, Request.self, Answer.self, Accept.self, CeremonyCommand.self,
            TranscriptCommand.self,
        ]
    )

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Make a root key, keys for lists and the log, and an empty registry.",
            discussion: """
                Example: licet authority create --name 安徽省市场监督管理局 --verify-address https://lic.example.cn

                Give root.crt, which is made in the home, to everybody who verifies.
                """
        )

        @Option(help: "The authority's name.")
        var name: String

        @Option(help: "Where phones are sent to, such as https://lic.example.cn; without it codes begin with LICET:.")
        var verifyAddress: String?

        @Option(
            help: ArgumentHelp(
                "The certificate of a root that is kept apart (default: a root is made here).",
                valueName: "root.crt"
            )
        )
        var root: String?

        @Option(help: "How many minutes the authority's clocks are ahead of UTC.")
        var utcOffset = 480

        @Option(
            help: ArgumentHelp(
                "How many seconds a clock may be behind the newest record and yet sign, with that record's time.",
                valueName: "seconds"
            )
        )
        var clockSkew = 0

        @OptionGroup var newKey: NewKeyOptions
        @OptionGroup var options: AuthorityOptions

        func validate() throws {
            guard !FieldText.normal(name).isEmpty, name.unicodeScalars.count <= 56,
                name.unicodeScalars.allSatisfy(FieldText.isPrintable)
            else { throw ValidationError("a name has 1 to 56 characters, which is what a certificate takes") }
            guard AuthorityRecord.utcOffsets.contains(utcOffset) else {
                throw ValidationError("an offset from UTC lies between -840 and 840 minutes")
            }
            guard (0...Authority.greatestSkew).contains(clockSkew) else {
                throw ValidationError("a skew of the clock lies between 0 and \(Authority.greatestSkew) seconds")
            }
        }

        func run() throws {
            let home = options.place
            let apart = try root.map { path in
                do { return try Certificate(pem: DurableFile.read(path, limit: 65_536)) } catch is OpenSSLError {
                    throw Failure.unreadable("\(path): is no certificate in PEM")
                }
            }
            let place = try newKey.place(
                options.secrets,
                apart == nil ? "the authority's keys" : "the keys for lists and the log"
            )
            let officer = try options.who()
            let founding = Authority.Founding(
                name: name,
                verifyAddress: verifyAddress,
                utcOffset: utcOffset,
                clockSkew: clockSkew,
                root: apart.map { .apart($0) } ?? .made(newKey.algorithm, place),
                listAlgorithm: newKey.algorithm,
                listPlace: place,
                officerPlace: .file(passphrase: try options.secrets.newOfficerPassphrase(officer))
            )
            try Authority.found(founding, at: home, officer: officer, now: Clock.now)
            print("\(name) now lives in \(home.path); \(officer) is its first officer")
            print("trust anchor for verifiers: \(home.rootCertificate)")
            print(
                "next: \(apart == nil ? "licet office add DIVISION --name NAME" : "licet authority request --out FILE")"
            )
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "Show the root, the trust list and what waits for the root.",
            discussion: "Example: licet authority status --json"
        )

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup var options: HomeOptions

        func run() throws {
            let authority = try options.withoutKeys()
            try AuthorityStatus(of: authority).show(json: json)
        }
    }

    struct RotateKey: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-key",
            abstract: "Make the next key for lists, or for the log; it signs every list or checkpoint from then on.",
            discussion: """
                Example: licet authority rotate-key --algorithm SM2
                         licet authority rotate-key --log
                """
        )

        @Flag(help: "Make the key for the log, which is of Ed25519 always.")
        var log = false

        @OptionGroup var newKey: NewKeyOptions
        @OptionGroup var options: AuthorityOptions

        func run() throws {
            let authority = try options.open()
            let place = try newKey.place(options.secrets, "the new key for \(log ? "the log" : "lists")")
            if log {
                MadeKeyText.tell(try authority.rotateLogKey(in: place, officer: options.who(), now: Clock.now), "log")
                return
            }
            let key = Authority.NewKey(algorithm: newKey.algorithm, place: place)
            let made = try authority.rotateListKey(key, officer: options.who(), now: Clock.now)
            MadeKeyText.tell(made, "lists")
        }
    }
}

/// What a command says of a key that it made.
enum MadeKeyText {
    static func tell(_ made: Authority.MadeKey, _ whose: String) {
        switch made {
        case .trusted(let key):
            let later = key.validity.lowerBound > Clock.now ? " from \(key.validity.lowerBound)" : ""
            print("\(whose): key \(key.number), \(key.certificate.publicKey.id), signs\(later)")
            print("next: licet publish, so that verifiers know it")
        case .requested(let key):
            print("\(whose): key \(key.number), \(key.request.publicKey.id), waits for the root")
            print("next: licet authority request --out FILE, and take that to the root")
        }
    }
}
