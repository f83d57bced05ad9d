import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

/// Trust lists, status lists and issued lists in every algorithm, and of a root of another.
@Suite struct AlgorithmTests {
    @Test(arguments: Algorithm.allCases, Algorithm.allCases)
    func everyFileIsReadBack(root: Algorithm, office: Algorithm) throws {
        let issuer = try Issuer(algorithm: office, root: root)
        let file = try issuer.trustList().signed(by: issuer.rootKey)
        #expect(try PlainCOSE(file).protected[1] == .int(root.coseIdentifier))
        let trust = try TrustList(file, root: issuer.root)
        #expect(trust == issuer.trustList())
        #expect(trust.keys.allSatisfy { $0.certificate.publicKey.algorithm == office })
        for bytes in try [issuer.statusList(), issuer.issuedList()] {
            #expect(try PlainCOSE(bytes).protected[1] == .int(office.coseIdentifier))
        }
        let status = try StatusList(issuer.statusList(), path: statusPath, trust: trust)
        #expect(status.value(at: 3) == ListedStatus.revoked.rawValue)
        let issued = try IssuedList(issuer.issuedList(), path: issuedPath, trust: trust)
        #expect(issued.answer(index: 3, digest: digest(3)) == .issued)
    }

    /// The header cannot choose: the key does.
    @Test(arguments: Algorithm.allCases, Algorithm.allCases)
    func aHeaderOfAnotherAlgorithmThanTheKeysIsRefused(stated: Algorithm, own: Algorithm) throws {
        let issuer = try Issuer(algorithm: own)
        let trust = issuer.trustList()
        let files = try [trust.signed(by: issuer.rootKey), issuer.statusList(), issuer.issuedList()]
        for (file, key) in zip(files, [issuer.rootKey, issuer.listKey, issuer.listKey]) {
            let honest = try COSESign1(encoded: file)
            let header = COSEHeader(
                algorithm: stated,
                contentType: nil,
                keyID: honest.header.keyID,
                type: honest.header.type
            )
            // Signed by the right key, in its own algorithm, over this very header.
            let signature = try key.signature(of: COSESign1.toBeSigned(header: header, payload: honest.payload))
            let bytes = COSESign1(header: header, payload: honest.payload, signature: signature).encoded
            var code: PublicationError.Code?
            do throws(PublicationError) {
                switch honest.header.type {
                case TrustList.type: _ = try TrustList(bytes, root: issuer.root)
                case StatusList.type: _ = try StatusList(bytes, path: statusPath, trust: trust)
                default: _ = try IssuedList(bytes, path: issuedPath, trust: trust)
                }
            } catch { code = error.code }
            #expect(code == (stated == own ? nil : .wrongSignature))
        }
    }

    @Test(arguments: Algorithm.allCases, [0x01, 0x80] as [UInt8])
    func noByteOfAnyFileCanChange(algorithm: Algorithm, mask: UInt8) throws {
        let issuer = try Issuer(algorithm: algorithm)
        let trust = issuer.trustList()
        let file = try trust.signed(by: issuer.rootKey)
        for place in stride(from: 0, to: file.count, by: 3) {
            var changed = file
            changed[place] ^= mask
            #expect(throws: PublicationError.self, "byte \(place)") { try TrustList(changed, root: issuer.root) }
        }
        for (kind, list) in try [(0, issuer.statusList()), (1, issuer.issuedList())] {
            for place in list.indices {
                var changed = list
                changed[place] ^= mask
                #expect(throws: PublicationError.self, "byte \(place)") {
                    if kind == 0 {
                        _ = try StatusList(changed, path: statusPath, trust: trust)
                    } else {
                        _ = try IssuedList(changed, path: issuedPath, trust: trust)
                    }
                }
            }
        }
    }
}
