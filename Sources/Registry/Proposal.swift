import Foundation
import GRDB
package import Licence
package import OpenSSL

/// Something that an officer wants to do and that others must approve first; it stands in the chain of acts.
package struct Proposal {
    /// The act that proposed it.
    package let act: Act
    /// Its number.
    package var number: Int { act.number }
    /// Who proposed it, and must carry it out.
    package let proposer: Officer
    package let at: Instant
    /// The last second in which it can be approved and carried out.
    package let expires: Instant
    /// All that will be done, by name; approvals are of exactly this.
    package let content: [String: String]
    package let approvals: [Approval]
    /// The act that carried it out, or the first of several; by the index, from which somebody may have taken it.
    package let done: Int?

    package struct Approval {
        package let act: Act
        package let officer: Officer
        package let at: Instant
    }

    /// Whether several acts may carry out what has this content: a batch, or all that a key makes invalid.
    package static func isOfMany(_ content: [String: String]) -> Bool {
        content["batch"] != nil || content["affectedBy"] != nil
    }

    /// What approvals are bound to: the digest of the content, written in one way only.
    package static func digest(of content: [String: String]) throws -> Digest {
        Digest(of: Array(try json(content).utf8))
    }

    fileprivate static func json(_ content: [String: String]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(content), as: UTF8.self)
    }

    private struct Detail: Codable {
        let content: [String: String]
        let expires: Int64
    }

    /// The deed that proposes `content`.
    package static func deed(_ content: [String: String], expires: Instant) throws -> Deed {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let detail = try encoder.encode(Detail(content: content, expires: expires.seconds))
        return Deed(
            .authority(.propose),
            digest: try digest(of: content),
            reason: content["reason"] ?? "",
            detail: String(decoding: detail, as: UTF8.self)
        )
    }

    fileprivate static func read(_ act: Act) throws -> (content: [String: String], expires: Instant) {
        guard act.deed.kind == .authority(.propose), let text = act.deed.detail,
            let detail = try? JSONDecoder().decode(Detail.self, from: Data(text.utf8)),
            act.deed.digest == (try? digest(of: detail.content))
        else { throw RegistryError(.storage, "act \(act.number) is no proposal, or a damaged one") }
        return (detail.content, Instant(seconds: detail.expires))
    }

    /// The approvals that count: by supervisors, none of whom is the proposer, each person once, in time.
    package var counted: [Approval] {
        var names: Set<String> = [proposer.name]
        return approvals.filter { approval in
            approval.officer.isSupervisor && at <= approval.at && approval.at <= expires
                && names.insert(approval.officer.name).inserted
        }
    }
}

extension Registry.Session {
    package func proposal(_ number: Int) throws -> Proposal? {
        guard let act = try act(number), act.deed.kind == .authority(.propose) else { return nil }
        let officers = try officersByNumber()
        return try proposal(act, officers)
    }

    /// What still waits at `now`, to be approved or to be carried out; the first one first.
    package func proposals(waitingAt now: Instant) throws -> [Proposal] {
        let officers = try officersByNumber()
        return try actsOnTheAuthority([.propose]).compactMap { act in
            // Whether it was carried out takes longer to find out.
            guard now <= (try Proposal.read(act).expires) else { return nil }
            let proposal = try proposal(act, officers)
            return proposal.done == nil ? proposal : nil
        }
    }

    /// The newest proposal of exactly `content` by `name`; nil when there is none that can still be carried out at `now`.
    package func proposal(
        of content: [String: String],
        by name: String,
        at now: Instant
    ) throws -> Proposal? {
        let digest = try Proposal.digest(of: content)
        let officers = try officersByNumber()
        let act = try actsOnTheAuthority([.propose]).last {
            $0.deed.digest == digest && officers[$0.officer]?.name == name
        }
        guard let proposal = try act.map({ try self.proposal($0, officers) }), now <= proposal.expires,
            Proposal.isOfMany(content) || proposal.done == nil
        else { return nil }
        return proposal
    }

    /// How many acts were done because of a proposal.
    package func acts(restingOn proposal: Int) throws -> Int {
        try Int.fetchOne(
            database.cachedStatement(sql: "SELECT count(*) FROM act WHERE reference = ? AND kind <> 'approve'"),
            arguments: [proposal]
        ) ?? 0
    }

    /// The applications of the licences that were issued because of a proposal, in their order, one by one.
    package func forEachLicence(restingOn proposal: Int, _ body: (Application) throws -> Void) throws {
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT licence.particulars FROM act JOIN licence USING (creditCode, version)
                    WHERE act.reference = ? AND act.kind = 'issue' ORDER BY act.id
                    """
            ),
            arguments: [proposal]
        )
        while let row = try rows.next() { try body(Application(json: try row.get("particulars"))) }
    }

    private func proposal(_ act: Act, _ officers: [Int: Officer]) throws -> Proposal {
        let (content, expires) = try Proposal.read(act)
        guard let proposer = officers[act.officer] else {
            throw RegistryError(.storage, "proposal \(act.number) is by nobody whom the registry knows")
        }
        let numbers = try Int.fetchAll(
            database.cachedStatement(
                sql: "SELECT id FROM act WHERE reference = ?1 AND id > ?1 AND kind = 'approve' ORDER BY id"
            ),
            arguments: [act.number]
        )
        let approvals = try acts(numbers).compactMap { approval -> Proposal.Approval? in
            guard approval.deed.kind == .authority(.approve), approval.deed.reference == act.number,
                approval.deed.digest == act.deed.digest, let officer = officers[approval.officer]
            else { return nil }
            return Proposal.Approval(act: approval, officer: officer, at: approval.at)
        }
        let done = try Int.fetchOne(
            database.cachedStatement(
                sql: "SELECT id FROM act WHERE id > ?1 AND reference = ?1 AND kind <> 'approve' ORDER BY id LIMIT 1"
            ),
            arguments: [act.number]
        )
        return Proposal(
            act: act,
            proposer: proposer,
            at: act.at,
            expires: expires,
            content: content,
            approvals: approvals,
            done: done
        )
    }
}
