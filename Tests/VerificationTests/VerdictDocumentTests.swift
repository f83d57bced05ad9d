import Foundation
import Licence
import LicenceCode
import Publication
import TestSupport
import Testing
import Verification

@Suite struct VerdictDocumentTests {
    @Test func hasTheKeysOfTheContract() throws {
        let document = try json(Scene().verdict)
        #expect(Set(document.keys) == ["verdict", "message", "licence", "issuer", "evidence", "checks"])
        #expect(document["verdict"] as? String == "valid")
        #expect(keys(document["message"]) == ["en", "zh"])
        #expect(keys(document["issuer"]) == ["office", "keyId", "number", "algorithm", "divisions"])
        #expect(keys(document["evidence"]) == ["checkedAt", "trustList", "statusList", "issuedList"])
        let evidence = try #require(document["evidence"] as? [String: Any])
        #expect(keys(evidence["statusList"]) == ["uri", "index", "sequence", "issuedAt", "ageSeconds"])
        #expect(keys(evidence["trustList"]) == ["uri", "sequence", "issuedAt", "ageSeconds"])
    }

    @Test func writesALicenceAsAnApplicationDoes() throws {
        let licence = try #require(json(Scene().verdict)["licence"] as? [String: Any])
        #expect(
            Set(licence.keys) == [
                "creditCode", "version", "kind", "name", "type", "representative", "capital", "established", "term",
                "address", "scope", "location", "issued",
            ]
        )
        #expect(licence["capital"] as? [String: String] == ["amount": "1000000.00", "currency": "CNY"])
        #expect(licence["term"] as? [String: String] == ["from": "2019-06-12", "to": "2049-06-11"])
        #expect(licence["issued"] as? String == "2026-03-18")
        #expect((licence["location"] as? [String: Double])?["latitude"] == 32.68811)
    }

    @Test func leavesOutWhatALicenceDoesNotState() throws {
        let scene = try Scene(changing: [.termFrom: nil, .termTo: nil, .latitude: nil, .longitude: nil])
        let licence = try #require(json(scene.verdict)["licence"] as? [String: Any])
        #expect(
            Set(licence.keys).isDisjoint(with: ["term", "location", "composition", "scopeDigest", "unknownClaims"])
        )
    }

    @Test func leavesOutTheEndOfATermThatHasNone() throws {
        let licence = try #require(json(Scene(changing: [.termTo: nil]).verdict)["licence"] as? [String: Any])
        #expect(keys(licence["term"]) == ["from"])
    }

    @Test func writesTheDigestOfAScopeThatWasNotCarried() throws {
        let licence = try #require(json(Scene(profile: .core).verdict)["licence"] as? [String: Any])
        #expect(licence["scope"] == nil)
        #expect(keys(licence["scopeDigest"]) == ["length", "sha256"])
    }

    @Test func leavesOutLicenceIssuerAndListsOfWhatIsNoCode() throws {
        let document = try json(Scene().verdict(of: "hello"))
        #expect(Set(document.keys) == ["verdict", "message", "evidence", "checks"])
        #expect(keys(document["evidence"]) == ["checkedAt"])
    }

    @Test func leavesOutAListThatIsMissing() throws {
        var scene = try Scene()
        scene.status = .failure(.missing)
        #expect(try keys(json(scene.verdict)["evidence"]) == ["checkedAt", "trustList", "issuedList"])
    }

    @Test(arguments: SceneOfWord.words)
    func hasNoEmptyTextAndNoNull(word: VerdictWord) throws {
        let verdict = try SceneOfWord.verdict(word)
        let text = try String(decoding: VerdictDocument(verdict).json(), as: UTF8.self)
        #expect(!text.contains("\"\"") && !text.contains(":null"))
        #expect(try json(verdict)["verdict"] as? String == word.rawValue)
    }

    @Test func writesInstantsInUTCAndAgesInSeconds() throws {
        let evidence = try #require(json(Scene().verdict)["evidence"] as? [String: Any])
        let status = try #require(evidence["statusList"] as? [String: Any])
        #expect(evidence["checkedAt"] as? String == "2026-03-18T04:00:00Z")
        #expect(status["issuedAt"] as? String == "2026-03-18T03:00:00Z")
        #expect(status["ageSeconds"] as? Int == 3_600)
        #expect(status["index"] as? Int == Scene.index)
    }

    @Test func namesEachCheckAndWhyTheLastFailed() throws {
        var scene = try Scene()
        scene.setStatus(.suspended)
        let checks = try #require(json(scene.verdict)["checks"] as? [[String: Any]])
        #expect(checks.first?["name"] as? String == "format")
        #expect(checks.first?["detail"] == nil)
        #expect(checks.last?["name"] as? String == "status")
        #expect(checks.last?["passed"] as? Bool == false)
        #expect(checks.last?["detail"] is String)
    }

    @Test func namesWhatWasCheckedWhereSeveralThingsWere() throws {
        let data = try VerdictDocument(Scene().verdict, input: "photo-1.jpg").json(pretty: true)
        let document = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        #expect(document?["input"] as? String == "photo-1.jpg")
    }

    private func json(_ verdict: Verdict) throws -> [String: Any] {
        let data = try VerdictDocument(verdict).json()
        return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func keys(_ value: Any?) -> Set<String> { Set((value as? [String: Any] ?? [:]).keys) }
}
