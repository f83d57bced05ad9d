import Foundation
import Licence
import TestSupport
import Testing

@Suite struct ExaminationTests {
    private static func examine(
        _ kind: LicenceKind = .company,
        _ changes: [ApplicationField: String?] = [:]
    ) throws -> Application.Examined {
        var application = try Sample.application(of: kind)
        if kind == .individualBusiness {
            application.fields[.type] = "个体工商户"
            application.fields[.name] = "天长市晨光小吃店"
        }
        for (field, value) in changes { application.fields[field] = value }
        return try application.examine(today: CalendarDate("2026-03-18"))
    }

    private static func said(_ examined: Application.Examined) -> [String] {
        // The invented body of the samples has no check of its own.
        examined.remarks.filter { $0.rule != .creditCodeBody }.map {
            "\($0.level) \($0.rule.rawValue) \($0.field ?? "-")"
        }
    }

    /// So that an old batch can be issued again: what of it was issued in its time is there.
    @Test(
        arguments: [
            ([:], false), ([.termTo: "2026-03-17"], true), ([.termTo: "2026-03-18"], false),
            ([.termTo: "2026-03-17", .established: "2026-03-19"], false), ([.termTo: "2026-03-17", .name: ""], false),
        ] as [([ApplicationField: String], Bool)]
    )
    func knowsWhatOnlyTheDayIsAgainst(changes: [ApplicationField: String], isLapsed: Bool) throws {
        let examined = try Self.examine(.company, changes.merging([.termFrom: "2020-01-01"]) { first, _ in first })
        #expect((examined.lapsed != nil) == isLapsed)
        #expect((examined.particulars != nil) == (changes.isEmpty || changes == [.termTo: "2026-03-18"]))
    }

    @Test(arguments: [LicenceKind.company, .individualBusiness])
    func saysNothingOfAGoodApplication(kind: LicenceKind) throws {
        let examined = try Self.examine(kind)
        #expect(examined.particulars != nil)
        #expect(Self.said(examined).isEmpty)
    }

    @Test(arguments: [
        (ApplicationField.established, "2026-03-19", "error dates established"),
        (.established, "1949-09-30", "warning dates established"),
        (.established, "12/6/2019", "error dates established"),
        (.capitalAmount, "0.00", "warning capital capital.amount"),
        (.capitalAmount, "500", "warning capital capital.amount"),
        (.capitalAmount, "10000000000001", "warning capital capital.amount"),
        (.capitalAmount, "1万", "error capital capital.amount"),
        (.capitalCurrency, "人民币", "error capital capital.currency"),
        (.capitalCurrency, "RMB", "error capital capital.currency"),
        (.capitalCurrency, "XXX", "error capital capital.currency"),
        (.capitalCurrency, "XTS", "error capital capital.currency"),
        (.capitalCurrency, "XAU", "error capital capital.currency"),
        (.capitalCurrency, "CLF", "error capital capital.currency"),
        (.capitalCurrency, "DEM", "error capital capital.currency"),
        (.creditCode, "91110000600037341X", "error credit-code-check creditCode"),
        (.creditCode, "9111000060003734IL", "error credit-code creditCode"),
        (.creditCode, "92141127MA0KD1Y64A", "error credit-code-kind creditCode"),
        (.kind, "corporation", "error kind kind"), (.composition, "personal", "error field-of-kind composition"),
        (.name, " ", "error empty-field name"), (.name, "天长\u{0}市", "error forbidden-character name"),
        (.name, " 晨光", "note repaired name"), (.type, "个体工商户", "warning type type"),
        (.type, "有限责任公司分公司", "warning type type"),
        (.scope, "许可项目：食品销售", "warning licensed-item scope"), (.scope, "一般项目：食品销售", "note general-item scope"),
    ])
    func namesLevelRuleAndField(field: ApplicationField, value: String, said: String) throws {
        #expect(try Self.said(Self.examine(.company, [field: value])) == [said])
    }

    @Test(
        arguments: [ApplicationField.name, .type, .representative, .address],
        [
            "\u{3164}", "\u{115F}", "\u{1160}", "\u{FFA0}", "\u{034F}", "\u{2800}", "\u{17B4}", "\u{180B}", "\u{FE0F}",
            "\u{E0100}",
            "\u{200B}", "\u{2060}",
        ]
    )
    func whatCannotBeSeenIsRefusedOnce(field: ApplicationField, unseen: String) throws {
        let examined = try Self.examine(.company, [field: "有限公司a\(unseen)b"])
        #expect(Self.said(examined) == ["error forbidden-character \(field.rawValue)"])
        #expect(examined.particulars == nil)
    }

