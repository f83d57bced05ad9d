package import Licence
package import LicenceCode
package import OpenSSL

/// Every key that may sign for an authority, itself signed by the authority's root.
package struct TrustList: Hashable {
    /// Rises by one with every new trust list.
    package let sequence: Int
    package let issuedAt: Instant
    /// From this instant on the list says nothing any more.
    package let nextUpdate: Instant
    package let authority: String
    /// What stands before `status/…` and `issued/…` in the names of lists.
    package let base: String
    /// The name of the trust list itself.
    package let uri: String
    /// Rising by number.
    package let keys: [TrustedKey]
    /// By which the authority's roots vouch for each other, so that whoever knows one of them believes the others.
    package let crossCertificates: [Certificate]

    package init(
        sequence: Int,
        issuedAt: Instant,
        nextUpdate: Instant,
        authority: String,
        base: String,
        keys: [TrustedKey],
        crossCertificates: [Certificate] = []
    ) {
        self.sequence = sequence
        self.issuedAt = issuedAt
        self.nextUpdate = nextUpdate
        self.authority = authority
        self.base = base
        uri = base + Self.path
        self.keys = keys.sorted { $0.number < $1.number }
        self.crossCertificates = crossCertificates
    }

    /// The COSE `typ`.
    package static let type = "application/licet-trust-list+cose"
    /// Where it lies in a publication.
    package static let path = "trust-list"

    package func key(_ number: IssuerNumber) -> TrustedKey? {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < keys.count && keys[low].number == number ? keys[low] : nil
    }
}

/// A key of an office or of the authority, and what it may sign; never changes.
package final class TrustedKey: Hashable, Sendable {
    package let number: IssuerNumber
    package let purpose: Purpose
    /// Signed by the root; its validity is the key's.
    package let certificate: Certificate
    /// Who uses it.
    package let name: Bilingual
    /// The office's own division; it names the office's lists.
    package let office: DivisionCode
    /// What a licence key may sign for; each covers what lies in it.
    package let divisions: [DivisionCode]
    package let kinds: Set<LicenceKind>
    /// How many minutes the office's clocks are ahead of UTC; its days begin and end by that.
    package let utcOffset: Int
    /// From this instant on the key signs no more; what it signed before is believed.
    package let retiredAt: Instant?
    package let revocation: Revocation?

    /// What a key is for; a key for one is never taken for the other.
    package enum Purpose: Int {
        case licences = 1
        case lists = 2
        /// Signs the checkpoints of the log; Ed25519 always.
        case log = 3
    }

    /// That a key must not be believed from an instant on.
    package struct Revocation: Hashable {
        package let at: Instant
        package let reason: String

        package init(at: Instant, reason: String) {
            self.at = at
            self.reason = reason
        }
    }

    package init(
        number: IssuerNumber,
        purpose: Purpose,
        certificate: Certificate,
        name: Bilingual,
        office: DivisionCode,
        divisions: [DivisionCode],
        kinds: Set<LicenceKind>,
        utcOffset: Int,
        retiredAt: Instant? = nil,
        revocation: Revocation?
    ) {
        self.number = number
        self.purpose = purpose
        self.certificate = certificate
        self.name = name
        self.office = office
        self.divisions = divisions
        self.kinds = kinds
        self.utcOffset = utcOffset
        self.retiredAt = retiredAt
        self.revocation = revocation
    }

    /// The first and the last second of its certificate.
    package var validity: ClosedRange<Instant> { certificate.lifetime }

    /// Whether the key may sign at `instant`: its certificate holds, and it has not retired.
    package func signs(at instant: Instant) -> Bool {
        validity.contains(instant) && retiredAt.map { instant < $0 } ?? true
    }

    package var jurisdiction: Jurisdiction { Jurisdiction(divisions: divisions, kinds: kinds) }

    package static func == (left: TrustedKey, right: TrustedKey) -> Bool {
        left === right
            || left.number == right.number && left.purpose == right.purpose && left.certificate == right.certificate
                && left.name == right.name && left.office == right.office && left.divisions == right.divisions
                && left.kinds == right.kinds && left.utcOffset == right.utcOffset && left.retiredAt == right.retiredAt
                && left.revocation == right.revocation
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(number)
        hasher.combine(certificate)
    }
}

extension Certificate {
    /// The first and the last second of validity.
    package var lifetime: ClosedRange<Instant> {
        Instant(seconds: validity.lowerBound)...Instant(seconds: validity.upperBound)
    }
}
