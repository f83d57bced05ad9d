import Foundation
import Licence
import OpenSSL
import Publication
import TestSupport

/// What changes in a day of a country, and what a verifier fetches of it.
///
/// Assumed, and not measured: of 185 million licences 27 million are new and 12 million end in a year of 250 working days, as China's public
/// statistics have it; with those that change otherwise (a new version, and the old one superseded) 0.15 % are touched a working day.
struct DayBench {
    private static let new = 27.0 / 185 / 250
    private static let ended = 12.0 / 185 / 250
    private static let changed = 0.0015 - new - ended
    private static let workingDays = 250.0
    /// A list that did not change is signed anew when half of its seven days are over.
    private static let renewalDays = 3.5
    /// A reader keeps the tiles of so many last entries, as `licet sync` does.
    private static let shownFrom = 8_192.0

    /// A line of the output: one spread of the acts over the offices, and so many publications in a day.
    private struct Row: Encodable {
        let licences: Int
        let listSize: Int
        let offices: Int
        /// Of each kind.
        let lists: Int
        let spread: String
        let publicationsADay: Int
        /// In a publication, on average.
        var statusLists = 0.0
        var statusBytes = 0.0
        var issuedLists = 0.0
        var issuedBytes = 0.0
        var logEntries = 0.0
        var logBytes = 0.0
        var logGzipBytes = 0.0
        /// What a reader fetches who comes after each publication; headers are not counted.
        var fetchedBytes = 0.0
        var requests = 0.0
        /// Acts alone, as they stand in the log.
        var actBytes = 0.0
        /// In a day of rest: issued lists that did not change and are signed anew, and their bytes.
        var renewedIssuedLists = 0.0
        var renewedIssuedBytes = 0.0
        var renewedStatusLists = 0.0
        var renewedStatusBytes = 0.0
        /// The table of the newest lists.
        var tableBytes = 0.0
        var logEntriesAYear = 0.0
        var logBytesAYear = 0.0
        var logGzipBytesAYear = 0.0
    }

    private let country: Country
    private let sizes: ListSizes
    /// Bytes of an act, and of a signed list, in the log; and what gzip leaves of a byte.
    private let act: (bytes: Double, gzip: Double)
    private let signedList: (bytes: Double, gzip: Double)
    private let tableBytes: Double
    private var generator = SeededGenerator(seed: 5)

    static func run(licences: Int, listSize: Int) throws {
        var bench = try DayBench(Country(licences: licences, listSize: listSize))
        for spread in ["by size", "even"] {
            for publications in [1, 8, 48] { try report(bench.row(spread, publications)) }
        }
    }

    private init(_ country: Country) throws {
        self.country = country
        sizes = try ListSizes(listSize: country.listSize, full: country.full)
        var acts = InventedActs(of: country)
        let count = min(200_000, max(2_560, Int(Double(country.licences) * 0.0015)))
        var log = CountryLog(isWhole: false, compressedEach: 1)
        for number in 0..<count {
            log.append(try acts.act(country.licences + number, at: .noon + Int64(number) * 28_800 / Int64(count)))
        }
        act = (Double(log.entryBytes) / Double(count), log.compressedEntryBytes / Double(count))
        log = CountryLog(isWhole: false, compressedEach: 1)
        while log.size < 2_560 { try acts.lists(signedAs: 1_000, at: .noon) { log.append($0) } }
        var table = ListTable()
        for office in country.offices {
            for number in office.lists.indices {
                for kind in ListKind.allCases {
                    let path = kind.path(of: office.division, number + 1)
                    let list = LogEntry.SignedList(path: path, sequence: 1_000, digest: Digest(of: []))
                    table.tell(list, at: country.licences)
                }
            }
        }
        tableBytes = Double(table.encoded.count)
        signedList = (Double(log.entryBytes) / Double(log.size), log.compressedEntryBytes / Double(log.size))
    }