    @Test func whatIsNothingButInvisibleIsToldOnce() throws {
        #expect(
            try Self.said(Self.examine(.company, [.representative: "\u{3164}"])) == ["error empty-field representative"]
        )
        let problem = try Self.examine(.company, [.name: "王\u{34F}"]).remarks(.error).first?.problem
        #expect(problem == "contains U+034F, which cannot be seen")
    }

    @Test(arguments: [
        ("辻\u{E0100}本", []), ("漢\u{FE00}", []), ("𠮷\u{E0101}野", []), ("㐂\u{E01EF}", []),
        ("辻\u{E0100}\u{E0101}", ["error forbidden-character representative"]),
        ("A\u{FE00}", ["error forbidden-character representative"]),
        ("\u{E0100}王", ["error forbidden-character representative"]),
        ("王\u{E000}", ["warning forbidden-character representative"]),
        ("王\u{F8FF}", ["warning forbidden-character representative"]),
        ("王\u{F0000}", ["warning forbidden-character representative"]), ("阿依古丽·买买提", []), ("Aurel O'Brien", []),
        ("次仁 多吉", []), ("ཚེ་རིང", []), ("이영희", []),
    ])
    func rareNamesMayChooseTheirForm(name: String, said: [String]) throws {
        let examined = try Self.examine(.company, [.representative: name])
        #expect(Self.said(examined) == said)
        #expect((examined.particulars == nil) == said.contains { $0.hasPrefix("error") })
    }

    @Test(arguments: [
        "有限责任公司分公司", "有限责任公司分公司(自然人投资或控股)", "股份有限公司分公司（上市、国有控股）", "一人有限责任公司分公司",
        "外商投资公司分公司", "外商投资企业分公司", "外商投资企业分支机构", "外商投资企业办事机构", "外商投资合伙企业分支机构",
        "外国(地区)公司分支机构", "外国(地区)企业常驻代表机构", "外国(地区)企业在中国境内从事经营活动", "台、港、澳企业常驻代表机构",
        "个人独资企业分支机构", "合伙企业分支机构", "普通合伙企业分支机构", "有限合伙企业分支机构", "特殊普通合伙企业分支机构",
        "农民专业合作社分支机构", "农民专业合作社联合社分支机构", "全民所有制分支机构(非法人)", "集体所有制分支机构(非法人)",
        "集体分支机构（非法人）", "股份合作制分支机构", "全民所有制营业单位(非法人)", "集体经营单位(非法人)", "国有经营单位(非法人)",
        "国有事业单位营业", "集体事业单位营业", "国有社团营业", "股份制企业(非法人)", "联营(非法人)", "内资企业法人分支机构(非法人)",
        "内资企业办事机构", "内资企业法人办事处", "公司分部", "合作社分社", "集体所有制门市部", "国有银行支行", "分公司", "营业单位", "来料加工",
        "其他", "集体企业所属分店",
    ])
    func knowsTheTypesOfBranches(type: String) throws {
        var application = try Sample.application(of: .branch)
        application.fields[.type] = type
        #expect(try Self.said(application.examine(today: CalendarDate("2026-03-18"))).isEmpty)
        // Elsewhere the word for a branch is one for another kind.
        guard type.contains("分公司") || type.contains("分支机构") else { return }
        #expect(try Self.said(Self.examine(.company, [.type: type])) == ["warning type type"])
    }

    @Test(arguments: [
        "有限责任公司(自然人投资或控股)", "股份有限公司", "个人独资企业", "普通合伙企业", "有限合伙", "农民专业合作社", "个体工商户", "集体所有制", "全民所有制",
        "股份合作制", "内资企业法人",
    ])
    func aBranchIsNotOfTheTypeOfAWholeBusiness(type: String) throws {
        var application = try Sample.application(of: .branch)
        application.fields[.type] = type
        #expect(try Self.said(application.examine(today: CalendarDate("2026-03-18"))) == ["warning type type"])
    }

    @Test(arguments: [
        (LicenceKind.individualBusiness, "晨光食品有限公司", ["warning kind name"]),
        (.individualBusiness, "晨光食品有限责任公司", ["warning kind name"]),
        (.individualBusiness, "晨光食品股份有限公司", ["warning kind name"]),
        (.individualBusiness, "有限公司食堂（个体工商户）", []), (.company, "晨光食品有限公司天长分公司", ["warning kind kind"]),
        (.company, "分公司食品有限公司", []),
    ])
    func aNameMaySpeakOfAnotherKind(kind: LicenceKind, name: String, said: [String]) throws {
        #expect(try Self.said(Self.examine(kind, [.name: name])) == said)
    }

    @Test(arguments: ["长期", "长期有效", "永久", "无固定期限", "无", " 长期\u{3000}"])
    func aTermMayBeSaidToHaveNoEnd(words: String) throws {
        let examined = try Self.examine(.company, [.termFrom: "2019-06-12", .termTo: words])
        #expect(Self.said(examined) == ["note repaired term.to"])
        #expect(try examined.particulars?.term == Term(from: CalendarDate("2019-06-12"), to: nil))
        let json = #"{"term": {"from": "2019-06-12", "to": "\#(words)"}}"#
        #expect(try Application(json: json).refusals.allSatisfy { $0.field?.hasPrefix("term") != true })
    }

    @Test(arguments: ["2049-06-11至长期", "长期至2049-06-11", "长 期", "不限", "无期限"])
    func otherWordsForAnEndAreRefused(words: String) throws {
        let examined = try Self.examine(.company, [.termFrom: "2019-06-12", .termTo: words])
        #expect(Self.said(examined) == ["error dates term.to"] && examined.particulars == nil)
    }

    @Test func aTermWithoutEndHasABeginning() throws {
        #expect(try Self.said(Self.examine(.company, [.termTo: "长期"])) == ["error missing-field term.from"])
    }

    @Test(arguments: ["CNY", "USD", "HKD", "MOP", "TWD", "EUR", "JPY", "XOF", "AED", "ZWG"])
    func knowsCurrenciesThatAreInUse(currency: String) throws {
        #expect(try Self.said(Self.examine(.company, [.capitalCurrency: currency])).isEmpty)
    }

    /// What is signed stays readable: the rule is of applications, not of capital.
    @Test func anAmountThatCannotBeReadDoesNotHideItsCurrency() throws {
        #expect(throws: Never.self) { try Capital(amount: "1", currency: "RMB") }
        let examined = try Self.examine(.company, [.capitalAmount: "1万", .capitalCurrency: "RMB"])
        #expect(Self.said(examined) == ["error capital capital.amount", "error capital capital.currency"])
        #expect(examined.remarks.contains { $0.hint?.hasPrefix("write CNY for 人民币") == true })
    }

    @Test(arguments: [
        ("2019-06-12", "2026-03-17", ["error dates term.to"]), ("2019-06-12", "2026-03-18", []),
        ("2019-06-11", "2049-06-11", ["warning dates term.from"]),
        ("2019-06-12", "2019-06-11", ["error dates term.to"]),
        ("2026-03-18", "2049-06-11", []), ("2026-03-19", "2049-06-11", ["warning dates term.from"]),
    ])
    func looksAtTheTerm(from: String, to: String, said: [String]) throws {
        #expect(try Self.said(Self.examine(.company, [.termFrom: from, .termTo: to])) == said)
    }

    @Test(arguments: [
        "许可项目：食品销售（依法须经批准的项目，经相关部门批准后方可开展经营活动，具体经营项目以审批结果为准）",
        "许可项目:食品销售(依法须经批准的项目,经相关部门批准后方可开展经营活动,具体经营项目以相关部门批准文件或许可证件为准)",
        "一般项目：日用百货销售（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）",
        "一般项目:日用百货销售(除许可业务外,可自主依法经营法律法规非禁止或限制的项目)",
        "许可项目：餐饮服务【依法须经批准的项目，经相关部门批准后方可开展经营活动】", "五金交电销售",
        "机械配件（以下范围不含前置许可项目，后置许可项目凭许可证或审批文件经营）",
        "机械配件（不含许可项目 另有规定的：从其规定）",
    ])
    func knowsTheClausesInFullAndHalfWidth(scope: String) throws {
        #expect(try Self.said(Self.examine(.company, [.scope: scope])).isEmpty)
    }

    @Test(arguments: [
        ("许可项目 ：食品销售", "warning licensed-item scope"), ("许可项目\u{3000}：食品销售", "warning licensed-item scope"),
        ("许可项目 \u{3000} :食品销售", "warning licensed-item scope"), ("一般项目 ：百货", "note general-item scope"),
        ("五金（不含许可项目）；许可项目 ：食品销售", "warning licensed-item scope"),
    ])
    func aHeadingMayHaveASpaceBeforeItsColon(scope: String, said: String) throws {
        #expect(try Self.said(Self.examine(.company, [.scope: scope])) == [said])
    }

    @Test func theClauseOfGeneralItemsIsNotThatOfLicensedOnes() throws {
        let scope = "许可项目：食品销售。一般项目：百货（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）"
        #expect(try Self.said(Self.examine(.company, [.scope: scope])) == ["warning licensed-item scope"])
    }

    @Test(arguments: [
        (ApplicationField.creditCode, "91110000600037341X", "would need L"),
        (.creditCode, "9111000060003734IL", "letters I, O, S, V and Z"),
        (.creditCode, "91110000600037341l", "capitals"),
        (.creditCode, "９１110000600037341L", "半角"), (.creditCode, "91110000600037341Ｌ", "半角"),
        (.creditCode, "341181600037341", "15 digits"),
        (.creditCode, "92141127MA0KD1Y64A", "individual_business (个体工商户)"),
        (.kind, "compny", "did you mean company (公司)?"),
        (.kind, "个体户", "did you mean individual_business (个体工商户)?"), (.kind, "COMPANY", "did you mean company (公司)?"),
        (.kind, "有限责任公司", "did you mean company (公司)"), (.kind, "xyzzyxyzzy", "write one of company (公司) or"),
        (.established, "6月12日", "2019-06-02"), (.capitalAmount, "100万", "1000000.00 for 100万元"),
    ])
    func saysWhatToDo(field: ApplicationField, value: String, hint: String) throws {
        let errors = try Self.examine(.company, [field: value]).remarks(.error)
        #expect(errors.first?.hint?.contains(hint) == true, "\(errors)")
    }

    @Test(arguments: [
        (#"{"capital": {"amount": 5}}"#, "put it in quotation marks"),
        (#"{"name": null}"#, "put it in quotation marks"),
        (#"{"location": {"latitude": "32.7"}}"#, "without quotation marks"),
    ])
    func saysHowAValueOfJSONIsWritten(json: String, hint: String) throws {
        let rows = try ApplicationFile(json: Data(json.utf8)).rows
        let remarks = try rows[0].application.examine(today: CalendarDate("2026-03-18")).remarks
        #expect(remarks.first?.rule == .row && remarks.first?.hint?.contains(hint) == true, "\(remarks)")
    }

    @Test func aSmallLetterIsNotCalledFullWidth() throws {
        let errors = try Self.examine(.company, [.creditCode: "91110000600037341l"]).remarks(.error)
        #expect(errors.first?.hint == "write its letters as capitals")
    }

    @Test func everyRefusalIsAnErrorWithAHint() throws {
        var application = try Sample.application(of: .branch)
        for field in ApplicationField.allCases { application.fields[field] = "秘密secret\u{0}" }
        let examined = try application.examine(today: CalendarDate("2026-03-18"))
        #expect(examined.particulars == nil)
        #expect(examined.remarks.count == application.refusals.count)
        #expect(examined.remarks.allSatisfy { $0.level == .error && $0.hint?.isEmpty == false })
        let words = examined.remarks.map { $0.problem + ($0.hint ?? "") }.joined()
        #expect(!words.contains("秘密") && !words.contains("secret"))
    }

    @Test func aRowThatIsNoApplicationHasErrorsToo() throws {
        let rows = try ApplicationFile(csv: Data("name,type\na\n".utf8)).rows
        let examined = try rows[0].application.examine(today: CalendarDate("2026-03-18"))
        #expect(examined.remarks.map(\.rule) == [.row])
    }

    @Test func anErrorInOnePlaceDoesNotHideTheWarningInAnother() throws {
        let examined = try Self.examine(.company, [.name: "", .capitalAmount: "5", .scope: "许可项目：食品销售"])
        let expected = ["error empty-field name", "warning capital capital.amount", "warning licensed-item scope"]
        #expect(Self.said(examined) == expected)
    }
}
