import Licence
import OpenSSL

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
            self = .text(try reader.text().carried(as: .scope))
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
    /// `[digits, scale, currency]`.
    func write(to writer: inout CBORWriter) {
        writer.array(3)
        writer.uint(digits)
        writer.int(scale)
        writer.text(currency)
    }

    init(from reader: inout CBORReader) throws(CodeError) {
        guard try reader.array() == 3 else { throw CodeError(.wrongType, "capital is no array of three") }
        let digits = try reader.uint()
        let scale = try reader.uint(upTo: 6)
        let currency = try reader.text()
        do { try self.init(digits: digits, scale: scale, currency: currency) } catch {
            throw CodeError(.impossibleClaim, error.reason)
        }
    }
}

extension Term {
    /// `[from]` without end, else `[from, to]`.
    func write(to writer: inout CBORWriter) {
        writer.array(to == nil ? 1 : 2)
        writer.int(from.daysSince1970)
        if let to { writer.int(to.daysSince1970) }
    }

    init(from reader: inout CBORReader) throws(CodeError) {
        let count = try reader.array()
        guard count == 1 || count == 2 else { throw CodeError(.wrongType, "term is no array of one or two") }
        let first = try reader.date()
        let last = count == 2 ? try reader.date() : nil
        do { try self.init(from: first, to: last) } catch { throw CodeError(.impossibleClaim, error.reason) }
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
