import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

@Suite struct IssuedListTests {
    let issuer: Issuer

    init() throws { issuer = try Issuer() }

    @Test func readsBackWhatWasSigned() throws {
        var generator = SeededGenerator(seed: 7)
        let indices = Set((0..<500).map { _ in Int.random(in: 0..<65_536, using: &generator) }).union([0, 65_535])
        let entries = indices.map { ($0, Digest(of: [UInt8($0 & 0xFF), UInt8($0 >> 8)])) }
        let list = IssuedList(claims: Issuer.claims(issuedPath), entries: entries)
        let read = try read(list.signed(by: issuer.listKey, number: issuer.lists.number))
        #expect(read == list)
        #expect(read.count == indices.count)
        #expect(entries.allSatisfy { read.answer(index: $0.0, digest: $0.1) == .issued })
    }

    @Test func readsBackAnEmptyList() throws {
        let list = IssuedList(claims: Issuer.claims(issuedPath), entries: [])
        let read = try read(list.signed(by: issuer.listKey, number: issuer.lists.number))
        #expect(read.count == 0)
        #expect(read.answer(index: 0, digest: digest(0)) == .notThere)
    }

    @Test(
        arguments: [
            (0, 0, IssuedList.Answer.issued), (3, 3, .issued), (6, 6, .issued), (3, 0, .otherDigest),
            (0, 9, .otherDigest),
            (1, 0, .notThere), (5, 3, .notThere), (7, 6, .notThere), (-1, 0, .notThere), (1 << 24, 0, .notThere),
        ] as [(Int, UInt8, IssuedList.Answer)]
    )
    func answersForOneIndexAndDigest(index: Int, number: UInt8, answer: IssuedList.Answer) throws {
        #expect(try read(issuer.issuedList()).answer(index: index, digest: digest(number)) == answer)
    }

    @Test func keepsTheFirstTenBytesOfEachDigest() throws {
        let content = try #require(PlainCOSE(issuer.issuedList()).payload[65_533])
        let first = [0] + digest(0).bytes.prefix(10)
        let second = [2] + digest(3).bytes.prefix(10)
        let third = [2] + digest(6).bytes.prefix(10)
        #expect(content == .array([.int(10), .bytes(first + second + third)]))
    }

    @Test func isOfItsOwnType() throws {
        let message = try PlainCOSE(issuer.issuedList())
        #expect(message.tag == 18)
        #expect(message.protected[16] == .text("application/licet-issued-list+cwt"))
    }

    @Test(arguments: [
        ("an entry cut short", [0] + [UInt8](repeating: 1, count: 9)),
        ("a gap that does not end", [0x80, 0x80]),
        ("a gap that is not in its shortest form", [0x80, 0x00] + [UInt8](repeating: 1, count: 10)),
        ("an index beyond every list", [0x80, 0x80, 0x80, 0x08] + [UInt8](repeating: 1, count: 10)),
        ("a gap of five groups", [0xFF, 0xFF, 0xFF, 0xFF, 0x01] + [UInt8](repeating: 1, count: 10)),
    ])
    func refusesAListThatIsPackedOtherwise(what: String, packed: [UInt8]) throws {
        #expect(try refusal(issuer.issuedList(packed: packed)) == .malformed)
    }

    @Test(arguments: [0, 9, 11, 32])
    func refusesAnotherLengthOfDigests(length: Int) throws {
        #expect(try refusal(issuer.issuedList(packed: [], digestBytes: length)) == .malformed)
    }

    private func read(_ bytes: [UInt8]) throws -> IssuedList {
        try IssuedList(bytes, path: issuedPath, trust: issuer.trustList())
    }

    private func refusal(_ bytes: [UInt8]) -> PublicationError.Code? {
        #expect(throws: PublicationError.self) { try read(bytes) }?.code
    }
}
