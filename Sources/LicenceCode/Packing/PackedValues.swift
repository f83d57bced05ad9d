import Licence
import OpenSSL

extension Capital {
    private static let home = "CNY"

    /// One byte, bit 7 for a currency other than CNY and `zeros · 7 + scale` below; the number without its final zeros; the
    /// currency's three capitals as two bytes in base 26.
    func write(to writer: inout PackedWriter) {
        var number = digits
        var zeros = 0
        while number > 0, number % 10 == 0 {
            number /= 10
            zeros += 1
        }
        writer.append([UInt8(zeros * 7 + scale) | (currency == Self.home ? 0 : 0x80)])
        writer.number(number)
        guard currency != Self.home else { return }
        writer.fixed(currency.utf8.reduce(UInt64(0)) { $0 * 26 + UInt64($1 - 0x41) }, bytes: 2)
    }

    init(from reader: inout PackedReader) throws(CodeError) {
        let form = try reader.byte()
        let zeros = Int(form & 0x7F) / 7
        var digits = try reader.number()
        guard digits == 0 ? zeros == 0 : digits % 10 != 0 else {
            throw CodeError(.notDeterministic, "the capital's zeros are not counted in full")
        }
        for _ in 0..<zeros {
            let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
            guard !overflow else { throw CodeError(.impossibleClaim, "the capital has too many digits") }
            digits = product
        }
        var currency = Self.home
        if form & 0x80 != 0 {
            let number = try reader.fixed(bytes: 2)
            guard number < 26 * 26 * 26 else { throw CodeError(.impossibleClaim, "the currency is no three capitals") }
            let letters = [number / 676, number / 26 % 26, number % 26].map { UInt8($0) + 0x41 }
            currency = String(decoding: letters, as: UTF8.self)
            guard currency != Self.home else { throw CodeError(.notDeterministic, "the currency CNY is carried") }
        }
        do { try self.init(digits: digits, scale: Int(form & 0x7F) % 7, currency: currency) } catch {
            throw CodeError(.impossibleClaim, error.reason)
        }
    }
}

extension Term {
    /// The days from the founding to the first day, folded, times two, plus one where there is a last day; then the days from
    /// the first to the last.
    func write(to writer: inout PackedWriter, established: CalendarDate) {
        let offset = PackedWriter.folded(from.daysSince1970 - established.daysSince1970)
        writer.number(offset * 2 + (to == nil ? 0 : 1))
        if let to { writer.number(UInt64(to.daysSince1970 - from.daysSince1970)) }
    }

    init(from reader: inout PackedReader, established: CalendarDate) throws(CodeError) {
        let number = try reader.number()
        let first = try CalendarDate(established.daysSince1970, plus: PackedReader.unfolded(number / 2))
        let last =
            number % 2 == 0
            ? nil
            : try CalendarDate(
                first.daysSince1970,
                plus: reader.number(upTo: CalendarDate.dayLimit, of: "the term in days")
            )
        do { try self.init(from: first, to: last) } catch { throw CodeError(.impossibleClaim, error.reason) }
    }
}

extension CalendarDate {
    /// No two days lie further apart.
    static let dayLimit = 3_000_000

    /// The day `days` after the day `start`, both counted from 1970-01-01.
    init(_ start: Int, plus days: Int) throws(CodeError) {
        guard abs(days) <= Self.dayLimit else { throw CodeError(.impossibleClaim, "a day lies too far away") }
        do { try self.init(daysSince1970: start + days) } catch { throw CodeError(.impossibleClaim, error.reason) }
    }
}

extension Location {
    private static let meridians: UInt64 = 360_000_001

    /// Seven bytes: both angles from their least value on, as one number.
    func write(to writer: inout PackedWriter) {
        let latitude = UInt64(microLatitude + 90_000_000)
        writer.fixed(latitude * Self.meridians + UInt64(microLongitude + 180_000_000), bytes: 7)
    }

    init(from reader: inout PackedReader) throws(CodeError) {
        let number = try reader.fixed(bytes: 7)
        let latitude = Int(number / Self.meridians) - 90_000_000
        let longitude = Int(number % Self.meridians) - 180_000_000
        do { try self.init(microLatitude: latitude, microLongitude: longitude) } catch {
            throw CodeError(.impossibleClaim, error.reason)
        }
    }
}

extension Claims.Scope {
    /// The digest form as its length, a number, and 32 bytes; the text form is carried with the other texts.
    func write(to writer: inout PackedWriter) {
        guard case .digest(let length, let digest) = self else { return }
        writer.number(UInt64(length))
        writer.append(digest.bytes)
    }

    init(from reader: inout PackedReader) throws(CodeError) {
        let length = try reader.number(upTo: Particulars.limits[.scope] ?? 0, of: "the length of the scope")
        guard length > 0, let digest = Digest(bytes: Array(try reader.bytes(32))) else {
            throw CodeError(.impossibleClaim, "a scope has a length and a digest")
        }
        self = .digest(length: length, digest)
    }
}
