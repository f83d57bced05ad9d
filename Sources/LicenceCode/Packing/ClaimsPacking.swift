import Licence

/// Which fields stand in packed claims.
private struct PackedFlags: OptionSet {
    let rawValue: Int

    static let capital = PackedFlags(rawValue: 1 << 0)
    static let term = PackedFlags(rawValue: 1 << 1)
    static let location = PackedFlags(rawValue: 1 << 2)
    static let personal = PackedFlags(rawValue: 1 << 3)
    static let family = PackedFlags(rawValue: 1 << 4)
    /// The scope as its length and digest: profile core.
    static let scopeDigest = PackedFlags(rawValue: 1 << 5)
    /// A version other than 1.
    static let version = PackedFlags(rawValue: 1 << 6)
    /// A status list other than 1.
    static let list = PackedFlags(rawValue: 1 << 7)
    /// The credit code among the texts.
    static let creditCodeText = PackedFlags(rawValue: 1 << 8)
    /// Claims that a later version of the program knows.
    static let furtherClaims = PackedFlags(rawValue: 1 << 9)

    static let all = (1 << 10) - 1
}

extension Claims {
    /// The claims without anything that a reader can rebuild; what follows the issuer number in a code.
    ///
    /// - Throws: ``CodeError/Code/impossibleClaim`` when the entity would be established after the day of issue.
    func packed() throws(CodeError) -> (TextCoding, [UInt8]) {
        guard established <= issued else {
            throw CodeError(.impossibleClaim, "established lies after the day of issue")
        }
        var writer = PackedWriter()
        writer.number(UInt64(flags.rawValue))
        if flags.contains(.creditCodeText) {
            writer.append([UInt8(kind.number)])
        } else {
            CreditCodePacking.write(creditCode, of: kind, to: &writer)
        }
        writer.signed(issued.daysSince1970 - Self.firstDay)
        writer.number(UInt64(issued.daysSince1970 - established.daysSince1970))
        writer.number(UInt64(reference.index))
        if version != 1 { writer.number(UInt64(version)) }
        if reference.list != 1 { writer.number(UInt64(reference.list)) }
        capital?.write(to: &writer)
        term?.write(to: &writer, established: established)
        location?.write(to: &writer)
        scope.write(to: &writer)
        if !further.isEmpty {
            writer.number(UInt64(further.bytes.count))
            writer.append(further.bytes)
        }
        let (coding, texts) = TextCoding.shortest(texts)
        return (coding, writer.bytes + texts)
    }

    /// What travels as text, in its order.
    package var texts: [String] {
        var texts = [name, type, representative, address]
        if !CreditCodePacking.canSay(creditCode, of: kind) { texts.insert(creditCode.text, at: 0) }
        if case .text(let text) = scope { texts.append(text) }
        return texts
    }

    /// 2026-01-01; the days of issue from 2003 to 2048 take two bytes.
    private static let firstDay = 20_454

    private var flags: PackedFlags {
        var flags: PackedFlags = []
        if capital != nil { flags.insert(.capital) }
        if term != nil { flags.insert(.term) }
        if location != nil { flags.insert(.location) }
        if let composition { flags.insert(composition == .personal ? .personal : .family) }
        if case .digest = scope { flags.insert(.scopeDigest) }
        if version != 1 { flags.insert(.version) }
        if reference.list != 1 { flags.insert(.list) }
        if !CreditCodePacking.canSay(creditCode, of: kind) { flags.insert(.creditCodeText) }
        if !further.isEmpty { flags.insert(.furtherClaims) }
        return flags
    }

