import Foundation
import Licence
import TestSupport
import Testing

@Suite struct ApplicationCSVTests {
    static let english = """
        creditCode,kind,name,type,representative,capital.amount,capital.currency,established,address,scope
        91110000600037341L,company,晨光,有限责任公司,王小明,1000000.00,CNY,2019-06-12,永福路1号,食品
        """
    static let chinese = """
        统一社会信用代码,主体种类,名称,类型,法定代表人,注册资本,币种,成立日期,住所,经营范围
        91110000600037341L,company,晨光,有限责任公司,王小明,1000000.00,CNY,2019-06-12,永福路1号,食品
        """

    @Test(arguments: [english, chinese], ["\n", "\r\n"])
    func readsEnglishAndChineseHeadings(text: String, lineEnd: String) throws {
        let csv = text.replacing("\n", with: lineEnd) + lineEnd
        let rows = try ApplicationFile(csv: Data(csv.utf8)).rows
        #expect(rows.map(\.number) == [2])
        let particulars = try rows[0].application.get().review().particulars
        #expect(particulars.scope == "食品")
        #expect(particulars.capital?.amount == "1000000.00")
    }

    @Test func passesOverAByteOrderMark() throws {
        let rows = try ApplicationFile(csv: Data([0xEF, 0xBB, 0xBF]) + Data(Self.english.utf8)).rows
        #expect(try rows[0].application.get().fields[.creditCode] == "91110000600037341L")
    }

    /// Bytes as a spreadsheet saves them: two bytes a character, four for 𠮷.
    @Test func readsGB18030() throws {
        let name = Data([0x95, 0x34, 0xB2, 0x35, 0xD2, 0xB0])
        let scope = Data([0xCA, 0xB3, 0xC6, 0xB7, 0xA1, 0xA4, 0xA3, 0xA8])
        let csv = Data("name,scope\n".utf8) + name + Data(",".utf8) + scope + Data("\r\n".utf8)
        let fields = try ApplicationFile(csv: csv).rows[0].application.get().fields
        #expect(fields == [.name: "𠮷野", .scope: "食品·（"])
    }

