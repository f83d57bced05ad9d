import Foundation
import OpenSSL
import Testing
import TransparencyLog

@Suite struct NoteTests {
    /// From the documentation of Go's golang.org/x/mod/sumdb/note.
    private static let outside = """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

        """
    private static let outsideKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

    @Test func aNoteOfAnotherImplementationVerifies() throws {
        let note = try SignedNote(Array(Self.outside.utf8))
        let key = try NoteKey(verifierKey: Self.outsideKey)
        #expect(try key.signature(under: note) != nil)
        #expect(key.verifierKey == Self.outsideKey)
        #expect(note.bytes == Array(Self.outside.utf8))
    }

    @Test func aNoteThatWasChangedInOneByteIsNotBelieved() throws {
        let key = try NoteKey(verifierKey: Self.outsideKey)
        let bytes = Array(Self.outside.utf8)
        for position in bytes.indices {
            var changed = bytes
            changed[position] ^= 1
            let signed = try? key.signature(under: SignedNote(changed))
            #expect(signed == .some(nil) || signed == nil, "byte \(position)")
        }
    }

    @Test(arguments: [
        "", "a\n", "a\n\n", "\n\n— a AAAAAAA=\n", "a\n— a AAAAAAA=\n", "a\n\n— a AAAAAAA=", "a\n\n—  a AAAAAAA=\n",
        "a\n\n- a AAAAAAA=\n", "a\n\n— a AAAAAAA\n", "a\n\n— a AAAAAA==\n", "a\n\n— a+b AAAAAAA=\n",
        "a\u{0}\n\n— a AAAAAAA=\n",
        "a\r\n\n— a AAAAAAA=\n", "a\n\n— a AAAAAAA=\nb\n", "a\n\n— a\u{3000}b AAAAAAA=\n", "a\n\n— a AAAAAAB=\n",
    ])
    func whatIsNoNoteIsRefused(text: String) throws {
        if text == "\n\n— a AAAAAAA=\n" {
            #expect(try SignedNote(Array(text.utf8)).text == "\n")
        } else {
            #expect(throws: LogError.self) { try SignedNote(Array(text.utf8)) }
        }
    }

    @Test func aNoteLargerThanTheLimitOrWithTooManySignaturesIsRefused() {
        let line = "— a AAAAAAA=\n"
        #expect(throws: Never.self) { try SignedNote(Array(("a\n\n" + String(repeating: line, count: 64)).utf8)) }
        #expect(throws: LogError.self) { try SignedNote(Array(("a\n\n" + String(repeating: line, count: 65)).utf8)) }
        #expect(throws: LogError.self) {
            try SignedNote(Array((String(repeating: "a", count: 70_000) + "\n\n" + line).utf8))
        }
    }

    @Test func aCheckpointIsBelievedOnlyByAKeyOfItsLogAndNamesTheWitnessesThatVerify() throws {
        let (log, witness, other) = try (
            Party("example.com/log", .log), Party("w.example", .witness), Party("v", .witness)
        )
        let checkpoint = Checkpoint(origin: "example.com/log", head: TestLog(5).heads[5])
        var note = SignedNote(text: checkpoint.text, signatures: [try log.sign(checkpoint.text)])
        note.add([try witness.sign(checkpoint.text, at: 1_679_315_147)])
        let read = try SignedCheckpoint(note.bytes, logKeys: [log.key], witnesses: [witness.key, other.key])
        #expect(read.head == checkpoint.head)
        #expect(read.witnesses == [witness.key: 1_679_315_147])
        #expect(throws: LogError.self) {
            try SignedCheckpoint(note.bytes, logKeys: [try Party("example.com/log", .log).key])
        }
        #expect(throws: LogError.self) { try SignedCheckpoint(note.bytes, logKeys: [witness.key]) }
        #expect(throws: LogError.self) { try SignedCheckpoint(note.bytes, logKeys: []) }
    }

    @Test func aKeyOfAnotherNameSignsNothingForALog() throws {
        let log = try Party("example.com/other", .log)
        let checkpoint = Checkpoint(origin: "example.com/log", head: .empty)
        let note = SignedNote(text: checkpoint.text, signatures: [try log.sign(checkpoint.text)])
        #expect(throws: LogError.self) { try SignedCheckpoint(note.bytes, logKeys: [log.key]) }
    }

    @Test func aCosignatureCoversItsTime() throws {
        let (log, witness) = try (Party("l", .log), Party("w", .witness))
        let checkpoint = Checkpoint(origin: "l", head: .empty)
        let signature = try witness.sign(checkpoint.text, at: 1_000)
        var bytes = signature.bytes
        bytes[7] ^= 1
        let moved = SignedNote.Signature(name: signature.name, keyID: signature.keyID, bytes: bytes)
        let note = SignedNote(text: checkpoint.text, signatures: [try log.sign(checkpoint.text), moved])
        #expect(try SignedCheckpoint(note.bytes, logKeys: [log.key], witnesses: [witness.key]).witnesses.isEmpty)
    }

    @Test func aNewerCosignatureTakesThePlaceOfTheOlderOne() throws {
        let witness = try Party("w", .witness)
        var note = SignedNote(text: "a\n", signatures: [try witness.sign("a\n", at: 1)])
        note.add([try witness.sign("a\n", at: 2)])
        #expect(note.signatures.count == 1)
        #expect(try witness.key.signature(under: note)?.time == 2)
    }

    @Test(arguments: [
        "l\n5\n", "l\n05\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "l\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "l\n0\n47DEQpj8HBSa\n",
        "l\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "l\n99999999999999999999\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "l\n5\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n",
    ])
    func whatIsNoCheckpointIsRefused(text: String) {
        #expect(throws: LogError.self) { try Checkpoint(text: text) }
    }

    @Test func linesAfterTheRootArePassedOverAndSignedAllTheSame() throws {
        let text = "l\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nmore\n"
        #expect(try Checkpoint(text: text).head == .empty)
    }

    @Test(arguments: [
        "a", "a+b", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+Axpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "PeterNeumann+c74f20a3+ARpc",
    ])
    func whatIsNoVerifierKeyIsRefused(text: String) {
        #expect(throws: LogError.self) { try NoteKey(verifierKey: text) }
    }

    @Test func aRequestToAWitnessIsTheOneOfTheSpecificationsExample() throws {
        let body = """
            old 20852014
            PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
            jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
            5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
            /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

            example.com/behind-the-sofa
            20852163
            CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

            — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
            — example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=

            """
        let request = try AddCheckpoint(Array(body.utf8))
        #expect(request.oldSize == 20_852_014)
        #expect(request.proof.count == 4)
        let note = try SignedNote(request.checkpoint)
        #expect(try Checkpoint(text: note.text).head.size == 20_852_163)
        #expect(request.body == Array(body.utf8))
    }

    @Test(arguments: ["", "old 60", "old 60\n", "old 060\n\n", "old -1\n\n", "old 60\nAA==\n\n", "OLD 60\n\n"])
    func refusesRequestsInAnotherForm(body: String) {
        #expect(throws: LogError.self) { try AddCheckpoint(Array(body.utf8)) }
    }
}

/// Somebody who signs notes.
struct Party {
    let key: NoteKey
    private let secret: PrivateKey

    init(_ name: String, _ kind: NoteKey.Kind) throws {
        secret = try PrivateKey(algorithm: .edDSA)
        key = try #require(NoteKey(name: name, kind: kind, key: secret.publicKey))
    }

    func sign(_ text: String, at time: UInt64 = 0) throws -> SignedNote.Signature {
        try key.signature(of: text, by: secret, at: time)
    }
}
