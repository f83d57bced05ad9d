import Licence
import OpenSSL

/// The integer keys of the claims map; a number that has shipped keeps its meaning for ever.
private enum ClaimKey: Int {
    case creditCode = 0
    /// Left out when 1.
    case version = 1
    case kind = 2
    case name = 3
    case type = 4
    case representative = 5
    case capital = 6
    case established = 7
    case term = 8
    case address = 9
    case scope = 10
    case composition = 11
    case location = 12
    case issued = 13
    case index = 14
    /// Left out when 1.
    case list = 15
}

extension Claims {
    /// The claims as a CBOR map in core deterministic encoding.
    package var encoded: [UInt8] {
        var items: [(ClaimKey, (inout CBORWriter) -> Void)] = [
            (.creditCode, { CreditCodeCoding.write(creditCode, to: &$0) }),
            (.kind, { $0.int(kind.number) }), (.name, { $0.text(name) }), (.type, { $0.text(type) }),
            (.representative, { $0.text(representative) }),
            (.established, { $0.int(established.daysSince1970) }), (.address, { $0.text(address) }),
            (.scope, { scope.write(to: &$0) }), (.issued, { $0.int(issued.daysSince1970) }),
            (.index, { $0.int(reference.index) }),
        ]
        if version != 1 { items.append((.version, { $0.int(version) })) }
        if let capital { items.append((.capital, { capital.write(to: &$0) })) }
        if let term { items.append((.term, { term.write(to: &$0) })) }
        if let composition { items.append((.composition, { $0.int(composition == .personal ? 0 : 1) })) }
        if let location { items.append((.location, { location.write(to: &$0) })) }
        if reference.list != 1 { items.append((.list, { $0.int(reference.list) })) }
        items.sort { $0.0.rawValue < $1.0.rawValue }
        var writer = CBORWriter()
        writer.map(items.count)
        for (key, write) in items {
            writer.int(key.rawValue)
            write(&writer)
        }
        return writer.bytes
    }

    /// Reads what ``encoded`` writes, and claims that a later version may add.
    ///
    /// - Throws: for any other encoding of the same claims, a claim that is missing, or one that cannot be.
    package init(encoded bytes: [UInt8]) throws(CodeError) {
        var draft = Draft()
        var reader = CBORReader(bytes)
        try reader.map { key, reader throws(CodeError) in try draft.read(key, from: &reader) }
        try reader.finish()
        self = try draft.claims()
    }
}

/// Claims on their way in.
private struct Draft {
    var creditCode: CreditCode?
    var version = 1
    var kind: LicenceKind?
    var texts: [ClaimKey: String] = [:]
    var capital: Capital?
    var established: CalendarDate?
    var term: Term?
    var scope: Claims.Scope?
    var composition: Composition?
    var location: Location?
    var issued: CalendarDate?
    var index: Int?
    var list = 1
    var unknown = 0

    mutating func read(_ number: Int, from reader: inout CBORReader) throws(CodeError) {
        guard let key = ClaimKey(rawValue: number) else {
            guard number > 15 else { throw CodeError(.impossibleClaim, "claim \(number) is not used in version 1") }
            unknown += 1
            return try reader.skip()
        }
        switch key {
        case .creditCode: creditCode = try CreditCodeCoding.read(from: &reader)
        case .version: version = try reader.present(key, in: 2...1_000_000)
        case .kind:
            kind = LicenceKind(number: try reader.uint(upTo: 255))
            guard kind != nil else { throw CodeError(.impossibleClaim, "the kind of licence is not known") }
        case .name: texts[key] = try reader.licenceText(limit: .name)
        case .type: texts[key] = try reader.licenceText(limit: .type)
        case .representative: texts[key] = try reader.licenceText(limit: .representative)
        case .address: texts[key] = try reader.licenceText(limit: .address)
        case .capital: capital = try Capital(from: &reader)
        case .established: established = try reader.date()
        case .term: term = try Term(from: &reader)
        case .scope: scope = try Claims.Scope(from: &reader)
        case .composition: composition = try reader.uint(upTo: 1) == 0 ? .personal : .family
        case .location: location = try Location(from: &reader)
        case .issued: issued = try reader.date()
        case .index: index = try reader.uint(upTo: ListReference.maximumEntries - 1)
        case .list: list = try reader.present(key, in: 2...65_535)
        }
    }

