/// The parts of a `multipart/form-data` body (RFC 7578), as browsers write it and not otherwise.
///
/// Parts are places in the body, so that a photo is not copied. What RFC 2046 allows beyond what a browser sends is refused:
/// text before or after the parts, padding behind a delimiter, parts in parts, transfer encodings.
struct MultipartForm: Equatable {
    let parts: [Part]

    struct Part: Equatable {
        let name: String
        /// Nil for a field that is no file; empty where no file was chosen.
        let filename: String?
        /// Where its content lies in the body.
        let content: Range<Int>
    }

    /// That a body is no such form.
    struct Malformed: Error, Equatable {}

    /// The greatest number of parts.
    static let maximumParts = 8
    /// The greatest number of bytes of the header of a part.
    static let maximumHeader = 2_048

    private static let carriageReturn = UInt8(ascii: "\r")

    init(_ body: [UInt8], boundary: String) throws(Malformed) {
        let delimiter = Array("\r\n--\(boundary)".utf8)
        var parts: [Part] = []
        // The first delimiter has no line break before it.
        guard body.starts(with: delimiter.dropFirst(2)) else { throw Malformed() }
        var place = delimiter.count - 2
        while try !Self.isLast(body, &place) {
            guard parts.count < Self.maximumParts else { throw Malformed() }
            let header = try MultipartHeader(body, &place)
            guard let end = Self.next(delimiter, in: body, from: place) else { throw Malformed() }
            parts.append(Part(name: header.name, filename: header.filename, content: place..<end))
            place = end + delimiter.count
        }
        self.parts = parts
    }

    /// Whether the delimiter before `place` closes the form; leaves `place` behind its line.
    private static func isLast(_ body: [UInt8], _ place: inout Int) throws(Malformed) -> Bool {
        let rest = body[place...]
        if rest.starts(with: "\r\n".utf8) {
            place += 2
            return false
        }
        guard rest.elementsEqual("--\r\n".utf8) || rest.elementsEqual("--".utf8) else { throw Malformed() }
        return true
    }

    /// Where `delimiter` begins at or after `start`; looks at each byte once, because its carriage return is its only one.
    private static func next(_ delimiter: [UInt8], in body: [UInt8], from start: Int) -> Int? {
        var place = start
        while let found = body[place...].firstIndex(of: carriageReturn) {
            if body[found...].starts(with: delimiter) { return found }
            place = found + 1
        }
        return nil
    }
}

extension MultipartForm {
    /// The boundary of a `Content-Type`; nil where that is not `multipart/form-data` with one boundary (RFC 2046, section 5.1.1).
    static func boundary(of contentType: String) -> String? {
        var parameters = HeaderParameters(contentType)
        guard parameters.value.lowercased() == "multipart/form-data", let boundary = parameters.take("boundary"),
            (1...70).contains(boundary.utf8.count), boundary.utf8.allSatisfy(isBoundaryByte), !boundary.hasSuffix(" ")
        else { return nil }
        return boundary
    }

    private static func isBoundaryByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "'()+_,-./:=? ".utf8.contains(byte)
        }
    }
}
