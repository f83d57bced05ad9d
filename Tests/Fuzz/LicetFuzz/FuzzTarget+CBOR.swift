import LicenceCode
import Publication
import TestSupport

extension FuzzTarget {
    /// CBOR: one item of any kind, passed over, and the claims of a licence.
    static let cbor = FuzzTarget(
        "cbor",
        maximumBytes: 2_048,
        words: [[0x1B, 0, 0, 0, 1, 0, 0, 0, 0], [0x5F], [0x9F], [0xBF], [0xFF], [0xF6], [0xD8, 0x18], [0x18, 0x18]],
        seeds: {
            var invention = Invention(seed: 2)
            let claims = try (1...24).map { number in
                let reference = ListReference(list: number % 3 + 1, index: number * 70_001)
                return try reference.map { reference in
                    Claims(try invention.licence(), profile: number % 4 == 0 ? .core : .full, reference: reference)
                }
            }
            return claims.compactMap { $0?.encoded }
        },
        run: { bytes in
            var reader = CBORReader(bytes)
            if (try? reader.skip()) != nil, reader.isAtEnd {
                var shorter = CBORReader(Array(bytes.dropLast()))
                invariant((try? shorter.skip()) == nil, "no item is the beginning of another")
            }
            guard let claims = try? Claims(encoded: bytes) else { return }
            invariant(claims.encoded == bytes, "claims have one encoding")
            check(claims)
        }
    )

    /// COSE_Sign1 messages.
    static let cose = FuzzTarget(
        "cose",
        maximumBytes: 2_048,
        words: [
            [0xD2, 0x84], [0xD2, 0x84, 0x43, 0xA1, 0x01, 0x26], [0x01, 0x26], [0x02, 0x81], [0x10], [0x58, 0x40],
        ],
        seeds: {
            let issuer = try Issuer()
            let code = try issuer.code(try Sample.particulars(), index: 1)
            let claims = Issuer.claims()
            return [
                code.cose.encoded, try issuer.trustList().signed(by: issuer.rootKey),
                try COSESign1(payload: [1], contentType: nil, type: "a", keyID: [1], key: issuer.listKey).encoded,
                try COSESign1(payload: [], contentType: claims.subject, type: "", keyID: [], key: issuer.listKey)
                    .encoded,
            ]
        },
        run: { bytes in
            guard let message = try? COSESign1(encoded: bytes) else { return }
            invariant(message.encoded == bytes, "a message has one encoding")
            let signed = COSESign1.toBeSigned(header: message.header, payload: message.payload)
            invariant(signed.count > message.payload.count, "the payload is signed")
        }
    )
}
