import Licence
import Verification

/// How a verdict looks: a colour, and a shape that says the same to whoever does not see the colour.
enum Tone: String {
    case good, caution, bad, unknown

    init(_ word: VerdictWord) {
        self =
            switch word {
            case .valid: .good
            // A digit that was mistyped or a photo that was cut short is no forgery.
            case .malformed: .caution
            case .notYetValid, .relocated, .superseded, .expired, .suspended, .dormant: .caution
            case .unknownIssuer, .forged, .issuerRevoked, .outOfJurisdiction, .notIssued, .annulled,
                .cancelled, .revoked, .altered:
                .bad
            case .undetermined: .unknown
            }
    }

    /// A tick in a disc, an exclamation mark in a triangle, a cross in an octagon, a question mark in a diamond.
    var symbol: HTML {
        switch self {
        case .good:
            """
            <svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="22"/>\
            <path d="M13 25l8 8 15-17"/></svg>
            """
        case .caution:
            """
            <svg viewBox="0 0 48 48" aria-hidden="true"><polygon points="24,3 47,44 1,44"/>\
            <path d="M24 17v13M24 36v1"/></svg>
            """
        case .bad:
            """
            <svg viewBox="0 0 48 48" aria-hidden="true">\
            <polygon points="15,2 33,2 46,15 46,33 33,46 15,46 2,33 2,15"/><path d="M15 15l18 18M33 15L15 33"/></svg>
            """
        case .unknown:
            """
            <svg viewBox="0 0 48 48" aria-hidden="true"><polygon points="24,1 47,24 24,47 1,24"/>\
            <path d="M18 19c0-8 12-8 12 0c0 5-6 5-6 10M24 35v1"/></svg>
            """
        }
    }
}
