package import Licence

/// The one word that a check ends with, from the worst to the best; what decides is the first that applies.
package enum VerdictWord: String, CaseIterable {
    case malformed
    case unknownIssuer = "unknown_issuer"
    case forged
    case issuerRevoked = "issuer_revoked"
    case outOfJurisdiction = "out_of_jurisdiction"
    case notIssued = "not_issued"
    case undetermined
    case notYetValid = "not_yet_valid"
    case annulled, cancelled, revoked, relocated, superseded, expired, suspended, dormant, altered, valid

    /// What a command that gives this verdict exits with.
    package var exitCode: Int32 {
        switch self {
        case .malformed: 25
        case .unknownIssuer: 21
        case .forged: 20
        case .issuerRevoked: 22
        case .outOfJurisdiction: 23
        case .notIssued: 24
        case .undetermined: 30
        case .notYetValid: 17
        case .annulled: 15
        case .cancelled: 14
        case .revoked: 13
        case .relocated: 18
        case .superseded: 10
        case .expired: 16
        case .suspended: 11
        case .dormant: 12
        case .altered: 26
        case .valid: 0
        }
    }

    /// The verdict for people.
    package var name: Bilingual {
        switch self {
        case .malformed: Bilingual(en: "NOT A LICENCE CODE", zh: "不是有效的执照码")
        case .unknownIssuer: Bilingual(en: "UNKNOWN ISSUER", zh: "签发机关不明")
        case .forged: Bilingual(en: "FORGED", zh: "伪造")
        case .issuerRevoked: Bilingual(en: "ISSUER'S KEY REVOKED", zh: "签发密钥已吊销")
        case .outOfJurisdiction: Bilingual(en: "OUT OF JURISDICTION", zh: "超出签发权限")
        case .notIssued: Bilingual(en: "NOT ISSUED", zh: "登记机关未签发")
        case .undetermined: Bilingual(en: "CANNOT TELL", zh: "无法判定")
        case .notYetValid: Bilingual(en: "NOT YET VALID", zh: "尚未生效")
        case .annulled: Bilingual(en: "ANNULLED", zh: "已撤销")
        case .cancelled: Bilingual(en: "CANCELLED", zh: "已注销")
        case .revoked: Bilingual(en: "REVOKED", zh: "已吊销")
        case .relocated: Bilingual(en: "RELOCATED", zh: "已迁出")
        case .superseded: Bilingual(en: "SUPERSEDED", zh: "已换照")
        case .expired: Bilingual(en: "EXPIRED", zh: "已过期")
        case .suspended: Bilingual(en: "SUSPENDED", zh: "已责令停业")
        case .dormant: Bilingual(en: "DORMANT", zh: "歇业中")
        case .altered: Bilingual(en: "ALTERED", zh: "纸面内容被改动")
        case .valid: Bilingual(en: "VALID", zh: "有效")
        }
    }
}

extension VerdictWord: Comparable {
    /// Worse is less, in the order of the table.
    package static func < (left: VerdictWord, right: VerdictWord) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

extension VerdictWord {
    /// Whether the office really said what the code says; of any other code the content may be anybody's invention.
    package var vouchesForContent: Bool {
        switch self {
        case .malformed, .unknownIssuer, .forged, .issuerRevoked, .outOfJurisdiction, .notIssued, .undetermined: false
        case .notYetValid, .annulled, .cancelled, .revoked, .relocated, .superseded, .expired, .suspended, .dormant,
            .altered, .valid:
            true
        }
    }
}
