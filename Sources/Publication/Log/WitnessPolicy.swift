package import TransparencyLog

/// Which witnesses a verifier asks for, and how many of them must have seen the log.
package struct WitnessPolicy: Hashable, Sendable {
    package let witnesses: [NoteKey]
    package let quorum: Int

    /// Asks for nobody.
    package static let none = WitnessPolicy(witnesses: [], quorum: 0)

    private init(witnesses: [NoteKey], quorum: Int) {
        self.witnesses = witnesses
        self.quorum = quorum
    }

    /// Reads a file of verifier keys (C2SP signed-note), one a line; what follows `#` is passed over, and an address before the key, where a
    /// publisher asks the witness.
    ///
    /// `quorum` of them must have signed; nil: all.
    ///
    /// - Throws: ``PublicationError/Code/malformed``
    package init(_ bytes: [UInt8], quorum: Int?, file: String) throws(PublicationError) {
        func refuse(_ reason: String) -> PublicationError { PublicationError(.malformed, file: file, reason) }
        var keys: [NoteKey] = []
        for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let words = line.prefix { $0 != 0x23 }.split { [0x20, 0x09, 0x0D].contains($0) }
            guard let word = words.first, let verifier = words.last else { continue }
            guard words.count == 1 || words.count == 2 && word.starts(with: "http".utf8) else {
                throw refuse("line \(number + 1): expected one verifier key, with or without an address before it")
            }
            let key: NoteKey
            do throws(LogError) { key = try NoteKey(verifierKey: String(decoding: verifier, as: UTF8.self)) } catch {
                throw refuse("line \(number + 1): \(error)")
            }
            guard key.kind == .witness else {
                throw refuse("line \(number + 1): is the key of a log and of no witness")
            }
            // One witness under two names would count for two.
            guard !keys.contains(where: { $0.isSameKey(as: key) }) else {
                throw refuse("line \(number + 1): names a key a second time")
            }
            keys.append(key)
        }
        let quorum = quorum ?? keys.count
        guard (1...max(1, keys.count)).contains(quorum), !keys.isEmpty else {
            throw refuse("it has \(keys.count) witnesses, of which \(quorum) cannot sign")
        }
        self.init(witnesses: keys, quorum: quorum)
    }
}
