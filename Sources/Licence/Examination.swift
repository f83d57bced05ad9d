extension Application {
    /// What can be said of an application before anybody signs.
    package struct Examined: Sendable {
        /// Nil when there is an error.
        package let particulars: Particulars?
        /// What is right but for the day: the term has ended; nil where it has not, or something else is wrong.
        package let lapsed: Particulars?
        /// Errors first, then warnings, then notes.
        package let remarks: [Remark]

        package func remarks(_ level: Remark.Level) -> [Remark] { remarks.filter { $0.level == level } }
    }

    /// Looks at everything that the application says, without a register; `today` is the day at the office.
    package func examine(
        today: CalendarDate,
        checkCharacter policy: CreditCode.CheckCharacterPolicy = .mustMatch
    ) -> Examined {
        var remarks: [Remark] = []
        var particulars: Particulars?
        do {
            let reviewed = try review(checkCharacter: policy)
            particulars = reviewed.particulars
            remarks = Facts(reviewed.particulars).remarks(today: today)
            remarks += reviewed.repairs.map(Remark.init)
        } catch {
            let refused = Set(error.errors.compactMap(\.field))
            let others = Facts(self).remarks(today: today)
            // Of one field once: what is refused as invisible may be so in two ways.
            remarks = error.errors.map { Remark($0, of: self) }
            remarks += others.filter { $0.rule != .forbiddenCharacter || !refused.contains($0.field ?? "") }
        }
        let sorted = Remark.Level.allCases.flatMap { level in remarks.filter { $0.level == level } }
        let errors = remarks.filter { $0.level == .error }
        let isLapsed = !errors.isEmpty && errors.allSatisfy { $0.rule == .dates && $0.field == "term.to" }
        return Examined(
            particulars: errors.isEmpty ? particulars : nil,
            lapsed: isLapsed ? particulars : nil,
            remarks: sorted
        )
    }

    /// What can be said of a row that holds no application.
    package static func examine(_ refusal: Refusal) -> Examined {
        Examined(particulars: nil, lapsed: nil, remarks: refusal.errors.map { Remark($0) })
    }
}

extension Result where Success == Application, Failure == Application.Refusal {
    /// ``Application/examine(today:checkCharacter:)`` of a row of a file.
    package func examine(
        today: CalendarDate,
        checkCharacter policy: CreditCode.CheckCharacterPolicy = .mustMatch
    ) -> Application.Examined {
        switch self {
        case .success(let application): application.examine(today: today, checkCharacter: policy)
        case .failure(let refusal): Application.examine(refusal)
        }
    }
}

extension Remark {
    /// A repair, told.
    fileprivate init(_ repair: Repair) {
        let what =
            switch repair.what {
            case .trimmed: "white space at its ends was removed"
            case .normalised: "was brought into Unicode normal form NFC"
            case .rewritten: "was read as year, month, day and written as 2024-03-05 is"
            case .withoutEnd: "was read as a term without end (长期), which is an empty field"
            }
        self.init(.note, .repaired, field: repair.field.rawValue, what, hint: nil)
    }
}

/// What an application says, as far as it can be read; the rules that need no register.
private struct Facts {
    let creditCode: CreditCode?
    let kind: LicenceKind?
    let name: String
    let type: String
    let scope: String
    /// What is read as names are.
    let words: [(ApplicationField, String)]
    let established: CalendarDate?
    let termFrom: CalendarDate?
    let termTo: CalendarDate?
    let capital: Capital?
    /// Three capitals, if it is given so.
    let currency: String?
    /// Whether there is no capital, rather than one that cannot be read.
    let isWithoutCapital: Bool

    init(_ particulars: Particulars) {
        creditCode = particulars.creditCode
        kind = particulars.kind
        name = particulars.name
        type = particulars.type
        scope = particulars.scope
        words = [
            (.name, particulars.name), (.type, particulars.type), (.representative, particulars.representative),
            (.address, particulars.address),
        ]
        established = particulars.established
        termFrom = particulars.term?.from
        termTo = particulars.term?.to
        capital = particulars.capital
        currency = particulars.capital?.currency
        isWithoutCapital = particulars.capital == nil
    }

    init(_ application: Application) {
        func text(_ field: ApplicationField) -> String { application.fields[field].map(FieldText.normal) ?? "" }
        func date(_ field: ApplicationField) -> CalendarDate? {
            try? CalendarDate(CalendarDate.rewritten(text(field)) ?? text(field))
        }
        creditCode = try? CreditCode(text(.creditCode), checkCharacter: .mayDiffer)
        kind = try? LicenceKind(applied: text(.kind))
        name = text(.name)
        type = text(.type)
        scope = text(.scope)
        words = [ApplicationField.name, .type, .representative, .address].map { ($0, text($0)) }
        established = date(.established)
        termFrom = date(.termFrom)
        termTo = date(.termTo)
        capital = try? Capital(amount: text(.capitalAmount), currency: text(.capitalCurrency))
        let written = text(.capitalCurrency)
        currency = (try? Capital(digits: 0, scale: 0, currency: written)).map { _ in written }
        isWithoutCapital = application.fields[.capitalAmount] == nil && application.fields[.capitalCurrency] == nil
    }

    func remarks(today: CalendarDate) -> [Remark] {
        words.flatMap { Unseen.remarks(on: $0.1, of: $0.0) } + dates(today) + currencies() + money() + kindAndType()
            + ScopeWording(scope).remarks + code()
    }

