import Foundation
import Licence
import OpenSSL
import Publication
import Synchronization
import TestSupport
import TransparencyLog

/// A whole publication: every list, the log of a year, the trust list, and one file of it all.
struct CountryBench {
    private let country: Country
    private let keys: CountryKeys
    private var acts: InventedActs
    private var log: CountryLog
    private var table = ListTable()
    private var generator = SeededGenerator(seed: 4)
    private var figures: [String: Double] = [:]
    private let isWhole: Bool
    private var files: [String: [UInt8]] = [:]
    private var statusLists: [StatusList] = []
    private var issuedLists: [IssuedList] = []

    /// Up to so many licences the log is hashed and a bundle is written; above, one bundle of acts in 16 is
    /// encoded and counts for 16.
    private static let whole = 10_000_000
    /// The publications of a year, one a day.
    private static let days = 365
    private static let now = Instant.noon

    static func run(licences: Int) throws {
        var bench = try CountryBench(licences: licences)
        try bench.writeActs(licences)
        try bench.makeLists()
        if bench.isWhole { try bench.writeBundle() }
        try report(bench.figures)
    }

    private init(licences: Int) throws {
        country = try Country(licences: licences)
        keys = try CountryKeys(of: country)
        isWhole = licences <= Self.whole
        acts = InventedActs(of: country)
        log = CountryLog(isWhole: isWhole, compressedEach: max(1, licences / 500_000))
        files[TrustList.path] = keys.signedTrust
        figures["licences"] = Double(country.licences)
        figures["offices"] = Double(country.offices.count)
        figures["lists"] = Double(country.listCount)
        figures["largest office"] = Double(country.offices.map(\.licences).max() ?? 0)
        figures["trust list bytes"] = Double(keys.signedTrust.count)
        figures["trust list gzip bytes"] = Double(Zlib.gzip.size(of: keys.signedTrust))
    }

    /// The acts of a year, and at the end of each day but the last that all lists were signed.
    private mutating func writeActs(_ licences: Int) throws {
        let start = Self.now - Int64(Self.days - 1) * .day
        let count = licences / 100 * 112
        let each = isWhole ? 1 : 16
        var done = 0
        for day in 1...Self.days {
            let morning = start + Int64(day - 1) * .day
            let end = count * day / Self.days
            for number in done..<end where number / Tile.fullWidth % each == 0 {
                let time = morning + Int64(number - done) * 28_800 / Int64(end - done)
                log.append(try acts.act(number + 1, at: time), weight: each)
            }
            done = end
            guard day < Self.days else { break }
            try acts.lists(signedAs: day, at: morning + 30_000) { log.append($0) }
            log.append(
                LogEntry(
                    at: morning + 30_000,
                    .registry(acts: done, head: try generator.digest(), lists: try generator.digest())
                ).encoded
            )
            if day % 30 == 0 { progress("log: day \(day), \(log.size) entries") }
        }
    }

    /// Makes each pair of lists, signs, logs and reads them; a verifier's copy is kept where no bundle is read later.
    private mutating func makeLists() throws {
        let before = Memory.resident
        let (key, number, trust) = (keys.issuer.listKey, keys.issuer.lists.number, keys.trust)
        var pairs = 0
        for office in country.offices {
            for (position, used) in office.lists.enumerated() {
                let list = try InventedList(size: country.listSize, used: used, using: &generator)
                let statusPath = ListKind.status.path(of: office.division, position + 1)
                let status = try make(.status, at: statusPath) {
                    try list.statusList($0).signed(by: key, number: number)
                } read: {
                    try StatusList($0, path: statusPath, trust: trust)
                }
                let issuedPath = ListKind.issued.path(of: office.division, position + 1)
                let issued = try make(.issued, at: issuedPath) {
                    try list.issuedList($0).signed(by: key, number: number)
                } read: {
                    try IssuedList($0, path: issuedPath, trust: trust)
                }
                if !isWhole {
                    statusLists.append(status)
                    issuedLists.append(issued)
                }
                pairs += 1
                if pairs % 250 == 0 { progress("\(pairs) of \(country.listCount) pairs of lists") }
            }
        }
        let acts = country.licences / 100 * 112
        let end = LogEntry(
            at: Self.now,
            .registry(acts: acts, head: try generator.digest(), lists: table.digest)
        )
        log.append(end.encoded)
        let tableFile = table.file(endedBy: end)
        figures["table bytes"] = Double(tableFile.count)
        if isWhole { files[AuthorityLog.lists(ofLogOf: log.size)] = tableFile }
        if !isWhole { figures["verifier bytes"] = Double(Memory.resident - before) }
        reportLog()
    }

