/// An act that moves a licence from one status to another; every legal move is in this table.
package enum StatusChange: String, CaseIterable {
    case suspend, resume, dormant, revoke, cancel, annul

    /// The statuses that it may start from.
    package var origins: Set<LicenceStatus> {
        switch self {
        case .suspend, .dormant: [.valid]
        case .resume: [.suspended, .dormant]
        case .revoke, .cancel, .annul: [.valid, .suspended, .dormant, .expired]
        }
    }

    /// The status that it ends in.
    package var target: LicenceStatus {
        switch self {
        case .suspend: .suspended
        case .resume: .valid
        case .dormant: .dormant
        case .revoke: .revoked
        case .cancel: .cancelled
        case .annul: .annulled
        }
    }

    /// The acts that are legal on a licence in `status`.
    package static func legal(from status: LicenceStatus) -> [StatusChange] {
        allCases.filter { $0.origins.contains(status) }
    }
}
