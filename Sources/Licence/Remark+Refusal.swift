extension Remark {
    /// What a refusal says, and what to do about it; `application` is the one that was refused.
    package init(_ refusal: LicenceError, of application: Application? = nil) {
        let (rule, hint) = Self.advice(refusal, application)
        self.init(.error, rule, field: refusal.field, refusal.reason, hint: hint)
    }

    private static func advice(_ refusal: LicenceError, _ application: Application?) -> (Rule, String?) {
        switch refusal.code {
        case .missingField: (.missingField, missing(refusal.field))
        case .unknownField: (.unknownField, "correct the name of the field, or leave it out")
        case .emptyField: (.emptyField, "write what the paper says")
        case .tooLong: (.tooLong, "shorten it; look whether two fields ran together")
        case .forbiddenCharacter:
            (.forbiddenCharacter, typeAgain)
        case .malformedCreditCode: creditCode(application)
        case .creditCodeDoesNotFitKind: (.creditCodeKind, kinds(ofCodeIn: application))
        case .unknownKind: (.kind, nearestKinds(application))
        case .unknownComposition: (.composition, "write personal (个人经营) or family (家庭经营)")
        case .fieldNotOfKind: (.fieldOfKind, "leave it empty, or correct the kind")
        case .malformedDate, .impossibleDate:
            (.dates, "write the year with four digits, month and day with two: 2019-06-02 for 2019年6月2日")
        case .datesOutOfOrder: (.dates, "compare both dates with the paper")
        case .malformedAmount: (.capital, "write the whole sum in its currency, 1000000.00 for 100万元")
        case .negativeAmount: (.capital, "write the sum without a sign")
        case .unknownCurrency: (.capital, currencyHint)
        case .malformedLocation: (.location, "write degrees such as 32.68811 and 119.00412, or leave both empty")
        case .malformedDivision: (.division, "write six digits of GB/T 2260, such as 341181")
        case .malformedApplication: (.row, shape(refusal.field))
        }
    }

    static let typeAgain = "type it again by hand; such characters come with text from web pages and PDF files"
    static let currencyHint = "write CNY for 人民币, USD for 美元, HKD for 港币"

    /// What to do where a row, or the value of a field in JSON, has another shape.
    private static func shape(_ field: String?) -> String {
        guard let field else { return "compare the row with those around it" }
        return switch ApplicationField(rawValue: field) {
        case .latitude, .longitude: "write the degrees as a number, without quotation marks"
        default: "put it in quotation marks; what is not there is left out"
        }
    }

    private static func missing(_ field: String?) -> String {
        guard let field = field.flatMap(ApplicationField.init) else { return "fill it in" }
        switch field {
        case .capitalCurrency: return "write the currency of the capital, such as CNY"
        case .latitude, .longitude: return "write both degrees, or leave both empty"
        case .termFrom: return "write the day on which the term begins, or leave its end empty too"
        default: return "fill it in; in a table, look whether the cells of the row have moved"
        }
    }

    private static func value(_ field: ApplicationField, _ application: Application?) -> String {
        application?.fields[field].map(FieldText.normal) ?? ""
    }

    private static func creditCode(_ application: Application?) -> (Rule, String?) {
        let text = value(.creditCode, application)
        if (try? CreditCode(text, checkCharacter: .mayDiffer)) != nil {
            let values = text.utf8.compactMap(CreditCode.value)
            let wanted = Unicode.Scalar(CreditCode.alphabet[CreditCode.checkValue(values)])
            return (
                .creditCodeCheck,
                "the 17 characters before it would need \(Character(wanted)); compare all 18 with the paper"
            )
        }
        let upper = text.uppercased()
        if upper.utf8.count == 18, upper.contains(where: { "IOSVZ".contains($0) }) {
            return (.creditCode, "the letters I, O, S, V and Z do not occur: 1, 0, 5, U and 2 look like them")
        }
        if text.unicodeScalars.contains(where: { (0xFF01...0xFF5E).contains($0.value) }) {
            return (.creditCode, "write it in half-width letters and digits (半角), as 9 is, not as ９")
        }
        if upper != text { return (.creditCode, "write its letters as capitals") }
        return (.creditCode, "copy all 18 characters from the paper; 15 digits are an old registration number")
    }

    private static func kinds(ofCodeIn application: Application?) -> String {
        guard let code = try? CreditCode(value(.creditCode, application), checkCharacter: .mayDiffer),
            code.department == "9"
        else { return "only codes that begin with 9 are of market regulation; look for another code" }
        let fitting = LicenceKind.allCases.filter { $0.categories.contains(code.category) }
        let names = fitting.map { "\($0.rawValue) (\($0.name.zh))" }.joined(separator: ", ")
        return "this code is one of: \(names); correct the code or the kind"
    }

    private static func nearestKinds(_ application: Application?) -> String {
        let near = LicenceKind.nearest(to: value(.kind, application))
        let names = (near.isEmpty ? LicenceKind.allCases : near).map { "\($0.rawValue) (\($0.name.zh))" }
        return (near.isEmpty ? "write one of " : "did you mean ") + names.joined(separator: " or ")
            + (near.isEmpty ? "" : "?")
    }
}

extension LicenceKind {
    /// The kinds that somebody who wrote `text` may have meant.
    static func nearest(to text: String) -> [LicenceKind] {
        let text = text.lowercased()
        guard !text.isEmpty, text.count <= 40 else { return [] }
        let known = allCases.map { ($0, [$0.rawValue, $0.name.en, $0.name.zh] + $0.otherWords) }
        if let exact = known.first(where: { $0.1.contains(text) }) { return [exact.0] }
        let said = known.filter { $0.1.contains { word in text.contains(word) || word.contains(text) } }
        if !said.isEmpty { return Array(said.map(\.0).prefix(2)) }
        let distances = known.map { kind, words in (kind, words.map { distance(Array($0), Array(text)) }.min() ?? .max)
        }
        let least = distances.map(\.1).min() ?? .max
        return least <= 3 && least < text.count ? distances.filter { $0.1 == least }.map(\.0) : []
    }

    private var otherWords: [String] {
        switch self {
        case .company: ["有限", "股份", "corporation", "limited", "ltd"]
        case .nonCompanyLegalPerson: ["集体", "全民", "国有企业", "股份合作"]
        case .partnership: ["合伙"]
        case .soleProprietorship: ["独资"]
        case .individualBusiness: ["个体"]
        case .cooperative: ["合作社"]
        case .branch: ["分公司", "分支", "分店"]
        }
    }

    /// How many characters have to be put in, taken out or exchanged (Levenshtein).
    private static func distance(_ first: [Character], _ second: [Character]) -> Int {
        var row = Array(0...second.count)
        for (i, left) in first.enumerated() {
            var corner = row[0]
            row[0] = i + 1
            for (j, right) in second.enumerated() {
                let next = min(row[j], row[j + 1]) + 1
                (corner, row[j + 1]) = (row[j + 1], left == right ? corner : min(next, corner + 1))
            }
        }
        return row[second.count]
    }
}