    func claims() throws(CodeError) -> Claims {
        guard let creditCode, let kind, let name = texts[.name], let type = texts[.type],
            let representative = texts[.representative], let established, let address = texts[.address], let scope,
            let issued, let index, let reference = ListReference(list: list, index: index)
        else { throw CodeError(.missingClaim, "a claim that every licence has is missing") }
        return Claims(
            creditCode: creditCode,
            version: version,
            kind: kind,
            name: name,
            type: type,
            representative: representative,
            capital: capital,
            established: established,
            term: term,
            address: address,
            scope: scope,
            composition: composition,
            location: location,
            issued: issued,
            reference: reference,
            unknownClaims: unknown
        )
    }
}

extension CBORReader {
    /// Reads a number that is left out when it is the default, so that it has one encoding.
    fileprivate mutating func present(_ key: ClaimKey, in range: ClosedRange<Int>) throws(CodeError) -> Int {
        let value = try uint(upTo: range.upperBound)
        guard value >= range.lowerBound else {
            throw CodeError(.notDeterministic, "\(key) is written though it is \(value)")
        }
        return value
    }

    fileprivate mutating func licenceText(limit field: ApplicationField) throws(CodeError) -> String {
        let text = try text()
        let limit = Particulars.limits[field] ?? 0
        let printable = text.unicodeScalars.allSatisfy(FieldText.isPrintable)
        guard !text.isEmpty, text.unicodeScalars.count <= limit, printable else {
            throw CodeError(.impossibleClaim, "\(field.rawValue) is empty, too long or not printable")
        }
        return text
    }

    fileprivate mutating func date() throws(CodeError) -> CalendarDate {
        let days = try int()
        do { return try CalendarDate(daysSince1970: days) } catch {
            throw CodeError(.impossibleClaim, error.reason)
        }
    }
}

/// A credit code is its first 17 base-31 digits as one number of 11 bytes, or text when its check character differs.
enum CreditCodeCoding {
    static func write(_ code: CreditCode, to writer: inout CBORWriter) {
        guard code.hasMatchingCheckCharacter else { return writer.text(code.text) }
        var bytes = [UInt8](repeating: 0, count: 11)
        for value in code.text.utf8.prefix(17).compactMap(CreditCode.value) {
            var carry = value
            for index in bytes.indices.reversed() {
                carry += Int(bytes[index]) * 31
                bytes[index] = UInt8(carry & 0xFF)
                carry >>= 8
            }
        }
        writer.byteString(bytes)
    }

    static func read(from reader: inout CBORReader) throws(CodeError) -> CreditCode {
        let isText = reader.isText
        let text = isText ? try reader.text() : try unpacked(reader.byteString(count: 11))
        do {
            let code = try CreditCode(text, checkCharacter: .mayDiffer)
            guard code.hasMatchingCheckCharacter != isText else {
                throw CodeError(.notDeterministic, "the credit code is not in its shortest form")
            }
            return code
        } catch let error as LicenceError {
            throw CodeError(.impossibleClaim, error.reason)
        } catch let error as CodeError { throw error } catch {
            throw CodeError(.impossibleClaim, "the credit code cannot be")
        }
    }

    private static func unpacked(_ packed: [UInt8]) throws(CodeError) -> String {
        var bytes = packed
        var values: [Int] = []
        for _ in 0..<17 {
            var remainder = 0
            for index in bytes.indices {
                let dividend = remainder << 8 | Int(bytes[index])
                bytes[index] = UInt8(dividend / 31)
                remainder = dividend % 31
            }
            values.insert(remainder, at: 0)
        }
        guard bytes.allSatisfy({ $0 == 0 }) else { throw CodeError(.impossibleClaim, "the credit code is too large") }
        values.append(CreditCode.checkValue(values))
        return String(decoding: values.map { CreditCode.alphabet[$0] }, as: UTF8.self)
    }
}