    private func code() -> [Remark] {
        guard let creditCode, creditCode.hasMatchingCheckCharacter, !creditCode.hasMatchingBodyCheck else { return [] }
        return [
            Remark(
                .note,
                .creditCodeBody,
                field: "creditCode",
                "the check of characters 9 to 17 (GB 11714) does not match",
                hint: "older codes are like that, typing slips too: compare with the paper"
            )
        ]
    }

    private func dates(_ today: CalendarDate) -> [Remark] {
        var remarks: [Remark] = []
        func say(_ level: Remark.Level, _ field: String, _ problem: String, _ hint: String) {
            remarks.append(Remark(level, .dates, field: field, problem, hint: hint))
        }
        if let established, established > today {
            say(.error, "established", "lies after today", "correct the year, or issue the licence on that day")
        }
        if let established, let foundation = Self.foundation, established < foundation {
            say(.warning, "established", "lies before 1949-10-01", "look for a typing slip in the year")
        }
        if let termTo, termTo < today, termFrom.map({ $0 <= termTo }) ?? true {
            say(.error, "term.to", "the term is over", "have the term prolonged first, or correct the year")
        }
        if let termFrom, termFrom > today {
            say(.warning, "term.from", "the term begins after today", "compare the year with the paper")
        }
        if let established, let termFrom, termFrom < established {
            say(
                .warning,
                "term.from",
                "the term begins before the business is established",
                "compare both dates with the paper"
            )
        }
        return remarks
    }

    private static let foundation = try? CalendarDate(year: 1949, month: 10, day: 1)

    private func currencies() -> [Remark] {
        guard let currency, !Currency.isInUse(currency) else { return [] }
        let problem = "\(currency) is no currency of ISO 4217 that is in use"
        return [Remark(.error, .capital, field: "capital.currency", problem, hint: Remark.currencyHint)]
    }

    private func money() -> [Remark] {
        func remark(_ level: Remark.Level, _ problem: String, _ hint: String) -> [Remark] {
            [Remark(level, .capital, field: "capital.amount", problem, hint: hint)]
        }
        guard let kind, let label = kind.capitalLabel else { return [] }
        guard let capital else {
            guard isWithoutCapital, !kind.requiresCapital else { return [] }
            return remark(.note, "\(kind.name.article) mostly states its capital", "add \(label.zh) where there is one")
        }
        let units = (0..<capital.scale).reduce(capital.digits) { digits, _ in digits / 10 }
        switch units {
        case 0 where capital.digits == 0: return remark(.warning, "the capital is zero", "write the sum of the paper")
        case ..<1_000 where kind == .company:
            return remark(
                .warning,
                "a company of less than 1000 is rare",
                "write the whole sum: 1000000.00 for 100万元, not 100"
            )
        case 10_000_000_000_001...:
            return remark(.warning, "more than 10000000000000 is rare", "count the zeros; look whether 万元 were meant")
        default: return []
        }
    }

    private func kindAndType() -> [Remark] {
        guard let kind else { return [] }
        var remarks: [Remark] = []
        if !type.isEmpty, kind.contradicts(type: type) {
            let problem = "does not sound like \(kind.name.article) (\(kind.name.zh))"
            remarks.append(Remark(.warning, .type, field: "type", problem, hint: "correct the type or the kind"))
        }
        if kind == .individualBusiness, name.hasSuffix("有限公司") || name.hasSuffix("有限责任公司") {
            remarks.append(
                Remark(
                    .warning,
                    .kind,
                    field: "name",
                    "is the name of a company, and the kind is an individual business (个体工商户)",
                    hint: "correct the name or the kind"
                )
            )
        }
        if kind == .company, name.hasSuffix("分公司") {
            remarks.append(
                Remark(
                    .warning,
                    .kind,
                    field: "kind",
                    "is company (公司), and the name is that of a branch",
                    hint: "write branch (分支机构) if it is one"
                )
            )
        }
        return remarks
    }
}

extension LicenceKind {
    /// Whether 类型 names another kind.
    fileprivate func contradicts(type: String) -> Bool {
        func says(_ words: [String]) -> Bool { words.contains { type.has($0) } }
        // A branch is registered as one of whatever it belongs to.
        if says(["分公司", "分支机构", "办事机构"]) { return self != .branch }
        switch self {
        case .branch: return says(Self.wholes) && !says(Self.parts)
        case .individualBusiness: return !says(["个体", "个人经营", "家庭经营"])
        case .company: return says(["个体", "合伙", "个人独资", "合作社"]) && !says(["公司"])
        case .partnership: return !says(["合伙"])
        case .soleProprietorship: return says(["个体工商户", "合伙企业", "公司", "合作社"])
        case .cooperative: return says(["个体工商户", "合伙企业", "公司", "独资"])
        case .nonCompanyLegalPerson: return says(["个体工商户", "合伙企业", "有限责任公司", "股份有限公司", "农民专业合作社"])
        }
    }

    /// What types of whole businesses say, and those of their branches with one of ``parts``.
    private static let wholes = ["公司", "合伙", "独资", "个体", "合作社", "合作制", "所有制", "集体", "国有", "联营", "私营", "企业法人"]
    /// What tells a branch: 分公司, 分支机构, 分店, 支行, 办事处, 代表机构, 集体所有制(非法人), 营业单位, 经营单位, 集体事业单位营业, 门市部,
    /// 来料加工厂.
    private static let parts = ["分", "支", "办事", "代表", "非法人", "营业", "经营单位", "经营部", "经营点", "门市", "来料加工"]
}
