package import Licence
import LicenceCode
package import Registry

extension Authority {
    /// Moves a licence to another status and records who did it and why.
    ///
    /// - Throws: ``AuthorityError/Code/noSuchLicence``, or ``AuthorityError/Code/illegalChange`` with the acts that are legal.
    package func apply(
        _ change: StatusChange,
        to creditCode: CreditCode,
        reason: String,
        officer: String,
        now: @autoclosure () -> Instant
    ) throws -> LicenceRecord {
        try registry.write { session in
            let now = try signingTime(now(), session)
            let present = try licence(creditCode, in: session)
            let status = present.status(on: try today(now))
            guard change.origins.contains(status) else { throw Self.illegal(change.rawValue, status, creditCode) }
            try session.setStatus(change.target, of: present)
            try session.record(
                Act(at: now, officer: officer, kind: Act.Kind(change), subject: present.subject, reason: reason)
            )
            return try licence(creditCode, in: session)
        }
    }

    /// The newest version of a licence.
    func licence(_ creditCode: CreditCode, in session: Registry.Session) throws -> LicenceRecord {
        guard let record = try session.licence(creditCode) else {
            throw AuthorityError(.noSuchLicence, "no licence was ever issued for \(creditCode)")
        }
        return record
    }

    static func illegal(_ act: String, _ status: LicenceStatus, _ creditCode: CreditCode) -> AuthorityError {
        var legal = StatusChange.legal(from: status).map(\.rawValue)
        if status == .valid { legal.insert("change", at: 0) }
        let advice =
            legal.isEmpty ? "nothing can be done with it any more" : "possible: \(legal.joined(separator: ", "))"
        return AuthorityError(
            .illegalChange,
            "\(creditCode) is \(status.rawValue), so that \(act) is not possible; \(advice)"
        )
    }
}

extension Act.Kind {
    init(_ change: StatusChange) {
        self =
            switch change {
            case .suspend: .suspend
            case .resume: .resume
            case .dormant: .dormant
            case .revoke: .revoke
            case .cancel: .cancel
            case .annul: .annul
            }
    }
}
