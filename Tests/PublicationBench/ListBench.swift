import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport

/// One large list: making it, reading it, looking things up in it.
enum ListBench {
    private static let size = 1_048_576
    private static let rounds = 5
    private static let lookUps = 4_000_000

    static func run(packedFile: String?) throws {
        var generator = SeededGenerator(seed: 1)
        let list = try InventedList(size: size, used: size / 4 * 3, using: &generator)
        let issuer = try Issuer()
        let trust = issuer.trustList()
        let packed = list.packed
        if let packedFile { try Data(packed).write(to: URL(filePath: packedFile)) }
        var figures: [String: Double] = ["entries": Double(size), "used": Double(list.entries.count)]
        let status = try makeStatusList(list, packed, issuer, &figures)
        let issued = try makeIssuedList(list, issuer, &figures)
        figures["status bytes"] = Double(status.count)
        figures["issued bytes"] = Double(issued.count)
        try read(status, issued, trust, &figures)
        let (statusPath, issuedPath) = ("status/341181-1", "issued/341181-1")
        let lookedIn = try (
            StatusList(status, path: statusPath, trust: trust), IssuedList(issued, path: issuedPath, trust: trust)
        )
        lookUp(list, lookedIn.0, lookedIn.1, &generator, &figures)
        try report(figures)
    }

    /// Medians in milliseconds of each stage, and of all.
    private static func makeStatusList(
        _ list: InventedList,
        _ packed: [UInt8],
        _ issuer: Issuer,
        _ figures: inout [String: Double]
    ) throws -> [UInt8] {
        let clock = ContinuousClock()
        let claims = Issuer.claims()
        var times: [String: [Double]] = [:]
        func measure<Value>(_ stage: String, _ work: () throws -> Value) rethrows -> Value {
            let start = clock.now
            let value = try work()
            times[stage, default: []].append((clock.now - start).inSeconds * 1_000)
            return value
        }
        var signed: [UInt8] = []
        for _ in 0..<rounds {
            _ = measure("status build ms") { list.statusList(claims) }
            let compressed = try measure("status zlib ms") { try Deflate.compressed(packed, .zlib) }
            _ = try measure("status sign ms") { try issuer.listKey.signature(of: compressed) }
            signed = try measure("status in all ms") {
                try list.statusList(claims).signed(by: issuer.listKey, number: issuer.lists.number)
            }
            precondition(signed.count > compressed.count, "the list was not compressed like the limit")
        }
        for (stage, all) in times { figures[stage] = all.median }
        let others = [
            ("level 9", Zlib.level(9)), ("level 6", .level(6)), ("level 1", .level(1)),
            ("Huffman only", .huffmanOnly),
        ]
        for (name, setting) in others {
            figures["status zlib \(name) ms"] =
                (0..<rounds).map { _ in
                    clock.measure { figures["status zlib \(name) bytes"] = Double(setting.size(of: packed)) }.inSeconds
                        * 1_000
                }.median
        }
        return signed
    }

    private static func makeIssuedList(
        _ list: InventedList,
        _ issuer: Issuer,
        _ figures: inout [String: Double]
    ) throws -> [UInt8] {
        let clock = ContinuousClock()
        var signed: [UInt8] = []
        figures["issued in all ms"] = try (0..<rounds).map { _ in
            try clock.measure {
                signed = try list.issuedList(Issuer.claims("issued/341181-1"))
                    .signed(by: issuer.listKey, number: issuer.lists.number)
            }.inSeconds * 1_000
        }.median
        return signed
    }

    /// Milliseconds until each is believed, and what each takes of memory once it is read.
    private static func read(
        _ status: [UInt8],
        _ issued: [UInt8],
        _ trust: TrustList,
        _ figures: inout [String: Double]
    ) throws {
        let clock = ContinuousClock()
        let copies = 16
        var before = Memory.resident
        var statusLists: [StatusList] = []
        let statusTime = try clock.measure {
            for _ in 0..<copies {
                statusLists.append(try StatusList(status, path: "status/341181-1", trust: trust))
            }
        }
        figures["status memory"] = Double(Memory.resident - before) / Double(copies)
        before = Memory.resident
        var issuedLists: [IssuedList] = []
        let issuedTime = try clock.measure {
            for _ in 0..<copies {
                issuedLists.append(try IssuedList(issued, path: "issued/341181-1", trust: trust))
            }
        }
        figures["issued memory"] = Double(Memory.resident - before) / Double(copies)
        figures["status read ms"] = statusTime.inSeconds * 1_000 / Double(copies)
        figures["issued read ms"] = issuedTime.inSeconds * 1_000 / Double(copies)
        precondition(statusLists.count == issuedLists.count)
    }

    /// Look-ups a second on one core, at random indices, each answer compared with what was put in.
    private static func lookUp(
        _ list: InventedList,
        _ status: StatusList,
        _ issued: IssuedList,
        _ generator: inout SeededGenerator,
        _ figures: inout [String: Double]
    ) {
        let clock = ContinuousClock()
        let asked = (0..<lookUps).map { _ in Int.random(in: 0..<list.entries.count, using: &generator) }
        var wrong = 0
        let statusTime = clock.measure {
            for number in asked {
                let entry = list.entries[number]
                if status.value(at: entry.index) != entry.status.rawValue { wrong += 1 }
            }
        }
        let issuedTime = clock.measure {
            for number in asked {
                let entry = list.entries[number]
                if issued.answer(index: entry.index, digest: entry.digest) != .issued { wrong += 1 }
            }
        }
        precondition(wrong == 0, "\(wrong) look-ups were answered wrongly")
        figures["status look-ups/s"] = Double(lookUps) / statusTime.inSeconds
        figures["issued look-ups/s"] = Double(lookUps) / issuedTime.inSeconds
    }
}
