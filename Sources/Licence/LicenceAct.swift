/// What can be done with a licence; every legal move of its life is in ``outcome(from:)``.
///
/// That a term ends is nobody's act: a licence is `expired` from the day after its last one.
package enum LicenceAct: String, CaseIterable {
    /// 设立: the first version, or, after a relocation, the first one at the new office.
    case issue
    /// 变更: other particulars in a new version.
    case change
    /// 延期: a new version with a later end of the term.
    case renew
    /// 补领、换领: the same particulars in a new version, because the paper was lost or damaged.
    case replace
    /// The same by another key, because nobody believes the one that signed any more.
    case reissue
    /// 责令停业, 歇业, and back.
    case suspend, dormant, resume
    /// 迁出: another office goes on with it.
    case relocate
    /// 吊销, 注销, 撤销.
    case revoke, cancel, annul

    /// What a version's status is once it was done.
    package enum Outcome: Hashable {
        case status(LicenceStatus)
        /// The status that is recorded, for the new version as for the one before.
        case asBefore
    }

    /// What comes of it on a licence that is in `status` on the day; nil when it is not legal.
    ///
    /// A licence that does not exist has no status.
    package func outcome(from status: LicenceStatus?) -> Outcome? {
        switch (self, status) {
        case (.issue, nil), (.issue, .relocated): .status(.valid)
        case (.change, .valid): .asBefore
        case (.renew, .valid), (.renew, .expired): .asBefore
        case (.replace, .valid), (.replace, .suspended), (.replace, .dormant): .asBefore
        case (.reissue, .valid), (.reissue, .suspended), (.reissue, .dormant): .asBefore
        case (.suspend, .valid): .status(.suspended)
        case (.dormant, .valid): .status(.dormant)
        case (.resume, .suspended), (.resume, .dormant): .status(.valid)
        case (.relocate, .valid), (.relocate, .dormant): .status(.relocated)
        case (.revoke, let status?) where status.isOpen: .status(.revoked)
        // 吊销 ends the right to do business, and 注销 the business itself.
        case (.cancel, let status?) where status.isOpen || status == .revoked: .status(.cancelled)
        case (.annul, let status?) where status.isOpen: .status(.annulled)
        default: nil
        }
    }

    /// Whether a new version comes of it, and the one before becomes superseded.
    package var makesVersion: Bool {
        switch self {
        case .issue, .change, .renew, .replace, .reissue: true
        case .suspend, .dormant, .resume, .relocate, .revoke, .cancel, .annul: false
        }
    }

    /// What an officer may do with a licence in `status`.
    package static func legal(from status: LicenceStatus?) -> [LicenceAct] {
        allCases.filter { $0 != .reissue && $0.outcome(from: status) != nil }
    }

    /// What was done, for people.
    package var name: Bilingual {
        switch self {
        case .issue: Bilingual(en: "issued", zh: "核发")
        case .change: Bilingual(en: "changed", zh: "变更")
        case .renew: Bilingual(en: "renewed", zh: "延期")
        case .replace: Bilingual(en: "replaced", zh: "补换发")
        case .reissue: Bilingual(en: "reissued by another key", zh: "换用密钥重发")
        case .suspend: Bilingual(en: "suspended", zh: "责令停业")
        case .dormant: Bilingual(en: "put to rest", zh: "歇业")
        case .resume: Bilingual(en: "put in force again", zh: "恢复营业")
        case .relocate: Bilingual(en: "moved to another office", zh: "迁出")
        case .revoke: Bilingual(en: "revoked", zh: "吊销")
        case .cancel: Bilingual(en: "cancelled", zh: "注销")
        case .annul: Bilingual(en: "annulled", zh: "撤销")
        }
    }
}

extension LicenceStatus {
    /// Whether the business's licence has not come to its end for good; one that moved away and that nobody took is not at its end.
    fileprivate var isOpen: Bool { self == .valid || self == .expired || self == .relocated || isReversible }
}
