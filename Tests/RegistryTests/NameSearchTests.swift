import Licence
import TestSupport
import Testing

@testable import Registry

@Suite struct NameSearchTests {
    let books: Books
    static let names = [
        "天长市测试科技有限公司", "天长市晨光餐饮店（个体工商户）", "滁州市老街口小吃店", "Tianchang COFFEE (Group) 有限公司", "𣲘水理发店", "云",
        "123号商店",
    ]

    init() throws {
        books = try Books()
        let books = books
        try books.registry.write { session in
            for (number, name) in Self.names.enumerated() {
                try books.insert(Sample.particulars(number, changing: [.name: name]), in: session)
            }
        }
    }

    /// By plain comparison of every name with every part of every name.
    @Test func findsEveryNameByAnyPartOfIt() throws {
        for name in Self.names {
            let scalars = Array(NamePairsText.plain(name))
            for start in scalars.indices {
                for end in start..<min(start + 5, scalars.count) {
                    let part = String(String.UnicodeScalarView(scalars[start...end]))
                    let wanted = Self.names.filter {
                        String(String.UnicodeScalarView(NamePairsText.plain($0))).contains(part)
                    }
                    #expect(try search(part) == wanted, "\(part)")
                }
            }
        }
    }

    @Test(arguments: [
        ("天长市 测试", ["天长市测试科技有限公司"]), ("coffee（group", ["Tianchang COFFEE (Group) 有限公司"]), ("店个体", ["天长市晨光餐饮店（个体工商户）"]),
        ("测天", []), ("云南", []), ("\" OR 1", []), ("天*", ["天长市测试科技有限公司", "天长市晨光餐饮店（个体工商户）"]), ("NEAR(天长)", []),
    ])
    func spacesPunctuationAndCaseDoNotMatterAndNothingIsAQuery(part: String, names: [String]) throws {
        #expect(try search(part) == names)
    }

    @Test func goesTogetherWithOtherFilters() throws {
        var filter = LicenceFilter(today: try CalendarDate("2026-03-18"))
        filter.name = "有限公司"
        filter.limit = 1
        let first = try books.registry.read { try $0.licences(filter) }
        #expect(first.records.map(\.licence.particulars.name) == [Self.names[0]])
        filter.after = first.next
        #expect(try books.registry.read { try $0.licences(filter) }.records.count == 1)
        filter.after = nil
        filter.status = .revoked
        #expect(try books.registry.read { try $0.licences(filter) }.records.isEmpty)
        filter.status = .expired
        #expect(try books.registry.read { try $0.licences(filter) }.records.isEmpty)
    }

    @Test func findsNamesThatLookAlikeInTheSameDivision() throws {
        func found(_ name: String, _ division: Int = 341_181) throws -> [String] {
            try books.registry.read { try $0.namesakes(of: name, in: DivisionCode(division)) }.map(\.name)
        }
        #expect(try found("天长市测试科技有限责任公司") == [Self.names[0]])
        #expect(try found("天长市测试科技有限责任公司", 341_182).isEmpty)
        #expect(try found("天长市别的科技有限公司").isEmpty)
    }

    private func search(_ part: String) throws -> [String] {
        var filter = LicenceFilter(today: try CalendarDate("2026-03-18"))
        filter.name = part
        return try books.registry.read { try $0.licences(filter) }.records.map(\.licence.particulars.name)
    }
}

/// The letters and digits of a name, found in another way than the registry does.
private enum NamePairsText {
    static func plain(_ name: String) -> String.UnicodeScalarView {
        String.UnicodeScalarView(
            name.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }
        )
    }
}