    /// One list: signed, logged, and read again; adds to the figures of its kind.
    private mutating func make<List>(
        _ kind: ListKind,
        at path: String,
        _ sign: (ListClaims) throws -> [UInt8],
        read: ([UInt8]) throws -> List
    ) throws -> List {
        let clock = ContinuousClock()
        let claims = claims(path)
        var start = clock.now
        let signed = try sign(claims)
        figures["\(kind) lists s", default: 0] += (clock.now - start).inSeconds
        figures["\(kind) bytes", default: 0] += Double(signed.count)
        let entry = LogEntry(path: path, claims, signed: signed)
        if case .list(let list) = entry.content { table.tell(list, at: log.size) }
        log.append(entry.encoded)
        start = clock.now
        let list = try read(signed)
        figures["read s", default: 0] += (clock.now - start).inSeconds
        if isWhole { files[path] = signed }
        return list
    }

    private mutating func reportLog() {
        let tiles = Tile.added(from: 0, to: log.size)
        let hashes = tiles.filter { $0.level != nil }
        figures["log entries"] = Double(log.size)
        figures["log tiles"] = Double(hashes.count)
        figures["log tile bytes"] = Double(hashes.reduce(0) { $0 + $1.width * 32 })
        figures["log bundles"] = Double(tiles.count - hashes.count)
        figures["log bundle bytes"] = Double(log.entryBytes)
        figures["log bundle gzip bytes"] = log.compressedEntryBytes
        figures["log acts encoded of"] = isWhole ? 1 : 16
    }

    private func claims(_ path: String) -> ListClaims {
        ListClaims(
            subject: Issuer.base + path,
            issuedAt: Self.now - 3_600,
            expires: Self.now + 7 * .day,
            timeToLive: 3_600,
            sequence: Self.days,
            logIndex: log.size
        )
    }

    /// Writes what `licet sync --bundle` packs, the lists and of the log what proves them, and reads it back as on another machine.
    private mutating func writeBundle() throws {
        let head = try log.end(keys)
        let source = MemorySource(files.merging(log.files) { $1 })
        files = [:]
        _ = try Self.read(source, keys.issuer.root)
        // By which who saw an earlier edition sees that the log goes on.
        for tile in Tile.added(from: max(0, head.size - 8_192), to: head.size) where tile.level != nil {
            _ = try tile.read { path throws(LogError) in try source.logFile(path) }
        }
        try TemporaryFolder.with { folder in
            let path = folder.appending(path: "inspector.licet").path
            let clock = ContinuousClock()
            let packed = source.touched
            let writing = try clock.measure {
                try Bundle.write(packed, of: Issuer.base, created: Self.now, to: path) { try source.read($0) }
            }
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
            let before = Memory.resident
            let start = clock.now
            let snapshot = try Self.read(try Bundle(file: path), keys.issuer.root)
            figures["bundle load s"] = (clock.now - start).inSeconds
            figures["verifier bytes"] = Double(Memory.resident - before)
            figures["bundle write s"] = writing.inSeconds
            figures["bundle bytes"] = Double(size)
            figures["bundle files"] = Double(packed.count)
            figures["bundle log bytes"] = Double(
                try packed.filter { $0.hasPrefix(AuthorityLog.folder) }.reduce(0) { $0 + (try source.read($1).count) }
            )
            precondition(snapshot.statusLists.count == country.listCount, "lists are missing")
            precondition(snapshot.issuedLists.count == country.listCount, "lists are missing")
        }
    }

    /// All of it, every list believed.
    private static func read(_ source: some PublicationSource, _ root: Certificate) throws -> Snapshot {
        var seen = HighWater()
        let snapshot = PublicationReader(source: source, root: root).snapshot(&seen, now: now)
        _ = try snapshot.trust.get()
        _ = try snapshot.log?.get()
        for list in snapshot.statusLists.values { _ = try list.get() }
        for list in snapshot.issuedLists.values { _ = try list.get() }
        return snapshot
    }
}

/// A publication in memory that remembers which of its files were read.
private final class MemorySource: PublicationSource {
    private let files: [String: [UInt8]]
    private let read = Mutex(Set<String>())

    init(_ files: [String: [UInt8]]) { self.files = files }

    func read(_ path: String) throws(PublicationError) -> [UInt8] {
        guard let bytes = files[path] else { throw PublicationError(.missing, file: path, "is not there") }
        read.withLock { _ = $0.insert(path) }
        return bytes
    }

    func paths(of kind: ListKind) -> [String] { files.keys.filter { ListKind(path: $0) == kind }.sorted() }

    var touched: [String] { read.withLock { Array($0) } }
}
