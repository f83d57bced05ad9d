/// The fields of an `application/x-www-form-urlencoded` body, as browsers write it and not otherwise (URL Standard, section 5.2).
///
/// A reader that mends what is broken would take for a code what nobody has typed, so a stray `%` and what is no UTF-8 are refused.
struct URLEncodedForm: Equatable {
    let fields: [Field]

    struct Field: Equatable {
        let name: String
        let value: String
    }

    /// That a body is no such form.
    struct Malformed: Error, Equatable {}

    /// The greatest number of fields.
    static let maximumFields = 8

    init(_ body: [UInt8]) throws(Malformed) {
        let pairs = body.split(separator: UInt8(ascii: "&"), maxSplits: Self.maximumFields)
        guard pairs.count <= Self.maximumFields else { throw Malformed() }
        var fields: [Field] = []
        for pair in pairs {
            let end = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            fields.append(Field(name: try Self.text(pair[..<end]), value: try Self.text(pair[end...].dropFirst())))
        }
        self.fields = fields
    }

    private static func text(_ encoded: ArraySlice<UInt8>) throws(Malformed) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoded.count)
        var rest = encoded
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    throw Malformed()
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Malformed() }
        return text
    }

    /// What a hexadecimal digit stands for.
    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
