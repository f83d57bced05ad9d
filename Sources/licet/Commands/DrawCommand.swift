import ArgumentParser
import Authority
import Licence
import LicenceCode
import Licensing
import Publication
import Registry

struct DrawCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw",
        abstract: "Draw the code of a licence again, as another size or because the picture is lost.",
        discussion: """
            Example: licet draw 91341181MA2N0000X1 --out codes --module-size 0.6mm

            Nothing is signed or recorded; a picture of that name is replaced.
            """
    )

    @Argument(help: "The credit codes.")
    var creditCodes: [String]

    @Option(help: ArgumentHelp("This version (default: the newest).", valueName: "number"))
    var version: Int?

    @Flag(help: "Print a JSON object a line.")
    var json = false

    @OptionGroup var picture: PictureOptions
    @OptionGroup var options: HomeOptions

    func validate() throws {
        if creditCodes.isEmpty { throw ValidationError("which licence? Name its credit code") }
        if version != nil, creditCodes.count > 1 { throw ValidationError("--version is of one licence") }
    }

    func run() throws {
        let authority = try options.withoutKeys()
        let symbols = SymbolFile(prefix: try authority.prefix, options: picture.measures)
        let codes = try creditCodes.map { try CreditCode($0, checkCharacter: .mayDiffer) }
        let records = try codes.map { code in
            guard let record = try authority.licenceToDraw(code, version: version) else {
                throw Failure.data(
                    version.map { "\(code) has no version \($0)" } ?? "no licence was ever issued for \(code)"
                )
            }
            return record
        }
        try DurableFile.makeFolder(picture.out)
        let today = try authority.today(Clock.now)
        for record in records {
            let made = try symbols.write(record, to: picture.out)
            let status = record.status(on: today)
            if json {
                try Console.json(
                    LicenceLine(
                        creditCode: record.creditCode.text,
                        version: record.licence.version,
                        status: status.rawValue,
                        file: made.path,
                        symbolVersion: made.version,
                        millimetres: made.millimetres
                    ),
                    pretty: false
                )
            } else {
                let note = status == .valid ? "" : " (\(Speech.say(status.name)))"
                print(
                    "\(record.creditCode) v\(record.licence.version)\(note): \(Words.printable(made.path))\(made.size)"
                )
            }
        }
    }
}
