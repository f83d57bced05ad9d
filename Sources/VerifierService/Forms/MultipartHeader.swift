/// The header of one part of a form.
struct MultipartHeader {
    let name: String
    let filename: String?

    /// Reads lines up to the empty one and leaves `place` behind it.
    init(_ body: [UInt8], _ place: inout Int) throws(MultipartForm.Malformed) {
        var disposition: String?
        var hasType = false
        let start = place
        while let line = try Self.line(body, &place, limit: start + MultipartForm.maximumHeader) {
            guard let colon = line.firstIndex(of: ":") else { throw MultipartForm.Malformed() }
            let value = String(line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" })
            switch line[..<colon].lowercased() {
            case "content-disposition" where disposition == nil: disposition = value
            case "content-type" where !hasType && !value.lowercased().hasPrefix("multipart/"): hasType = true
            // Nothing else is of use in a form (RFC 7578, section 4.8), and twice the same says two things.
            default: throw MultipartForm.Malformed()
            }
        }
        guard let disposition else { throw MultipartForm.Malformed() }
        var parameters = HeaderParameters(disposition)
        guard parameters.value.lowercased() == "form-data", let name = parameters.take("name"), !name.isEmpty else {
            throw MultipartForm.Malformed()
        }
        self.name = name
        filename = parameters.take("filename")
        guard parameters.isEmpty else { throw MultipartForm.Malformed() }
    }

    /// The next line; nil for the empty one that ends the header.
    private static func line(
        _ body: [UInt8],
        _ place: inout Int,
        limit: Int
    ) throws(MultipartForm.Malformed) -> String? {
        let rest = body[place..<min(body.count, limit)]
        guard let end = rest.firstIndex(of: UInt8(ascii: "\r")), rest[end...].starts(with: "\r\n".utf8),
            let text = String(validating: body[place..<end], as: UTF8.self),
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F || $0 == "\t" })
        else { throw MultipartForm.Malformed() }
        place = end + 2
        return text.isEmpty ? nil : text
    }
}

/// A header's value and its parameters, as in `form-data; name="photo"` (RFC 9110, section 5.6.6).
struct HeaderParameters {
    /// What stands before the first semicolon.
    let value: String
    /// By lower-case name; nil when what stands there is no parameters, or one stands there twice.
    private var parameters: [String: String]?

    init(_ text: String) {
        value = String(text.prefix { $0 != ";" }).trimmed
        parameters = Self.parse(text.unicodeScalars.drop { $0 != ";" })
    }

    /// Whether all that stood there could be read and has been taken.
    var isEmpty: Bool { parameters?.isEmpty ?? false }

    mutating func take(_ name: String) -> String? { parameters?.removeValue(forKey: name) }

    private static func parse(_ text: Substring.UnicodeScalarView) -> [String: String]? {
        var found: [String: String] = [:]
        var rest = text
        while let separator = rest.popFirst() {
            guard separator == ";" else { return nil }
            rest = rest.drop { $0 == " " || $0 == "\t" }
            let name = rest.prefix { $0 != "=" && $0 != ";" && $0 != " " && $0 != "\"" }
            rest = rest.dropFirst(name.count)
            guard !name.isEmpty, rest.popFirst() == "=", let value = value(&rest),
                found.updateValue(value, forKey: String(name).lowercased()) == nil
            else { return nil }
            rest = rest.drop { $0 == " " || $0 == "\t" }
        }
        return found
    }

    private static func value(_ rest: inout Substring.UnicodeScalarView) -> String? {
        guard rest.first == "\"" else {
            let token = rest.prefix { $0 != ";" && $0 != " " && $0 != "\t" && $0 != "\"" }
            rest = rest.dropFirst(token.count)
            return token.isEmpty ? nil : String(token)
        }
        rest.removeFirst()
        var value = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if scalar == "\"" { return String(value) }
            // Browsers write %22 for a quotation mark; older programs a backslash before it.
            if scalar == "\\", let next = rest.first, next == "\"" || next == "\\" {
                rest.removeFirst()
                value.append(next)
            } else {
                value.append(scalar)
            }
        }
        return nil
    }
}

extension String {
    /// Without the spaces and tabs around it.
    fileprivate var trimmed: String {
        let start = drop { $0 == " " || $0 == "\t" }
        return start.lastIndex { $0 != " " && $0 != "\t" }.map { String(start[...$0]) } ?? ""
    }
}
