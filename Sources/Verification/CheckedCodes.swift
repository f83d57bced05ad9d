import Atomics
import LicenceCode
import OpenSSL

/// Codes that were checked before, so that a licence that is shown again costs no signature check.
///
/// Only what can never change is kept: what the text says, and which key signed it. Whether that key is trusted, and what the lists say,
/// is asked each time. It takes no lock, holds at most ``capacity`` codes, and nothing that no key of an authority ever signed.
package final class CheckedCodes: Sendable {
    private let places: [ManagedAtomic<CheckedCode?>]
    private let seed: Int
    private let turn = ManagedAtomic(0)
    private let found = ManagedAtomic(0)
    private let missed = ManagedAtomic(0)
    private let kept = ManagedAtomic(0)

    /// Places side by side that a code may have.
    ///
    /// Each has two such rows to choose from: where half of the places are taken, hardly a code finds all of its eight so.
    private static let row = 4
    /// How many of a code's last digits are hashed.
    ///
    /// They are of the signature, so that these alone tell codes apart that were signed; what a forger makes of one is not kept.
    private static let tellingDigits = 64

    /// Makes room for `capacity` codes, about 4 kB each; rounded up to a power of two, 0 keeps none.
    package init(capacity: Int) {
        var size = capacity > 0 ? Self.row : 0
        while size < capacity { size *= 2 }
        places = (0..<size).map { _ in ManagedAtomic(nil) }
        seed = .random(in: .min ... .max)
    }

    package var capacity: Int { places.count }
    /// How many codes are kept.
    package var count: Int { kept.load(ordering: .relaxed) }
    /// How often a code was found, and how often not.
    package var tally: (found: Int, missed: Int) {
        (found.load(ordering: .relaxed), missed.load(ordering: .relaxed))
    }

    /// What was kept of a text.
    func code(_ text: Substring) -> CheckedCode? {
        guard !places.isEmpty else { return nil }
        let rows = rows(of: text)
        for start in [rows.first, rows.second] {
            for place in places[start..<start + Self.row] {
                guard let code = place.load(ordering: .acquiring), code.text == text else { continue }
                found.wrappingIncrement(ordering: .relaxed)
                return code
            }
        }
        missed.wrappingIncrement(ordering: .relaxed)
        return nil
    }

    /// Keeps a code in the place of another, where all places that it could have are taken.
    func keep(_ code: CheckedCode) {
        guard !places.isEmpty else { return }
        let rows = rows(of: code.text[...])
        for start in [rows.first, rows.second] {
            for place in places[start..<start + Self.row] {
                let change = place.compareExchange(expected: nil, desired: code, ordering: .acquiringAndReleasing)
                guard !change.exchanged else { return kept.wrappingIncrement(ordering: .relaxed) }
                if change.original?.text == code.text { return place.store(code, ordering: .releasing) }
            }
        }
        let other = turn.loadThenWrappingIncrement(ordering: .relaxed)
        let start = other & 1 == 0 ? rows.first : rows.second
        places[start + other / 2 & (Self.row - 1)].store(code, ordering: .releasing)
    }

    /// Where the two rows of a text begin.
    private func rows(of text: Substring) -> (first: Int, second: Int) {
        // Seeded, so that nobody can choose codes that fall on one row.
        var hasher = Hasher()
        hasher.combine(seed)
        var copy = text
        copy.withUTF8 {
            hasher.combine(bytes: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: $0.suffix(Self.tellingDigits))))
        }
        let hash = hasher.finalize()
        let rows = places.count / Self.row - 1
        return ((hash & rows) * Self.row, (hash >> 32 & rows) * Self.row)
    }
}

/// A code that was read, and what was found out about it that never changes.
///
/// It is handed on by reference: what a licence says is a dozen texts, and two cores that count who holds each of them hinder each other.
final class CheckedCode: AtomicReference, Sendable {
    /// The digits.
    let text: String
    let code: UnverifiedCode
    let digest: Digest
    /// The SubjectPublicKeyInfo of the key that signed it; nil as long as no signature was checked.
    let signer: [UInt8]?
    /// What it says, as JSON; nil where that was not written yet.
    let licence: [UInt8]?

    init(text: String, code: UnverifiedCode, digest: Digest) {
        self.text = text
        self.code = code
        self.digest = digest
        (signer, licence) = (nil, nil)
    }

    /// The same code, whose signature was checked.
    init(_ read: CheckedCode, signer: [UInt8]) {
        (text, code, digest) = (read.text, read.code, read.digest)
        self.signer = signer
        var writer = JSONWriter()
        writer.licence(read.code.claims)
        licence = writer.bytes
    }
}
