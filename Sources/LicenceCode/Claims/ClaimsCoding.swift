import Licence
import OpenSSL

/// The integer keys of the claims map; a number that has shipped keeps its meaning for ever.
enum ClaimKey: Int {
    case creditCode = 0
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
    case list = 14
    case index = 15

    /// Keys above are those of later versions.
    static let last = 15
}

extension Claims {
    /// What is signed: the claims as a CBOR map in core deterministic encoding.
    package var encoded: [UInt8] {
        var writer = CBORWriter()
        let optional = [capital != nil, term != nil, composition != nil, location != nil].count { $0 }
        writer.map(12 + optional + further.count)
        func key(_ key: ClaimKey) { writer.int(key.rawValue) }
        key(.creditCode)
        writer.text(creditCode.text)
        key(.version)
        writer.int(version)
        key(.kind)
        writer.int(kind.number)
        key(.name)
        writer.text(name)
        key(.type)
        writer.text(type)
        key(.representative)
        writer.text(representative)
        if let capital {
            key(.capital)
            capital.write(to: &writer)
        }
        key(.established)
        writer.int(established.daysSince1970)
        if let term {
            key(.term)
            term.write(to: &writer)
        }
        key(.address)
        writer.text(address)
        key(.scope)
        scope.write(to: &writer)
        if let composition {
            key(.composition)
            writer.int(composition == .personal ? 0 : 1)
        }
        if let location {
            key(.location)
            location.write(to: &writer)
        }
        key(.issued)
        writer.int(issued.daysSince1970)
        key(.list)
        writer.int(reference.list)
        key(.index)
        writer.int(reference.index)
        return writer.bytes + further.bytes
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
    var version: Int?
    var kind: LicenceKind?
    var texts: [ClaimKey: String] = [:]
    var capital: Capital?
    var established: CalendarDate?
    var term: Term?
    var scope: Claims.Scope?
    var composition: Composition?
    var location: Location?
    var issued: CalendarDate?
    var list: Int?
    var index: Int?
    var further = CBORWriter()

    mutating func read(_ number: Int, from reader: inout CBORReader) throws(CodeError) {
        guard let key = ClaimKey(rawValue: number) else {
            guard number > ClaimKey.last else { throw CodeError(.impossibleClaim, "claim \(number) is never used") }
            further.int(number)
            return further.append(try reader.item())
        }
        switch key {
        case .creditCode: creditCode = try CreditCode(carried: reader.text())
        case .version:
            version = try reader.uint(upTo: Claims.lastVersion)
            guard version != 0 else { throw CodeError(.impossibleClaim, "there is no version 0") }
        case .kind: kind = try LicenceKind(carried: reader.uint(upTo: 255))
        case .name: texts[key] = try reader.text().carried(as: .name)
        case .type: texts[key] = try reader.text().carried(as: .type)
        case .representative: texts[key] = try reader.text().carried(as: .representative)
        case .address: texts[key] = try reader.text().carried(as: .address)
        case .capital: capital = try Capital(from: &reader)
        case .established: established = try reader.date()
        case .term: term = try Term(from: &reader)
        case .scope: scope = try Claims.Scope(from: &reader)
        case .composition: composition = try reader.uint(upTo: 1) == 0 ? .personal : .family
        case .location: location = try Location(from: &reader)
        case .issued: issued = try reader.date()
        case .list: list = try reader.uint(upTo: ListReference.lastList)
        case .index: index = try reader.uint(upTo: ListReference.maximumEntries - 1)
        }
    }

    func claims() throws(CodeError) -> Claims {
        guard let creditCode, let version, let kind, let name = texts[.name], let type = texts[.type],
            let representative = texts[.representative], let established, let address = texts[.address], let scope,
            let issued, let list, let index
        else { throw CodeError(.missingClaim, "a claim that every licence has is missing") }
        guard let reference = ListReference(list: list, index: index), established <= issued else {
            throw CodeError(.impossibleClaim, "there is no list 0, and no entity is founded after the day of issue")
        }
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
            further: further.bytes.isEmpty ? .none : try FurtherClaims(bytes: further.bytes)
        )
    }
}

extension CBORReader {
    mutating func date() throws(CodeError) -> CalendarDate {
        let days = try int()
        do { return try CalendarDate(daysSince1970: days) } catch {
            throw CodeError(.impossibleClaim, error.reason)
        }
    }
}
