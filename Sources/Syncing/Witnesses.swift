import Fetching
import Foundation
package import OpenSSL
package import Publication
package import TransparencyLog

/// A witness that is asked for its signature: where it answers, and by which key.
package struct WitnessAddress: Hashable, Sendable {
    /// What stands before `/add-checkpoint`.
    package let prefix: String
    package let key: NoteKey

    /// Reads a file of witnesses, one a line: the address and the verifier key; what follows `#` is passed over.
    ///
    /// - Throws: ``PublicationError/Code/malformed``
    package static func all(_ bytes: [UInt8], file: String) throws(PublicationError) -> [WitnessAddress] {
        var all: [WitnessAddress] = []
        for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let words = String(decoding: line.prefix { $0 != 0x23 }, as: UTF8.self)
                .split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
            if words.isEmpty { continue }
            guard words.count == 2, words[0].hasPrefix("http://") || words[0].hasPrefix("https://") else {
                throw PublicationError(
                    .malformed,
                    file: file,
                    "line \(number + 1): expected an address and a verifier key"
                )
            }
            let key: NoteKey
            do throws(LogError) { key = try NoteKey(verifierKey: words[1]) } catch {
                throw PublicationError(.malformed, file: file, "line \(number + 1): \(error)")
            }
            guard key.kind == .witness else {
                throw PublicationError(
                    .malformed,
                    file: file,
                    "line \(number + 1): is the key of a log and of no witness"
                )
            }
            var prefix = Substring(words[0])
            while prefix.hasSuffix("/") { prefix.removeLast() }
            all.append(WitnessAddress(prefix: String(prefix), key: key))
        }
        return all
    }
}

/// Asks witnesses for their signatures under a checkpoint (C2SP tlog-witness).
package struct WitnessClient {
    private let web: WebOptions

    package init(
        _ web: WebOptions = WebOptions(
            deadlines: Deadlines(connecting: .seconds(3), stalling: .seconds(5), whole: .seconds(10))
        )
    ) {
        self.web = web
    }

    /// Why a witness has not signed.
    package struct Refusal: Error, CustomStringConvertible {
        package let witness: String
        package let reason: String

        package var description: String { "witness \(witness): \(reason)" }
    }

    private static let maximumAnswer = 65_536

    /// The witness's signatures under `note`; `proof` makes a proof that the log goes on from its first so many entries.
    package func cosign(
        _ note: SignedNote,
        at witness: WitnessAddress,
        proof: (Int) throws -> [Digest]
    ) throws -> [SignedNote.Signature] {
        func refusal(_ reason: String) -> Refusal { Refusal(witness: witness.key.name, reason: reason) }
        let fetcher: Fetcher
        do { fetcher = try web.fetcher() } catch { throw refusal("\(error)") }
        var old = 0
        // What it has seen last nobody here remembers: it says so itself.
        for _ in 0..<3 {
            let request = AddCheckpoint(oldSize: old, proof: try proof(old), checkpoint: note.bytes)
            let answer: Fetcher.Reply
            do {
                answer = try fetcher.post(
                    "\(witness.prefix)/add-checkpoint",
                    request.body,
                    contentType: "text/plain; charset=utf-8",
                    limit: Self.maximumAnswer
                )
            } catch { throw refusal("\(error)") }
            switch answer.status {
            case 200:
                let signatures: [SignedNote.Signature]
                do { signatures = try SignedNote.signatures(answer.bytes[...]) } catch { throw refusal("\(error)") }
                let signed = SignedNote(text: note.text, signatures: signatures)
                guard (try? witness.key.signature(under: signed)) != nil else {
                    throw refusal("its answer is not signed by its key")
                }
                // The first is the one that was verified; one of each witness is enough.
                return signatures.first(where: witness.key.isNamed).map { [$0] } ?? []
            case 409:
                guard let size = Checkpoint.size(answer.bytes.prefix { $0 != 0x0A }), size != old else {
                    throw refusal("has seen another log of this name (409)")
                }
                if let own = try? Checkpoint(text: note.text).head.size, size > own {
                    throw refusal("has seen a longer log of this name, with \(size) entries, and this one has \(own)")
                }
                old = size
            case 403: throw refusal("does not know the log's key (403)")
            case 404: throw refusal("does not follow this log (404)")
            case 422: throw refusal("does not believe the proof (422)")
            default: throw refusal("answers \(answer.status)")
            }
        }
        throw refusal("says another size each time")
    }
}
