import Foundation
import OpenSSL

/// A text and the signatures under it (C2SP signed-note v1.0.0); read, but not believed yet.
package struct SignedNote: Hashable {
    /// Ends with a newline.
    package let text: String
    package private(set) var signatures: [Signature]

    package struct Signature: Hashable {
        package let name: String
        /// 4 bytes.
        package let keyID: [UInt8]
        package let bytes: [UInt8]

        package init(name: String, keyID: [UInt8], bytes: [UInt8]) {
            self.name = name
            self.keyID = keyID
            self.bytes = bytes
        }

        /// The line of it, with its newline.
        package var line: String { "— \(name) \(Data(keyID + bytes).base64EncodedString())\n" }
    }

    /// The greatest size of a note, and the most signatures of one, that are read.
    package static let maximumSize = 65_536
    package static let maximumSignatures = 64

    package init(text: String, signatures: [Signature]) {
        self.text = text
        self.signatures = signatures
    }

    package init(_ bytes: [UInt8]) throws(LogError) {
        guard bytes.count <= Self.maximumSize else { throw Self.malformed("has more than \(Self.maximumSize) bytes") }
        guard String(validating: bytes, as: UTF8.self) != nil, bytes.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }) else {
            throw Self.malformed("is no text, or has control characters")
        }
        // In bytes: what Swift calls a character may end a line and begin the next.
        guard bytes.last == 0x0A,
            let blank = bytes.indices.dropLast().last(where: { bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A })
        else { throw Self.malformed("has no empty line before its signatures") }
        text = String(decoding: bytes[...blank], as: UTF8.self)
        signatures = try Self.signatures(bytes[(blank + 2)...])
        guard !signatures.isEmpty else { throw Self.malformed("has no signature") }
    }

    /// Reads lines of signatures, each with its newline.
    package static func signatures(_ bytes: ArraySlice<UInt8>) throws(LogError) -> [Signature] {
        guard bytes.last == 0x0A || bytes.isEmpty else { throw malformed("ends within a line") }
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
        guard lines.count <= maximumSignatures else { throw malformed("has more than \(maximumSignatures) signatures") }
        var signatures: [Signature] = []
        for line in lines {
            let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
            guard words.count == 3, words[0].elementsEqual("—".utf8), !words[1].isEmpty,
                let name = String(validating: words[1], as: UTF8.self), isName(name),
                let data = canonicalBase64(words[2]), data.count > 4
            else { throw malformed("has a line of a signature that cannot be read") }
            signatures.append(Signature(name: name, keyID: Array(data.prefix(4)), bytes: Array(data.dropFirst(4))))
        }
        return signatures
    }

    /// Whether a key may be called so.
    package static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20 }
    }

    /// The one encoding of some bytes in base 64 (RFC 4648, section 4).
    static func canonicalBase64(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard let data = Data(base64Encoded: Data(text)), data.base64EncodedData().elementsEqual(text) else {
            return nil
        }
        return [UInt8](data)
    }

    package var bytes: [UInt8] { Array((text + "\n" + signatures.map(\.line).joined()).utf8) }

    /// Adds signatures that are not there yet; one of a key takes the place of an earlier one of the same.
    package mutating func add(_ others: [Signature]) {
        signatures.removeAll { old in others.contains { $0.name == old.name && $0.keyID == old.keyID } }
        signatures += others
    }

    static func malformed(_ what: String) -> LogError { LogError(.malformed, "the note \(what)") }
}