extension Claims.Scope {
    fileprivate func write(to writer: inout CBORWriter) {
        switch self {
        case .text(let text): writer.text(text)
        case .digest(let length, let digest):
            writer.array(2)
            writer.int(length)
            writer.byteString(digest.bytes)
        }
    }

    fileprivate init(from reader: inout CBORReader) throws(CodeError) {
        if reader.isText {
            self = .text(try reader.licenceText(limit: .scope))
        } else {
            guard try reader.array() == 2 else { throw CodeError(.wrongType, "the scope is no text and no digest") }
            let length = try reader.uint(upTo: Particulars.limits[.scope] ?? 0)
            guard length > 0, let digest = Digest(bytes: try reader.byteString()) else {
                throw CodeError(.impossibleClaim, "the scope's digest is not a SHA-256")
            }
            self = .digest(length: length, digest)
        }
    }
}

extension Capital {
    /// `[digits, scale]`, with the currency behind when it is not CNY.
    fileprivate func write(to writer: inout CBORWriter) {
        writer.array(currency == "CNY" ? 2 : 3)
        writer.uint(digits)
        writer.int(scale)
        if currency != "CNY" { writer.text(currency) }
    }

    fileprivate init(from reader: inout CBORReader) throws(CodeError) {
        let count = try reader.array()
        guard count == 2 || count == 3 else { throw CodeError(.wrongType, "capital is no array of two or three") }
        let digits = try reader.uint()
        let scale = try reader.uint(upTo: 6)
        let currency = count == 3 ? try reader.text() : "CNY"
        guard count == 2 || currency != "CNY" else { throw CodeError(.notDeterministic, "the currency CNY is written") }
        do { try self.init(digits: digits, scale: scale, currency: currency) } catch {
            throw CodeError(.impossibleClaim, error.reason)
        }
    }
}

extension Term {
    /// `[from]` without end, else `[from, days from then to the last]`.
    fileprivate func write(to writer: inout CBORWriter) {
        writer.array(to == nil ? 1 : 2)
        writer.int(from.daysSince1970)
        if let to { writer.int(to.daysSince1970 - from.daysSince1970) }
    }

    fileprivate init(from reader: inout CBORReader) throws(CodeError) {
        let count = try reader.array()
        guard count == 1 || count == 2 else { throw CodeError(.wrongType, "term is no array of one or two") }
        let first = try reader.date()
        let days = count == 2 ? try reader.uint(upTo: 3_000_000) : nil
        do {
            let last = try days.map { days throws(LicenceError) in
                try CalendarDate(daysSince1970: first.daysSince1970 + days)
            }
            try self.init(from: first, to: last)
        } catch { throw CodeError(.impossibleClaim, error.reason) }
    }
}

extension Location {
    fileprivate func write(to writer: inout CBORWriter) {
        writer.array(2)
        writer.int(microLatitude)
        writer.int(microLongitude)
    }

    fileprivate init(from reader: inout CBORReader) throws(CodeError) {
        guard try reader.array() == 2 else { throw CodeError(.wrongType, "location is no array of two") }
        let latitude = try reader.int()
        let longitude = try reader.int()
        do { try self.init(microLatitude: latitude, microLongitude: longitude) } catch {
            throw CodeError(.impossibleClaim, error.reason)
        }
    }
}

extension LicenceKind {
    /// The number of a kind in a code; a number that has shipped keeps its meaning for ever.
    fileprivate var number: Int {
        switch self {
        case .company: 0
        case .individualBusiness: 1
        case .branch: 2
        case .soleProprietorship: 3
        case .partnership: 4
        case .cooperative: 5
        case .nonCompanyLegalPerson: 6
        }
    }

    fileprivate init?(number: Int) {
        guard let kind = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = kind
    }
}
