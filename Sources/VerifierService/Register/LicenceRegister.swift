package import Licence
package import OpenSSL

/// Where the daemon looks up what became of a business's licences; attached by who runs it, and only read.
package protocol LicenceRegister: Sendable {
    /// All versions under a credit code, with the statuses that they have at `now`; nil where there is none.
    ///
    /// Throws where the register cannot be read at the moment; whoever asked is not told why.
    func history(of creditCode: CreditCode, at now: Instant) async throws -> LicenceHistory?
}

/// The versions of a business's licence as a register has them: what is printed on them is not in it.
package struct LicenceHistory: Hashable, Sendable {
    /// The first one first.
    package let versions: [Version]
    package let newest: Version
    /// When the register's newest entry was made, on whatever business: what was done later, it cannot know.
    package let recordedUntil: Instant?

    /// Nil of no versions.
    package init?(versions: [Version], recordedUntil: Instant?) {
        guard let newest = versions.last else { return nil }
        self.versions = versions
        self.newest = newest
        self.recordedUntil = recordedUntil
    }

    package struct Version: Hashable, Sendable {
        package let number: Int
        /// 发照日期, as it is printed.
        package let issued: CalendarDate
        package let status: LicenceStatus
        /// When it came to its status; nil where the register does not tell.
        package let since: Instant?
        /// When it was signed; nil where the register does not tell.
        package let issuedAt: Instant?
        package let issuer: Issuer

        package init(
            number: Int,
            issued: CalendarDate,
            issuedAt: Instant?,
            status: LicenceStatus,
            since: Instant?,
            issuer: Issuer
        ) {
            self.number = number
            self.issued = issued
            self.issuedAt = issuedAt
            self.status = status
            self.since = since
            self.issuer = issuer
        }
    }

    /// The key that signed a version, and whose it is.
    package struct Issuer: Hashable, Sendable {
        package let office: Bilingual
        package let division: DivisionCode
        /// By which codes name the key.
        package let number: Int
        package let keyID: KeyID

        package init(office: Bilingual, division: DivisionCode, number: Int, keyID: KeyID) {
            self.office = office
            self.division = division
            self.number = number
            self.keyID = keyID
        }
    }
}
