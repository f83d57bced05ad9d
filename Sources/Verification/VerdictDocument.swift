package import Foundation
import Licence
package import LicenceCode
import OpenSSL
import Publication

/// A verdict as JSON, the same for the command and the daemon; absent facts are absent keys.
package struct VerdictDocument: Encodable {
    let verdict: String
    let message: Message
    let licence: LicenceDocument?
    let issuer: IssuerDocument?
    let evidence: EvidenceDocument
    let checks: [CheckDocument]
    /// What was checked, where several things were: a file's name, or a line.
    let input: String?

    package init(_ verdict: Verdict, input: String? = nil) {
        self.verdict = verdict.word.rawValue
        message = Message(verdict.message)
        licence = verdict.claims.map(LicenceDocument.init)
        issuer = verdict.issuer.map(IssuerDocument.init)
        evidence = EvidenceDocument(verdict.evidence)
        checks = verdict.checks.map { CheckDocument(name: $0.name.rawValue, passed: $0.passed, detail: $0.detail) }
        self.input = input
    }

    /// UTF-8 JSON with sorted keys; over several lines when `pretty`.
    package func json(pretty: Bool = false) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return try encoder.encode(self)
    }

    struct Message: Encodable {
        let en: String
        let zh: String

        init(_ text: Bilingual) {
            en = text.en
            zh = text.zh
        }
    }

    struct IssuerDocument: Encodable {
        let office: Message
        let keyId: String
        let number: Int
        let algorithm: String
        let divisions: [String]

        init(_ key: TrustedKey) {
            office = Message(key.name)
            keyId = key.certificate.publicKey.id.description
            number = key.number.value
            algorithm = key.certificate.publicKey.algorithm.rawValue
            divisions = key.divisions.map(\.description)
        }
    }

    struct EvidenceDocument: Encodable {
        let checkedAt: String
        let trustList: Source?
        let statusList: Source?
        let issuedList: Source?
        let log: LogDocument?

        init(_ evidence: Verdict.Evidence) {
            let now = evidence.checkedAt
            checkedAt = now.description
            trustList = evidence.trustList.map { Source($0, index: nil, now: now) }
            statusList = evidence.statusList.map { Source($0, index: evidence.index, now: now) }
            issuedList = evidence.issuedList.map { Source($0, index: evidence.index, now: now) }
            log = evidence.log.map(LogDocument.init)
        }
    }

    struct Source: Encodable {
        let uri: String
        let index: Int?
        let sequence: Int
        let issuedAt: String
        let ageSeconds: Int64

        init(_ source: Verdict.Evidence.Source, index: Int?, now: Instant) {
            uri = source.uri
            self.index = index
            sequence = source.sequence
            issuedAt = source.issuedAt.description
            // A clock may be behind by the skew that is tolerated.
            ageSeconds = max(0, now.since(source.issuedAt))
        }
    }

    struct LogDocument: Encodable {
        let origin: String
        let size: Int
        let index: Int?
        let witnesses: [String]?

        init(_ log: Verdict.Evidence.Log) {
            origin = log.origin
            size = log.size
            index = log.index
            witnesses = log.witnesses.isEmpty ? nil : log.witnesses
        }
    }

    struct CheckDocument: Encodable {
        let name: String
        let passed: Bool
        let detail: String?
    }
}

/// The claims of a code as JSON, by the names of an application.
package struct LicenceDocument: Encodable {
    let creditCode: String
    let version: Int
    let kind: String
    let name: String
    let type: String
    let representative: String
    let capital: CapitalDocument?
    let established: String
    let term: TermDocument?
    let address: String
    let scope: String?
    let scopeDigest: ScopeDigest?
    let composition: String?
    let location: LocationDocument?
    let issued: String
    /// How many more claims there are that this program does not know.
    let unknownClaims: Int?

    package init(_ claims: Claims) {
        creditCode = claims.creditCode.text
        version = claims.version
        kind = claims.kind.rawValue
        name = claims.name
        type = claims.type
        representative = claims.representative
        capital = claims.capital.map { CapitalDocument(amount: $0.amount, currency: $0.currency) }
        established = claims.established.description
        term = claims.term.map { TermDocument(from: $0.from.description, to: $0.to?.description) }
        address = claims.address
        switch claims.scope {
        case .text(let text): (scope, scopeDigest) = (text, nil)
        case .digest(let length, let digest):
            (scope, scopeDigest) = (nil, ScopeDigest(length: length, sha256: digest.description))
        }
        composition = claims.composition?.rawValue
        location = claims.location.map {
            LocationDocument(
                latitude: Double($0.microLatitude) / 1_000_000,
                longitude: Double($0.microLongitude) / 1_000_000
            )
        }
        issued = claims.issued.description
        unknownClaims = claims.further.count > 0 ? claims.further.count : nil
    }

    struct CapitalDocument: Encodable {
        let amount: String
        let currency: String
    }

    struct TermDocument: Encodable {
        let from: String
        let to: String?
    }

    struct ScopeDigest: Encodable {
        let length: Int
        let sha256: String
    }

    struct LocationDocument: Encodable {
        let latitude: Double
        let longitude: Double
    }
}
