import Foundation
import GRDB

/// What needs a second pair of eyes.
package struct Policy: Codable, Hashable {
    /// The words of acts (`annul`), and ``override``.
    package let acts: Set<String>
    /// A batch of more licences than this; nil for none.
    package let batchOver: Int?
    /// How many supervisors must approve.
    package let approvals: Int
    /// How long a proposal may wait for approval and be carried out, in seconds.
    package let lifetime: Int64

    /// Accepting something against a rule, such as a credit code against its check character.
    package static let override = "override"

    /// Nothing needs approval.
    package static let none = Policy(acts: [], batchOver: nil, approvals: 1, lifetime: 86_400)

    package init(acts: Set<String>, batchOver: Int?, approvals: Int, lifetime: Int64) {
        self.acts = acts
        self.batchOver = batchOver
        self.approvals = approvals
        self.lifetime = lifetime
    }

    /// Whether anything needs approval at all.
    package var isSet: Bool { !acts.isEmpty || batchOver != nil }

    /// What would undo the policy itself: approved as well wherever there is one.
    private static let keepers: Set<String> = Set(
        [AuthorityAct.setPolicy, .addOfficer, .retireOfficer].map(\.rawValue)
    )

    /// Whether an act, by its word, needs approval.
    package func asks(for word: String) -> Bool { acts.contains(word) || isSet && Self.keepers.contains(word) }

    /// The ``Deed/detail`` of the act that sets it.
    package var detail: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            return String(decoding: try encoder.encode(Sorted(self)), as: UTF8.self)
        }
    }

    package init(detail: String) throws {
        guard let sorted = try? JSONDecoder().decode(Sorted.self, from: Data(detail.utf8)) else {
            throw RegistryError(.storage, "the policy of the registry cannot be read")
        }
        self.init(
            acts: Set(sorted.acts),
            batchOver: sorted.batchOver,
            approvals: sorted.approvals,
            lifetime: sorted.lifetime
        )
    }

    /// The same, always written in the same way.
    private struct Sorted: Codable {
        let acts: [String]
        let batchOver: Int?
        let approvals: Int
        let lifetime: Int64

        init(_ policy: Policy) {
            acts = policy.acts.sorted()
            batchOver = policy.batchOver
            approvals = policy.approvals
            lifetime = policy.lifetime
        }
    }
}

extension Registry.Session {
    /// The policy that holds now.
    package func policy() throws -> Policy {
        guard let act = try actsOnTheAuthority([.setPolicy]).last else { return .none }
        return try Policy(detail: act.deed.detail ?? "")
    }
}
