import CPKCS11
import OpenSSL
import Synchronization
import TestSupport
import Testing

@testable import Token

/// Tokens that SoftHSM is not: careless, broken, about to lock, or with a keypad of their own.
@Suite(.serialized) struct FakeDriverTests {
    // MARK: - Making keys

    @Test(arguments: [CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE, CKA_LOCAL])
    func aTokenThatMakesAnotherKindOfKeyIsRefusedAndItsKeyDestroyed(attribute: UInt) throws {
        Fake.type.withLock { $0 = attribute }
        let module = try Driver.changed { functions in
            functions.C_GetAttributeValue = { session, object, template, count in
                let result = Driver.real?.C_GetAttributeValue?(session, object, template, count)
                if template?.pointee.type == Fake.type.withLock({ $0 }) {
                    template?.pointee.pValue?.storeBytes(of: CK_BBOOL(CK_FALSE), as: CK_BBOOL.self)
                }
                return result ?? CK_RV(CKR_GENERAL_ERROR)
            }
        }
        let token = try open(module)
        #expect(code { try token.generateKey(algorithm: .es256, label: "disobedient") } == .disobedient)
        #expect(try hasNoKey(labelled: "disobedient"))
    }

    @Test func aKeyThatCannotBeNamedIsDestroyed() throws {
        let module = try Driver.changed { functions in
            functions.C_SetAttributeValue = { _, _, _, _ in CK_RV(CKR_ATTRIBUTE_READ_ONLY) }
        }
        let token = try open(module)
        #expect(code { try token.generateKey(algorithm: .es256, label: "nameless") } == .failed)
        #expect(try hasNoKey(labelled: "nameless"))
    }

    @Test func aKeyThatDoesNotSignIsDestroyed() throws {
        let token = try open(Fake.rubbishModule())
        #expect(code { try token.generateKey(algorithm: .edDSA, label: "rubbish") } == .failed)
        #expect(try hasNoKey(labelled: "rubbish"))
    }

    @Test func aTokenWithoutEd25519SaysSo() throws {
        let module = try Driver.changed { functions in
            functions.C_GetMechanismList = { _, list, count in
                list?.pointee = CK_MECHANISM_TYPE(CKM_ECDSA)
                count?.pointee = 1
                return CK_RV(CKR_OK)
            }
        }
        let token = try open(module)
        #expect(code { try token.generateKey(algorithm: .edDSA, label: "k") } == .unsupported)
        #expect(code { try token.generateKey(algorithm: .es256, label: "k") } == .unsupported)
    }

    @Test(arguments: [Algorithm.es256, .edDSA])
    func aPublicKeyMayBeABarePoint(algorithm: Algorithm) throws {
        let module = try Driver.changed { functions in
            functions.C_GetAttributeValue = { session, object, template, count in
                guard let template, template.pointee.type == CK_ATTRIBUTE_TYPE(CKA_EC_POINT) else {
                    return Driver.real?.C_GetAttributeValue?(session, object, template, count)
                        ?? CK_RV(CKR_GENERAL_ERROR)
                }
                var bytes = [UInt8](repeating: 0, count: 100)
                let result = bytes.withUnsafeMutableBytes { buffer in
                    var whole = CK_ATTRIBUTE(type: template.pointee.type, pValue: buffer.baseAddress, ulValueLen: 100)
                    defer { template.pointee.ulValueLen = whole.ulValueLen - 2 }
                    return Driver.real?.C_GetAttributeValue?(session, object, &whole, 1)
                }
                template.pointee.pValue?.copyMemory(
                    from: Array(bytes.dropFirst(2)),
                    byteCount: Int(template.pointee.ulValueLen)
                )
                return result ?? CK_RV(CKR_GENERAL_ERROR)
            }
        }
        let key = try open(module).generateKey(algorithm: algorithm, label: "bare")
        #expect(key.publicKey.verifies(try key.signature(of: [1]), of: [1]))
    }

    // MARK: - Signing

    @Test(arguments: [Algorithm.es256, .edDSA])
    func rubbishIsNeverHandedOutAsASignature(algorithm: Algorithm) throws {
        let made = try SoftHSM.open(.fakes).generateKey(algorithm: algorithm, label: "to be misused")
        let key = try open(Fake.rubbishModule()).key(made.uri)
        let error = try #require(throws: TokenError.self) { try key.signature(of: [1]) }
        #expect(error.code == .failed)
        #expect(error.reason.contains("no signature"))
    }

