package import Authority
import Licence
package import Registry

/// Names that are taken in the division, and names that look like others.
extension Authority {
    /// The warnings about a name, and whether it is accepted although another has it; with `isNew` of a business that has no licence.
    ///
    /// - Throws: ``AuthorityError/Code/nameTaken`` where another business in force has it in the same division, unless somebody answers
    ///   for it; ``AuthorityError/Code/rolledBack`` where the new one has it already: its licence was hidden, or the file is damaged.
    func nameWarnings(
        on particulars: Particulars,
        isNew: Bool = false,
        _ overrideReason: String?,
        in session: Registry.Session
    ) throws -> (remarks: [Remark], isTaken: Bool) {
        let code = particulars.creditCode
        var others = try session.namesakes(of: particulars.name, in: code.division)
        if isNew, others.contains(where: { $0.creditCode == code.text }) { throw Self.toldOtherwise(code) }
        others.removeAll { $0.creditCode == code.text }
        let remarks = Self.remarks(on: particulars, beside: others)
        let taken = remarks.first { $0.rule == .duplicateName }
        if overrideReason == nil, let taken { throw AuthorityError(.nameTaken, field: "name", taken.problem) }
        return (remarks.filter { $0.level == .warning }, taken != nil)
    }

    /// What is recorded of a name that is accepted although it is taken.
    static func nameOverride(_ reason: String) -> String { "\(nameAccepted)\(reason)" }

    private static let nameAccepted = "name accepted although it is taken: "

    /// Whether an act accepted a name that was taken.
    package static func accepts(nameOf act: Act) -> Bool { act.deed.override?.contains(nameAccepted) ?? false }

    private static func remarks(
        on particulars: Particulars,
        beside others: [(creditCode: String, name: String)]
    ) -> [Remark] {
        let division = particulars.creditCode.division
        return others.compactMap { other in
            let place = "\(other.creditCode) of division \(division)"
            switch NameKey.likeness(of: particulars.name, and: other.name) {
            case .duplicate:
                return Remark(
                    .error,
                    .duplicateName,
                    field: "name",
                    "is the name of \(place) already",
                    hint: "let the applicant choose another name, or accept it with --override-name and a reason"
                )
            case .lookAlike:
                return Remark(
                    .warning,
                    .lookAlikeName,
                    field: "name",
                    "looks like the name of \(place)",
                    hint: "compare both names; people may take one business for the other"
                )
            case nil: return nil
            }
        }
    }
}
