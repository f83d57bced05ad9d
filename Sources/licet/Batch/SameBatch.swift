import Licence

/// What the rows of a batch have in common that they must not: seen when nothing is issued, which would find it by itself.
///
/// Of each row some 60 bytes are kept, whatever it says.
struct SameBatch {
    private struct Place {
        let file: UInt16
        let row: UInt32
    }

    private var files: [String] = []
    private var codes: [Int: (place: Place, particulars: Int)] = [:]
    private var names: [Int: Place] = [:]
    private var skeletons: [Int: Place] = [:]

    /// What is to be said of a row after those before it; of a code that stands twice with the same particulars nothing.
    mutating func remarks(on particulars: Particulars, file: String, row: Int) -> [Remark] {
        if files.last != file { files.append(file) }
        let place = Place(
            file: UInt16(truncatingIfNeeded: files.count - 1),
            row: UInt32(truncatingIfNeeded: row)
        )
        let whole = Self.hash(Application(particulars).json)
        if let before = codes.updateValue((place, whole), forKey: Self.hash(particulars.creditCode.text)) {
            guard before.particulars != whole else { return [] }
            codes[Self.hash(particulars.creditCode.text)] = before
            return [
                Remark(
                    .error,
                    .duplicateCode,
                    field: "creditCode",
                    "stands in \(said(before.place, file)) already, with other particulars",
                    hint: "find out which is right, and take the other out"
                )
            ]
        }
        let division = particulars.creditCode.division.number
        let name = names.updateValue(place, forKey: Self.hash(division, NameKey.plain(particulars.name)))
        let alike = skeletons.updateValue(place, forKey: Self.hash(division, NameKey(particulars.name).value))
        if let name {
            let hint = "let the applicant choose another name, or accept it with --override-name and a reason"
            return [
                Remark(
                    .error,
                    .duplicateName,
                    field: "name",
                    "is the name in \(said(name, file)) already",
                    hint: hint
                )
            ]
        }
        return alike.map { place in
            [
                Remark(
                    .warning,
                    .lookAlikeName,
                    field: "name",
                    "looks like the name in \(said(place, file))",
                    hint: "compare both names; people may take one business for the other"
                )
            ]
        } ?? []
    }

    private func said(_ place: Place, _ file: String) -> String {
        let name = files[Int(place.file)]
        return name == file ? "row \(place.row)" : "\(name), row \(place.row)"
    }

    private static func hash(_ values: any Hashable...) -> Int {
        var hasher = Hasher()
        for value in values { hasher.combine(value) }
        return hasher.finalize()
    }
}
