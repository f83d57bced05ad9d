import Foundation
import Synchronization
import TestSupport
import Testing

@testable import OpenSSL

/// A signature of P-256 is checked in two ways; they must agree on everything.
@Suite struct MultiplesTableTests {
    private let key: PrivateKey
    private let table: MultiplesTable
    /// The order of P-256 (SEC 2, section 2.4.2).
    private static let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"

    init() throws {
        key = try PrivateKey(algorithm: .es256)
        key.publicKey.prepare()
        table = try #require(key.publicKey.table)
    }

    private func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        table.verifies(signature, ofDigest: Digest(of: message).bytes)
    }

    @Test func believesWhatTheKeySigned() throws {
        for number in 0..<500 {
            let message = Array("\(number)".utf8)
            #expect(verifies(try key.signature(of: message), of: message))
        }
    }

    @Test func believesNeitherAnotherMessageNorAnotherKey() throws {
        let message = Array("天长市".utf8)
        let signature = try key.signature(of: message)
        #expect(!verifies(signature, of: message + [0]))
        #expect(!verifies(try PrivateKey(algorithm: .es256).signature(of: message), of: message))
    }

    @Test func believesNoFlippedBit() throws {
        let message = Array("天长市".utf8)
        let signature = try key.signature(of: message)
        for bit in 0..<512 {
            var flipped = signature
            flipped[bit / 8] ^= 1 << (bit % 8)
            #expect(!verifies(flipped, of: message))
        }
    }

    /// (r, n−s) is a second signature of the same; of numbers out of range none is.
    @Test func treatsNumbersAtTheEdgeAsOpenSSLDoes() throws {
        let message = Array("天长市".utf8)
        let signature = try key.signature(of: message)
        let order = try #require([UInt8](hexadecimal: Self.order))
        let zero = [UInt8](repeating: 0, count: 32)
        let one = Array(zero.dropLast()) + [1]
        let (r, s) = (Array(signature.prefix(32)), Array(signature.suffix(32)))
        let numbers = [r, s, zero, one, order, difference(order, one), difference(order, r), difference(order, s)]
        let top = [[UInt8](repeating: 0xFF, count: 32)]
        for r in numbers + top {
            for s in numbers + top {
                let (fresh, pair) = (try PublicKey(subjectPublicKeyInfo: key.publicKey.subjectPublicKeyInfo), r + s)
                #expect(verifies(pair, of: message) == fresh.verifies(pair, of: message))
            }
        }
        #expect(verifies(r + difference(order, s), of: message))
    }

    @Test(arguments: [0, 63, 65]) func refusesASignatureOfAnotherSize(count: Int) {
        #expect(!table.verifies([UInt8](repeating: 1, count: count), ofDigest: Digest(of: []).bytes))
    }

    @Test func agreesWithTheVectorsOfNIST() throws {
        let url = Bundle.module.bundleURL.appending(path: "Vectors/SigVer.rsp")
        var fields: [Substring: [UInt8]] = [:]
        var results: [Bool] = []
        for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
            let parts = line.split(separator: " = ")
            guard parts.count == 2 else { continue }
            guard parts[0] == "Result" else {
                fields[parts[0]] = [UInt8](hexadecimal: parts[1])
                continue
            }
            func field(_ name: Substring) throws -> [UInt8] { try #require(fields[name]) }
            let info = "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
            let key = try PublicKey(
                subjectPublicKeyInfo: #require([UInt8](hexadecimal: info)) + field("Qx") + field("Qy")
            )
            key.prepare()
            let table = try #require(key.table)
            let digest = Digest(of: try field("Msg")).bytes
            #expect(table.verifies(try field("R") + field("S"), ofDigest: digest) == parts[1].hasPrefix("P"))
            results.append(parts[1].hasPrefix("P"))
        }
        #expect(results.count == 15)
        #expect(results.count { $0 } == 3)
    }

    @Test func isMadeForABusyKeyOfP256Alone() throws {
        let other = try PrivateKey(algorithm: .edDSA).publicKey
        other.prepare()
        #expect(!other.isPrepared)
        let fresh = try PublicKey(subjectPublicKeyInfo: key.publicKey.subjectPublicKeyInfo)
        let signature = try key.signature(of: [1])
        for _ in 0..<2_047 { _ = fresh.verifies(signature, of: [1]) }
        #expect(!fresh.isBusy)
        #expect(fresh.verifies(signature, of: [1]))
        #expect(fresh.isBusy)
    }

    @Test func aPreparedKeyBelievesAndRefusesAsBefore() throws {
        let signature = try key.signature(of: [1])
        #expect(key.publicKey.isPrepared)
        #expect(key.publicKey.verifies(signature, of: [1]))
        #expect(!key.publicKey.verifies(signature, of: [2]))
    }

    /// a − b, big-endian; a is the greater one.
    private func difference(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
        var borrow = 0
        return zip(a, b).reversed().map { a, b in
            let difference = Int(a) - Int(b) - borrow
            borrow = difference < 0 ? 1 : 0
            return UInt8(truncatingIfNeeded: difference)
        }.reversed()
    }
}
