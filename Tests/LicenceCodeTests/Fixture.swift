import Foundation
import Licence
import OpenSSL
import TestSupport
import Testing

@testable import LicenceCode

/// Codes signed with a key of their own.
struct Signer {
    let key: PrivateKey
    let number: IssuerNumber

    init(number: Int = 300, algorithm: Algorithm = .es256) throws {
        key = try PrivateKey(algorithm: algorithm)
        self.number = try #require(IssuerNumber(number))
    }

    /// Signs `claims`, packed as short as they get.
    func code(_ claims: Claims) throws -> UnverifiedCode { try UnverifiedCode(claims, number: number, signedBy: key) }

    /// A code with texts in the coding that is asked for, short or not.
    func code(_ claims: Claims, coding: TextCoding) throws -> UnverifiedCode {
        let packed = try PackedCode(code(claims)).with(coding: coding).bytes
        let unsigned = try UnverifiedCode(bytes: packed + [UInt8](repeating: 0, count: 64))
        return unsigned.signed(with: try key.signature(of: unsigned.toBeSigned))
    }
}

/// The transported bytes of a code, apart, to change some.
struct PackedCode {
    /// Byte 0 and the issuer number.
    var front: [UInt8]
    /// From the flags to the texts.
    var fields: [UInt8]
    var texts: [UInt8]

    var bytes: [UInt8] { front + fields + texts }

    /// Why the bytes, with some signature, are no code; nil when they are one.
    var refusal: CodeError.Code? { LicenceCodeTests.refusal(of: bytes) }

    init(front: String = "10 07", fields: String, texts: [String]) {
        self.front = hex(front)
        self.fields = hex(fields)
        self.texts = Array(texts.joined(separator: "\0").utf8)
    }

    /// Takes a code apart; what its texts take is found by making them again.
    init(_ code: UnverifiedCode) throws {
        let issuer = code.issuerNumber.value
        let count = issuer < 1 << 7 ? 1 : issuer < 1 << 14 ? 2 : 3
        front = Array(code.packed.prefix(1 + count))
        texts = code.coding.encoded(code.claims.texts)
        fields = Array(code.packed.dropFirst(1 + count).dropLast(texts.count))
        #expect(bytes == code.packed)
    }

    func with(coding: TextCoding) throws -> PackedCode {
        var other = self
        let code = try UnverifiedCode(bytes: bytes + [UInt8](repeating: 0, count: 64))
        other.front[0] = front[0] & 0xFC | coding.rawValue
        other.texts = coding.encoded(code.claims.texts)
        return other
    }
}

/// Why `packed`, with some signature behind it, is no code; nil when it is one.
func refusal(of packed: [UInt8]) -> CodeError.Code? {
    CodeError.code { () throws(CodeError) in
        _ = try UnverifiedCode(bytes: packed + [UInt8](repeating: 1, count: 64))
    }
}

extension Invention {
    /// Claims of an invented licence at a random place of a status list.
    mutating func claims(_ profile: Profile = .full) throws -> Claims {
        let list = generator.one(in: 2) ? 1 : Int.random(in: 1...65_535, using: &generator)
        let index = Int.random(in: 0..<ListReference.maximumEntries, using: &generator)
        let reference = try #require(ListReference(list: list, index: index))
        return Claims(try licence(), profile: profile, reference: reference)
    }
}

/// A file beside these tests; Vectors/README.md says how each was made.
enum Vectors {
    static func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: Bundle.module.bundleURL.appending(path: "Vectors").appending(path: name)))
    }
}

/// The bytes of hexadecimal text, in which spaces may stand.
func hex(_ text: String) -> [UInt8] {
    let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

extension CodeError {
    /// The code of what `body` throws, or nil.
    static func code(_ body: () throws(CodeError) -> Void) -> Code? {
        do {
            try body()
            return nil
        } catch { return error.code }
    }
}
