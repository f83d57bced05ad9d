import Foundation
import Licence
import TestSupport
import Testing

/// Files that are far larger than what is held of them at once.
@Suite struct ApplicationStreamTests {
    static let count = 3_000

    /// Names of which no two rows are of one length, so that every character falls on a border of what is read at once.
    static func name(_ row: Int) -> String { String(repeating: "晨𠮷é,\"光\n", count: 1 + row % 97) + "\(row)" }

    static func quoted(_ text: String) -> String { "\"\(text.replacing("\"", with: "\"\""))\"" }

    @Test func readsALongTableCharacterByCharacter() throws {
        let rows = (1...Self.count).map { "\(Self.quoted(Self.name($0))),plain 天长 \($0)\r\n" }.joined()
        let file = try ApplicationFile(csv: Data("name,scope\n\(rows)".utf8))
        #expect(file.count == Self.count)
        var reader = try file.reader()
        for number in 1...Self.count {
            let row = try #require(try reader.next())
            let expected: [ApplicationField: String] = [.name: Self.name(number), .scope: "plain 天长 \(number)"]
            #expect(row.number == number + 1)
            #expect(try row.application.get().fields == expected)
        }
        #expect(try reader.next() == nil)
    }

    @Test func readsALongArrayCharacterByCharacter() throws {
        let encoder = JSONEncoder()
        let rows = try (1...Self.count).map { number in
            String(
                decoding: try encoder.encode(["name": Self.name(number), "scope": "\\\\\(number)\\"]),
                as: UTF8.self
            )
        }
        let file = try ApplicationFile(json: Data("[\(rows.joined(separator: " ,\n"))]\n".utf8))
        #expect(file.count == Self.count)
        var reader = try file.reader()
        for number in 1...Self.count {
            let row = try #require(try reader.next())
            #expect(row.number == number)
            let expected: [ApplicationField: String] = [.name: Self.name(number), .scope: "\\\\\(number)\\"]
            #expect(try row.application.get().fields == expected)
        }
        #expect(try reader.next() == nil)
    }

    @Test func readsALongTableInGB18030() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appending(path: "table.csv").path
            let script = """
                import sys
                rows = "".join("%s𠮷é€%d,天长%d\\n" % ("晨光" * (row % 50), row, row) for row in range(1, 9001))
                open(sys.argv[1], "wb").write(("名称,经营范围\\n" + rows).encode("gb18030"))
                """
            _ = try Tool.run("python3", ["-c", script, path])
            let file = try ApplicationFile(path: path, format: .csv)
            #expect(file.encoding == .gb18030)
            #expect(file.count == 9_000)
            var reader = try file.reader()
            for row in 1...9_000 {
                let name = String(repeating: "晨光", count: row % 50) + "𠮷é€\(row)"
                #expect(try reader.next()?.application.get().fields == [.name: name, .scope: "天长\(row)"])
            }
        }
    }

    @Test func aPipeIsReadLikeAFile() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        FileHandle(fileDescriptor: ends[1], closeOnDealloc: true).write(Data("name\n晨光\n".utf8))
        let file = try ApplicationFile(path: "/dev/fd/\(ends[0])", format: .csv)
        close(ends[0])
        #expect(try file.rows.map { try $0.application.get().fields } == [[.name: "晨光"]])
    }

    @Test(arguments: ["/dev/zero", "/dev/urandom", "/dev/full"])
    func aDeviceIsRefusedBeforeItIsRead(path: String) {
        for format in [ApplicationFile.Format.csv, .json, nil] {
            let error = #expect(throws: ApplicationFileError.self) { try ApplicationFile(path: path, format: format) }
            #expect(error?.reason == "cannot be read: is a device")
        }
    }

    @Test func aStreamWithoutALineOrABracketIsNotReadToItsEnd() throws {
        let zero = open("/dev/zero", O_RDONLY)
        defer { close(zero) }
        let error = #expect(throws: ApplicationFileError.self) { try ApplicationFile(descriptor: zero, format: nil) }
        #expect(error?.reason == "is no table and no JSON: its first 2097152 bytes hold no line and no bracket")
    }

    @Test(arguments: ["name\n晨光\n", "[{\"name\": \"晨光\"}]"])
    func aStreamMayBeginWithWhiteSpace(text: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder.appending(path: "stream").path
            let blanks = text.hasPrefix("[") ? String(repeating: " ", count: 2_000_000) : ""
            try Data((blanks + text).utf8).write(to: URL(filePath: path))
            let file = try ApplicationFile(path: path, isCopied: true, format: text.hasPrefix("[") ? .json : .csv)
            #expect(try file.rows.map { try $0.application.get().fields } == [[.name: "晨光"]])
        }
    }

    @Test func refusesAFileThatWasChangedSinceItWasCounted() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appending(path: "table.csv").path
            try Data("name\n\(String(repeating: "a\n", count: 40_000))".utf8).write(to: URL(filePath: path))
            let file = try ApplicationFile(path: path, format: .csv)
            let handle = try #require(FileHandle(forWritingAtPath: path))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("b\n".utf8))
            let error = #expect(throws: ApplicationFileError.self) { try file.rows }
            #expect(error?.reason == "was changed while it was read; run the command again")
        }
    }

    @Test(arguments: [
        (#"[{"name": "a"}, {"name": "b"}, {"name": "c"#, "row 3: is not JSON: it ends before"),
        (#"[{"name": "a"}, {"name": "b"}"#, "row 2: is not JSON: it ends before"),
        (#"[{"name": "a"}, {"name": b}]"#, "row 2: is not JSON: a value is expected"),
        (#"[{"name": "a"}, {"name": "b" "c"}]"#, "row 2: is not JSON: a comma is missing"),
        (#"[{"name": "a"}, ]"#, "row 2: is not JSON: a comma stands before ]"),
        (#"[{"name": "a"}, , {"name": "b"}]"#, "row 2: is not JSON"),
        (#"[{"name": "a"}, {"name": "a", "name": "b"}]"#, "row 2: the key \"name\" stands twice"),
        (#"[{"name": "a"}] {"name": "b"}"#, "row 1: is not JSON: something stands behind the array"),
        (#"[{"name": "a"}, {"name": "\ud800"}]"#, "row 2: is not JSON: half of a character"),
    ])
    func aDamagedArrayIsFoundBeforeItsFirstRowIsGiven(json: String, reason: String) {
        let error = #expect(throws: ApplicationFileError.self) { try ApplicationFile(json: Data(json.utf8)) }
        #expect(error?.reason.hasPrefix(reason) == true, "\(error?.reason ?? "")")
    }

    @Test func refusesARowThatIsLongerThanAnyApplication() throws {
        let long = String(repeating: "a", count: ApplicationFile.maximumRowBytes + 1)
        let rows = try ApplicationFile(csv: Data("name\n\(long)\n\"\(long)\"\nb\n".utf8)).rows
        #expect(rows.map { (try? $0.application.get().fields[.name]) ?? "-" } == ["-", "-", "b"])
        let error = #expect(throws: ApplicationFileError.self) {
            try ApplicationFile(json: Data("[{\"name\": \"a\"}, {\"name\": \"\(long)\"}]".utf8))
        }
        #expect(error?.reason == "row 2: is longer than \(ApplicationFile.maximumRowBytes) bytes")
    }

    @Test(arguments: LicenceKind.allCases)
    func takesTheChineseNameOfAKind(kind: LicenceKind) throws {
        var application = try Sample.application(of: kind)
        application.fields[.kind] = kind.name.zh
        #expect(try application.review().particulars.kind == kind)
    }

    @Test(arguments: Composition.allCases)
    func takesTheChineseNameOfAComposition(composition: Composition) throws {
        var application = try Sample.application(of: .individualBusiness)
        application.fields[.composition] = composition.name.zh
        #expect(try application.review().particulars.composition == composition)
    }

    /// Python reads the same values from the same text.
    @Test func readsEveryWayToWriteATextAndANumber() throws {
        let json =
            #"{"name": "\"\\\/\b\f\n\r\t\u0041\ud83d\uDE00é", "location": {"latitude": -1.5e1, "longitude": 0.25}}"#
        let fields = try Application(json: json).fields
        #expect(fields[.name] == "\"\\/\u{08}\u{0C}\n\r\tA😀é")
        #expect(fields[.latitude] == "-15" && fields[.longitude] == "0.25")
    }

    @Test(arguments: ["01", "1.", ".5", "+1", "-", "1e", "1e+", "0x1", "NaN", "Infinity", "--1"])
    func refusesNumbersThatJSONDoesNotHave(number: String) {
        #expect(throws: ApplicationFileError.self) {
            try ApplicationFile(json: Data("{\"location\": {\"latitude\": \(number), \"longitude\": 1}}".utf8))
        }
    }
}
