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

    mutating func licenceText(limit field: ApplicationField) throws(CodeError) -> String {
        let text = try text()
        let limit = Particulars.limits[field] ?? 0
        let printable = text.unicodeScalars.allSatisfy(FieldText.isPrintable)
        guard !text.isEmpty, text.unicodeScalars.count <= limit, printable else {
            throw CodeError(.impossibleClaim, "\(field.rawValue) is empty, too long or not printable")
        }
        return text
    }

    mutating func date() throws(CodeError) -> CalendarDate {
        let days = try int()
        do { return try CalendarDate(daysSince1970: days) } catch {
            throw CodeError(.impossibleClaim, error.reason)
        }
    }
}
