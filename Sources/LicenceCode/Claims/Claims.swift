package import Licence
package import OpenSSL

/// What a licence code says: a licence, with its scope in full or as a digest, and its place in a status list.
package struct Claims: Hashable {
    package let creditCode: CreditCode
    package let version: Int
    package let kind: LicenceKind
    package let name: String
    package let type: String
    package let representative: String
    package let capital: Capital?
    package let established: CalendarDate
    package let term: Term?
    package let address: String
    package let scope: Scope
    package let composition: Composition?
    package let location: Location?
    package let issued: CalendarDate
    package let reference: ListReference
    /// What the code carries that this version of the program does not know.
    package let further: FurtherClaims

    /// The greatest number of a version.
    static let lastVersion = 1_000_000

    /// 经营范围 as carried.
    package enum Scope: Hashable {
        case text(String)
        /// The length in Unicode scalars and the SHA-256 of the NFC UTF-8.
        case digest(length: Int, Digest)

        /// The digest form of `text`.
        package init(digestOf text: String) {
            self = .digest(length: text.unicodeScalars.count, Digest(of: Array(text.utf8)))
        }
    }

    /// Claims that carry `licence` in `profile`.
    package init(_ licence: Licence, profile: Profile, reference: ListReference) {
        let particulars = licence.particulars
        creditCode = particulars.creditCode
        version = licence.version
        kind = particulars.kind
        name = particulars.name
        type = particulars.type
        representative = particulars.representative
        capital = particulars.capital
        established = particulars.established
        term = particulars.term
        address = particulars.address
        scope = profile == .full ? .text(particulars.scope) : Scope(digestOf: particulars.scope)
        composition = particulars.composition
        location = particulars.location
        issued = licence.issued
        self.reference = reference
        further = .none
    }

    init(
        creditCode: CreditCode,
        version: Int,
        kind: LicenceKind,
        name: String,
        type: String,
        representative: String,
        capital: Capital?,
        established: CalendarDate,
        term: Term?,
        address: String,
        scope: Scope,
        composition: Composition?,
        location: Location?,
        issued: CalendarDate,
        reference: ListReference,
        further: FurtherClaims
    ) {
        self.creditCode = creditCode
        self.version = version
        self.kind = kind
        self.name = name
        self.type = type
        self.representative = representative
        self.capital = capital
        self.established = established
        self.term = term
        self.address = address
        self.scope = scope
        self.composition = composition
        self.location = location
        self.issued = issued
        self.reference = reference
        self.further = further
    }
}

/// Whether a code carries the scope in full or as a digest.
package enum Profile: String, CaseIterable { case full, core }

/// An entry of one of an office's status lists.
package struct ListReference: Hashable {
    /// The number of the list, 1 to 65,535.
    package let list: Int
    /// The entry, from 0.
    package let index: Int

    /// The greatest number of a list.
    package static let lastList = 65_535
    /// The greatest number of entries of a list.
    package static let maximumEntries = 1 << 24

    package init?(list: Int, index: Int) {
        guard (1...Self.lastList).contains(list), (0..<Self.maximumEntries).contains(index) else { return nil }
        self.list = list
        self.index = index
    }
}
