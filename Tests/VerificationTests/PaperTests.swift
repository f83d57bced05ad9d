import Licence
import LicenceCode
import TestSupport
import Testing
import Verification

@Suite struct PaperTests {
    @Test func aPaperThatSaysTheSameIsValid() throws {
        var scene = try Scene()
        scene.paper = try Sample.application()
        #expect(scene.word == .valid)
        #expect(scene.verdict.checks.last?.name == .paper)
    }

    @Test func fieldsThatThePaperDoesNotStateAreNotCompared() throws {
        var scene = try Scene()
        scene.paper = Application(fields: [.name: "滁州市第1号粮油贸易有限公司"])
        #expect(scene.word == .valid)
    }

    @Test(arguments: [
        (ApplicationField.creditCode, "91110000600037341L"), (.kind, "branch"), (.name, "滁州市第2号粮油贸易有限公司"),
        (.type, "股份有限公司"), (.representative, "买买提.艾力"), (.capitalAmount, "10000000.00"),
        (.capitalCurrency, "USD"), (.established, "2019-06-13"), (.termFrom, "2019-06-13"), (.termTo, "2059-06-11"),
        (.address, "安徽省滁州市天长市吉祥路1号"), (.scope, "粮油零售；日用百货销售"), (.composition, "family"),
        (.latitude, "32.68812"), (.longitude, "119.0041"),
    ])
    func aPaperWithOneOtherFieldIsAlteredInThatField(field: ApplicationField, text: String) throws {
        var scene = try Scene()
        var paper = try Sample.application()
        paper.fields[field] = text
        scene.paper = paper
        #expect(scene.word == .altered)
        #expect(scene.verdict.message.en.hasSuffix(": \(field.rawValue)."))
        #expect(scene.verdict.message.zh.contains(field.rawValue))
    }

    @Test func everyFieldThatDiffersIsNamed() throws {
        var scene = try Scene()
        scene.paper = Application(fields: [.scope: "x", .name: "y", .address: "z"])
        #expect(scene.verdict.message.en.hasSuffix(": name, address, scope."))
    }

    @Test(arguments: [
        (ApplicationField.name, "  滁州市第1号粮油贸易有限公司\n"), (.capitalAmount, "1000000"), (.capitalAmount, "1000000.0"),
        (.latitude, "32.688110"), (.longitude, "119.004120"),
    ])
    func whiteSpaceAtTheEndsAndZerosBehindThePointAreNoAlteration(field: ApplicationField, text: String) throws {
        var scene = try Scene()
        scene.paper = Application(fields: [field: text])
        #expect(scene.word == .valid)
    }

    @Test func decomposedCharactersAreNoAlteration() throws {
        var scene = try Scene(changing: [.name: "Caf\u{E9} 有限公司"])
        scene.paper = Application(fields: [.name: "Cafe\u{301} 有限公司"])
        #expect(scene.word == .valid)
    }

    @Test(arguments: [
        ("粮油零售；日用百货销售。", VerdictWord.valid), (" 粮油零售；日用百货销售。 ", .valid), ("粮油零售；日用百货销售", .altered),
        ("", .altered),
    ])
    func theScopeOfACoreCodeIsComparedByItsDigest(scope: String, word: VerdictWord) throws {
        var scene = try Scene(profile: .core)
        scene.paper = Application(fields: [.scope: scope])
        #expect(scene.word == word)
    }

    @Test func aFieldThatTheCodeDoesNotHaveIsAnAlteration() throws {
        var scene = try Scene(changing: [.latitude: nil, .longitude: nil, .termFrom: nil, .termTo: nil])
        scene.paper = Application(fields: [.latitude: "32.68811", .termTo: "2049-06-11"])
        #expect(scene.verdict.message.en.hasSuffix(": term.to, location.latitude."))
    }
}
