import Authority
import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry
import TransparencyLog

extension Authority {
    /// Takes the published log over where the home's own is shorter or gone: the next entry must go on from the last that anybody saw.
    ///
    /// - Throws: ``AuthorityError/Code/request`` where what is published does not hold together, or is another log, or there is none at all
    ///   though `hasLists` were published.
    func takeOverLog(from folder: String, keys known: [TrustedKey], hasLists: Bool) throws -> String? {
        let keys = try logKeys(known)
        let (published, own) = (LogFolder("\(folder)/\(AuthorityLog.folder)"), LogFolder(home.log))
        guard let bytes = try published.ifThere(Checkpoint.path) else {
            let mine = try own.ifThere(Checkpoint.path).flatMap { try? SignedCheckpoint($0, logKeys: keys).head }
            if mine.map({ (try? own.isWhole($0)) == true }) ?? !hasLists { return nil }
            throw AuthorityError(
                .request,
                "\(folder) has no \(AuthorityLog.checkpoint), and \(home.log) is \(mine == nil ? "gone" : "damaged"): the log must go on "
                    + "where it was. Name a copy that has all of it, such as one of `licet sync --whole-log`; if there is none any more, readers "
                    + "believe no other by this key: --nothing-published begins one"
            )
        }
        do {
            let checkpoint = try SignedCheckpoint(bytes, logKeys: keys)
            let mine =
                try own.ifThere(Checkpoint.path).flatMap { try? SignedCheckpoint($0, logKeys: keys).head } ?? .empty
            let tree = TileTree(checkpoint.head) { tile throws(LogError) in try published.read(tile) }
            if (try? own.isWhole(mine)) == true {
                let kept = TileTree(mine) { tile throws(LogError) in try own.read(tile) }
                if checkpoint.head.size <= mine.size, try kept.root(of: checkpoint.head.size) == checkpoint.head.root {
                    return nil
                }
                if try !checkpoint.head.continues(mine, by: tree.consistencyProof(from: mine.size)) {
                    // What the world has seen counts; the other is kept for whoever asks how it came to be.
                    let aside = "\(home.log).before-\(mine.size)-\(mine.root.description.prefix(8))"
                    try DurableFile.move(home.log, to: aside)
                }
            } else if checkpoint.head.size < mine.size {
                throw LogError(
                    .inconsistent,
                    "it has \(checkpoint.head.size) entries, and \(home.path), which is damaged, \(mine.size)"
                )
            }
            // Every entry is hashed anew: what is taken over is what was signed.
            var (edge, files) = (TreeEdge(), UnreadFiles())
            for index in 0..<(checkpoint.head.size + Tile.fullWidth - 1) / Tile.fullWidth {
                guard let tile = Tile(level: nil, index: index, ofTreeOf: checkpoint.head.size) else { break }
                for entry in try tile.entries(of: published.read(tile)) {
                    var full: [(Tile, [UInt8])] = []
                    edge.append(Array(entry)) { full.append(($0, $1)) }
                    for (tile, bytes) in full { try files.write(bytes, to: "\(home.log)/\(tile.path)") }
                }
            }
            guard edge.head == checkpoint.head else {
                throw LogError(.inconsistent, "its entries do not hash to what was signed")
            }
            for (tile, bytes) in edge.partial { try files.write(bytes, to: "\(home.log)/\(tile.path)") }
            try files.sync(in: home.log)
            try DurableFile.write(bytes, to: "\(home.log)/\(Checkpoint.path)")
            return "the log was taken over from \(folder), with \(checkpoint.head.size) entries"
        } catch let error as LogError {
            throw AuthorityError(.request, "the log in \(folder) is not taken over: \(error)")
        }
    }
}
