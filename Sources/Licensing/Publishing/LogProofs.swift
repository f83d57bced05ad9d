package import Authority
import Foundation
package import Licence
import LicenceCode
import OpenSSL
package import Publication
import Registry
package import TransparencyLog

extension Authority {
    /// That a version of a licence stands in the log.
    package struct ProvedLicence {
        package let version: Int
        package let entry: LogEntry
        package let proof: LogProof
        /// How many entries the log had.
        package let size: Int
    }

    /// Proves from the authority's own log that a version of a licence was issued; the newest where none is named.
    ///
    /// - Throws: ``AuthorityError/Code/noSuchLicence`` where there is none, or the log does not tell of it yet.
    package func logProof(of code: CreditCode, version: Int? = nil) throws -> ProvedLicence {
        let (made, act) = try home.read(registry) { session in
            let all = try session.acts(on: code).filter {
                if case .licence(let kind) = $0.deed.kind { kind.makesVersion } else { false }
            }
            guard let act = all.last(where: { version == nil || $0.deed.subject?.version == version }),
                let subject = act.deed.subject
            else {
                throw AuthorityError(.noSuchLicence, "there is no licence \(code)\(version.map { " v\($0)" } ?? "")")
            }
            return (subject.version, act)
        }
        let folder = LogFolder(home.log)
        guard let bytes = try folder.ifThere(Checkpoint.path) else {
            throw AuthorityError(.noSuchLicence, "there is no log yet; `licet publish` begins it")
        }
        do {
            let head = try Checkpoint(text: SignedNote(bytes).text).head
            guard let (index, entry) = try folder.find(act.number, of: act.deed.digest?.bytes ?? [], in: head) else {
                throw AuthorityError(
                    .noSuchLicence,
                    "\(code) v\(made) is not in the log yet; `licet publish` tells it"
                )
            }
            let tree = TileTree(head) { tile throws(LogError) in try folder.read(tile) }
            let proof = LogProof(index: index, path: try tree.inclusionProof(of: index), checkpoint: bytes)
            guard proof.holds(entry.encoded, in: head) else {
                throw LogError(.inconsistent, "its tiles do not hash to its root")
            }
            return ProvedLicence(version: made, entry: entry, proof: proof, size: head.size)
        } catch let error as LogError {
            throw AuthorityError(.storage, "\(home.log) is damaged (\(error)); `licet log audit` says more")
        }
    }
}

extension LogFolder {
    /// The entry of the act of a number on the code of `digest`.
    fileprivate func find(_ number: Int, of digest: [UInt8], in head: TreeHead) throws -> (Int, LogEntry)? {
        let bundles = (head.size + Tile.fullWidth - 1) / Tile.fullWidth
        func entries(_ index: Int) throws -> [LogEntry] {
            guard let tile = Tile(level: nil, index: index, ofTreeOf: head.size) else { return [] }
            return try tile.entries(of: read(tile)).map { try LogEntry($0) }
        }
        func find(in index: Int) throws -> (Int, LogEntry)? {
            let offset = try entries(index).enumerated().last { _, entry in
                guard case .act(let act) = entry.content else { return false }
                return act.number == number && act.effects.first?.digest == digest
            }
            return offset.map { (index * Tile.fullWidth + $0.offset, $0.element) }
        }
        // Acts rise, unless a registry from before was put back.
        var (low, high) = (0, bundles)
        while low < high {
            let middle = (low + high) / 2
            let numbers = try entries(middle).compactMap { entry -> Int? in
                if case .act(let act) = entry.content { act.number } else { nil }
            }
            if let first = numbers.first, let last = numbers.last, first <= number, number <= last {
                if let found = try find(in: middle) { return found }
                break
            }
            let before = if let last = numbers.last { Optional(last) } else { try boundary(before: middle, entries) }
            if let before, before < number { low = middle + 1 } else { high = middle }
        }
        for index in (0..<bundles).reversed() { if let found = try find(in: index) { return found } }
        return nil
    }

    /// The last act before a bundle that tells of none.
    private func boundary(before index: Int, _ entries: (Int) throws -> [LogEntry]) throws -> Int? {
        for earlier in (0..<index).reversed() {
            for entry in try entries(earlier).reversed() {
                if case .act(let act) = entry.content { return act.number }
            }
        }
        return nil
    }
}
