import Licence

/// Acts that were looked at and are bound and signed, or that this transaction has recorded and will sign.
///
/// All but issues, of which the codes' own signatures tell. Kept is what each said, and not only its number: in a file whose trees somebody
/// has bent one number may lead to two rows, and which one is found depends on where the search begins.
package struct SoundActs: Sendable {
    /// Hash values of this process alone, which nobody can foresee, by number.
    private var values: [Int: Int] = [:]

    private static let most = 1_000_000

    mutating func insert(_ act: Act) {
        if act.deed.kind != .licence(.issue), values.count < Self.most { values[act.number] = act.value }
    }

    func contains(_ act: Act) -> Bool { values[act.number] == act.value }
}

extension Act {
    /// Of all but the signature, which comes last.
    fileprivate var value: Int {
        var hasher = Hasher()
        hasher.combine(number)
        hasher.combine(at)
        hasher.combine(officer)
        hasher.combine(deed)
        hasher.combine(hash)
        return hasher.finalize()
    }

    /// Whether both say the same, signed or not.
    func isSame(as other: Act) -> Bool {
        number == other.number && at == other.at && officer == other.officer && deed == other.deed && hash == other.hash
    }
}
