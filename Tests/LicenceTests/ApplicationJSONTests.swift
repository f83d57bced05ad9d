import Foundation
import Licence
import TestSupport
import Testing

@Suite struct ApplicationJSONTests {
    static let example = """
        {"creditCode": "91110000600037341L", "kind": "company", "name": "晨光", "type": "有限责任公司",
         "representative": "王小明", "capital": {"amount": "1000000.00", "currency": "CNY"}, "established": "2019-06-12",
         "term": {"from": "2019-06-12", "to": "2049-06-11"}, "address": "永福路1号", "scope": "食品",
         "location": {"latitude": 32.68811, "longitude": 119.00412}}
        """

    @Test(arguments: [[0xFF, 0xFE, 0x5B, 0x00], [0xFE, 0xFF, 0x00, 0x7B]] as [[UInt8]])
    func saysThatItIsUTF16WithoutSpeakingOfTables(bytes: [UInt8]) throws {
        let error = #expect(throws: ApplicationFileError.self) { try ApplicationFile(json: Data(bytes)) }
        #expect(error?.reason == "is UTF-16; save it as UTF-8")
        try TemporaryFolder.with { folder in
            let file = folder.appending(path: "applications.txt")
            try Data(bytes).write(to: file)
            let same = #expect(throws: ApplicationFileError.self) { try ApplicationFile(path: file.path, format: nil) }
            #expect(same?.reason == error?.reason)
        }
    }

    @Test func readsOneApplication() throws {
        let rows = try ApplicationFile(json: Data(Self.example.utf8)).rows
        #expect(rows.map(\.number) == [1])
        let particulars = try rows[0].application.get().review().particulars
        #expect(particulars.capital?.amount == "1000000.00")
        #expect(particulars.location?.microLongitude == 119_004_120)
        #expect(particulars.term?.to?.description == "2049-06-11")
    }

    @Test func readsAnArrayRowByRowAndNoBadRowStopsAnother() throws {
        let rows = try ApplicationFile(json: Data("[\(Self.example), 7, {\"nme\": \"x\"}, \(Self.example)]".utf8)).rows
        #expect(rows.map(\.number) == [1, 2, 3, 4])
        let expected = [[], [Refused(.malformedApplication, nil)], [Refused(.unknownField, "nme")], []]
        #expect(rows.map { Self.refused($0.application) } == expected)
    }

