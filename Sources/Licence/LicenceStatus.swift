/// Where a licence stands; 吊销 (``revoked``) and 注销 (``cancelled``) are different facts.
package enum LicenceStatus: String, CaseIterable {
    case valid, suspended, dormant, superseded, revoked, cancelled, annulled, relocated, expired

    /// The status for people.
    package var name: Bilingual {
        switch self {
        case .valid: Bilingual(en: "valid", zh: "有效")
        case .suspended: Bilingual(en: "suspended", zh: "责令停业")
        case .dormant: Bilingual(en: "dormant", zh: "歇业")
        case .superseded: Bilingual(en: "superseded", zh: "已换照")
        case .revoked: Bilingual(en: "revoked", zh: "吊销")
        case .cancelled: Bilingual(en: "cancelled", zh: "注销")
        case .annulled: Bilingual(en: "annulled", zh: "撤销")
        case .relocated: Bilingual(en: "relocated", zh: "迁出")
        case .expired: Bilingual(en: "expired", zh: "期限届满")
        }
    }

    /// Whether a licence in this status can become valid again; everything else is final for its version.
    package var isReversible: Bool { self == .suspended || self == .dormant }
}
