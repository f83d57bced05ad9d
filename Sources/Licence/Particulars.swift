/// The registered particulars (登记事项) of one market entity, checked in full: a value that exists is acceptable.
package struct Particulars: Hashable {
    package let creditCode: CreditCode
    package let kind: LicenceKind
    /// 名称.
    package let name: String
    /// 类型, as registered.
    package let type: String
    /// The person named under ``LicenceKind/representativeLabel``.
    package let representative: String
    /// Only for kinds with a ``LicenceKind/capitalLabel``.
    package let capital: Capital?
    /// 成立日期 or 注册日期.
    package let established: CalendarDate
    /// 营业期限; nil when the licence states none.
    package let term: Term?
    /// Under ``LicenceKind/addressLabel``.
    package let address: String
    /// 经营范围.
    package let scope: String
    /// 组成形式, only of an individual business.
    package let composition: Composition?
    package let location: Location?

    /// The greatest length of each text, in Unicode scalars.
    package static let limits: [ApplicationField: Int] = [
        .name: 200, .type: 100, .representative: 200, .address: 300, .scope: 8_000,
    ]

    /// - Throws: the first rule that the fields break together; each field by itself is already right.
    package init(
        creditCode: CreditCode,
        kind: LicenceKind,
        name: String,
        type: String,
        representative: String,
        capital: Capital?,
        established: CalendarDate,
        term: Term?,
        address: String,
        scope: String,
        composition: Composition?,
        location: Location?
    ) throws(LicenceError) {
        self.creditCode = creditCode
        self.kind = kind
        self.name = name
        self.type = type
        self.representative = representative
        self.capital = capital
        self.established = established
        self.term = term
        self.address = address
        self.scope = scope
        self.composition = composition
        self.location = location
        if let refusal = kind.refusal(
            creditCode: creditCode,
            hasCapital: capital != nil,
            hasComposition: composition != nil
        )
        .first {
            throw refusal
        }
    }
}

/// 营业期限: from a day to a day, or without end (长期).
package struct Term: Hashable {
    package let from: CalendarDate
    /// The last day in force; nil for 长期.
    package let to: CalendarDate?

    /// - Throws: ``LicenceError/Code/datesOutOfOrder`` when it would end before it begins.
    package init(from: CalendarDate, to: CalendarDate?) throws(LicenceError) {
        if let to, to < from {
            throw LicenceError(.datesOutOfOrder, field: "term.to", "the term ends before it begins (term.from)")
        }
        self.from = from
        self.to = to
    }
}

/// 组成形式 of an individual business.
package enum Composition: String, CaseIterable {
    /// 个人经营.
    case personal
    /// 家庭经营.
    case family

    package var name: Bilingual {
        switch self {
        case .personal: Bilingual(en: "run by one person", zh: "个人经营")
        case .family: Bilingual(en: "run by a family", zh: "家庭经营")
        }
    }
}

extension LicenceKind {
    /// The rules that tie the fields of a licence to its kind, broken ones only.
    func refusal(creditCode: CreditCode?, hasCapital: Bool, hasComposition: Bool) -> [LicenceError] {
        var refusals: [LicenceError] = []
        if let creditCode, creditCode.department != "9" || !categories.contains(creditCode.category) {
            let wanted = categories.map { "9\($0)" }.joined(separator: " or ")
            refusals.append(
                LicenceError(
                    .creditCodeDoesNotFitKind,
                    field: "creditCode",
                    "\(name.article) has a credit code that begins with \(wanted)"
                )
            )
        }
        if hasCapital, capitalLabel == nil {
            refusals.append(
                LicenceError(.fieldNotOfKind, field: "capital", "the licence of \(name.article) states no capital")
            )
        }
        if !hasCapital, requiresCapital {
            refusals.append(
                LicenceError(.missingField, field: "capital", "the licence of \(name.article) states its capital")
            )
        }
        if hasComposition, !self.hasComposition {
            refusals.append(
                LicenceError(
                    .fieldNotOfKind,
                    field: "composition",
                    "the licence of \(name.article) states no composition"
                )
            )
        }
        return refusals
    }
}