    private mutating func row(_ spread: String, _ publications: Int) -> Row {
        var row = Row(
            licences: country.licences,
            listSize: country.listSize,
            offices: country.offices.count,
            lists: country.listCount,
            spread: spread,
            publicationsADay: publications
        )
        let all = Double(country.licences)
        var untouched = (status: 0.0, statusBytes: 0.0, issued: 0.0, issuedBytes: 0.0)
        for office in country.offices {
            let share = spread == "even" ? 1 / Double(country.offices.count) : Double(office.licences) / all
            let now = all * share / Double(publications)
            for (position, used) in office.lists.enumerated() {
                let isNewest = position == office.lists.count - 1
                let part = Double(used) / Double(max(1, office.licences))
                let issued = isNewest ? now * (Self.new + Self.changed) : 0
                let status = now * (Self.ended + Self.changed) * part + issued
                let bytes = sizes.bytes(used: used)
                for _ in 0..<publications {
                    if happens(status) {
                        row.statusLists += 1
                        row.statusBytes += bytes.status
                    }
                    if happens(issued) {
                        row.issuedLists += 1
                        row.issuedBytes += bytes.issued
                    }
                }
                // What no act of a day touched.
                let untouchedStatus = exp(-status * Double(publications))
                untouched.status += untouchedStatus
                untouched.statusBytes += untouchedStatus * bytes.status
                let untouchedIssued = exp(-issued * Double(publications))
                untouched.issued += untouchedIssued
                untouched.issuedBytes += untouchedIssued * bytes.issued
            }
        }
        let divisor = Double(publications)
        (row.statusLists, row.statusBytes) = (row.statusLists / divisor, row.statusBytes / divisor)
        (row.issuedLists, row.issuedBytes) = (row.issuedLists / divisor, row.issuedBytes / divisor)
        row.renewedStatusLists = untouched.status / Self.renewalDays
        row.renewedStatusBytes = untouched.statusBytes / Self.renewalDays
        row.renewedIssuedLists = untouched.issued / Self.renewalDays
        row.renewedIssuedBytes = untouched.issuedBytes / Self.renewalDays
        addLog(to: &row)
        return row
    }

    private func addLog(to row: inout Row) {
        let acts = Double(country.licences) * (Self.new + Self.ended + Self.changed) / Double(row.publicationsADay)
        let lists = row.statusLists + row.issuedLists
        row.actBytes = acts * act.bytes
        row.logEntries = acts + lists + 1
        row.logBytes = acts * act.bytes + (lists + 1) * signedList.bytes
        row.logGzipBytes = acts * act.gzip + (lists + 1) * signedList.gzip
        row.tableBytes = tableBytes
        let tiles = (min(row.logEntries, Self.shownFrom) / 256).rounded(.up) + 4
        row.requests = 3 + lists + tiles
        row.fetchedBytes = row.statusBytes + row.issuedBytes + tableBytes + tiles * 8_192
        let publications = Double(row.publicationsADay) * Self.workingDays
        let renewed = (row.renewedStatusLists + row.renewedIssuedLists) * Self.workingDays
        row.logEntriesAYear = row.logEntries * publications + renewed
        row.logBytesAYear = row.logBytes * publications + renewed * signedList.bytes
        row.logGzipBytesAYear = row.logGzipBytes * publications + renewed * signedList.gzip
    }

    /// Whether anything of which so much is expected happens (Poisson).
    private mutating func happens(_ expected: Double) -> Bool { generator.fraction() >= exp(-expected) }
}

/// How many bytes signed lists have, by how far they are filled: made at 17 levels, and along straight lines between.
private struct ListSizes {
    private let full: Int
    private let levels: [(status: Double, issued: Double)]
    private static let steps = 16

    init(listSize: Int, full: Int) throws {
        self.full = full
        let issuer = try Issuer()
        var generator = SeededGenerator(seed: 6)
        levels = try (0...Self.steps).map { step in
            let list = try InventedList(size: listSize, used: full * step / Self.steps, using: &generator)
            let status = try list.statusList(Issuer.claims())
                .signed(by: issuer.listKey, number: issuer.lists.number)
            let issued = try list.issuedList(Issuer.claims("issued/341181-1"))
                .signed(by: issuer.listKey, number: issuer.lists.number)
            return (Double(status.count), Double(issued.count))
        }
    }

    func bytes(used: Int) -> (status: Double, issued: Double) {
        let place = Double(used) * Double(Self.steps) / Double(full)
        let low = min(Int(place), Self.steps - 1)
        let part = place - Double(low)
        func between(_ value: ((status: Double, issued: Double)) -> Double) -> Double {
            value(levels[low]) + (value(levels[low + 1]) - value(levels[low])) * part
        }
        return (between(\.status), between(\.issued))
    }
}
