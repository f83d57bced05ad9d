/// A signature algorithm that keys of Licet use.
package enum Algorithm: String, CaseIterable {
    /// ECDSA on P-256 with SHA-256 (RFC 9053, section 2.1).
    case es256 = "ES256"

    /// The number in the IANA registry of COSE algorithms.
    package var coseIdentifier: Int {
        switch self {
        case .es256: -7
        }
    }

    /// Bytes of a raw signature.
    package var signatureSize: Int {
        switch self {
        case .es256: 64
        }
    }

    package init?(coseIdentifier: Int) {
        guard let algorithm = Self.allCases.first(where: { $0.coseIdentifier == coseIdentifier }) else { return nil }
        self = algorithm
    }
}
