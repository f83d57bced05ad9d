import Licence
import OpenSSL

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
    func write(to writer: inout CBORWriter) {
        switch self {
        case .text(let text): writer.text(text)
        case .digest(let length, let digest):
            writer.array(2)
            writer.int(length)
            writer.byteString(digest.bytes)
        }
    }

    init(from reader: inout CBORReader) throws(CodeError) {
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
    func write(to writer: inout CBORWriter) {
        writer.array(currency == "CNY" ? 2 : 3)
        writer.uint(digits)
        writer.int(scale)
        if currency != "CNY" { writer.text(currency) }
    }

    init(from reader: inout CBORReader) throws(CodeError) {
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
    func write(to writer: inout CBORWriter) {
        writer.array(to == nil ? 1 : 2)
        writer.int(from.daysSince1970)
        if let to { writer.int(to.daysSince1970 - from.daysSince1970) }
    }

    init(from reader: inout CBORReader) throws(CodeError) {
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
    func write(to writer: inout CBORWriter) {
        writer.array(2)
        writer.int(microLatitude)
        writer.int(microLongitude)
    }

    init(from reader: inout CBORReader) throws(CodeError) {
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
    var number: Int {
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

    init?(number: Int) {
        guard let kind = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = kind
    }
}
