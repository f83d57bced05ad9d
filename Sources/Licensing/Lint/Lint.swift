import Authority
package import Licence
package import LicenceCode
import OpenSSL
package import Publication
import Registry

/// The rules that every licence keeps, checked on the bytes that carry it and apart from the code that made them.
///
/// Before a signature the first broken rule stops everything; `licet doctor` collects all that the whole registry breaks.
package struct Lint {
    /// A rule that does not hold.
    package struct Fault: Hashable {
        package let field: String?
        package let reason: String

        init(_ field: String? = nil, _ reason: String) {
            self.field = field
            self.reason = reason
        }
    }

    /// What is recorded of the licence whose code it is.
    package struct Entry {
        package let licence: Licence
        package let office: DivisionCode
        package let reference: ListReference
        /// How many entries the list has; nil when there is no such list.
        package let listSize: Int?
        /// How many licences have this entry.
        package let holders: Int
        /// The newest version before this one; 0 when there is none.
        package let versionBefore: Int

        package init(
            licence: Licence,
            office: DivisionCode,
            reference: ListReference,
            listSize: Int?,
            holders: Int,
            versionBefore: Int
        ) {
            self.licence = licence
            self.office = office
            self.reference = reference
            self.listSize = listSize
            self.holders = holders
            self.versionBefore = versionBefore
        }
    }

    package let code: UnverifiedCode
    package let entry: Entry
    package let key: TrustedKey

    package init(code: UnverifiedCode, entry: Entry, key: TrustedKey) {
        self.code = code
        self.entry = entry
        self.key = key
    }

    /// All that does not hold, whatever the time is.
    package var faults: [Fault] {
        var faults: [Fault] = []
        func require(_ holds: Bool, _ field: String?, _ reason: @autoclosure () -> String) {
            if !holds { faults.append(Fault(field, reason())) }
        }
        let claims = code.claims
        // The packed bytes were read by the reader that verifiers have; these are the ones that are signed.
        require(
            (try? Claims(encoded: claims.encoded)) == claims,
            nil,
            "the encoded licence does not read back as it was"
        )
        require(claims.further == .none, nil, "the code carries claims that this program does not know")
        // What it says against what is recorded.
        let particulars = entry.licence.particulars
        require(claims.creditCode == particulars.creditCode, "creditCode", "is not the recorded one")
        require(claims.version == entry.licence.version, "version", "is not the recorded one")
        require(claims.issued == entry.licence.issued, "issued", "is not the recorded day")
        require(claims.reference == entry.reference, "index", "is not the recorded entry")
        for profile in Profile.allCases where (profile == .core) == claims.scope.isDigest {
            require(
                claims == Claims(entry.licence, profile: profile, reference: entry.reference),
                nil,
                "the code does not say what is recorded"
            )
        }
        require(
            (try? Application(particulars).review(checkCharacter: .mayDiffer).particulars) == particulars,
            nil,
            "the particulars break a rule of their kind"
        )
        // Dates against each other.
        require(claims.established <= claims.issued, "established", "lies after the day of issue, \(claims.issued)")
        if let first = claims.term?.from, let last = claims.term?.to {
            require(first <= last, "term.to", "lies before the term begins")
        }
        // Its place in the lists.
        require(
            entry.versionBefore == claims.version - 1,
            "version",
            "\(claims.version) does not follow \(entry.versionBefore)"
        )
        require(
            entry.holders == 0,
            "index",
            "\(entry.office)-\(entry.reference.list) / \(entry.reference.index) is used already"
        )
        require(
            entry.listSize.map { entry.reference.index < $0 } ?? false,
            "index",
            "there is no entry \(entry.reference.index) in list \(entry.office)-\(entry.reference.list)"
        )
        require(entry.office == key.office, "index", "is in a list of office \(entry.office), which is not the key's")
        return faults + jurisdictionFaults
    }

    /// What the key may not sign, by its certificate and not only by the registry.
    private var jurisdictionFaults: [Fault] {
        var faults: [Fault] = []
        let claims = code.claims
        let certificate = key.certificate
        if key.purpose != .licences || certificate.usages != [Jurisdiction.usage(.licences)] {
            faults.append(Fault("key", "key \(key.number) is not for licences"))
        }
        if certificate.value(ofExtension: Jurisdiction.identifier) != key.jurisdiction.der {
            faults.append(
                Fault("key", "the certificate of key \(key.number) has other divisions or kinds than the registry")
            )
        }
        if !key.divisions.contains(where: { $0.covers(claims.creditCode.division) }) {
            faults.append(Fault("creditCode", "its division is not among those of key \(key.number)"))
        }
        if !key.kinds.contains(claims.kind) {
            faults.append(Fault("kind", "is not among the kinds of key \(key.number)"))
        }
        if code.algorithm != certificate.publicKey.algorithm || code.issuerNumber != key.number {
            faults.append(Fault("key", "the code names another key or algorithm than that of key \(key.number)"))
        }
        return faults
    }

    /// What forbids signing at `now`, which is `today` at the office.
    func faults(signingAt now: Instant, today: CalendarDate) -> [Fault] {
        var faults: [Fault] = []
        if !key.signs(at: now) || key.revocation != nil {
            faults.append(Fault("key", "key \(key.number) \(key.state(at: now).text) and cannot sign at \(now)"))
        }
        if code.claims.issued != today { faults.append(Fault("issued", "is not today, \(today)")) }
        if let last = code.claims.term?.to, last < today {
            faults.append(Fault("term.to", "has passed already (\(last))"))
        }
        return faults
    }

    /// What shows that the code was signed when its key did not sign, or by somebody else.
    package var signatureFaults: [Fault] {
        var faults: [Fault] = []
        if !code.cose.isSigned(by: key.certificate.publicKey) {
            faults.append(Fault("signature", "is not by key \(key.number)"))
        }
        let first = code.claims.issued.start(utcOffset: key.utcOffset)
        let isInTime =
            code.claims.issued.end(utcOffset: key.utcOffset) > key.validity.lowerBound
            && first <= key.validity.upperBound && key.retiredAt.map { first < $0 } ?? true
        if !isInTime { faults.append(Fault("issued", "key \(key.number) did not sign on \(code.claims.issued)")) }
        return faults
    }
}

extension Claims.Scope {
    fileprivate var isDigest: Bool { if case .digest = self { true } else { false } }
}
