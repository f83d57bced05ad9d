import Foundation
import Hummingbird
import Licence
import NIOCore
import OpenSSL
import Serving
import Synchronization
import TestSupport
import Testing

@testable import VerifierService

/// What is answered of a register, whatever it is.
@Suite struct LicenceRouteTests {
    private let authority: TestAuthority
    private let code: CreditCode

    init() throws {
        authority = try TestAuthority()
        try authority.publish([])
        code = try Sample.creditCode(1)
    }

    private func history(_ statuses: LicenceStatus...) throws -> LicenceHistory {
        let issued = try CalendarDate("2026-03-18")
        let issuer = LicenceHistory.Issuer(
            office: Bilingual(en: "Tianchang", zh: "天长市"),
            division: try DivisionCode(341_181),
            number: 3,
            keyID: KeyID(subjectPublicKeyInfo: [1])
        )
        let versions = statuses.enumerated().map { index, status in
            LicenceHistory.Version(
                number: index + 1,
                issued: issued,
                issuedAt: .noon,
                status: status,
                since: index == 0 ? .noon + 60 : nil,
                issuer: issuer
            )
        }
        return try LicenceHistory(versions: versions, recordedUntil: .noon + 90).required
    }

    private func answer(
        _ text: String,
        _ register: FakeRegister?,
        limits: Limits = Limits()
    ) async throws -> TestServer.Answer {
        try await TestServer(authority, limits: limits, register: register).answer(.get, "/v1/licences/\(text)")
    }

    @Test func withoutARegisterThereIsNothingToLookUpIn() async throws {
        for text in [code.text, "nothing"] {
            let answer = try await answer(text, nil)
            #expect(answer.status == .notFound)
            #expect(answer.text.contains("no register is attached"))
        }
    }

    @Test func tellsTheStatusAndTheVersionsAndNothingElse() async throws {
        let register = FakeRegister([code: try history(.superseded, .revoked)])
        let answer = try await answer(code.text, register)
        #expect(answer.status == .ok)
        #expect(answer.headers[.contentType] == "application/json")
        #expect(answer.headers[.cacheControl] == "no-store")
        let now = authority.start.adding(seconds: 60)
        let issuer =
            #"{"division":"341181","keyId":"4bf5122f344554c5","number":3,"office":{"en":"Tianchang","zh":"天长市"}}"#
        #expect(
            answer.text == """
                {"asOf":"\(now)","creditCode":"\(code)","recordedUntil":"2026-03-18T04:01:30Z","status":"revoked","version":2,"versions":[\
                {"issued":"2026-03-18","issuedAt":"2026-03-18T04:00:00Z","issuer":\(issuer),"nextVersion":2,\
                "since":"2026-03-18T04:01:00Z","status":"superseded","version":1},\
                {"issued":"2026-03-18","issuedAt":"2026-03-18T04:00:00Z","issuer":\(issuer),\
                "status":"revoked","version":2}]}
                """
        )
        #expect(register.asked == [now])
    }

    @Test(arguments: [
        ("91341181", "expected 18 characters"), ("9134118100000000OO", "without I, O, S and V"),
        ("362322198709086409", "name no department and category"), ("91991181000000001X", "no division"),
        ("%E5%A4%A9", "expected 18"), ("%00", "expected 18"), ("%FF", "expected 18"),
    ])
    func whatIsNoCreditCodeIsRefusedWithTheReason(text: String, reason: String) async throws {
        let register = FakeRegister()
        let answer = try await answer(text, register)
        #expect(answer.status == .badRequest)
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(answer.text.contains(reason), "\(answer.text)")
        #expect(register.asked.isEmpty)
    }

    @Test func whatTheRegisterHasNotIsNotFound() async throws {
        let answer = try await answer(code.text, FakeRegister())
        #expect(answer.status == .notFound)
        #expect(answer.text.contains("the register has no licence under this credit code\""))
        #expect(!answer.text.contains(code.text))
    }

    /// Officers have accepted some that were registered so.
    @Test func aCheckCharacterThatDoesNotMatchIsLookedUpAndNamedWhereNothingIsFound() async throws {
        let odd = try CreditCode("91350203M0001QKT19", checkCharacter: .mayDiffer)
        let found = try await answer(odd.text, FakeRegister([odd: try history(.valid)]))
        #expect(found.status == .ok)
        let missed = try await answer(odd.text, FakeRegister())
        #expect(missed.status == .notFound)
        #expect(missed.text.contains("check character does not match"))
    }

    @Test func aRegisterThatCannotBeReadIsNoAnswerAndSaysNothingOfItself() async throws {
        let answer = try await answer(code.text, FakeRegister(failure: Broken()))
        #expect(answer.status == .serviceUnavailable)
        #expect(answer.headers[.retryAfter] == "10")
        #expect(answer.text.contains("cannot be read at the moment") && !answer.text.contains("secret"))
    }

    @Test func lookUpsCountAsRequestsAndOnlySoManyWait() async throws {
        let limits = Limits(rate: RateLimit(perSecond: 0.001, burst: 1))
        let server = try TestServer(authority, limits: limits, register: FakeRegister())
        let path = "/v1/licences/\(code)"
        let first = try await server.answer(.get, path, [:], bytes: [], from: "192.0.2.1")
        let second = try await server.answer(.get, path, [:], bytes: [], from: "192.0.2.1")
        #expect((first.status, second.status) == (.notFound, .tooManyRequests))

        let narrow = Limits(lookUps: 1)
        let crowded = try TestServer(authority, limits: narrow, register: FakeRegister())
        let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: path)
        var share = try? narrow.lookUps.take(for: narrow.client(of: head, from: nil))
        #expect(share != nil)
        let refused = try await crowded.answer(.get, path)
        #expect(refused.status == .serviceUnavailable && refused.headers[.retryAfter] == "2")
        share = nil
        #expect(try await crowded.answer(.get, path).status == .notFound)

        let fair = Limits(lookUpsOfOne: 1)
        let busy = try TestServer(authority, limits: fair, register: FakeRegister())
        share = try fair.lookUps.take(for: Client(try SocketAddress(ipAddress: "192.0.2.1", port: 1)))
        let own = try await busy.answer(.get, path, [:], bytes: [], from: "192.0.2.1")
        #expect(own.status == .tooManyRequests && own.headers[.retryAfter] == "2")
        #expect(try await busy.answer(.get, path, [:], bytes: [], from: "192.0.2.2").status == .notFound)
    }

    @Test func answersHeadAndRefusesToBeWritten() async throws {
        let server = try TestServer(authority, register: FakeRegister([code: try history(.valid)]))
        let head = try await server.answer(.head, "/v1/licences/\(code)")
        #expect(head.status == .ok && head.bytes.isEmpty)
        for method in [HTTPRequest.Method.put, .post, .delete, .patch] {
            #expect(try await server.answer(method, "/v1/licences/\(code)").status == .methodNotAllowed)
        }
    }
}

private struct Broken: Error, CustomStringConvertible { let description = "a secret path" }

/// A register of what it was given.
private final class FakeRegister: LicenceRegister {
    private let histories: [CreditCode: LicenceHistory]
    private let failure: Broken?
    private let times = Mutex<[Instant]>([])

    init(_ histories: [CreditCode: LicenceHistory] = [:], failure: Broken? = nil) {
        self.histories = histories
        self.failure = failure
    }

    /// When it was asked.
    var asked: [Instant] { times.withLock { $0 } }

    func history(of creditCode: CreditCode, at now: Instant) async throws -> LicenceHistory? {
        times.withLock { $0.append(now) }
        if let failure { throw failure }
        return histories[creditCode]
    }
}
