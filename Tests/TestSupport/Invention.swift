package import Licence

/// Invented particulars and licences: every kind, every optional field present and absent, characters of every length.
package struct Invention {
    package var generator: SeededGenerator

    package init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    package mutating func licence() throws -> Licence {
        let particulars = try particulars()
        return try Licence(
            particulars: particulars,
            version: generator.one(in: 2) ? 1 : int(1...1_000_000),
            issued: CalendarDate(daysSince1970: int(particulars.established.daysSince1970...60_000))
        )
    }

    package mutating func particulars() throws -> Particulars {
        let kind = LicenceKind.allCases[int(0...LicenceKind.allCases.count - 1)]
        let hasCapital = kind == .company || (kind.capitalLabel != nil && generator.one(in: 2))
        let mayHaveComposition = kind == .individualBusiness
        return try Particulars(
            creditCode: creditCode(of: kind),
            kind: kind,
            name: text(1...40),
            type: text(1...20),
            representative: text(1...10),
            capital: hasCapital ? capital() : nil,
            established: CalendarDate(daysSince1970: int(-62_091...40_000)),
            term: generator.one(in: 2) ? term() : nil,
            address: text(1...60),
            scope: text(1...300),
            composition: mayHaveComposition ? [nil, .personal, .family][int(0...2)] : nil,
            location: generator.one(in: 2) ? location() : nil
        )
    }

    /// A code that fits `kind`; one in eight has a check character that does not match.
    package mutating func creditCode(of kind: LicenceKind) throws -> CreditCode {
        let category =
            switch kind {
            case .company, .nonCompanyLegalPerson, .partnership, .soleProprietorship, .branch: "1"
            case .individualBusiness: "2"
            case .cooperative: "3"
            }
        let division = String(int(110_000...159_999))
        let body = (0..<9).map { _ in CreditCode.alphabet[int(0...30)] }
        let front = "9\(category)\(division)\(String(decoding: body, as: UTF8.self))"
        var check = CreditCode.checkValue(front.utf8.compactMap(CreditCode.value))
        if generator.one(in: 8) { check = (check + int(1...30)) % 31 }
        let last = String(decoding: [CreditCode.alphabet[check]], as: UTF8.self)
        return try CreditCode(front + last, checkCharacter: .mayDiffer)
    }

    package mutating func capital() throws -> Capital {
        let digits = int(1...18)
        let limit = (0..<digits).reduce(UInt64(1)) { power, _ in power * 10 }
        return try Capital(
            digits: UInt64.random(in: 0..<limit, using: &generator),
            scale: int(0...6),
            currency: ["CNY", "USD", "HKD"][int(0...2)]
        )
    }

    package mutating func term() throws -> Term {
        let from = int(-62_091...1_000_000)
        let to = generator.one(in: 3) ? nil : try CalendarDate(daysSince1970: from + int(0...1_000_000))
        return try Term(from: CalendarDate(daysSince1970: from), to: to)
    }

    /// Often near 0, where a number in JSON would be written with an exponent.
    package mutating func location() throws -> Location {
        let reach = [9, 999, 90_000_000][int(0...2)]
        return try Location(microLatitude: int(-reach...reach), microLongitude: int(-2 * reach...2 * reach))
    }

    /// Text that ``Application/review(checkCharacter:)`` takes as it is: NFC, nothing white at its ends.
    package mutating func text(_ count: ClosedRange<Int>) -> String {
        let characters = Array("有限责任公司零售批发服务经营、，；（）()·\"\\/%&<>'市区路号𠮷𪚥𠀀ÅéßñØžabcXYZ0189+-#一・〇")
        // The first leaves ink on paper, as every text of a licence must.
        return String(
            (0..<int(count)).map { $0 == 0 ? characters[int(0...13)] : characters[int(0...characters.count - 1)] }
        )
    }

    private mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
}
