import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing
import TransparencyLog

@Suite struct LogEntryTests {
    static let effect = LogEntry.Effect(list: "341181-1", index: 4_711, digest: digest(1).bytes, status: .valid)

    static let samples: [LogEntry] = [
        LogEntry(
            at: .noon,
            .act(
                LogEntry.ActOnLicence(
                    kind: .change,
                    number: 70_000,
                    subject: LogEntry.Subject("91341181MA2QW7K3XM"),
                    effects: [
                        effect,
                        LogEntry.Effect(list: "341181-12", index: 0, digest: digest(2).bytes, status: .superseded),
                    ]
                )
            )
        ),
        LogEntry(at: .noon, .list(LogEntry.SignedList(path: "issued/341181-1", sequence: 812, digest: digest(3)))),
        LogEntry(at: .noon, .registry(acts: 9, head: digest(4), lists: digest(5))),
        LogEntry(at: .noon, .restore(act: 3, from: digest(0))),
        LogEntry(
            at: .noon,
            .loss([
                LogEntry.Effect(
                    list: "341181-1",
                    index: 1,
                    digest: Array(digest(5).bytes.prefix(10)),
                    status: .neverIssued
                )
            ])
        ),
    ]

    /// An entry of a log of less than 256, taken out of its bundle and apart without any code of ours.
    static func entry(_ index: Int, of publication: LoggedPublication) throws -> PlainCBOR {
        let bundle = try publication.read("log/tile/entries/000.p/\(publication.heads.last?.size ?? 0)")
        var rest = bundle[...]
        for _ in 0..<index {
            rest = rest.dropFirst(2 + Int(rest[rest.startIndex]) << 8 + Int(rest[rest.startIndex + 1]))
        }
        let count = Int(rest[rest.startIndex]) << 8 + Int(rest[rest.startIndex + 1])
        return try PlainCBOR(Array(rest.dropFirst(2).prefix(count)))
    }

    @Test(arguments: samples)
    func readsWhatItWrites(entry: LogEntry) throws { #expect(try LogEntry(entry.encoded) == entry) }

    @Test(arguments: samples)
    func whatIsReadHasOneEncoding(entry: LogEntry) {
        let bytes = entry.encoded
        for position in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[position] ^= 1 << bit
                if let read = try? LogEntry(changed) { #expect(read.encoded == changed) }
            }
            #expect(throws: CodeError.self) { try LogEntry(bytes.prefix(position)) }
        }
        #expect(throws: CodeError.self) { try LogEntry(bytes + [0]) }
    }

    @Test func anActOnALicenceTakesLessThanAHundredBytes() {
        let act = LogEntry.ActOnLicence(
            kind: .issue,
            number: 185_000_000,
            subject: LogEntry.Subject("91341181MA2QW7K3XM"),
            effects: [Self.effect]
        )
        #expect(LogEntry(at: .noon, .act(act)).encoded.count <= 100)
    }

    @Test func noCreditCodeStandsInAnEntry() {
        let bytes = Self.samples[0].encoded
        let code = Array("91341181MA2QW7K3XM".utf8)
        #expect(!bytes.indices.contains { bytes[$0...].starts(with: code) })
    }

    @Test func aKindThatNobodyKnowsIsRefused() {
        var writer = CBORWriter()
        writer.map(2)
        writer.int(1)
        writer.text("sell")
        writer.int(2)
        writer.int(1)
        #expect(throws: CodeError.self) { try LogEntry(writer.bytes) }
    }

    @Test(arguments: [
        ("trust-list", true), ("status/341181-1", true), ("issued/341181-12", true), ("log/checkpoint", true),
        ("log/tile/0/x001/234.p/5", true), ("log/tile/entries/000", true), ("", false), ("status/", false),
        ("status/../trust-list", false), ("log/tile/../../x", false), ("log/tile/0/.p/5", false),
        ("/etc/passwd", false),
        ("log/tile/0/000/", false), ("status/341181-1.tmp", false), ("log/tile/0/00 0", false), ("log/tile", false),
        ("issued/34118-1234567", false),
    ])
    func noNameLeadsOutOfAPublication(path: String, isOne: Bool) { #expect(PublicationPath.isOne(path) == isOne) }
}
