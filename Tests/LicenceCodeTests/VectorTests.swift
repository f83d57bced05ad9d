import Foundation
import OpenSSL
import TestSupport
import Testing

@testable import LicenceCode

/// Every code of `Vectors/codes.json`, which was packed and signed from the specification alone.
@Suite struct VectorTests {
    static let file = Result { try VectorFile() }

    @Test func readsEveryValidVector() throws {
        let file = try Self.file.get()
        #expect(file.valid.count >= 60)
        for vector in file.valid {
            let name = Comment(rawValue: vector.name)
            let code = try #require(try? vector.read(), name)
            #expect(code.issuerNumber.value == vector.issuer, name)
            #expect(code.packed == hex(vector.packed), name)
            #expect(code.digest.description == vector.digest, name)
            #expect(Digest(of: code.cose.encoded).description == vector.coseSHA256, name)
            #expect(vector.cose.map { hex($0) == code.cose.encoded } != false, name)
            #expect(NamedClaims(code.claims) == vector.claims, name)
            #expect(file.verdict(of: code) == "valid signature", name)
        }
    }

    @Test func everyValidVectorComesBack() throws {
        for vector in try Self.file.get().valid {
            let name = Comment(rawValue: vector.name)
            let code = try vector.read()
            #expect(try UnverifiedCode(bytes: code.bytes) == code, name)
            #expect(vector.text?.hasSuffix(code.digits) ?? (vector.digits == code.digits), name)
            #expect(try Claims(encoded: code.claims.encoded) == code.claims, name)
            #expect(try COSESign1(encoded: code.cose.encoded) == code.cose, name)
        }
    }

    @Test func refusesEveryOtherVectorForItsReason() throws {
        let file = try Self.file.get()
        #expect(file.refused.count >= 200)
        for vector in file.refused {
            let name: Comment = "\(vector.name): \(vector.reason)"
            do throws(CodeError) {
                let code = try UnverifiedCode(text: vector.text)
                #expect(file.verdict(of: code) == vector.verdict, name)
            } catch {
                #expect(vector.verdict == "malformed", name)
                #expect(error.code.rawValue == vector.kind, name)
            }
        }
    }

    @Test func thereIsAVectorForEveryKindOfRefusalThatACodeCanHave() throws {
        let kinds = Set(try Self.file.get().refused.compactMap(\.kind))
        #expect(kinds.count == 13)
        // A code holds no header: it is rebuilt.
        #expect(!kinds.contains(CodeError.Code.wrongHeader.rawValue))
    }

    @Test func vectorsAreOfTheDictionary() throws {
        #expect(try Self.file.get().dictionary == Digest(of: Vectors.bytes("dictionary-1.bin")).description)
    }

    @Test func anotherDecoderAgrees() throws {
        try Self.run("second_decoder.py", ["--vectors", Self.path("Vectors/codes.json")])
    }

    @Test func vectorsAreWhatTheSpecificationGives() throws {
        try Self.run("make_vectors.py", ["--check"])
    }

    private static func path(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: name).path
    }

    /// Runs a program beside this file, which reads the article and the dictionary where they lie.
    private static func run(_ program: String, _ arguments: [String]) throws {
        let result = try Tool.run("python3", ["-B", path(program)] + arguments)
        #expect(result.status == 0, "\(result.text)\(result.errors)")
    }
}

/// The file of vectors; Vectors/README.md says what is in it.
struct VectorFile: Decodable {
    let keys: [Key]
    let dictionary: String
    let valid: [ValidVector]
    let refused: [RefusedVector]

    struct Key: Decodable {
        let issuer: Int
        let purpose, publicKey: String
    }

    init() throws {
        self = try JSONDecoder().decode(Self.self, from: Data(Vectors.bytes("codes.json")))
    }

    /// What the keys of the file make of a code.
    func verdict(of code: UnverifiedCode) -> String {
        let key = keys.first { $0.issuer == code.issuerNumber.value && $0.purpose == "licences" }
        guard let key, let publicKey = try? PublicKey(subjectPublicKeyInfo: hex(key.publicKey)) else {
            return "unknown_issuer"
        }
        return code.cose.isSigned(by: publicKey) ? "valid signature" : "forged"
    }
}

struct ValidVector: Decodable {
    let name, packed, digest, coseSHA256: String
    let text, digits, cose: String?
    let issuer: Int
    let claims: NamedClaims

    func read() throws(CodeError) -> UnverifiedCode {
        if let text { return try UnverifiedCode(text: text) }
        return try UnverifiedCode(digits: digits ?? "")
    }
}

struct RefusedVector: Decodable {
    let name, text, verdict, reason: String
    let kind: String?
}
