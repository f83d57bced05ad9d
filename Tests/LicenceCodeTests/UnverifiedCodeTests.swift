import Foundation
import Licence
import LicenceCode
import OpenSSL
import TestSupport
import Testing

@Suite struct UnverifiedCodeTests {
    @Test func comesBackFromBytesDigitsAndText() throws {
        var invention = Invention(seed: 41)
        for number in [1, 127, 128, 16_384, IssuerNumber.maximum] {
            let signer = try Signer(number: number)
            for profile in Profile.allCases {
                let claims = try invention.claims(profile)
                let code = try signer.code(claims)
                #expect(try UnverifiedCode(bytes: code.bytes) == code)
                #expect(try UnverifiedCode(digits: code.digits) == code)
                #expect(try UnverifiedCode(text: CodePrefix.bare.description + code.digits) == code)
                #expect(try code.claims() == claims)
                #expect(code.cose.isSigned(by: signer.key.publicKey))
                #expect(try COSESign1(encoded: code.cose.encoded) == code.cose)
            }
        }
    }

    @Test func leavesOutEveryByteThatBothSidesCanRebuild() throws {
        let code = try Signer().code(payload: [1, 2, 3], compression: .dictionary1)
        #expect(code.bytes == [0x11, 0x82, 0x2C, 1, 2, 3] + code.signature)
        let plain = try Signer(number: 1).code(payload: [1, 2, 3], compression: .none)
        #expect(plain.bytes == [0x10, 0x01, 1, 2, 3] + plain.signature)
    }

    @Test(arguments: [
        ("", CodeError.Code.unknownVersion), ("00", .unknownVersion), ("01", .unknownVersion), ("20", .unknownVersion),
        ("f1", .unknownVersion), ("14 01", .unknownAlgorithm), ("18 01", .unknownAlgorithm),
        ("1c 01", .unknownAlgorithm),
        ("12 01", .unknownCompression), ("13 01", .unknownCompression), ("10", .truncated), ("10 81", .truncated),
        ("10 00", .impossibleClaim), ("10 8001", .notDeterministic), ("10 01", .truncated), ("10 01 00", .truncated),
    ])
    func refusesOtherFronts(front: String, code: CodeError.Code) {
        let bytes = hex(front)
        #expect(CodeError.code { () throws(CodeError) in _ = try UnverifiedCode(bytes: bytes) } == code)
        // Long enough for a signature, the reason stays, except where the end was what lacked.
        guard code != .truncated, !bytes.isEmpty else { return }
        let longer = bytes + [UInt8](repeating: 1, count: 200)
        #expect(CodeError.code { () throws(CodeError) in _ = try UnverifiedCode(bytes: longer) } == code)
    }

    @Test func refusesACodeWithoutPayload() {
        for (count, isRefused) in [(63, true), (64, true), (65, false)] {
            let bytes = [0x10, 0x01] + [UInt8](repeating: 7, count: count)
            let code = CodeError.code { () throws(CodeError) in _ = try UnverifiedCode(bytes: bytes) }
            #expect(code == (isRefused ? .truncated : nil))
        }
    }

    @Test func refusesMoreThanASymbolHolds() {
        for (count, expected) in [(3_000, nil), (3_001, CodeError.Code.tooLong)] {
            let bytes = [0x10, 0x01] + [UInt8](repeating: 7, count: count - 2)
            #expect(CodeError.code { () throws(CodeError) in _ = try UnverifiedCode(bytes: bytes) } == expected)
        }
    }

    @Test(arguments: ["", "0", "LICET:", "LICET:0", "https://h/L/", "天长市", "7"])
    func refusesTextThatIsNoCode(text: String) {
        #expect(throws: CodeError.self) { try UnverifiedCode(text: text) }
    }

    @Test func refusesLeadingZeros() throws {
        let digits = try Signer().code(payload: [1], compression: .none).digits
        for zeros in ["0", "000"] {
            #expect(
                CodeError.code { () throws(CodeError) in _ = try UnverifiedCode(digits: zeros + digits) } == .notACode
            )
        }
    }

    @Test func theTwinSignatureIsTheSameLicence() throws {
        let signer = try Signer()
        var invention = Invention(seed: 42)
        let code = try signer.code(invention.claims())
        var bytes = code.bytes
        bytes.replaceSubrange(bytes.count - 64..<bytes.count, with: TwinSignature.of(code.signature))
        let twin = try UnverifiedCode(bytes: bytes)
        #expect(twin != code)
        #expect(twin.cose.isSigned(by: signer.key.publicKey))
        #expect(twin.digest == code.digest)
        #expect(try twin.claims() == code.claims())
    }

    @Test func theDigestIsOfWhatWasSigned() throws {
        let code = try Signer().code(payload: [1], compression: .none)
        #expect(code.digest == Digest(of: code.toBeSigned))
        #expect(try code.digest != Signer(number: 301).code(payload: [1], compression: .none).digest)
    }

    /// The greatest bomb that fits a code gives 3 MB.
    @Test func aBombInACodeIsRefused() throws {
        let bomb = Bomb.bytes(inflatingTo: 1_700_000)
        let code = try Signer().code(payload: Array(bomb.prefix(2_900)), compression: .dictionary1)
        #expect(code.bytes.count <= UnverifiedCode.maximumBytes)
        #expect(CodeError.code { () throws(CodeError) in _ = try code.claims() } == .tooLong)
    }

    @Test func compressionIsWhatTheFrontSays() throws {
        var invention = Invention(seed: 43)
        let claims = try invention.claims()
        let deflated = try Deflate.compressed(claims.encoded, .raw(dictionary: PresetDictionary.version1))
        #expect(try Signer().code(payload: claims.encoded, compression: .none).claims() == claims)
        #expect(try Signer().code(payload: deflated, compression: .dictionary1).claims() == claims)
        #expect(throws: CodeError.self) { try Signer().code(payload: deflated, compression: .none).claims() }
        #expect(throws: CodeError.self) {
            try Signer().code(payload: claims.encoded, compression: .dictionary1).claims()
        }
    }
}

