import Licence
import LicenceCode
import OpenSSL
import Publication

extension Verdict {
    /// What ``VerdictDocument`` is as JSON, in UTF-8 and on one line; `input` tells which of several things was checked.
    package func json(input: String? = nil) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("checks")
            // All of a valid licence hold; there is one more where a paper was given.
            if word == .valid, checks.count == Verdict.Check.ofValid.count {
                writer.raw(Verdict.Check.ofValidAsJSON)
            } else {
                writer.array { writer in
                    for check in checks { writer.check(check) }
                }
            }
            writer.key("evidence")
            writer.evidence(evidence)
            if let input {
                writer.key("input")
                writer.value(input)
            }
            if let signer {
                writer.key("issuer")
                writer.raw(signer.json)
            }
            if let code {
                writer.key("licence")
                if let licence = code.licence { writer.raw(licence) } else { writer.licence(code.code.claims) }
            }
            writer.key("message")
            switch reason {
            case .valid(let age, let isCore): writer.valid(age, isCore: isCore)
            case .other(let message): writer.bilingual(message)
            }
            writer.key("verdict")
            writer.value(word.rawValue)
        }
        return writer.bytes
    }
}

extension Verdict.Check {
    /// Those of a licence that is valid, in their order, where no paper was given: of most that are shown.
    fileprivate static let ofValid = Name.allCases.filter { $0 != .paper }.map {
        Self(name: $0, passed: true, detail: nil)
    }

    fileprivate static let ofValidAsJSON: [UInt8] = {
        var writer = JSONWriter()
        writer.array { writer in
            for check in ofValid { writer.check(check) }
        }
        return writer.bytes
    }()
}

extension JSONWriter {
    fileprivate mutating func check(_ check: Verdict.Check) {
        object { writer in
            if let detail = check.detail {
                writer.key("detail")
                writer.value(detail)
            }
            writer.key("name")
            writer.value(check.name.rawValue)
            writer.key("passed")
            writer.value(check.passed)
        }
    }

    fileprivate mutating func bilingual(_ text: Bilingual) {
        object { writer in
            writer.key("en")
            writer.value(text.en)
            writer.key("zh")
            writer.value(text.zh)
        }
    }

    /// ``Messages/valid(_:isCore:)``, of which most answers have one.
    fileprivate mutating func valid(_ age: Age, isCore: Bool) {
        object { writer in
            writer.key("en")
            writer.valid(age, isCore: isCore, in: \.en)
            writer.key("zh")
            writer.valid(age, isCore: isCore, in: \.zh)
        }
    }

    private mutating func valid(_ age: Age, isCore: Bool, in language: KeyPath<Bilingual, String>) {
        let (before, behind, core) = Messages.valid
        text { text in
            text.write(before[keyPath: language])
            text.write(age.count)
            text.write(age.unit[keyPath: language])
            text.write(behind[keyPath: language])
            if isCore { text.write(core[keyPath: language]) }
        }
    }

    fileprivate mutating func evidence(_ evidence: Verdict.Evidence) {
        object { writer in
            writer.key("checkedAt")
            writer.value(evidence.checkedAt)
            if let list = evidence.issuedList {
                writer.key("issuedList")
                writer.source(list, index: evidence.index, now: evidence.checkedAt)
            }
            if let log = evidence.log {
                writer.key("log")
                writer.raw(log.json)
            }
            if let list = evidence.statusList {
                writer.key("statusList")
                writer.source(list, index: evidence.index, now: evidence.checkedAt)
            }
            if let list = evidence.trustList {
                writer.key("trustList")
                writer.source(list, index: nil, now: evidence.checkedAt)
            }
        }
    }

    private mutating func source(_ source: Verdict.Evidence.Source, index: Int?, now: Instant) {
        object { writer in
            writer.key("ageSeconds")
            writer.value(Int(max(0, now.since(source.issuedAt))))
            if let index {
                writer.key("index")
                writer.value(index)
            }
            writer.raw(source.members)
        }
    }

    mutating func log(origin: String, size: Int, index: Int?, witnesses: [String]) {
        object { writer in
            if let index {
                writer.key("index")
                writer.value(index)
            }
            writer.key("origin")
            writer.value(origin)
            writer.key("size")
            writer.value(size)
            guard !witnesses.isEmpty else { return }
            writer.key("witnesses")
            writer.array { writer in
                for name in witnesses { writer.value(name) }
            }
        }
    }

    mutating func issuer(_ key: TrustedKey) {
        object { writer in
            writer.key("algorithm")
            writer.value(key.certificate.publicKey.algorithm.rawValue)
            writer.key("divisions")
            writer.array { writer in
                for division in key.divisions { writer.value(division.description) }
            }
            writer.key("keyId")
            writer.value(hexadecimal: key.certificate.publicKey.id.bytes)
            writer.key("number")
            writer.value(key.number.value)
            writer.key("office")
            writer.bilingual(key.name)
        }
    }

    /// What ``LicenceDocument`` is.
    mutating func licence(_ claims: Claims) {
        object { writer in
            writer.key("address")
            writer.value(claims.address)
            if let capital = claims.capital { writer.capital(capital) }
            if let composition = claims.composition {
                writer.key("composition")
                writer.value(composition.rawValue)
            }
            writer.key("creditCode")
            writer.value(claims.creditCode.text)
            writer.key("established")
            writer.value(claims.established)
            writer.key("issued")
            writer.value(claims.issued)
            writer.key("kind")
            writer.value(claims.kind.rawValue)
            if let location = claims.location { writer.location(location) }
            writer.key("name")
            writer.value(claims.name)
            writer.key("representative")
            writer.value(claims.representative)
            writer.scope(claims.scope)
            if let term = claims.term { writer.term(term) }
            writer.key("type")
            writer.value(claims.type)
            if claims.further.count > 0 {
                writer.key("unknownClaims")
                writer.value(claims.further.count)
            }
            writer.key("version")
            writer.value(claims.version)
        }
    }

    private mutating func capital(_ capital: Capital) {
        key("capital")
        object { writer in
            writer.key("amount")
            writer.value(capital.amount)
            writer.key("currency")
            writer.value(capital.currency)
        }
    }

    private mutating func location(_ location: Location) {
        key("location")
        object { writer in
            writer.key("latitude")
            writer.value(millionths: location.microLatitude)
            writer.key("longitude")
            writer.value(millionths: location.microLongitude)
        }
    }

    private mutating func scope(_ scope: Claims.Scope) {
        switch scope {
        case .text(let text):
            key("scope")
            value(text)
        case .digest(let length, let digest):
            key("scopeDigest")
            object { writer in
                writer.key("length")
                writer.value(length)
                writer.key("sha256")
                writer.value(hexadecimal: digest.bytes)
            }
        }
    }

    private mutating func term(_ term: Term) {
        key("term")
        object { writer in
            writer.key("from")
            writer.value(term.from)
            guard let end = term.to else { return }
            writer.key("to")
            writer.value(end)
        }
    }
}
