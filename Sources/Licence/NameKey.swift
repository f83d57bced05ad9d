/// A number by which names of businesses that look alike are found in a register, without comparing each with all others.
///
/// Equal names have equal keys, and so have names that differ only in what the eye passes over: width, case, brackets, spaces
/// and punctuation, traditional and simplified characters, a few confusable ones, the ending that names the organisation form.
/// Two names with one key are looked at again with ``likeness(of:and:)``. The keys are kept in registers: what they fold is
/// part of the format of these, and a change of any table here asks for their keys to be made again.
package struct NameKey: Hashable, Sendable {
    /// The name without what the eye passes over; never empty for a name that is not.
    package let skeleton: String

    /// 0 to 2^63 − 1: FNV-1a (64 bits) of the UTF-8 of ``skeleton`` without its highest bit.
    package let value: Int64

    package init(_ name: String) {
        skeleton = Self.skeleton(of: FieldText.normal(name))
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in skeleton.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        value = Int64(hash & 0x7FFF_FFFF_FFFF_FFFF)
    }

    /// How much alike two names are.
    package enum Likeness: String, Sendable {
        /// The same name, but for what no register tells names apart by: spaces, width, the case of letters, Unicode normal forms.
        case duplicate
        /// Only the skeletons are the same.
        case lookAlike
    }

    /// How much alike two names are; nil when they are neither equal nor look alike.
    package static func likeness(of first: String, and second: String) -> Likeness? {
        if plain(first) == plain(second) { return .duplicate }
        return NameKey(first).skeleton == NameKey(second).skeleton ? .lookAlike : nil
    }

    /// What of a name is the same in all that are ``Likeness/duplicate``.
    package static func plain(_ name: String) -> String {
        var plain = String.UnicodeScalarView()
        for scalar in FieldText.normal(name).unicodeScalars {
            let half = (0xFF01...0xFF5E).contains(scalar.value) ? Unicode.Scalar(scalar.value - 0xFEE0) : nil
            if scalar.properties.isWhitespace || scalar.properties.isDefaultIgnorableCodePoint { continue }
            plain.append(contentsOf: (half ?? scalar).properties.lowercaseMapping.unicodeScalars)
        }
        return FieldText.normal(String(plain))
    }

    private static func skeleton(of name: String) -> String {
        var scalars: [Unicode.Scalar] = []
        for scalar in name.unicodeScalars { fold(scalar, into: &scalars) }
        dropForms(of: &scalars)
        guard !scalars.isEmpty else { return name }
        var skeleton = String.UnicodeScalarView()
        skeleton.append(contentsOf: scalars)
        return String(skeleton)
    }

    private static func fold(_ scalar: Unicode.Scalar, into scalars: inout [Unicode.Scalar]) {
        switch scalar.value {
        case 0x4E00...0x9FFF: scalars.append(NameFolding.ideographs[scalar] ?? scalar)
        case 0x30...0x39, 0x61...0x7A: scalars.append(NameFolding.letters[scalar] ?? scalar)
        case 0x41...0x5A: fold(Unicode.Scalar(UInt8(scalar.value) + 0x20), into: &scalars)
        case 0x00...0x7F: return
        // Full-width forms; Foundation knows more of them, but is asked only for what is rare.
        case 0xFF01...0xFF5E: fold(Unicode.Scalar(UInt8(scalar.value - 0xFEE0)), into: &scalars)
        default: foldRare(scalar, into: &scalars)
        }
    }

    private static func foldRare(_ scalar: Unicode.Scalar, into scalars: inout [Unicode.Scalar]) {
        if let known = NameFolding.letters[scalar] { return scalars.append(known) }
        guard NameFolding.isSeen(scalar) else { return }
        let compatible = NameFolding.compatible(scalar)
        guard compatible.count == 1, compatible.first == scalar else {
            for each in compatible { fold(each, into: &scalars) }
            return
        }
        let lower = scalar.properties.lowercaseMapping.unicodeScalars
        for each in lower { scalars.append(NameFolding.letters[each] ?? each) }
    }

    /// Takes organisation forms from the end, as long as two characters are left.
    private static func dropForms(of scalars: inout [Unicode.Scalar]) {
        while let form = NameFolding.forms.first(where: { $0.count + 2 <= scalars.count && scalars.ends(with: $0) }) {
            scalars.removeLast(form.count)
        }
    }
}

extension [Unicode.Scalar] {
    fileprivate func ends(with tail: [Unicode.Scalar]) -> Bool { suffix(tail.count).elementsEqual(tail) }
}
