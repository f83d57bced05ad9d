import CPKCS11
import Dispatch
import OpenSSL
import Synchronization
import TestSupport
import Testing

@testable import Token

struct LogInTests {
    @Test func withoutAPINNothingIsDone() throws {
        let token = try Token(SoftHSM.uri(.missingPIN))
        #expect(code { try token.logIn(pin: nil, isUnattended: false) } == .noPIN)
        #expect(code { try token.logIn(pin: SoftHSM.pin(""), isUnattended: true) } == .noPIN)
        #expect(code { try token.generateKey(algorithm: .es256, label: "k") } == .noPIN)
        #expect(code { try token.key(SoftHSM.uri(.missingPIN, id: [1])) } == .noPIN)
        #expect(try flags(of: token) & CK_FLAGS(CKF_USER_PIN_COUNT_LOW) == 0)
    }

    @Test func toBeLoggedInAlreadyIsSuccess() throws {
        let first = try SoftHSM.open(.loggedIn)
        try first.logIn(pin: SoftHSM.pin(), isUnattended: true)
        let second = try Token(SoftHSM.uri(.loggedIn))
        try second.logIn(pin: nil, isUnattended: true)
        _ = try second.generateKey(algorithm: .es256, label: "k")
    }

    @Test func aWrongPINIsTriedOnceAndNoTimerTriesAgain() throws {
        let token = try Token(SoftHSM.uri(.wrongPIN), module: Counting.module())
        let error = try #require(throws: TokenError.self) {
            try token.logIn(pin: SoftHSM.pin("000000"), isUnattended: true)
        }
        #expect(error.code == .wrongPIN)
        #expect(error.reason.contains("CKR_PIN_INCORRECT"))
        #expect(!error.reason.contains("000000"))
        #expect(Counting.attempts(at: token.slot) == 1)
        #expect(try flags(of: token) & CK_FLAGS(CKF_USER_PIN_COUNT_LOW) != 0)

        // The right one too: what refused it is the count, not the PIN.
        #expect(code { try token.logIn(pin: SoftHSM.pin(), isUnattended: true) } == .pinAtRisk)
        #expect(code { try token.logIn(pin: SoftHSM.pin(), isUnattended: true, again: true) } == .pinAtRisk)
        #expect(code { try token.logIn(pin: SoftHSM.pin(), isUnattended: false) } == .pinAtRisk)
        let another = try Token(SoftHSM.uri(.wrongPIN), module: Counting.module())
        #expect(code { try another.logIn(pin: SoftHSM.pin(), isUnattended: false) } == .pinAtRisk)
        #expect(Counting.attempts(at: token.slot) == 1)

        try token.logIn(pin: SoftHSM.pin(), isUnattended: false, again: true)
        #expect(Counting.attempts(at: token.slot) == 2)
        #expect(try flags(of: token) & CK_FLAGS(CKF_USER_PIN_COUNT_LOW) == 0)
        _ = try token.generateKey(algorithm: .es256, label: "k")
    }

    @Test func aPersonWithTheRightPINClearsTheCountOfAnotherProcess() throws {
        let wrong = try SoftHSM.pkcs11Tool(.attended, ["--list-objects", "--pin", "000000"])
        #expect(wrong.status != 0)
        let token = try Token(SoftHSM.uri(.attended), module: Counting.module())
        let error = try #require(throws: TokenError.self) { try token.logIn(pin: SoftHSM.pin(), isUnattended: true) }
        #expect(error.code == .pinAtRisk)
        #expect(error.reason.contains("CKF_USER_PIN_COUNT_LOW"))
        #expect(Counting.attempts(at: token.slot) == 0)
        try token.logIn(pin: SoftHSM.pin(), isUnattended: false)
        #expect(Counting.attempts(at: token.slot) == 1)
        #expect(try flags(of: token) & CK_FLAGS(CKF_USER_PIN_COUNT_LOW) == 0)
    }

    @Test func ofManyThreadsWithAWrongPINOneTriesIt() throws {
        let token = try Token(SoftHSM.uri(.crowd), module: Counting.module())
        let codes = Mutex<[TokenError.Code?]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            let refusal = code { try token.logIn(pin: SoftHSM.pin("000000"), isUnattended: false) }
            codes.withLock { $0.append(refusal) }
        }
        #expect(codes.withLock { $0.count { $0 == .wrongPIN } } == 1)
        #expect(codes.withLock { $0.count { $0 == .pinAtRisk } } == 7)
        #expect(Counting.attempts(at: token.slot) == 1)
    }

    private func flags(of token: Token) throws -> CK_FLAGS {
        try Token.info(token.slot, token.session.module).flags
    }
}