    @Test(arguments: [
        (#"{"telephone": "1"}"#, Refused(.unknownField, "telephone")),
        (#"{"creditcode": "1"}"#, Refused(.unknownField, "creditcode")),
        (#"{"capital": {"sum": "1"}}"#, Refused(.unknownField, "capital.sum")),
        (#"{"capital": "1000000"}"#, Refused(.unknownField, "capital")),
        (#"{"capital": {}}"#, Refused(.missingField, "capital")),
        (#"{"capital": {"amount": 1000000}}"#, Refused(.malformedApplication, "capital.amount")),
        (#"{"name": 7}"#, Refused(.malformedApplication, "name")),
        (#"{"name": null}"#, Refused(.malformedApplication, "name")),
        (#"{"name": true}"#, Refused(.malformedApplication, "name")),
        (#"{"name": ["a"]}"#, Refused(.malformedApplication, "name")),
        (#"{"name": {"a": "b"}}"#, Refused(.malformedApplication, "name")),
        (#"{"location": {"latitude": "32"}}"#, Refused(.malformedApplication, "location.latitude")),
        (#"{"location": {"latitude": true}}"#, Refused(.malformedApplication, "location.latitude")),
        (#"{"capital.amount": "1"}"#, Refused(.unknownField, "capital.amount")),
        (#"{"location.latitude": 1}"#, Refused(.unknownField, "location.latitude")),
        (#"{"": "1"}"#, Refused(.unknownField, "")),
        (#""text""#, Refused(.malformedApplication, nil)), ("[[]]", Refused(.malformedApplication, nil)),
    ])
    func namesWhatIsNoFieldOfAnApplication(json: String, refused: Refused) throws {
        let rows = try ApplicationFile(json: Data(json.utf8)).rows
        #expect(rows.map { Self.refused($0.application) } == [[refused]])
    }

    /// Two values for one field, of which a reader would silently take one.
    @Test func refusesAFieldThatIsWrittenBothNestedAndDotted() throws {
        let json = #"{"capital": {"amount": "1", "currency": "CNY"}, "capital.amount": "9"}"#
        let rows = try ApplicationFile(json: Data(json.utf8)).rows
        #expect(rows.map { Self.refused($0.application) } == [[Refused(.unknownField, "capital.amount")]])
    }

    @Test func suggestsTheFieldThatWasMeant() throws {
        let rows = try ApplicationFile(json: Data(#"{"CreditCode": "1"}"#.utf8)).rows
        guard case .failure(let refusal) = rows[0].application else {
            Issue.record("accepted an unknown field")
            return
        }
        #expect(refusal.description.contains("did you mean creditCode?"))
    }

    @Test(arguments: [
        #"{"name": "a", "name": "b"}"#, #"{"name": "a", "\u006eame": "b"}"#,
        #"{"n\u0061me": "a", "\u006e\u0061me": "b"}"#,
        #"[{"name": "a"}, {"name": "a", "type": "c", "name": "b"}]"#, #"{"capital": {"amount": "1", "amount": "1"}}"#,
        #"{"a\"b": "}", "a\u0022b": "["}"#, #"{"a\\": 1, "a\u005C": 2}"#,
    ])
    func refusesAKeyThatStandsTwice(json: String) {
        let error = #expect(throws: ApplicationFileError.self) { try ApplicationFile(json: Data(json.utf8)) }
        #expect(error?.reason.contains("twice") == true)
    }

    @Test(arguments: [
        #"[{"name": "a"}, {"name": "a"}]"#, #"{"capital": {"name": "x"}, "name": "a"}"#,
        #"{"name": "name", "type": "\"name\":"}"#,
    ])
    func takesTheSameKeyInTwoObjects(json: String) throws {
        #expect(try !ApplicationFile(json: Data(json.utf8)).rows.isEmpty)
    }

    @Test(arguments: [
        "", " ", "{", "[", "[{}", "{]", "{\"a\"", "{\"a\":", "{} {}", "'a'", "{a: 1}", "\u{0}", "[1e999]",
    ])
    func refusesWhatIsNotJSON(text: String) {
        #expect(throws: ApplicationFileError.self) { try ApplicationFile(json: Data(text.utf8)) }
    }

    @Test func refusesAnArrayOfNothing() {
        let error = #expect(throws: ApplicationFileError.self) { try ApplicationFile(json: Data("[]".utf8)) }
        #expect(error?.reason == "holds no application")
    }

    /// Decoders of JSON guess UTF-16 and UTF-32, in which the bytes of `"` and `]` stand inside other characters.
    @Test(arguments: [
        String.Encoding.utf16, .utf16LittleEndian, .utf16BigEndian, .utf32, .utf32LittleEndian, .utf32BigEndian,
    ])
    func refusesEncodingsThatAreNotUTF8(encoding: String.Encoding) throws {
        let json = #"{"name": "经Ģ二≢崀"}"#
        let data = try #require(json.data(using: encoding))
        let error = #expect(throws: ApplicationFileError.self) { try ApplicationFile(json: data) }
        #expect(error?.reason.contains("UTF-8") == true)
    }

    @Test func refusesTextThatIsNotUTF8() {
        let data = Data(#"{"name": ""#.utf8) + Data([0xC3, 0x28]) + Data(#""}"#.utf8)
        #expect(throws: ApplicationFileError.self) { try ApplicationFile(json: data) }
    }

    @Test func passesOverAByteOrderMark() throws {
        let data = Data([0xEF, 0xBB, 0xBF]) + Data(Self.example.utf8)
        #expect(try ApplicationFile(json: data).rows[0].application.get().review().particulars.name == "晨光")
    }

    @Test(arguments: ["[", #"{"a":"#, #"[{"a":"#])
    func deepNestingIsRefusedAndDoesNotCrash(opening: String) {
        for depth in [100, 500, 511, 512, 513, 1_000, 100_000] {
            let text = String(repeating: opening, count: depth)
            #expect(throws: ApplicationFileError.self) { try ApplicationFile(json: Data(text.utf8)) }
            #expect(throws: (any Error).self) { try Application(json: text) }
        }
    }

    @Test(arguments: [500, 100_000])
    func deepNestingThatIsClosedGivesNoApplication(depth: Int) {
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(throws: (any Error).self) {
            try ApplicationFile(json: Data(text.utf8)).rows.forEach { _ = try $0.application.get() }
        }
    }

    @Test func randomDamageNeverCrashes() {
        var generator = SeededGenerator(seed: 3)
        var refused = 0
        for _ in 0..<3_000 {
            var bytes = Array(Self.example.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let position = Int.random(in: 0..<bytes.count, using: &generator)
                let structural = Array("\"\\{}[]:,u".utf8).randomElement(using: &generator)
                let any = UInt8.random(in: 0...255, using: &generator)
                bytes[position] = generator.one(in: 2) ? structural ?? any : any
            }
            do {
                for row in try ApplicationFile(json: Data(bytes)).rows { _ = try row.application.get().review() }
            } catch { refused += 1 }
        }
        #expect(refused > 1_000)
    }

    @Test func comesBackFromItsOwnJSON() throws {
        var invention = Invention(seed: 2)
        for _ in 0..<500 {
            let application = Application(try invention.particulars())
            let back = try Application(json: application.json)
            #expect(back == application, "\(application.json)")
            // Strings are equal by characters; what is kept are scalars.
            #expect(back.fields.mapValues { Array($0.utf8) } == application.fields.mapValues { Array($0.utf8) })
        }
    }

    @Test(arguments: ["0.000001", "-0.000012", "0.00001", "0.000099", "0.0001", "-0.5", "12", "89.999999"])
    func keepsDegreesNearTheEquatorExactly(degrees: String) throws {
        let application = Application(fields: [.latitude: degrees, .longitude: "1"])
        #expect(try Application(json: application.json).fields[.latitude] == degrees)
    }

    @Test func writesTheShapeThatIsDocumented() {
        let application = Application(fields: [
            .name: "a/b\"c", .capitalAmount: "1.00", .capitalCurrency: "CNY", .latitude: "32.5", .longitude: "119",
        ])
        let capital = #""capital":{"amount":"1.00","currency":"CNY"}"#
        let location = #""location":{"latitude":32.5,"longitude":119}"#
        #expect(application.json == "{\(capital),\(location),\(#""name":"a/b\"c""#)}")
    }

    private static func refused(_ application: Result<Application, Application.Refusal>) -> [Refused] {
        switch application {
        case .success: []
        case .failure(let refusal): refusal.refused
        }
    }
}
