import Foundation

/// Measures lists, the log and whole publications of invented licences; `scripts/bench --publication` runs it for release.
///
/// usage: licet-publication-bench list [PACKED-FILE]
///        licet-publication-bench country LICENCES
///        licet-publication-bench day LICENCES [ENTRIES]
///
/// `list` makes and reads one list of 1,048,576 entries, and writes what the limit compresses to PACKED-FILE; `country` makes all lists, the
/// log of a year and, of up to 10 million licences, one bundle that is read back; `day` tells what changes in a day, with lists of 65,536 or so
/// many ENTRIES. Each prints JSON objects,
/// one a line; what takes long says how far it is on standard error.
@main
struct PublicationBench {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch (arguments.first, arguments.count) {
        case ("list", 1...2): try ListBench.run(packedFile: arguments.dropFirst().first)
        case ("country", 2): try CountryBench.run(licences: count(arguments[1]))
        case ("day", 2): try DayBench.run(licences: count(arguments[1]), listSize: 65_536)
        case ("day", 3): try DayBench.run(licences: count(arguments[1]), listSize: count(arguments[2]))
        default: exit(64)
        }
    }

    private static func count(_ text: String) -> Int {
        guard let count = Int(text), (1_000...1_000_000_000).contains(count) else { exit(64) }
        return count
    }
}

/// Prints figures as a JSON object on a line of its own.
func report(_ figures: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(figures), as: UTF8.self))
}

/// Says on standard error how far it is.
func progress(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }

extension Duration {
    /// In seconds.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

extension [Double] {
    var median: Double { sorted()[count / 2] }
}

/// The memory of this process.
enum Memory {
    /// What is resident, in bytes (proc_pid_statm(5)), once what was freed is given back.
    static var resident: Int {
        giveBack()
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Calls glibc's `malloc_trim`, whose header Swift does not import.
    private static func giveBack() {
        guard let symbol = unsafe dlsym(nil, "malloc_trim") else { return }
        _ = unsafe unsafeBitCast(symbol, to: (@convention(c) (Int) -> CInt).self)(0)
    }
}
