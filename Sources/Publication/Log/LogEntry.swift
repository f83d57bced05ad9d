package import Licence
import LicenceCode
package import OpenSSL

/// One line of an authority's log: what was done and when, by digests, and nothing of a person.
package struct LogEntry: Hashable {
    package let at: Instant
    package let content: Content

    package enum Content: Hashable {
        /// Something was done with a licence.
        case act(ActOnLicence)
        /// A list was signed; it tells of all entries before.
        case list(SignedList)
        /// How far the acts of the registry had come, the hash of the last one, and ``ListTable/digest``; ends each publication.
        case registry(acts: Int, head: Digest, lists: Digest)
        /// A registry from before was put back: the acts that it does not have are lost, and number from here on again.
        ///
        /// `from` is the hash of the last act that a publication ended with and that it has; zeroes where there is none.
        case restore(act: Int, from: Digest)
        /// What the registry that was put back does not know any more, or otherwise.
        case loss([Effect])
    }

    package struct ActOnLicence: Hashable {
        package let kind: LicenceAct
        /// Its number in the registry.
        package let number: Int
        package let subject: Subject
        /// The version that it is on, and the one that it supersedes.
        package let effects: [Effect]

        package init(kind: LicenceAct, number: Int, subject: Subject, effects: [Effect]) {
            self.kind = kind
            self.number = number
            self.subject = subject
            self.effects = effects
        }
    }

    package struct SignedList: Hashable {
        package let path: String
        package let sequence: Int
        /// SHA-256 of what its signature is made of.
        package let digest: Digest

        package init(path: String, sequence: Int, digest: Digest) {
            self.path = path
            self.sequence = sequence
            self.digest = digest
        }
    }

    /// What became of an entry of a status list.
    package struct Effect: Hashable {
        /// The name that the status list and the issued list share: `341181-1`.
        package let list: String
        package let index: Int
        /// Of the licence code; of what is lost perhaps only the beginning is known.
        package let digest: [UInt8]
        package let status: ListedStatus

        package init(list: String, index: Int, digest: [UInt8], status: ListedStatus) {
            self.list = list
            self.index = index
            self.digest = digest
            self.status = status
        }
    }

    /// By which a business finds what was done with its licence: the first 16 bytes of SHA-256 over `licet subject 1:` and the credit code.
    package struct Subject: Hashable {
        package let bytes: [UInt8]

        package init(_ creditCode: String) {
            bytes = Array(Digest(of: Array("licet subject 1:\(creditCode)".utf8)).bytes.prefix(Self.size))
        }

        init?(bytes: [UInt8]) {
            guard bytes.count == Self.size else { return nil }
            self.bytes = bytes
        }

        static let size = 16
    }

    package init(at: Instant, _ content: Content) {
        self.at = at
        self.content = content
    }
}
