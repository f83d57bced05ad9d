import ArgumentParser
import Authority
import Foundation
import Licence
import OpenSSL

struct AuthorityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authority",
        abstract: "Make an authority.",
        discussion: "Example: licet authority create --name 安徽省市场监督管理局",
        subcommands: [Create.self]
    )

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a root key, a key for lists and an empty registry.",
            discussion: """
                Example: licet authority create --name 安徽省市场监督管理局 --verify-address https://lic.example.cn

                Give root.crt, which is made in the home, to everybody who verifies.
                """
        )

        @Option(help: "The authority's name.")
        var name: String

        @Option(help: "Where phones are sent to, such as https://lic.example.cn; without it codes begin with LICET:.")
        var verifyAddress: String?

        @Option(help: "The signature algorithm of the root: ES256.", transform: ArgumentText.algorithm)
        var algorithm: Algorithm = .es256

        @Option(help: "How many minutes the authority's clocks are ahead of UTC.")
        var utcOffset = 480

        @OptionGroup var options: AuthorityOptions

        func validate() throws {
            guard !name.isEmpty, name.unicodeScalars.count <= 58, name.unicodeScalars.allSatisfy(FieldText.isPrintable)
            else { throw ValidationError("a name has 1 to 58 characters, which is what a certificate takes") }
            guard (-840...840).contains(utcOffset) else {
                throw ValidationError("an offset from UTC lies between -840 and 840 minutes")
            }
        }

        func run() throws {
            let home = options.place
            let founding = Authority.Founding(
                name: name,
                verifyAddress: verifyAddress,
                algorithm: algorithm,
                utcOffset: utcOffset
            )
            try Authority.found(
                founding,
                at: home,
                officer: options.who(),
                now: Clock.now,
                passphrase: Passphrase.new(file: options.passphraseFile)
            )
            print("\(name) now lives in \(home.path)")
            print("trust anchor for verifiers: \(home.rootCertificate)")
            print("next: licet office add DIVISION --name NAME")
        }
    }
}
