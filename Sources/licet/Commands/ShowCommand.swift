import ArgumentParser
import Audit
import Authority
import Foundation
import Licence
import LicenceCode
import Licensing
import OpenSSL
import Registry
import Verification

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a licence as it stands in the registry.",
        discussion: "Example: licet show 91341181MA2N0000X1 --history"
    )

    @Argument(help: "The credit code.")
    var creditCode: String

    @Flag(help: "Every version and every act, the first one first.")
    var history = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var options: HomeOptions

    func run() throws {
        let registry = try options.registry()
        let code = try CreditCode(creditCode, checkCharacter: .mayDiffer)
        let (authority, newest, past) = try registry.read {
            (try $0.authority(), try $0.licence(code), history ? try History(of: code, $0) : nil)
        }
        guard let newest else { throw Failure.data("no licence was ever issued for \(code)") }
        let today = try CalendarDate(at: Clock.now, utcOffset: authority.utcOffset)
        if json {
            try Console.json(
                Document(
                    versions: (past?.versions ?? [newest]).map { RegisteredDocument($0, today: today) },
                    acts: past.map { past in past.acts.map { ActDocument($0, by: past.officers) } }
                )
            )
        } else {
            show(newest, today: today)
            if let past {
                print("")
                let story = Story(
                    past.versions,
                    past.acts,
                    restorations: past.restorations,
                    by: past.officers,
                    of: authority
                )
                for line in try story.lines(today: today) { print("  \(line)") }
            }
        }
    }

    /// All that is known of a licence: many rows, which nobody waits for who asks for the newest.
    private struct History {
        let versions: [LicenceRecord]
        let acts: [Act]
        /// The acts that put a registry back.
        let restorations: Set<Int>
        /// Their names by number.
        let officers: [Int: String]

        init(of code: CreditCode, _ session: Registry.Session) throws {
            versions = try session.versions(of: code)
            acts = try session.acts(on: code)
            restorations = Set(try session.actsOnTheAuthority([.restore]).map(\.number))
            officers = Dictionary(uniqueKeysWithValues: try session.officers().map { ($0.number, $0.name) })
        }
    }

    private struct Document: Encodable {
        let versions: [RegisteredDocument]
        let acts: [ActDocument]?
    }

    private func show(_ record: LicenceRecord, today: CalendarDate) {
        let status = record.status(on: today)
        print("\(Speech.say(status.name)) — \(record.licence.particulars.name)")
        let claims = Claims(record.licence, profile: .full, reference: record.reference)
        VerdictText.printLicence(claims)
        let entry = Bilingual(en: "List entry", zh: "清单位置")
        print("  \(Speech.say(VerdictText.office)): \(record.office)")
        print("  \(Speech.say(entry)): \(record.office)-\(record.reference.list) / \(record.reference.index)")
    }
}

/// A licence of the registry as JSON.
struct RegisteredDocument: Encodable {
    let status: String
    /// The version that followed a superseded one.
    let successor: Int?
    let office: String
    let list: Int
    let index: Int
    let issuer: Int
    let digest: String
    let licence: LicenceDocument

    init(_ record: LicenceRecord, today: CalendarDate) {
        status = record.status(on: today).rawValue
        successor = record.status == .superseded ? record.licence.version + 1 : nil
        office = record.office.description
        list = record.reference.list
        index = record.reference.index
        issuer = record.issuer.value
        digest = record.code.digest.description
        licence = LicenceDocument(Claims(record.licence, profile: .full, reference: record.reference))
    }
}

/// An act as JSON.
struct ActDocument: Encodable {
    let number: Int
    let at: String
    let officer: String
    let act: String
    let version: Int?
    let reason: String
    /// What was accepted against a rule, and why.
    let override: String?
    /// The proposal that was approved.
    let proposal: Int?
    let hash: String

    init(_ act: Act, by officers: [Int: String]) {
        number = act.number
        at = act.at.description
        officer = officers[act.officer] ?? ""
        self.act = act.deed.kind.word
        version = act.deed.subject?.version
        reason = act.deed.reason
        override = act.deed.override
        proposal = act.deed.reference
        hash = act.hash.description
    }
}