/// What a forger or a damaged symbol can do to a code: nothing of it verifies and nothing of it stops the program.
@Suite struct TamperedCodeTests {
    let signer: Signer

    init() throws { signer = try Signer(number: 300) }

    /// Whether `bytes` are a code that the signer's key believes; its claims are read as well, for the sake of crashes.
    private func isBelieved(_ bytes: [UInt8]) -> Bool {
        guard let code = try? UnverifiedCode(bytes: bytes) else { return false }
        _ = try? code.claims()
        return code.cose.isSigned(by: signer.key.publicKey)
    }

    private func isBelieved(_ text: String) -> Bool {
        guard let code = try? UnverifiedCode(text: text) else { return false }
        _ = try? code.claims()
        return code.cose.isSigned(by: signer.key.publicKey)
    }

    private func code(_ number: Int) throws -> UnverifiedCode {
        var invention = Invention(seed: UInt64(100 + number))
        return try signer.code(invention.claims(number.isMultiple(of: 3) ? .core : .full))
    }

    @Test(arguments: 0..<10)
    func noFlippedBitOfTenCodesVerifies(number: Int) throws {
        let bytes = try code(number).bytes
        #expect(isBelieved(bytes))
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            if isBelieved(flipped) { Issue.record("bit \(bit) of \(bytes.count) bytes") }
        }
    }

    @Test(arguments: 0..<2)
    func noOtherDigitAnywhereVerifies(number: Int) throws {
        let digits = Array(try code(number).digits.utf8)
        #expect(isBelieved(String(decoding: digits, as: UTF8.self)))
        for position in digits.indices {
            for digit in UInt8(ascii: "0")...UInt8(ascii: "9") where digit != digits[position] {
                var changed = digits
                changed[position] = digit
                if isBelieved(String(decoding: changed, as: UTF8.self)) { Issue.record("digit \(position)") }
            }
        }
    }

    @Test(arguments: 0..<2)
    func noTruncationVerifies(number: Int) throws {
        let code = try code(number)
        for count in 0..<code.bytes.count {
            #expect(!isBelieved(Array(code.bytes.prefix(count))))
            #expect(!isBelieved(Array(code.bytes.suffix(count))))
        }
        for count in 0..<code.digits.count { #expect(!isBelieved(String(code.digits.prefix(count)))) }
    }

    @Test(arguments: 0..<4)
    func randomMutationsOfBytesNeverVerifyOrCrash(part: Int) throws {
        var generator = SeededGenerator(seed: UInt64(part))
        let codes = try (0..<10).map { try code($0).bytes }
        for _ in 0..<2_500 {
            let original = codes[Int.random(in: 0..<10, using: &generator)]
            let mutated = Self.mutated(original, any: 0...255, &generator)
            if mutated != original, isBelieved(mutated) { Issue.record("\(mutated)") }
        }
    }

    @Test(arguments: 0..<4)
    func randomMutationsOfTextNeverVerifyOrCrash(part: Int) throws {
        var generator = SeededGenerator(seed: UInt64(10 + part))
        let digits = try (0..<10).map { try code($0).digits }
        let prefixes = ["", "LICET:", "https://lic.example.cn/L/", "https://ıııııııııııııııııııııııı/L/"]
        for _ in 0..<2_500 {
            let original = digits[Int.random(in: 0..<10, using: &generator)]
            let text = Array((prefixes[Int.random(in: 0..<4, using: &generator)] + original).utf8)
            let range: ClosedRange<UInt8> = generator.one(in: 2) ? 0x30...0x39 : 0x20...0xFF
            let mutated = String(decoding: Self.mutated(text, any: range, &generator), as: UTF8.self)
            if isBelieved(mutated), (try? UnverifiedCode(text: mutated))?.digits != original {
                Issue.record("\(mutated)")
            }
        }
    }

    /// Sets, removes, repeats, inserts or exchanges a few elements.
    private static func mutated(
        _ original: [UInt8],
        any range: ClosedRange<UInt8>,
        _ generator: inout SeededGenerator
    ) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let first = Int.random(in: bytes.indices, using: &generator)
            let second = Int.random(in: bytes.indices, using: &generator)
            let span = min(first, second)...max(first, second)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: bytes.removeSubrange(span)
            case 1: bytes.insert(contentsOf: bytes[span].prefix(200), at: first)
            case 2: bytes.insert(UInt8.random(in: range, using: &generator), at: first)
            case 3: bytes.swapAt(first, second)
            default: bytes[first] = UInt8.random(in: range, using: &generator)
            }
        }
        return bytes
    }

    /// A signer may sign anything; what it signed must still not stop a verifier.
    @Test func signedNonsenseNeverCrashes() throws {
        var generator = SeededGenerator(seed: 50)
        var refused = 0
        for _ in 0..<2_000 {
            let compression: UnverifiedCode.Compression = generator.one(in: 2) ? .none : .dictionary1
            let payload = generator.bytes(Int.random(in: 1...80, using: &generator))
            let code = UnverifiedCode(
                algorithm: .es256,
                issuerNumber: signer.number,
                compression: compression,
                payload: payload,
                signature: generator.bytes(64)
            )
            if CodeError.code({ () throws(CodeError) in _ = try code.claims() }) != nil { refused += 1 }
            #expect(!code.cose.isSigned(by: signer.key.publicKey))
        }
        #expect(refused == 2_000)
    }
}
