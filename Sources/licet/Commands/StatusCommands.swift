import ArgumentParser
import Audit
import Authority
import Licence
import Licensing
import Registry

/// What the commands that move a licence to another status have in common.
struct StatusOptions: ParsableArguments {
    @Argument(help: "The credit code.")
    var creditCode: String

    @Option(help: "Why, for the record.")
    var reason: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var options: AuthorityOptions

    /// With `check` looks at the licence before anything is done.
    func apply(_ act: LicenceAct, _ check: (Authority, CreditCode) throws -> Void = { _, _ in }) throws {
        let authority = try options.open()
        let code = try CreditCode(creditCode, checkCharacter: .mayDiffer)
        try check(authority, code)
        let record = try authority.apply(
            act,
            to: code,
            reason: Words.forTheRecord(reason, "a reason"),
            officer: options.who(),
            now: Clock.now
        )
        if json {
            let today = try authority.today(Clock.now)
            return try Console.json(RegisteredDocument(record, today: today))
        }
        print(
            "\(record.creditCode) v\(record.licence.version) is \(Speech.say(record.status.name)) now; next: licet publish"
        )
        guard act == .relocate else { return }
        print("its code is published as superseded from then on: nobody takes it for valid any more")
        let heirs = try authority.officesThatMayTake(record, now: Clock.now)
        guard !heirs.isEmpty else { return }
        print(
            "then, at \(heirs.map(\.description).joined(separator: " or ")): licet issue APPLICATION --office \(heirs[0])"
        )
    }
}

private func configuration(_ abstract: String, _ name: String) -> CommandConfiguration {
    CommandConfiguration(
        commandName: name,
        abstract: abstract,
        discussion: """
            Example: licet \(name) 91341181MA2N0000X1 --reason "the reason"

            What is not possible is refused with what is. Exit code 75: it was proposed and waits for approval, by the authority's policy.
            """
    )
}

struct Suspend: ParsableCommand {
    static let configuration = licet.configuration("Suspend a licence for a time (责令停业).", "suspend")
    @OptionGroup var status: StatusOptions
    func run() throws { try status.apply(.suspend) }
}

struct Resume: ParsableCommand {
    static let configuration = licet.configuration("Put a suspended or dormant licence in force again.", "resume")
    @OptionGroup var status: StatusOptions
    func run() throws { try status.apply(.resume) }
}

struct Dormant: ParsableCommand {
    static let configuration = licet.configuration("Record that the business rests (歇业).", "dormant")
    @OptionGroup var status: StatusOptions
    func run() throws { try status.apply(.dormant) }
}

struct Revoke: ParsableCommand {
    static let configuration = licet.configuration("Withdraw a licence for good (吊销).", "revoke")
    @OptionGroup var status: StatusOptions
    func run() throws { try status.apply(.revoke) }
}

struct Cancel: ParsableCommand {
    static let configuration = licet.configuration(
        "Cancel a licence because the business was deregistered (注销).",
        "cancel"
    )
    @OptionGroup var status: StatusOptions
    func run() throws { try status.apply(.cancel) }
}

struct Annul: ParsableCommand {
    static let configuration = licet.configuration("Annul a licence that should never have been granted (撤销).", "annul")
    @OptionGroup var status: StatusOptions
    func run() throws { try status.apply(.annul) }
}

struct Relocate: ParsableCommand {
    static let configuration = licet.configuration(
        "Record that another office goes on with the business (迁出); `licet issue` makes its first version there.",
        "relocate"
    )

    @Flag(help: "Also where no office of this authority can go on with it: one of another authority will.")
    var elsewhere = false

    @OptionGroup var status: StatusOptions

    func run() throws {
        try status.apply(.relocate) { authority, code in
            guard !elsewhere, let record = try authority.registry.read({ try $0.licence(code) }),
                LicenceAct.relocate.outcome(from: record.status(on: try authority.today(Clock.now))) != nil,
                try authority.officesThatMayTake(record, now: Clock.now).isEmpty
            else { return }
            throw Failure.data(
                "no other office may issue for division \(code.division), which its credit code keeps, so that nobody here could go on "
                    + "with it: `licet office add` makes one above it; --elsewhere where an office of another authority takes it"
            )
        }
    }
}
