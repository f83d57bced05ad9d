package import Licence

/// Applications and particulars to test with.
package enum Sample {
    /// A credit code of `division` with `number` as its body and the right check character.
    package static func creditCode(
        _ number: Int,
        division: Int = 341_181,
        category: Character = "1"
    ) throws -> CreditCode {
        let body = String(String(1_000_000_000 + number).dropFirst())
        let start = "9\(category)\(division)\(body)"
        let check = CreditCode.checkValue(start.utf8.compactMap(CreditCode.value))
        return try CreditCode(start + String(decoding: [CreditCode.alphabet[check]], as: UTF8.self))
    }

    /// A company's application; in `changes` nil takes a field away.
    package static func application(
        _ number: Int = 1,
        changing changes: [ApplicationField: String?] = [:]
    ) throws -> Application {
        var fields: [ApplicationField: String] = [
            .creditCode: try creditCode(number).text, .kind: "company", .name: "滁州市第\(number)号粮油贸易有限公司",
            .type: "有限责任公司(自然人投资或控股)", .representative: "买买提·艾力", .capitalAmount: "1000000.00",
            .capitalCurrency: "CNY", .established: "2019-06-12", .termFrom: "2019-06-12", .termTo: "2049-06-11",
            .address: "安徽省滁州市天长市𠮷祥路\(number)号", .scope: "粮油零售；日用百货销售。", .latitude: "32.68811",
            .longitude: "119.00412",
        ]
        for (field, value) in changes { fields[field] = value }
        return Application(fields: fields)
    }

    package static func particulars(
        _ number: Int = 1,
        changing changes: [ApplicationField: String?] = [:]
    ) throws -> Particulars {
        try application(number, changing: changes).review().particulars
    }

    /// Particulars of any kind, with or without each field that may be left out.
    package static func random(_ number: Int, using generator: inout SeededGenerator) throws -> Particulars {
        let kind = LicenceKind.allCases.randomElement(using: &generator) ?? .company
        let categories: [LicenceKind: Character] = [.individualBusiness: "2", .cooperative: "3"]
        let code = try creditCode(number, category: categories[kind] ?? "1")
        let from = try CalendarDate(daysSince1970: .random(in: 3_000...20_000, using: &generator))
        let to = try CalendarDate(daysSince1970: .random(in: 21_000...60_000, using: &generator))
        var fields: [ApplicationField: String] = [
            .creditCode: code.text, .kind: kind.rawValue, .name: text(1...34, using: &generator) + "第\(number)号",
            .type: text(1...20, using: &generator), .representative: text(1...10, using: &generator),
            .established: from.description, .address: text(1...60, using: &generator),
            .scope: text(1...400, using: &generator),
        ]
        if kind.capitalLabel != nil {
            fields[.capitalAmount] = "\(Int.random(in: 0...99_999_999, using: &generator)).50"
            fields[.capitalCurrency] = ["CNY", "USD", "HKD"].randomElement(using: &generator)
        }
        if Bool.random(using: &generator) {
            fields[.termFrom] = from.description
            fields[.termTo] = Bool.random(using: &generator) ? to.description : nil
        }
        if kind == .individualBusiness, Bool.random(using: &generator) { fields[.composition] = "family" }
        if Bool.random(using: &generator) {
            let place = try Location(
                microLatitude: .random(in: -90_000_000...90_000_000, using: &generator),
                microLongitude: .random(in: -180_000_000...180_000_000, using: &generator)
            )
            fields[.latitude] = place.latitude
            fields[.longitude] = place.longitude
        }
        return try Application(fields: fields).review().particulars
    }

    private static let alphabet: [Character] = Array("国粮油𠮷𪚥·（）()，；：、A9zé\"'%\\&—")

    private static func text(_ length: ClosedRange<Int>, using generator: inout SeededGenerator) -> String {
        String(
            // The first leaves ink on paper, as every text of a licence must.
            (0..<Int.random(in: length, using: &generator)).map {
                ($0 == 0 ? alphabet.first : alphabet.randomElement(using: &generator)) ?? "国"
            }
        )
    }
}
