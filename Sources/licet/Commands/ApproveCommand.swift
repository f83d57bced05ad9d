import ArgumentParser
import Audit
import Authority
import Foundation
import Licence
import Licensing
import OpenSSL
import Registry

struct ApproveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Show what waits for approval, and approve it.",
        discussion: """
            Example: licet approve                       what waits
                     licet approve 4711 --show           all that will be done
                     licet approve 4711 --file batch.csv  whether that is the batch, and its first applications
                     licet approve 4711 --officer 李静   approves exactly that

            Only supervisors approve, never their own. Who proposed it then gives the same command again.
            """
    )

    @Argument(help: "The number of what was proposed.")
    var number: Int?

    @Flag(help: "Show it and approve nothing.")
    var show = false

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Compare these files with the batch that is proposed, and approve nothing.",
            valueName: "file"
        )
    )
    var file: [String] = []

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var options: AuthorityOptions

    func run() throws {
        guard let number else { return try list() }
        let authority = try options.open()
        if show || !file.isEmpty {
            guard let proposal = try authority.proposal(number) else {
                throw Failure.data("there is no proposal \(number); `licet approve` shows what waits")
            }
            return try file.isEmpty ? tell([proposal]) : compare(with: proposal, authority)
        }
        let proposal = try authority.approve(number, officer: options.who(), now: Clock.now)
        if json { return try tell([proposal]) }
        let needed = try authority.policy().approvals
        let count = proposal.approvals(of: try authority.registry.read { try $0.officers() })
        try tell([proposal])
        print("proposal \(number) has \(count) of \(needed) approvals, until \(proposal.expires)")
        if count >= needed { print("next: \(proposal.proposer.name) gives the same command again") }
    }

    /// Whether the files are the batch that is proposed, application by application.
    private func compare(with proposal: Proposal, _ authority: Authority) throws {
        guard let digest = proposal.content["applications"] else {
            throw Failure.data("proposal \(proposal.number) is no batch; --show says all of it")
        }
        let override = proposal.content["override"]
        let input = BatchInput(
            file,
            today: try authority.today(Clock.now),
            checkCharacter: override == nil ? .mustMatch : .mayDiffer
        )
        guard input.unreadable.isEmpty else { throw Failure.unreadable(input.unreadable.joined(separator: "; ")) }
        let batch = try input.batch(override: override)
        guard batch.digest.description == digest else {
            throw Failure.data(
                "these are other applications than those of proposal \(proposal.number); it is not to be approved by them"
            )
        }
        print("these \(batch.count) applications are the batch of proposal \(proposal.number):")
        for row in try input.next().prefix(20) {
            guard let particulars = row.examined.particulars else { continue }
            print("  \(particulars.creditCode)  \(particulars.kind.name.zh)  \(particulars.name)")
        }
        if batch.count > 20 { print("  …; `licet check` says more of each") }
    }

    private func list() throws {
        let proposals = try options.withoutKeys().proposals(now: Clock.now)
        if proposals.isEmpty, !json { print("nothing waits for approval") }
        if json || !proposals.isEmpty { try tell(proposals) }
    }

    private func tell(_ proposals: [Proposal]) throws {
        let registry = try options.withoutKeys().registry
        let overtaken = try registry.read { session in
            try proposals.map { $0.done == nil ? try session.overtaken($0) : nil }
        }
        if json { return try Console.json(zip(proposals, overtaken).map(Document.init)) }
        let officers = try registry.read { try $0.officers() }
        for (proposal, overtaken) in zip(proposals, overtaken) {
            print(
                "\(proposal.number)  \(proposal.content["act"] ?? "")  by \(proposal.proposer.name), until \(proposal.expires)"
            )
            for (name, value) in proposal.content.sorted(by: { $0.key < $1.key }) where name != "act" {
                for line in name == "application" ? try lines(of: value, proposal, registry) : ["\(name): \(value)"] {
                    print("    \(Words.printable(line))")
                }
            }
            if proposal.content["applications"] != nil {
                print("    whether files are this batch: licet approve \(proposal.number) --file FILE…")
            }
            if let overtaken { print("    \(overtaken): it cannot be done any more") }
            for approval in proposal.approvals {
                let isGone = !approval.officer.isAtWork(in: officers)
                print(
                    "    approved by \(approval.officer.name) at \(approval.at)\(isGone ? ", who is no officer any more: it does not count" : "")"
                )
            }
            if let done = proposal.done { print("    carried out by act \(done)") }
        }
    }

    /// The fields of an application; of one that changes a licence those that become different.
    private func lines(of application: String, _ proposal: Proposal, _ registry: Registry) throws -> [String] {
        guard let new = try? Application(json: application) else { return ["application: \(application)"] }
        let (code, version) = (proposal.content["creditCode"], proposal.content["version"].flatMap { Int($0) })
        let old = try version.flatMap { version in
            try code.flatMap { try? CreditCode($0, checkCharacter: .mayDiffer) }
                .flatMap { code in try registry.read { try $0.licence(code, version: version) } }
        }.map { Application($0.licence.particulars) }
        return ApplicationField.allCases.compactMap { field in
            let (before, after) = (old?.fields[field], new.fields[field])
            if old == nil { return after.map { "application, \(field.rawValue): \($0)" } }
            return before == after ? nil : "application, \(field.rawValue): \(before ?? "–") → \(after ?? "–")"
        }
    }

    private struct Document: Encodable {
        let number: Int
        let proposer: String
        let at: String
        let expires: String
        let content: [String: String]
        let approvals: [Approval]
        let carriedOutByAct: Int?
        /// Why it cannot be done any more.
        let overtaken: String?

        struct Approval: Encodable {
            let officer: String
            let at: String
        }

        init(_ proposal: Proposal, overtaken: String?) {
            self.overtaken = overtaken
            number = proposal.number
            proposer = proposal.proposer.name
            at = proposal.at.description
            expires = proposal.expires.description
            content = proposal.content
            approvals = proposal.approvals.map { Approval(officer: $0.officer.name, at: $0.at.description) }
            carriedOutByAct = proposal.done
        }
    }
}

struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Show or set what needs a second pair of eyes.",
        discussion: """
            Example: licet policy
                     licet policy --require annul revoke override --batch-over 500 --within 24h --reason 四眼原则

                     licet policy --none --reason 取消

            A batch is what one command issues. What is set replaces all that was set before; --none ends it. Where something needs approval,
            new officers, their retirement and another policy need it as well. Revoking a key (revoke_key) ends the belief in all that it
            signed, and is another act than revoking a licence.
            """
    )

    @Option(
        parsing: .upToNextOption,
        help:
            "The acts that need approval: issue, change, revoke, annul, add_key, …; override is accepting something against a rule."
    )
    var require: [String] = []

    @Flag(help: "From now on nothing needs approval.")
    var none = false

    @Option(help: ArgumentHelp("A batch of more licences than this needs approval.", valueName: "number"))
    var batchOver: Int?

    @Option(help: "How many supervisors must approve, 1 to 5.")
    var approvals = 1

    @Option(
        help: ArgumentHelp("How long a proposal waits, and an approval holds.", valueName: "span"),
        transform: ArgumentText.span
    )
    var within: Int64 = 86_400

    @Option(help: "Why, for the record; without it the policy is shown.")
    var reason: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var options: AuthorityOptions

    func validate() throws {
        let known = Self.words
        if let bad = require.first(where: { !known.contains($0) }) {
            throw ValidationError("\(bad) is none of \(known.sorted().joined(separator: ", "))")
        }
        let isSet = !require.isEmpty || batchOver != nil
        if reason == nil, isSet || none { throw ValidationError("--reason says why, for the record") }
        if reason != nil, isSet == none {
            throw ValidationError("--require and --batch-over say what needs approval, --none that nothing does")
        }
        if !(1...5).contains(approvals) { throw ValidationError("1 to 5 supervisors approve") }
        if let batchOver, batchOver < 0 { throw ValidationError("a batch has 0 licences or more") }
    }

    private static var words: Set<String> {
        let ofAuthority: [AuthorityAct] = [
            .addOffice, .addKey, .retireKey, .revokeKey, .addOfficer, .retireOfficer, .setPolicy,
        ]
        return Set(LicenceAct.allCases.filter { $0 != .reissue }.map(\.rawValue) + ofAuthority.map(\.rawValue))
            .union([Policy.override])
    }

    func run() throws {
        if let reason {
            let policy = Policy(acts: Set(require), batchOver: batchOver, approvals: approvals, lifetime: within)
            try options.open().set(
                policy,
                reason: Words.forTheRecord(reason, "a reason"),
                officer: options.who(),
                now: Clock.now
            )
            return tell(policy)
        }
        let policy = try options.withoutKeys().policy()
        json ? try Console.json(policy) : tell(policy)
    }

    private func tell(_ policy: Policy) {
        guard policy.isSet else { return print("nothing needs approval") }
        if !policy.acts.isEmpty { print("need approval: \(policy.acts.sorted().joined(separator: ", "))") }
        if let limit = policy.batchOver { print("a batch of more than \(limit) licences needs approval") }
        print(
            "by \(policy.approvals) supervisor\(policy.approvals == 1 ? "" : "s"), within \(ArgumentText.words(ofSpan: policy.lifetime))"
        )
    }
}
