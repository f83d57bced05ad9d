import Licence
import OpenSSL
import Publication
import TestSupport

/// Acts on the licences of a country as its log tells them, one after another.
struct InventedActs {
    private let names: [String]
    /// Where the licences of each list end, when all of a country stand in a row.
    private let ends: [Int]
    private let listSize: Int
    private var generator = SeededGenerator(seed: 3)

    init(of country: Country) {
        var names: [String] = []
        var ends: [Int] = []
        for office in country.offices {
            for (number, used) in office.lists.enumerated() {
                names.append("\(office.division)-\(number + 1)")
                ends.append((ends.last ?? 0) + used)
            }
        }
        self.names = names
        self.ends = ends
        listSize = country.listSize
    }

    /// An act on any licence with the same chance.
    ///
    /// Of 112 acts 100 make a version, 3 of them in the place of an older one, which is superseded.
    mutating func act(_ number: Int, at time: Instant) throws -> [UInt8] {
        let list = list(of: Int.random(in: 0..<(ends.last ?? 1), using: &generator))
        let kind = Int.random(in: 0..<112, using: &generator)
        let later: [(LicenceAct, ListedStatus)] = [
            (.cancel, .cancelled), (.cancel, .cancelled), (.revoke, .revoked), (.suspend, .suspended),
            (.resume, .valid), (.dormant, .dormant),
        ]
        var effects: [LogEntry.Effect] = []
        let act: LicenceAct
        switch kind {
        case 0..<97:
            act = .issue
            effects = [try effect(list, .valid)]
        case 97..<100:
            act = .change
            effects = [try effect(list, .valid), try effect(list, .superseded)]
        default:
            let chosen = later[kind % later.count]
            act = chosen.0
            effects = [try effect(list, chosen.1)]
        }
        let business = Int.random(in: 10_000_000..<100_000_000, using: &generator)
        return LogEntry(
            at: time,
            .act(
                LogEntry.ActOnLicence(
                    kind: act,
                    number: number,
                    subject: LogEntry.Subject("91341181MA\(business)"),
                    effects: effects
                )
            )
        ).encoded
    }

    /// That each list of the country was signed, as number `sequence` of it.
    mutating func lists(signedAs sequence: Int, at time: Instant, _ body: ([UInt8]) throws -> Void) throws {
        for name in names {
            for kind in ListKind.allCases { try body(try list(kind.path(named: name), sequence, time)) }
        }
    }

    private mutating func list(_ path: String, _ sequence: Int, _ time: Instant) throws -> [UInt8] {
        let list = LogEntry.SignedList(path: path, sequence: sequence, digest: try generator.digest())
        return LogEntry(at: time, .list(list)).encoded
    }

    private mutating func effect(_ list: String, _ status: ListedStatus) throws -> LogEntry.Effect {
        LogEntry.Effect(
            list: list,
            index: Int.random(in: 0..<listSize, using: &generator),
            digest: try generator.digest().bytes,
            status: status
        )
    }

    private func list(of licence: Int) -> String {
        var low = 0
        var high = ends.count - 1
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] <= licence { low = middle + 1 } else { high = middle }
        }
        return names[low]
    }
}
