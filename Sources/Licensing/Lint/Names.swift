package import Authority
package import Licence
import Registry

/// Names that are taken in the division, and names that look like others.
extension Authority {
    /// What the registry has to say of a name, for the person at the counter.
    package func nameRemarks(on particulars: Particulars) throws -> [Remark] {
        try registry.read { try nameRemarks(on: particulars, in: $0) }
    }

    /// The warnings about a name.
    ///
    /// - Throws: ``AuthorityError/Code/nameTaken`` where another business in force has it in the same division, unless somebody answers
    ///   for it.
    func nameWarnings(on particulars: Particulars, _ overrideReason: String?, in session: Registry.Session) throws
        -> [Remark]
    {
        let remarks = try nameRemarks(on: particulars, in: session)
        if overrideReason == nil, let taken = remarks.first(where: { $0.rule == .duplicateName }) {
            throw AuthorityError(.nameTaken, field: "name", taken.problem)
        }
        return remarks.filter { $0.level == .warning }
    }

    private func nameRemarks(on particulars: Particulars, in session: Registry.Session) throws -> [Remark] {
        let division = particulars.creditCode.division
        let others = try session.namesakes(of: particulars.name, in: division, except: particulars.creditCode)
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
