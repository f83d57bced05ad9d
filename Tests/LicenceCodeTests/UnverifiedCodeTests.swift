import Foundation
import Licence
import OpenSSL
import TestSupport
import Testing

@testable import LicenceCode

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
                #expect(code.claims == claims)
                #expect(code.cose.isSigned(by: signer.key.publicKey))
                #expect(try COSESign1(encoded: code.cose.encoded) == code.cose)
            }
        }
    }

    @Test(arguments: TextCoding.allCases)
    func everyCodingOfTheTextsIsRead(coding: TextCoding) throws {
        var invention = Invention(seed: 43)
        let signer = try Signer()
        for profile in Profile.allCases {
            let claims = try invention.claims(profile)
            let code = try signer.code(claims, coding: coding)
            #expect(code.coding == coding)
            #expect(code.claims == claims)
            #expect(try UnverifiedCode(bytes: code.bytes).cose.isSigned(by: signer.key.publicKey))
        }
    }

    @Test func aSignatureIsForOneCodingOfTheTextsOnly() throws {
        var invention = Invention(seed: 44)
        let signer = try Signer()
        let code = try signer.code(invention.claims(), coding: .dictionary1)
        let other = try signer.code(code.claims, coding: .plain).signed(with: code.signature)
        #expect(other.claims == code.claims)
        #expect(!other.cose.isSigned(by: signer.key.publicKey))
        #expect(other.digest != code.digest)
    }

    @Test(arguments: [
        ("", CodeError.Code.unknownVersion), ("00", .unknownVersion), ("01", .unknownVersion), ("20", .unknownVersion),
        ("f1", .unknownVersion), ("1c 01", .unknownAlgorithm), ("1f 01", .unknownAlgorithm), ("14 01", .truncated),
        ("18 01", .truncated), ("17 01", .unknownCoding), ("1b 01", .unknownCoding),
        ("13 01", .unknownCoding), ("10", .truncated), ("10 81", .truncated), ("10 00", .impossibleClaim),
        ("10 8001", .notDeterministic), ("10 01", .truncated), ("10 01 00", .truncated),
        ("10 ffffffff7f", .impossibleClaim),
    ])
    func refusesOtherFronts(front: String, code: CodeError.Code) {
        #expect(refusal(of: hex(front)) == (front.isEmpty ? .unknownVersion : code))
        let bytes = hex(front)
        #expect(CodeError.code { () throws(CodeError) in _ = try UnverifiedCode(bytes: bytes) } != nil)
    }

    @Test func refusesMoreThanASymbolHolds() throws {
        let texts = ["店", "个体工商户", "王", "路", String(repeating: "x", count: 2_890)]
        let fields = "00 0000000000000000 00 00 07"
        let fits = PackedCode(fields: fields, texts: texts)
        let count = fits.bytes.count + 64
        let longest = PackedCode(
            fields: fields,
            texts: texts.dropLast() + [String(repeating: "x", count: 2_890 + 3_000 - count)]
        )
        #expect(longest.bytes.count + 64 == UnverifiedCode.maximumBytes)
        #expect(longest.refusal == nil)
        let longer = PackedCode(
            fields: fields,
            texts: texts.dropLast() + [String(repeating: "x", count: 2_891 + 3_000 - count)]
        )
        #expect(longer.refusal == .tooLong)
    }

    @Test func signsNoMoreThanASymbolHolds() throws {
        var generator = SeededGenerator(seed: 45)
        let scope = String(
            String.UnicodeScalarView(
                (0..<2_000).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0x4E00...0x9FA5, using: &generator)) }
            )
        )
        let particulars = try Sample.particulars(changing: [.scope: scope])
        let licence = try Licence(particulars: particulars, version: 1, issued: CalendarDate("2026-03-18"))
        let reference = try #require(ListReference(list: 1, index: 0))
        let signer = try Signer()
        let full = CodeError.code { () throws(CodeError) in
            _ = try UnverifiedCode(
                unsigned: Claims(licence, profile: .full, reference: reference),
                algorithm: .es256,
                issuerNumber: signer.number
            )
        }
        #expect(full == .tooLong)
        #expect(try signer.code(Claims(licence, profile: .core, reference: reference)).bytes.count < 200)
    }

    @Test(arguments: ["", "0", "LICET:", "LICET:0", "https://h/L/", "天长市", "7"])
    func refusesTextThatIsNoCode(text: String) {
        #expect(throws: CodeError.self) { try UnverifiedCode(text: text) }
    }

    @Test func refusesLeadingZeros() throws {
        let digits = try Signer().code(claims()).digits
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
        #expect(twin.claims == code.claims)
    }

    @Test func theDigestIsOfWhatWasSigned() throws {
        let code = try Signer().code(claims())
        #expect(code.digest == Digest(of: code.toBeSigned))
        #expect(code.digest == Digest(of: COSESign1.toBeSigned(header: code.cose.header, payload: code.claims.encoded)))
        #expect(try code.digest != Signer(number: 301).code(code.claims).digest)
    }

    /// The greatest bomb that fits a code gives 3 MB.
    @Test func aBombInACodeIsRefused() throws {
        var packed = try PackedCode(Signer().code(claims()))
        for coding in [TextCoding.deflate, .dictionary1] {
            packed.front[0] = packed.front[0] & 0xFC | coding.rawValue
            packed.texts = Array(Bomb.bytes(inflatingTo: 1_700_000).prefix(2_800))
            #expect(packed.bytes.count + 64 <= UnverifiedCode.maximumBytes)
            #expect(packed.refusal == .tooLong)
        }
    }

    private func claims() throws -> Claims {
        var invention = Invention(seed: 46)
        return try invention.claims()
    }
}

/// What a forger or a damaged symbol can do to a code: nothing of it verifies and nothing of it stops the program.
@Suite struct TamperedCodeTests {
    let signer: Signer

    init() throws { signer = try Signer(number: 300) }

    /// Whether `bytes` are a code that the signer's key believes.
    private func isBelieved(_ bytes: [UInt8]) -> Bool {
        guard let code = try? UnverifiedCode(bytes: bytes) else { return false }
        return code.cose.isSigned(by: signer.key.publicKey)
    }

    private func isBelieved(_ text: String) -> Bool {
        guard let code = try? UnverifiedCode(text: text) else { return false }
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
            let front = [0x10 | UInt8.random(in: 0...2, using: &generator), 0x07] as [UInt8]
            if refusal(of: front + generator.bytes(Int.random(in: 1...80, using: &generator))) != nil { refused += 1 }
        }
        #expect(refused == 2_000)
    }
}
