package import Licence
import Registry

/// Names that are taken in the division, and names that look like others.
extension Authority {
    /// What the registry has to say of a name, for the person at the counter.
    package func nameRemarks(on particulars: Particulars) throws -> [Remark] {
        try registry.read { session in
            try session.lookAlikes(
                of: particulars.name,
                in: particulars.creditCode.division,
                except: particulars.creditCode
            ).compactMap { other in
                let place = "\(other.creditCode) of division \(particulars.creditCode.division)"
                switch NameKey.likeness(of: particulars.name, and: other.licence.particulars.name) {
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

    /// Refuses a name that another business in force has in the same division, unless somebody answers for it.
    func checkName(_ particulars: Particulars, _ overrideReason: String?, in session: Registry.Session) throws {
        guard overrideReason == nil else { return }
        let others = try session.lookAlikes(
            of: particulars.name,
            in: particulars.creditCode.division,
            except: particulars.creditCode
        )
        let same = others.first {
            NameKey.likeness(of: particulars.name, and: $0.licence.particulars.name) == .duplicate
        }
        if let same {
            throw AuthorityError(
                .nameTaken,
                field: "name",
                "is the name of \(same.creditCode) of division \(particulars.creditCode.division) already"
            )
        }
    }
}
