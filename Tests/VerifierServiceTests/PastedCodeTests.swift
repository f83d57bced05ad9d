import HTTPTypes
import Hummingbird
import LicenceCode
import Testing

@testable import VerifierService

@Suite struct PastedCodeTests {
    @Test func theVerdictIsThatOfTheCodeAlone() async throws {
        let authority = try TestAuthority()
        let code = try authority.code(authority.claims())
        try authority.publish([code])
        let server = try TestServer(authority)
        for (text, verdict) in [
            ("https://lic.example.cn/L/\(code.digits)?lang=en", "valid"), ("\(code.digits)\\r\\n", "valid"),
            (" LICET:\(code.digits)", "valid"), ("https://lic.example.cn/L/\(code.digits)0?lang=en", "malformed"),
            ("\(code.digits) 0", "malformed"), ("LICET:\(code.digits)?lang=en", "malformed"),
        ] {
            let type: HTTPFields = [.contentType: "application/json"]
            let answer = try await server.answer(.post, "/v1/verify", type, body: "{\"code\": \"\(text)\"}")
            #expect(try answer.json["verdict"] as? String == verdict, "\(text)")
        }
    }

    /// What one line of a field says, several may say (RFC 9110, section 5.3).
    @Test(arguments: ["L", "l"]) func weighsAllThatIsAcceptedInWhicheverPath(letter: String) async throws {
        let server = try TestServer(try TestAuthority())
        var fields = HTTPFields()
        fields.append(HTTPField(name: .accept, value: "application/json;q=0.5"))
        fields.append(HTTPField(name: .accept, value: "text/html"))
        let answer = try await server.answer(.get, "/\(letter)/12", fields)
        #expect(answer.headers[.contentType]?.hasPrefix("text/html") == true)
    }

    @Test func readsDigitsThatArePercentEncoded() async throws {
        let authority = try TestAuthority()
        let code = try authority.code(authority.claims())
        try authority.publish([code])
        let digits = code.digits.prefix(1).utf8.map { "%\(String($0, radix: 16))" }.joined() + code.digits.dropFirst()
        let answer = try await TestServer(authority).answer(.get, "/L/\(digits)", [.accept: "application/json"])
        #expect(try answer.json["verdict"] as? String == "valid")
    }

    @Test(arguments: ["/v1/verify", "/v1/verify/batch"]) func refusesABodyThatIsPacked(path: String) async throws {
        let type = path.hasSuffix("batch") ? "application/x-ndjson" : "application/json"
        let server = try TestServer(try TestAuthority())
        for (coding, status) in [("gzip", 415), ("br", 415), ("identity", 200)] {
            let fields: HTTPFields = [.contentType: type, .contentEncoding: coding]
            let answer = try await server.answer(.post, path, fields, body: "{\"code\": \"1\"}")
            #expect(answer.status.code == status)
        }
    }
}
