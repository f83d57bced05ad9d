/// What sort of market entity a licence is for; it decides the fields and their printed labels.
package enum LicenceKind: String, CaseIterable {
    case company
    case nonCompanyLegalPerson = "non_company_legal_person"
    case partnership
    case soleProprietorship = "sole_proprietorship"
    case individualBusiness = "individual_business"
    case cooperative
    case branch

    /// The kind's name for people.
    package var name: Bilingual {
        switch self {
        case .company: Bilingual(en: "company", zh: "公司")
        case .nonCompanyLegalPerson: Bilingual(en: "non-company legal person", zh: "非公司企业法人")
        case .partnership: Bilingual(en: "partnership", zh: "合伙企业")
        case .soleProprietorship: Bilingual(en: "sole proprietorship", zh: "个人独资企业")
        case .individualBusiness: Bilingual(en: "individual business", zh: "个体工商户")
        case .cooperative: Bilingual(en: "farmers' cooperative", zh: "农民专业合作社")
        case .branch: Bilingual(en: "branch", zh: "分支机构")
        }
    }

    /// The printed label of ``Particulars/representative``.
    package var representativeLabel: Bilingual {
        switch self {
        case .company, .nonCompanyLegalPerson, .cooperative:
            Bilingual(en: "Legal representative", zh: "法定代表人")
        case .partnership: Bilingual(en: "Managing partner", zh: "执行事务合伙人(委派代表)")
        case .soleProprietorship: Bilingual(en: "Investor", zh: "投资人")
        case .individualBusiness: Bilingual(en: "Operator", zh: "经营者")
        case .branch: Bilingual(en: "Person in charge", zh: "负责人")
        }
    }

    /// The printed label of ``Particulars/address``.
    package var addressLabel: Bilingual {
        switch self {
        case .company, .nonCompanyLegalPerson, .soleProprietorship, .cooperative:
            Bilingual(en: "Domicile", zh: "住所")
        case .partnership: Bilingual(en: "Main business premises", zh: "主要经营场所")
        case .individualBusiness: Bilingual(en: "Business premises", zh: "经营场所")
        case .branch: Bilingual(en: "Place of business", zh: "营业场所")
        }
    }

    /// The printed label of ``Particulars/established``.
    package var establishedLabel: Bilingual {
        self == .individualBusiness
            ? Bilingual(en: "Registered on", zh: "注册日期") : Bilingual(en: "Established", zh: "成立日期")
    }

    /// The printed label of ``Particulars/capital``, or nil for a kind that has none.
    package var capitalLabel: Bilingual? {
        switch self {
        case .company, .nonCompanyLegalPerson: Bilingual(en: "Registered capital", zh: "注册资本")
        case .partnership: Bilingual(en: "Contributions", zh: "出资额")
        case .cooperative: Bilingual(en: "Members' contributions", zh: "成员出资总额")
        case .soleProprietorship, .individualBusiness, .branch: nil
        }
    }

    /// Whether a licence of this kind must state its capital.
    var requiresCapital: Bool { self == .company }
    /// Whether a licence of this kind may state its composition (组成形式).
    var hasComposition: Bool { self == .individualBusiness }

    /// The credit-code categories, of department 9, that this kind is registered under.
    var categories: String {
        switch self {
        case .company, .nonCompanyLegalPerson, .partnership, .soleProprietorship: "1"
        case .individualBusiness: "2"
        case .cooperative: "3"
        case .branch: "13"
        }
    }
}

/// One text in the two languages that Licet speaks.
package struct Bilingual: Hashable {
    package let en: String
    package let zh: String

    package init(en: String, zh: String) {
        self.en = en
        self.zh = zh
    }

    /// The English with its article: `an individual business`.
    var article: String { ("aeiou".contains(en.prefix(1)) ? "an " : "a ") + en }

    package subscript(language: Language) -> String { language == .zh ? zh : en }
}

/// A language of messages and pages.
package enum Language: String, CaseIterable { case en, zh }