    @Test(arguments: [[0xFF, 0xFE], [0x81], [0x80, 0x20]] as [[UInt8]])
    func refusesWhatIsNeitherUTF8NorGB18030(bytes: [UInt8]) {
        let error = #expect(throws: ApplicationFileError.self) {
            try ApplicationFile(csv: Data("name\n".utf8) + Data(bytes))
        }
        #expect(error?.reason.contains("UTF-8") == true)
    }

    @Test(arguments: [
        (#""a,b""#, "a,b"), (#""say ""yes""""#, #"say "yes""#), ("\"two\nlines\"", "two\nlines"), (#""a""#, "a"),
        ("a b", "a b"), (#""""""#, "\""), ("\"a\r\nb\"", "a\r\nb"),
    ])
    func readsQuotedCells(cell: String, value: String) throws {
        let rows = try ApplicationFile(csv: Data("name,type\n\(cell),t\nn,\(cell)".utf8)).rows
        #expect(
            try rows.map { try $0.application.get().fields } == [
                [.name: value, .type: "t"], [.name: "n", .type: value],
            ]
        )
    }

    @Test(arguments: ["\"open", "\"", "a,\"b\nc"])
    func refusesAQuoteThatIsNeverClosed(row: String) {
        let error = #expect(throws: ApplicationFileError.self) {
            try ApplicationFile(csv: Data("name,type\nn,t\n\(row)".utf8))
        }
        #expect(error?.reason == "row 3: a quotation mark is never closed")
    }

    @Test(arguments: ["a\"b", "\"a\"b", "\"a\" ", "a\""])
    func refusesOnlyTheRowWithAQuoteInTheMiddleOfACell(row: String) throws {
        let rows = try ApplicationFile(csv: Data("name\n\(row)\nnext\n".utf8)).rows
        #expect(rows.map(\.number) == [2, 3])
        #expect(throws: Application.Refusal.self) { try rows[0].application.get() }
        #expect(try rows[1].application.get().fields == [.name: "next"])
    }

    @Test(arguments: ["\"open,t\nn,\"t\"\nm,t\n", "\"open,t\n\"\nm,t\n"])
    func refusesTheFileWhereAnOpenQuoteSwallowsOtherRows(rows: String) {
        let error = #expect(throws: ApplicationFileError.self) {
            try ApplicationFile(csv: Data("name,type\nn,t\n\(rows)".utf8))
        }
        #expect(error?.reason.hasPrefix("row 3: a quotation mark is not closed in its row") == true)
    }

    /// What stands in a quoted cell is never a row of its own, whatever is wrong with the row before it.
    @Test(arguments: ["mid\"dle", String(repeating: "名", count: 400_000)])
    func issuesNothingThatStandsInAQuotedCell(flawed: String) {
        let cell = flawed.contains("\"") ? flawed : "\"\(flawed)\""
        let error = #expect(throws: ApplicationFileError.self) {
            try ApplicationFile(csv: Data("name,address\r\n\(cell),\"street\r\nsmuggled,in\r\n\"\r\nnext,t\r\n".utf8))
        }
        #expect(error?.reason.hasPrefix("row 2: ") == true)
    }

    @Test func refusesUTF8WithADamagedByteInsteadOfReadingItAsGB18030() {
        let damaged = Data("name\n五金交电".utf8.dropLast())
        let error = #expect(throws: ApplicationFileError.self) { try ApplicationFile(csv: damaged) }
        #expect(error?.reason.contains("row 2: is UTF-8, but damaged here") == true)
    }

    @Test func anEmptyCellIsAFieldThatIsNotThere() throws {
        let rows = try ApplicationFile(csv: Data("name,type,scope\nn,,\"\"\n".utf8)).rows
        #expect(try rows[0].application.get().fields == [.name: "n"])
    }

    @Test func numbersRowsAsASpreadsheetDoesAndPassesOverEmptyOnes() throws {
        let rows = try ApplicationFile(csv: Data("name,type\na,b\n\n,\nc,d".utf8)).rows
        #expect(rows.map(\.number) == [2, 5])
    }

    @Test(arguments: ["a\n", "a,b,c\n", "\"a,b\"\n"])
    func aRowWithAnotherNumberOfCellsStopsNoOther(row: String) throws {
        let rows = try ApplicationFile(csv: Data("name,type\n\(row)n,t\n".utf8)).rows
        #expect(rows.map(\.number) == [2, 3])
        guard case .failure(let refusal) = rows[0].application else {
            Issue.record("accepted a row of another length")
            return
        }
        #expect(refusal.refused == [Refused(.malformedApplication, nil)])
        #expect(try rows[1].application.get().fields == [.name: "n", .type: "t"])
    }

    @Test(arguments: [
        ("name,name\na,b", "two columns are headed as name"), ("名称,name\na,b", "two columns are headed as name"),
        ("法定代表人,经营者\na,b", "two columns are headed as representative"),
        (
            "name,telephone\na,b",
            "column 2 is headed \"telephone\", which is none that is known: 统一社会信用代码 (creditCode), "
        ),
        (",name\na,b", "column 1 is headed \"\", which is none that is known: 统一社会信用代码 (creditCode), "),
        (",\na,b", "column 1 is headed \"\", which is none that is known: 统一社会信用代码 (creditCode), "),
        ("name\ttype\na\tb", "its cells stand between tabs; save it as CSV with commas"),
        ("名称;类型\na;b", "its cells stand between semicolons; save it as CSV with commas"),
        ("", "is empty; a heading line is expected"),
        ("name\n", "has a heading, but no rows"), ("name\n\n\n", "has a heading, but no rows"),
    ])
    func refusesHeadingsThatCannotBe(csv: String, reason: String) {
        let error = #expect(throws: ApplicationFileError.self) { try ApplicationFile(csv: Data(csv.utf8)) }
        #expect(error?.reason.hasPrefix(reason) == true)
    }

    @Test(
        arguments: [
            ([0x50, 0x4B, 0x03, 0x04, 0x14], "is a workbook"), ([0xD0, 0xCF, 0x11, 0xE0, 0xA1], "is a workbook"),
            ([0xFF, 0xFE, 0x6E, 0x00], "is UTF-16"), ([0xFE, 0xFF, 0x00, 0x6E], "is UTF-16"),
        ] as [([UInt8], String)]
    )
    func saysWhatAFileIsThatIsNoTable(bytes: [UInt8], reason: String) {
        let error = #expect(throws: ApplicationFileError.self) { try ApplicationFile(csv: Data(bytes)) }
        #expect(error?.reason.hasPrefix(reason) == true)
    }

    @Test(arguments: [
        "name,type\na,b", " \n[{\"name\": \"a\", \"type\": \"b\"}]", "\u{FEFF}名称,类型\na,b",
        "{\"name\": \"a\", \"type\": \"b\"}",
    ])
    func tellsTablesFromJSONByHowTheyBegin(text: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder.appending(path: "applications.txt").path
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let rows = try ApplicationFile(path: path, format: nil).rows
            #expect(try rows.map { try $0.application.get().fields } == [[.name: "a", .type: "b"]])
        }
    }

    /// A spreadsheet whose sheet was once wider writes empty cells behind every row.
    @Test func passesOverColumnsWithoutAHeadingThatAreEmpty() throws {
        let rows = try ApplicationFile(csv: Data("name,type,,\na,b,,\nc,d,,x\ne,f\n".utf8)).rows
        #expect(try rows[0].application.get().fields == [.name: "a", .type: "b"])
        for row in rows.dropFirst() { #expect(throws: Application.Refusal.self) { try row.application.get() } }
    }

    @Test(arguments: [
        ("法定代表人（负责人）", ApplicationField.representative), ("法定代表人(负责人)", .representative), ("法人代表", .representative),
        ("经营者姓名", .representative), ("执行事务合伙人（委派代表）", .representative), ("住所（经营场所）", .address), ("住所(经营场所)", .address),
    ])
    func knowsTheHeadingsThatRegistersExport(heading: String, field: ApplicationField) throws {
        let rows = try ApplicationFile(csv: Data("name,\(heading)\na,b\n".utf8)).rows
        #expect(try rows[0].application.get().fields == [.name: "a", field: "b"])
    }

    @Test func passesOverColumnsOfRegistersAndNamesThem() throws {
        let text = "序号,name,登记机关,type, 核准日期 ,\n1,a,某局,b,2020-01-01,\n2,,,,,\n3,a,b\n,,,,,x\n"
        let file = try ApplicationFile(csv: Data(text.utf8))
        #expect(file.passedOver == ["序号", "登记机关", "核准日期"])
        let rows = try file.rows
        #expect(try rows[0].application.get().fields == [.name: "a", .type: "b"])
        #expect(try rows[1].application.get().fields.isEmpty)
        for row in rows.dropFirst(2) { #expect(throws: Application.Refusal.self) { try row.application.get() } }
        #expect(try ApplicationFile(csv: Data(Self.chinese.utf8)).passedOver.isEmpty)
    }

    @Test(arguments: ["法人", "状态", "登记状态", "登记机关代码"])
    func refusesHeadingsThatMayMeanSomethingElse(heading: String) {
        #expect(throws: ApplicationFileError.self) { try ApplicationFile(csv: Data("name,\(heading)\na,b\n".utf8)) }
    }

    @Test(arguments: [
        ("2024/3/5", "2024-03-05"), ("2024/03/05", "2024-03-05"), ("2024.3.5", "2024-03-05"),
        ("2024年3月5日", "2024-03-05"),
        ("2024-3-5", "2024-03-05"), ("2024/12/31 0:00:00", "2024-12-31"),
    ])
    func readsDatesAsSpreadsheetsWriteThemAndSaysSo(text: String, day: String) throws {
        var application = try ApplicationFile(csv: Data(Self.english.utf8)).rows[0].application.get()
        application.fields[.established] = text
        let reviewed = try application.review()
        #expect(reviewed.particulars.established == (try CalendarDate(day)))
        #expect(reviewed.repairs.map(\.what) == [.rewritten])
        let remarks = application.examine(today: try CalendarDate("2026-03-18")).remarks
        #expect(remarks.contains { $0.rule == .repaired && $0.field == "established" })
    }

    @Test(arguments: [
        "5/3/2024", "24/3/5", "2024/3", "2024/3/5/6", "2024/13/5", "2024/2/30", "2024/3-5", "2024年3月", "2024/3/5 8:30",
        "2024//5", "３/5/2024",
    ])
    func refusesDatesThatMightBeAnotherDay(text: String) throws {
        var application = try ApplicationFile(csv: Data(Self.english.utf8)).rows[0].application.get()
        application.fields[.established] = text
        #expect(throws: Application.Refusal.self) { try application.review() }
    }

    @Test func tellsHowFarTheReadingHasCome() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appending(path: "table.csv").path
            let rows = String(repeating: "天长市测试科技有限公司\n", count: 50_000)
            try "name\n\(rows)".write(toFile: path, atomically: true, encoding: .utf8)
            var seen: [Int] = []
            var size = 0
            _ = try ApplicationFile(path: path, format: nil) { bytes, total in
                seen.append(bytes)
                size = total
            }
            #expect(seen.count > 10 && seen == seen.sorted() && size == rows.utf8.count + 5)
            #expect(seen.last.map { $0 > size / 2 && $0 <= size } == true)
        }
    }

    @Test(arguments: LicenceKind.allCases)
    func knowsThePrintedLabelsOfEveryKind(kind: LicenceKind) throws {
        var csv = "\(kind.representativeLabel.zh),\(kind.addressLabel.zh)"
        if let label = kind.capitalLabel { csv += ",\(label.zh)" }
        let rows = try ApplicationFile(csv: Data("\(csv)\n\(kind.capitalLabel == nil ? "a,b" : "a,b,c")".utf8)).rows
        var expected: [ApplicationField: String] = [.representative: "a", .address: "b"]
        if kind.capitalLabel != nil { expected[.capitalAmount] = "c" }
        #expect(try rows[0].application.get().fields == expected)
    }

    @Test func randomBytesNeverCrash() {
        var generator = SeededGenerator(seed: 4)
        let pool = Array("\",\n\r名a ".utf8) + [0x81, 0x30, 0xFF]
        var refused = 0
        for _ in 0..<3_000 {
            let tail = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                pool.randomElement(using: &generator) ?? 0
            }
            do { _ = try ApplicationFile(csv: Data("name,type\n".utf8) + Data(tail)) } catch { refused += 1 }
        }
        #expect(refused > 500)
    }
}
