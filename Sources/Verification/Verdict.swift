package import Licence
package import LicenceCode
package import Publication

/// What a check found: one word, why, and what it rests on.
package struct Verdict {
    package let word: VerdictWord
    let reason: Reason
    /// What was read; nil when it is no code.
    let code: CheckedCode?
    let signer: Grounds.Issuer?
    package let evidence: Evidence
    /// In the order in which they were made; the last is the one that failed, if any did.
    package let checks: [Check]

    /// What the code says; nil when it is no code.
    ///
    /// Only ``VerdictWord/valid`` and the words about status vouch for it.
    package var claims: Claims? { code?.code.claims }

    /// The key that the code names, when the trust list has it.
    package var issuer: TrustedKey? { signer?.key }

    /// One sentence with the reason.
    package var message: Bilingual {
        switch reason {
        case .valid(let age, let isCore): Messages.valid(age, isCore: isCore)
        case .other(let message): message
        }
    }

    /// What the sentence says; that of a valid licence is put into words only where somebody reads it.
    enum Reason {
        /// `age` is that of the status list; `isCore`, whether the code has only a digest of the scope.
        case valid(age: Age, isCore: Bool)
        case other(Bilingual)
    }

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
        /// What was found in the publication; nil where its trust list is not believed.
        var grounds: Grounds?
        /// The lists that the code names; nil where it did not come to these.
        var lists: Grounds.Lists?
        /// The code's entry in both lists.
        package internal(set) var index: Int?

        init(checkedAt: Instant) { self.checkedAt = checkedAt }

        package var trustList: Source? { grounds?.trustList }
        package var statusList: Source? { lists?.statusList }
        package var issuedList: Source? { lists?.issuedList }
        /// The public log, where the authority keeps one.
        package var log: Log? { lists?.log ?? grounds?.log }

        /// A signed file.
        package struct Source: Hashable, Sendable {
            package let uri: String
            package let sequence: Int
            package let issuedAt: Instant
            /// All of it that has no age, as members of a JSON object.
            let members: [UInt8]

            init(uri: String, sequence: Int, issuedAt: Instant) {
                (self.uri, self.sequence, self.issuedAt) = (uri, sequence, issuedAt)
                var writer = JSONWriter()
                writer.key("issuedAt")
                writer.value(issuedAt)
                writer.key("sequence")
                writer.value(sequence)
                writer.key("uri")
                writer.value(uri)
                members = writer.bytes
            }

            init(_ claims: ListClaims) {
                self.init(uri: claims.subject, sequence: claims.sequence, issuedAt: claims.issuedAt)
            }
        }

        /// The head of the log that was believed.
        package struct Log: Hashable, Sendable {
            package let origin: String
            /// How many entries it has.
            package let size: Int
            /// Where the status list stands in it.
            package let index: Int?
            /// The names of the witnesses that are asked for and have signed it.
            package let witnesses: [String]
            let json: [UInt8]

            init(origin: String, size: Int, index: Int?, witnesses: [String]) {
                (self.origin, self.size, self.index, self.witnesses) = (origin, size, index, witnesses)
                var writer = JSONWriter()
                writer.log(origin: origin, size: size, index: index, witnesses: witnesses)
                json = writer.bytes
            }

            /// The same head, and where the status list stands in its log.
            func at(_ index: Int?) -> Log { Log(origin: origin, size: size, index: index, witnesses: witnesses) }
        }
    }
}
