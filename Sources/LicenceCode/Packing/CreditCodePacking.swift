import Licence

/// A credit code and a kind of licence as one number of eight bytes.
///
/// `((class · 900,000 + division − 100,000) · 31⁸ + body) · 2 + c`: the class says the kind and characters 1 and 2,
/// the division is characters 3 to 8, the body characters 9 to 16 in base 31. Where c is 0, character 17 is the check of the
/// body (GB 11714); where it is 1, character 17 is another and follows as one byte. Character 18 is the check of the others.
///
/// A code that this cannot say, by its characters 1 and 2 for its kind or by its character 18, travels as text.
enum CreditCodePacking {
    /// Kind and category by class; the department is always 9.
    private static let classes: [(kind: LicenceKind, category: UInt8)] = [
        (.company, UInt8(ascii: "1")), (.individualBusiness, UInt8(ascii: "2")), (.branch, UInt8(ascii: "1")),
        (.soleProprietorship, UInt8(ascii: "1")), (.partnership, UInt8(ascii: "1")), (.cooperative, UInt8(ascii: "3")),
        (.nonCompanyLegalPerson, UInt8(ascii: "1")), (.branch, UInt8(ascii: "3")),
    ]
    private static let divisions: UInt64 = 900_000
    /// 31⁸.
    private static let bodies: UInt64 = 852_891_037_441

    /// Whether the packed form says `code` and `kind`; else the code travels as text.
    static func canSay(_ code: CreditCode, of kind: LicenceKind) -> Bool {
        code.hasMatchingCheckCharacter && code.department == "9" && number(of: code, kind) != nil
    }

    private static func number(of code: CreditCode, _ kind: LicenceKind) -> Int? {
        let category = code.category.asciiValue
        return classes.firstIndex { $0.kind == kind && $0.category == category }
    }

    /// Writes the packed form of a code that has one.
    static func write(_ code: CreditCode, of kind: LicenceKind, to writer: inout PackedWriter) {
        guard let number = number(of: code, kind) else { preconditionFailure("the credit code has no packed form") }
        let text = Array(code.text.utf8)
        let values = text.compactMap(CreditCode.value)
        let body = values[8..<16].reduce(UInt64(0)) { $0 * 31 + UInt64($1) }
        let division = UInt64(code.division.number - 100_000)
        let differs = text[16] != CreditCode.bodyCheck(text[8..<16])
        writer.fixed(((UInt64(number) * divisions + division) * bodies + body) * 2 + (differs ? 1 : 0), bytes: 8)
        if differs { writer.append([UInt8(values[16])]) }
    }

    static func read(from reader: inout PackedReader) throws(CodeError) -> (CreditCode, LicenceKind) {
        let number = try reader.fixed(bytes: 8)
        let rest = number / 2 / bodies
        guard rest / divisions < UInt64(classes.count) else {
            throw CodeError(.impossibleClaim, "the credit code is of no kind that is known here")
        }
        let (kind, category) = classes[Int(rest / divisions)]
        var text = [UInt8](repeating: UInt8(ascii: "9"), count: 18)
        text[1] = category
        var division = rest % divisions + 100_000
        for index in (2..<8).reversed() {
            text[index] = UInt8(ascii: "0") + UInt8(division % 10)
            division /= 10
        }
        var body = number / 2 % bodies
        for index in (8..<16).reversed() {
            text[index] = CreditCode.alphabet[Int(body % 31)]
            body /= 31
        }
        let check = CreditCode.bodyCheck(text[8..<16])
        text[16] = check
        if number % 2 == 1 {
            let value = Int(try reader.byte())
            guard value < 31, CreditCode.alphabet[value] != check else {
                throw CodeError(.notDeterministic, "character 17 of the credit code is carried but not needed")
            }
            text[16] = CreditCode.alphabet[value]
        }
        let values = text.prefix(17).map { CreditCode.value(of: $0) ?? 0 }
        text[17] = CreditCode.alphabet[CreditCode.checkValue(values)]
        return (try CreditCode(carried: String(decoding: text, as: UTF8.self)), kind)
    }
}

extension CreditCode {
    /// A credit code out of a licence code.
    init(carried text: String) throws(CodeError) {
        do { try self.init(text, checkCharacter: .mayDiffer) } catch { throw CodeError(.impossibleClaim, error.reason) }
    }
}