    /// Reads what ``packed()`` makes, and nothing else.
    init(packed bytes: ArraySlice<UInt8>, coding: TextCoding) throws(CodeError) {
        var reader = PackedReader(bytes)
        let flags = PackedFlags(rawValue: try reader.number(upTo: PackedFlags.all, of: "the number of its flags"))
        guard !flags.isSuperset(of: [.personal, .family]) else {
            throw CodeError(.impossibleClaim, "a licence has one composition")
        }
        let kind: LicenceKind
        var creditCode: CreditCode?
        if flags.contains(.creditCodeText) {
            kind = try LicenceKind(carried: Int(reader.byte()))
        } else {
            (creditCode, kind) = try CreditCodePacking.read(from: &reader)
        }
        let issued = try CalendarDate(Self.firstDay, plus: reader.signed())
        let age = try reader.number(upTo: CalendarDate.dayLimit, of: "the age of the entity in days")
        let established = try CalendarDate(issued.daysSince1970, plus: -age)
        let index = try reader.number(upTo: ListReference.maximumEntries - 1, of: "the index in the status list")
        let version = flags.contains(.version) ? try reader.uncommon(upTo: Claims.lastVersion, of: "the version") : 1
        let list =
            flags.contains(.list)
            ? try reader.uncommon(upTo: ListReference.lastList, of: "the number of the status list") : 1
        guard let reference = ListReference(list: list, index: index) else {
            throw CodeError(.impossibleClaim, "there is no such entry of a status list")
        }
        let capital = flags.contains(.capital) ? try Capital(from: &reader) : nil
        let term = flags.contains(.term) ? try Term(from: &reader, established: established) : nil
        let location = flags.contains(.location) ? try Location(from: &reader) : nil
        var scope = flags.contains(.scopeDigest) ? try Scope(from: &reader) : nil
        var further = FurtherClaims.none
        if flags.contains(.furtherClaims) {
            let count = try reader.number(upTo: .max, of: "the length of further claims")
            further = try FurtherClaims(bytes: Array(reader.bytes(count)))
        }
        var texts = try coding.decoded(Array(reader.rest))[...]
        guard texts.count == 4 + (creditCode == nil ? 1 : 0) + (scope == nil ? 1 : 0) else {
            throw CodeError(.missingClaim, "the code carries \(texts.count) texts, not those of a licence")
        }
        if creditCode == nil { creditCode = try Self.creditCode(carried: texts.removeFirst(), of: kind) }
        if scope == nil { scope = .text(try texts.removeLast().carried(as: .scope)) }
        guard let creditCode, let scope else {
            throw CodeError(.missingClaim, "the code lacks its credit code or scope")
        }
        self.init(
            creditCode: creditCode,
            version: version,
            kind: kind,
            name: try texts.removeFirst().carried(as: .name),
            type: try texts.removeFirst().carried(as: .type),
            representative: try texts.removeFirst().carried(as: .representative),
            capital: capital,
            established: established,
            term: term,
            address: try texts.removeFirst().carried(as: .address),
            scope: scope,
            composition: flags.contains(.personal) ? .personal : flags.contains(.family) ? .family : nil,
            location: location,
            issued: issued,
            reference: reference,
            further: further
        )
    }

    /// A credit code that travelled as text, because it had to.
    private static func creditCode(carried text: String, of kind: LicenceKind) throws(CodeError) -> CreditCode {
        let code = try CreditCode(carried: text)
        guard !CreditCodePacking.canSay(code, of: kind) else {
            throw CodeError(.notDeterministic, "the credit code is not in its shortest form")
        }
        return code
    }
}

extension PackedReader {
    /// A number that is left out when it is 1.
    fileprivate mutating func uncommon(upTo limit: Int, of what: StaticString) throws(CodeError) -> Int {
        let value = try number(upTo: limit, of: what)
        guard value > 1 else { throw CodeError(.notDeterministic, "\(what) is carried though it is \(value)") }
        return value
    }
}

extension LicenceKind {
    /// A kind by its number in a code.
    init(carried number: Int) throws(CodeError) {
        guard let kind = LicenceKind(number: number) else {
            throw CodeError(.impossibleClaim, "the kind of licence is not known")
        }
        self = kind
    }
}

extension String {
    /// The text, when a licence may have it as `field`.
    func carried(as field: ApplicationField) throws(CodeError) -> String {
        var count = 0
        var isPrintable = true
        for scalar in unicodeScalars {
            count += 1
            if !FieldText.isPrintable(scalar) { isPrintable = false }
        }
        guard (1...(Particulars.limits[field] ?? 1)).contains(count), isPrintable else {
            throw CodeError(.impossibleClaim, "\(field.rawValue) is empty, too long or not printable")
        }
        return self
    }
}
