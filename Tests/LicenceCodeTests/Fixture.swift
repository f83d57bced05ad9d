import Foundation
import Licence
import LicenceCode
import OpenSSL
import TestSupport
import Testing

/// Codes signed with a key of their own.
struct Signer {
    let key: PrivateKey
    let number: IssuerNumber

    init(number: Int = 300) throws {
        key = try PrivateKey(algorithm: .es256)
        self.number = try #require(IssuerNumber(number))
    }

    /// Signs `payload` as it is, whatever it holds.
    func code(payload: [UInt8], compression: UnverifiedCode.Compression) throws -> UnverifiedCode {
        let unsigned = code(payload, compression, signature: [])
        return code(payload, compression, signature: try key.signature(of: unsigned.toBeSigned))
    }

    /// Signs `claims`, compressed where that is shorter.
    func code(_ claims: Claims) throws -> UnverifiedCode {
        let deflated = try Deflate.compressed(claims.encoded, .raw(dictionary: PresetDictionary.version1))
        let isShorter = deflated.count < claims.encoded.count
        return try code(
            payload: isShorter ? deflated : claims.encoded,
            compression: isShorter ? .dictionary1 : .none
        )
    }

    private func code(
        _ payload: [UInt8],
        _ compression: UnverifiedCode.Compression,
        signature: [UInt8]
    ) -> UnverifiedCode {
        UnverifiedCode(
            algorithm: key.algorithm,
            issuerNumber: number,
            compression: compression,
            payload: payload,
            signature: signature
        )
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
