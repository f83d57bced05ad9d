import Licence
import LicenceCode
import TestSupport
import Testing

@testable import Publication

@Suite struct StatusListTests {
    let issuer: Issuer

    init() throws { issuer = try Issuer() }

    @Test func readsBackWhatWasSigned() throws {
        let list = StatusList(
            claims: Issuer.claims(),
            size: 100,
            entries: [(0, .valid), (99, .dormant), (50, .annulled)]
        )
        let read = try StatusList(
            list.signed(by: issuer.listKey, number: issuer.lists.number),
            path: statusPath,
            trust: issuer.trustList()
        )
        #expect(read == list)
        #expect(read.count == 100)
        #expect(read.value(at: 99) == 14)
        #expect(read.value(at: 50) == 13)
    }

    @Test func saysNeverIssuedOfEveryEntryThatWasNotUsed() {
        let list = StatusList(claims: Issuer.claims(), size: 8, entries: [(3, .valid)])
        #expect((0..<8).map { list.value(at: $0) } == [15, 15, 15, 0, 15, 15, 15, 15])
    }

    @Test func saysNothingOutOfItsRange() {
        let list = StatusList(claims: Issuer.claims(), size: 8, entries: [])
        #expect(list.value(at: 8) == nil)
        #expect(list.value(at: -1) == nil)
    }

    @Test func saysOfAnExpiredLicenceNothingAndOfARelocatedOneThatItIsSuperseded() {
        #expect(ListedStatus(LicenceStatus.expired) == .valid)
        #expect(ListedStatus(LicenceStatus.relocated) == .superseded)
    }

    @Test(
        arguments: [
            (ListedStatus.valid, 0), (.revoked, 1), (.suspended, 2), (.superseded, 3), (.cancelled, 12),
            (.annulled, 13),
            (.dormant, 14), (.neverIssued, 15),
        ] as [(ListedStatus, UInt8)]
    )
    func givesEachStatusTheNumberOfTheContract(status: ListedStatus, number: UInt8) {
        #expect(status.rawValue == number)
    }

    // MARK: - The draft

    @Test func isATokenStatusListInCWTForm() throws {
        let message = try PlainCOSE(issuer.statusList())
        #expect(message.tag == 18)
        #expect(message.protected[1] == .int(-7))
        #expect(message.protected[4] == .bytes([1]))
        #expect(message.protected[16] == .text("application/statuslist+cwt"))
        #expect(message.payload[2] == .text("https://lic.example.cn/publication/status/341181-1"))
        #expect(message.payload[4] == .int(Int((Instant.noon + .day).seconds)))
        #expect(message.payload[6] == .int(Int((Instant.noon - 3_600).seconds)))
        #expect(message.payload[65_534] == .int(600))
        let list = try #require(message.payload[65_533])
        #expect(list["bits"] == .int(4))
        // Entries 0, 3 and 6 are 0, 1 and 2; two entries a byte, the first in the lower half.
        let packed = try Deflate.decompressed(#require(list["lst"]?.bytes), .zlib, limit: 100)
        #expect(packed == [0xF0, 0x1F, 0xFF, 0xF2])
    }

    @Test(arguments: [
        (1, "b9a3", "78dadbb918000217015d"), (2, "c944f9", "78da3be9f2130003df0207"),
    ])
    func writesTheVectorsOfTheDraft(bits: Int, packed: String, lst: String) throws {
        let list = StatusList(claims: Issuer.claims(), bitsPerEntry: bits, packed: bytes(hex: packed))
        let message = try PlainCOSE(list.signed(by: issuer.listKey, number: issuer.lists.number))
        #expect(message.payload[65_533]?["lst"]?.bytes == bytes(hex: lst))
    }

    @Test(arguments: [
        (1, "78dadbb918000217015d", [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]),
        (2, "78da3be9f2130003df0207", [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]),
    ])
    func readsTheVectorsOfTheDraft(bits: Int, lst: String, values: [UInt8]) throws {
        let list = try read(issuer.statusList(bits: bits, lst: bytes(hex: lst)))
        #expect((0..<list.count).map { list.value(at: $0) } == values)
    }

    @Test func readsEightBitsAnEntry() throws {
        let list = try read(issuer.statusList(bits: 8, lst: Deflate.compressed([0, 255, 7], .zlib)))
        #expect((0..<list.count).map { list.value(at: $0) } == [0, 255, 7])
    }

    @Test func passesOverAnAggregationAddressAndClaimsThatItDoesNotKnow() throws {
        let bytes = try issuer.list(type: StatusList.type, path: statusPath) { writer in
            writer.map(3)
            writer.text("lst")
            writer.byteString((try? Deflate.compressed([0x0F], .zlib)) ?? [])
            writer.text("bits")
            writer.int(4)
            writer.text("aggregation_uri")
            writer.text("https://lic.example.cn/lists")
        }
        #expect(try read(bytes).value(at: 0) == 15)
    }

    @Test(arguments: [0, 3, 5, 7, 9, 16])
    func refusesAnyOtherNumberOfBits(bits: Int) throws {
        #expect(try refusal(issuer.statusList(bits: bits, lst: Deflate.compressed([0], .zlib))) == .malformed)
    }

    @Test(arguments: ["", "78", "dbb918000217015d", "78dadbb918000217015e", "78dadbb918000217015d00"])
    func refusesAListThatIsNoZlibStream(lst: String) throws {
        #expect(try refusal(issuer.statusList(bits: 1, lst: bytes(hex: lst))) == .malformed)
    }

    @Test func refusesABombOf64MiB() throws {
        let bomb = try Deflate.compressed([UInt8](repeating: 0, count: 64 << 20), .zlib)
        #expect(bomb.count < 100_000)
        #expect(try refusal(issuer.statusList(bits: 1, lst: bomb)) == .malformed)
    }

    private func read(_ bytes: [UInt8]) throws -> StatusList {
        try StatusList(bytes, path: statusPath, trust: issuer.trustList())
    }

    private func refusal(_ bytes: [UInt8]) -> PublicationError.Code? {
        #expect(throws: PublicationError.self) { try read(bytes) }?.code
    }
}
