import LicenceCode
import OpenSSL
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
        maximumBytes: 4_096,
        words: [
            [0xD2, 0x84], [0xD2, 0x84, 0x43, 0xA1, 0x01, 0x26], [0x01, 0x26], [0x01, 0x27],
            [0x01, 0x3A, 0x00, 0x01, 0x00, 0x01], [0x02, 0x81], [0x10], [0x18, 0x20, 0x82], [0x58, 0x40],
        ],
        seeds: {
            let claims = Issuer.claims()
            return try Algorithm.allCases.flatMap { algorithm in
                let issuer = try Issuer(algorithm: algorithm)
                let code = try issuer.code(try Sample.particulars(), index: 1)
                let key = issuer.listKey
                let bags = [[], [issuer.root], [issuer.root, issuer.lists.certificate]]
                return try [
                    code.cose.encoded,
                    COSESign1(payload: [1], contentType: nil, type: "a", keyID: [1], key: key).encoded,
                    COSESign1(payload: [], contentType: claims.subject, type: "", keyID: [], key: key).encoded,
                ] + bags.map { try issuer.trustList(crossCertificates: $0).signed(by: issuer.rootKey) }
            }
        },
        run: { bytes in
            guard let message = try? COSESign1(encoded: bytes) else { return }
            invariant(message.encoded == bytes, "a message has one encoding")
            let signed = COSESign1.toBeSigned(header: message.header, payload: message.payload)
            invariant(signed.count > message.payload.count, "the payload is signed")
        }
    )
}
