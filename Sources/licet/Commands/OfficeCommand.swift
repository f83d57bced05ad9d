import ArgumentParser
import Authority
import Licence
import OpenSSL
import Publication

struct OfficeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "office",
        abstract: "Make a registration office with its issuing key.",
        discussion: "Example: licet office add 341181 --name 天长市市场监督管理局",
        subcommands: [Add.self]
    )

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an issuing key that is bound to a division and to kinds of licence.",
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

        @Option(help: "The signature algorithm: ES256.", transform: ArgumentText.algorithm)
        var algorithm: Algorithm = .es256

        @OptionGroup var options: AuthorityOptions

        func validate() throws {
            for text in [name, nameEn ?? "-"]
            where text.isEmpty || text.unicodeScalars.count > 60
                || !text.unicodeScalars.allSatisfy(FieldText.isPrintable)
            {
                throw ValidationError("an office's name has 1 to 60 characters")
            }
        }

        func run() throws {
            let office = Authority.NewOffice(
                division: division,
                name: Bilingual(en: nameEn ?? name, zh: name),
                kinds: kind.isEmpty ? Set(LicenceKind.allCases) : Set(kind),
                algorithm: algorithm
            )
            let key = try options.open().add(
                office,
                officer: options.who(),
                now: Clock.now,
                passphrase: Passphrase.new(file: options.passphraseFile)
            )
            print("\(name) (\(division)) signs with key \(key.number), \(key.certificate.publicKey.id)")
            print("next: licet issue FILE, licet publish")
        }
    }
}
