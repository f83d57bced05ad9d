import Authority
import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry

/// Fills the registry of a home with invented licences, so that a large one can be measured; `scripts/bench --scale` runs it for release.
///
/// usage: licet-registry-bench HOME LICENCES PASSPHRASE-FILE — the home has an authority and offices; licences are added until there
/// are so many. Each has its acts in the chain, which the first officer signs, and a code by its office's key. All are recorded now, whatever day
/// they are of, so that `licet doctor` finds fault with what was issued before its key began.
@main
struct RegistryBench {
    static func main() throws {
        guard CommandLine.arguments.count == 4, let wanted = Int(CommandLine.arguments[2]),
            (1...100_000_000).contains(wanted)
        else { exit(64) }
        let home = Home(path: CommandLine.arguments[1])
        let (seal, invention) = try prepared(in: home, passphrase: CommandLine.arguments[3])
        let registry = try Registry(path: home.registry, isDisposable: true)
        var done = try registry.read { try $0.licenceCount() }
        let clock = ContinuousClock()
        let start = clock.now
        let first = done
        var next = Ahead { try invention.chunk(from: first, to: min(first + chunk, wanted)) }
        while done < wanted {
            // Few transactions: each writes most of the pages of the indexes that have no order.
            let end = min(done + 500_000, wanted)
            let head = try registry.write { session in
                while done < end {
                    let licences = try next.get()
                    let from = done + licences.count
                    next = Ahead { try invention.chunk(from: from, to: min(from + chunk, wanted)) }
                    for (number, licence) in licences.enumerated() {
                        try licence.insert(in: session, by: invention)
                        // As batches are: whoever asks of one act goes on to the next signature.
                        if number % 500 == 499 { _ = try session.sign(with: seal.signer) }
                    }
                    done = from
                }
                _ = try session.sign(with: seal.signer)
                return try Anchor(of: session)
            }
            if let head { try home.write(head) }
            let each = (clock.now - start) / max(1, done - first)
            FileHandle.standardError.write(Data("\(done) licences, \(each) each\n".utf8))
        }
    }

    private static let chunk = 10_000

    /// What needs keys; the registry that they are read from is closed again.
    private static func prepared(in home: Home, passphrase file: String) throws -> (Seal, InventedLicences) {
        let line = try DurableFile.read(file, limit: 1_024).prefix { $0 != UInt8(ascii: "\n") }
        let authority = try Authority(home: home) { _ in GivenSecret(Secret(Array(line)), isUnattended: true) }
        guard let officer = try authority.registry.read({ try $0.officers() }).first else {
            throw InventedLicences.NoOffice()
        }
        let invention = try authority.registry.read { try InventedLicences(of: $0, keys: authority.keys, now: .now) }
        return (try authority.seal(of: officer.name), invention)
    }
}

extension Instant {
    fileprivate static var now: Instant { Instant(seconds: Int64(Date().timeIntervalSince1970)) }
}
