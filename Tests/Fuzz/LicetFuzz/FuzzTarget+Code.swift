import CLibFuzzer
import LicenceCode
import OpenSSL
import TestSupport

extension FuzzTarget {
    /// Licence codes, as the bytes behind the digits and as the text of a symbol.
    ///
    /// Digits are one large number: a change of one changes all bytes, and the first of them would hardly ever be right.
    /// So inputs are bytes as often as text, and text is changed by changing the bytes behind it.
    static let code = FuzzTarget(
        "code",
        maximumBytes: 3_000,
        words: ["LICET:", "HTTPS://LIC.EXAMPLE.CN/L/", "https://", "/l/", ":8080/L/"].map { Array($0.utf8) },
        seeds: {
            let issuers = try Algorithm.allCases.map { try Issuer(algorithm: $0) }
            var invention = Invention(seed: 1)
            return try (0..<16).flatMap { number in
                let profile: Profile = number % 4 == 3 ? .core : .full
                let code = try issuers[number % 3].code(try invention.particulars(), index: number, profile: profile)
                return [code.bytes, Array(("LICET:" + code.digits).utf8)] + bare(code)
            }
        },
        mutate: { bytes, generator in
            let text = String(decoding: bytes, as: UTF8.self)
            guard generator.one(in: 2), let code = try? UnverifiedCode(text: text) else {
                // The first bytes say how the others are read.
                return LibFuzzer.mutate(&bytes, keeping: generator.one(in: 4) ? 0 : 2)
            }
            var inner = code.bytes
            LibFuzzer.mutate(&inner, keeping: 2)
            guard let changed = try? UnverifiedCode(bytes: inner) else { return LibFuzzer.mutate(&bytes) }
            bytes = Array(("LICET:" + changed.digits).utf8)
        },
        run: { bytes in
            if let code = try? UnverifiedCode(bytes: bytes) {
                invariant(code.bytes == bytes, "a code has one encoding in bytes")
                check(code)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if let code = try? UnverifiedCode(text: text) {
                invariant(text.utf8.suffix(code.digits.utf8.count).elementsEqual(code.digits.utf8), "the same digits")
                check(code)
            }
        }
    )

    private static func check(_ code: UnverifiedCode) {
        invariant((try? UnverifiedCode(text: "LICET:" + code.digits)) == code, "digits read back")
        invariant((try? COSESign1(encoded: code.cose.encoded)) == code.cose, "the standard message reads back")
        check(code.claims)
    }

    /// The same code with its texts as they are: plain, and in stored blocks, so that a changed byte is a changed character.
    private static func bare(_ code: UnverifiedCode) -> [[UInt8]] {
        let texts = code.claims.texts
        let fields = code.packed.dropLast(code.coding.encoded(texts).count).dropFirst()
        let contents: [(TextCoding, [UInt8])] = [
            (.plain, TextCoding.plain.encoded(texts)), (.deflate, stored(TextCoding.plain.encoded(texts))),
            (.dictionary1, stored(CompactText.encoded(texts))),
        ]
        return contents.map { [code.packed[0] & 0xFC | $0.0.rawValue] + fields + $0.1 + code.signature }
    }

    /// A DEFLATE stream that compresses nothing (RFC 1951, section 3.2.4).
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        let count = UInt16(bytes.count)
        return [1, UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8)] + bytes
    }

    /// Claims that were read can be written, and read again as the same.
    static func check(_ claims: Claims) {
        invariant((try? Claims(encoded: claims.encoded)) == claims, "claims read back")
    }
}