    @Test(arguments: [
        CKR_DEVICE_REMOVED, CKR_TOKEN_NOT_PRESENT, CKR_SESSION_HANDLE_INVALID, CKR_SESSION_CLOSED,
        CKR_OBJECT_HANDLE_INVALID, CKR_KEY_HANDLE_INVALID, CKR_CRYPTOKI_NOT_INITIALIZED,
    ])
    func whateverADriverCallsATokenThatIsGoneItIsGone(value: UInt) throws {
        Fake.result.withLock { $0 = value }
        let module = try Driver.changed { functions in
            functions.C_SignInit = { _, _, _ in Fake.result.withLock { $0 } }
        }
        let made = try SoftHSM.open(.removedBySign).generateKey(algorithm: .es256, label: "k")
        let key = try Token(SoftHSM.uri(.removedBySign), module: module).key(made.uri)
        #expect(code { try key.signature(of: [1]) } == .removed)
    }

    // MARK: - Logging in

    @Test func beforeTheLastTryNoPINIsTried() throws {
        let token = try Token(SoftHSM.uri(.atRisk), module: Fake.module(flags: CKF_USER_PIN_FINAL_TRY))
        for isUnattended in [true, false] {
            let error = try #require(throws: TokenError.self) {
                try token.logIn(pin: SoftHSM.pin(), isUnattended: isUnattended, again: true)
            }
            #expect(error.code == .pinAtRisk)
            #expect(error.reason.contains("CKF_USER_PIN_FINAL_TRY"))
        }
        #expect(Counting.attempts(at: token.slot) == 0)
    }

    @Test func atALockedTokenNoPINIsTried() throws {
        let token = try Token(SoftHSM.uri(.atRisk), module: Fake.module(flags: CKF_USER_PIN_LOCKED))
        #expect(code { try token.logIn(pin: SoftHSM.pin(), isUnattended: false, again: true) } == .pinLocked)
        #expect(Counting.attempts(at: token.slot) == 0)
    }

    @Test func aTokenThatTookTheOthersSlotGetsNoPIN() throws {
        let module = try Fake.module(flags: 0)
        let token = try Token(SoftHSM.uri(.atRisk), module: module)
        Fake.serial.withLock { $0 = 0x58 }
        defer { Fake.serial.withLock { $0 = nil } }
        #expect(code { try token.logIn(pin: SoftHSM.pin(), isUnattended: false) } == .removed)
        #expect(Counting.attempts(at: token.slot) == 0)
    }

    @Test func atAKeypadThePINIsTypedThere() throws {
        let module = try Fake.module(flags: CKF_PROTECTED_AUTHENTICATION_PATH)
        let token = try Token(SoftHSM.uri(.keypad), module: module)
        #expect(code { try token.logIn(pin: nil, isUnattended: true) } == .noPIN)
        #expect(Counting.attempts(at: token.slot) == 0)
        try token.logIn(pin: nil, isUnattended: false)
        #expect(Counting.attempts(at: token.slot) == 1)
        // A PIN that the program has all the same is not sent past the keypad.
        try token.logIn(pin: SoftHSM.pin(), isUnattended: false)
        #expect(Counting.attempts(at: token.slot) == 2)
    }

    private func open(_ module: Module) throws -> Token {
        let token = try Token(SoftHSM.uri(.fakes), module: module)
        try token.logIn(pin: SoftHSM.pin(), isUnattended: false)
        return token
    }

    private func hasNoKey(labelled label: String) throws -> Bool {
        try !SoftHSM.pkcs11Tool(.fakes, ["--list-objects"]).text.contains(label)
    }
}

/// What the functions put in the place of SoftHSM's go by; C gives them nothing else to hold it in.
private enum Fake {
    static let type = Mutex<CK_ATTRIBUTE_TYPE>(0)
    static let result = Mutex<CK_RV>(0)
    static let flags = Mutex<CK_FLAGS>(0)
    static let serial = Mutex<UInt8?>(nil)

    /// A driver whose tokens have `flags` besides their own, and whose C_Login accepts a keypad's PIN only.
    static func module(flags: UInt) throws -> Module {
        Self.flags.withLock { $0 = flags }
        return try Driver.changed { functions in
            functions.C_GetTokenInfo = { slot, info in
                let result = Driver.real?.C_GetTokenInfo?(slot, info)
                info?.pointee.flags |= Fake.flags.withLock { $0 }
                if let serial = Fake.serial.withLock({ $0 }) { info?.pointee.serialNumber.0 = serial }
                return result ?? CK_RV(CKR_GENERAL_ERROR)
            }
            functions.C_Login = { session, _, pin, count in
                Counting.count(session)
                return pin == nil && count == 0 ? CK_RV(CKR_OK) : CK_RV(CKR_ARGUMENTS_BAD)
            }
        }
    }

    /// A driver that changes one bit of every signature.
    static func rubbishModule() throws -> Module {
        try Driver.changed { functions in
            functions.C_Sign = { session, data, count, signature, signatureCount in
                let result = Driver.real?.C_Sign?(session, data, count, signature, signatureCount)
                signature?[40] ^= 1
                return result ?? CK_RV(CKR_GENERAL_ERROR)
            }
        }
    }
}
