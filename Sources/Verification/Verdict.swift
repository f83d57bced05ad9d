package import Licence
package import LicenceCode
package import Publication

/// What a check found: one word, why, and what it rests on.
package struct Verdict {
    package let word: VerdictWord
    /// One sentence with the reason.
    package let message: Bilingual
    /// What was read; nil when it is no code.
    let code: CheckedCode?
    /// The key that the code names, when the trust list has it.
    package let issuer: TrustedKey?
    package let evidence: Evidence
    /// In the order in which they were made; the last is the one that failed, if any did.
    package let checks: [Check]

    /// What the code says; nil when it is no code.
    ///
    /// Only ``VerdictWord/valid`` and the words about status vouch for it.
    package var claims: Claims? { code?.code.claims }

    /// One of the things that must hold.
    package struct Check: Hashable {
        package enum Name: String, CaseIterable {
            case format, trustList, issuer, signature, issuerRevocation, jurisdiction, issued, evidence, begin, term
            case status, paper
        }

        package let name: Name
        package let passed: Bool
        /// The verdict that its failure gave.
        package let detail: String?
    }

    /// What the verdict rests on and how old that is.
    package struct Evidence {
        package let checkedAt: Instant
        package internal(set) var trustList: Source?
        package internal(set) var statusList: Source?
        package internal(set) var issuedList: Source?
        /// The public log, where the authority keeps one.
        package internal(set) var log: Log?
        /// The code's entry in both lists.
        package internal(set) var index: Int?

        /// A signed file.
        package struct Source: Hashable {
            package let uri: String
            package let sequence: Int
            package let issuedAt: Instant
        }

        /// The head of the log that was believed.
        package struct Log: Hashable {
            package let origin: String
            /// How many entries it has.
            package let size: Int
            /// Where the status list stands in it.
            package internal(set) var index: Int?
            /// The names of the witnesses that are asked for and have signed it.
            package let witnesses: [String]
        }
    }
}
