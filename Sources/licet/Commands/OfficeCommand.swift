import ArgumentParser
import Audit
import Authority
import Foundation
import Licence
import Licensing
import OpenSSL
import Publication

struct OfficeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "office",
        abstract: "Make registration offices and lead their keys through life.",
        discussion: """
            Example: licet office add 341181 --name 天长市市场监督管理局

            A key: add or rotate-key makes it, retire-key ends its work, revoke-key ends the belief in it.
            KEY is a number or an identifier of licet office list.
            """,
        subcommands: [Add.self, List.self, RotateKey.self, RetireKey.self, RevokeKeyCommand.self]
    )

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Make an office with an issuing key that is bound to its division and to kinds of licence.",
            discussion: """
                Example: licet office add 341181 --name 天长市市场监督管理局 --name-en "Tianchang Market Regulation"

                341181 is itself, 341100 its prefecture, 340000 its province, 100000 the country.
                """
        )

        @Argument(help: "The division, a code of GB/T 2260.", transform: DivisionCode.init)
        var division: DivisionCode

        @Option(help: "The office's name in Chinese.")
        var name: String

        @Option(help: "The office's name in English (default: as in Chinese).")
        var nameEn: String?

        @Option(
            parsing: .upToNextOption,
            help: "The kinds that it may issue (default: all).",
            transform: ArgumentText.kind
        )
        var kind: [LicenceKind] = []

        @OptionGroup var newKey: NewKeyOptions
        @OptionGroup var options: AuthorityOptions

        func validate() throws {
            for text in [name, nameEn ?? "-"]
            where FieldText.normal(text).isEmpty || text.unicodeScalars.count > 60
                || !text.unicodeScalars.allSatisfy(FieldText.isPrintable)
            {
                throw ValidationError("an office's name has 1 to 60 characters")
            }
        }

        func run() throws {
            let authority = try options.open()
            let office = Authority.NewOffice(
                division: division,
                name: Bilingual(en: nameEn ?? name, zh: name),
                kinds: kind.isEmpty ? Set(LicenceKind.allCases) : Set(kind)
            )
            let key = Authority.NewKey(
                algorithm: newKey.algorithm,
                place: try newKey.place(options.secrets, "the key of \(name)")
            )
            let made = try authority.add(office, key: key, officer: options.who(), now: Clock.now)
            if case .trusted(let key) = made {
                print("\(name) (\(division)) signs with key \(key.number), \(key.certificate.publicKey.id)")
                print("next: licet issue FILE, licet publish")
            } else {
                MadeKeyText.tell(made, "\(name) (\(division))")
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List every key: number, state, algorithm, identifier, office, validity.",
            discussion: "Example: licet office list --json"
        )

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup var options: HomeOptions

        func run() throws {
            let authority = try options.withoutKeys()
            let keys = try KeyDocument.all(of: authority)
            if json { return try Console.json(keys) }
            for key in keys { print(key.line) }
        }
    }

    struct RotateKey: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-key",
            abstract: "Make the next key of an office; the one before goes on until it is retired.",
            discussion: """
                Example: licet office rotate-key 341181 --from 2026-12-01T00:00:00+08:00

                With --from verifiers can learn of the key before it signs: publish at once, and let it begin some days later.
                """
        )

        @Argument(help: "The office's division.", transform: DivisionCode.init)
        var division: DivisionCode

        @Option(help: "From when on it signs (default: now).", transform: ArgumentText.instant)
        var from: Instant?

        @OptionGroup var newKey: NewKeyOptions
        @OptionGroup var options: AuthorityOptions

        func run() throws {
            let authority = try options.open()
            let key = Authority.NewKey(
                algorithm: newKey.algorithm,
                place: try newKey.place(options.secrets, "the new key of \(division)"),
                from: from
            )
            let made = try authority.rotateKey(of: division, key: key, officer: options.who(), now: Clock.now)
            MadeKeyText.tell(made, "office \(division)")
        }
    }

    struct RetireKey: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retire-key",
            abstract: "Make a key sign no more; what it signed is believed as before.",
            discussion: "Example: licet office retire-key 2 --at 2026-12-31T16:00:00Z"
        )

        @Argument(help: "The key.")
        var key: String

        @Option(help: "From when on (default: now).", transform: ArgumentText.instant)
        var at: Instant?

        @OptionGroup var options: AuthorityOptions

        func run() throws {
            let authority = try options.open()
            let key = try authority.key(key)
            try authority.retire(key, at: at, officer: options.who(), now: Clock.now)
            print("key \(key.number) of \(key.name.zh) retires at \((at ?? Clock.now))")
            print("next: \(authority.hasRootKey ? "licet publish" : "licet authority request --out FILE")")
        }
    }
}
