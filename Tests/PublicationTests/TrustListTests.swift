import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

@Suite struct TrustListTests {
    let issuer: Issuer

    init() throws { issuer = try Issuer() }

    @Test func readsBackWhatWasSigned() throws {
        let revoked = try Issuer.trusted(
            3,
            .licences,
            certificate: issuer.certificate(
                of: PrivateKey(algorithm: .es256),
                divisions: [340_000, 341_181],
                kinds: [.company, .branch]
            ),
            divisions: [340_000, 341_181],
            kinds: [.company, .branch],
            utcOffset: -210,
            retiredAt: .noon - .day,
            revocation: TrustedKey.Revocation(at: .noon, reason: "the card was lost")
        )
        let list = issuer.trustList(sequence: 12, keys: [revoked, issuer.lists, issuer.licences])
        #expect(try TrustList(list.signed(by: issuer.rootKey), root: issuer.root) == list)
    }

    @Test func findsAKeyByItsNumberOnly() {
        let list = issuer.trustList()
        #expect(list.key(issuer.licences.number) == issuer.licences)
        #expect(IssuerNumber(3).flatMap(list.key) == nil)
    }

    @Test func isACOSESign1OfItsOwnType() throws {
        let message = try PlainCOSE(issuer.trustList().signed(by: issuer.rootKey))
        #expect(message.tag == 18)
        #expect(message.protected[1] == .int(-7))
        #expect(message.protected[16] == .text("application/licet-trust-list+cose"))
        #expect(message.unprotected == .map([], []))
    }

    @Test func isRefusedWhenAnotherRootSignedIt() throws {
        let other = try Issuer()
        #expect(refusal(try other.trustList().signed(by: other.rootKey)) == .wrongSignature)
    }

    @Test func isRefusedWhenAnotherKeySignedItInTheNameOfTheRoot() throws {
        let honest = try COSESign1(encoded: issuer.trustList().signed(by: issuer.rootKey))
        let forged = try COSESign1(
            payload: honest.payload,
            contentType: nil,
            type: TrustList.type,
            keyID: issuer.root.publicKey.id.bytes,
            key: issuer.listKey
        )
        #expect(refusal(forged.encoded) == .wrongSignature)
    }

    @Test func isRefusedWithACertificateThatIsNotOfTheRoot() throws {
        let stranger = try Issuer()
        let list = issuer.trustList(keys: [issuer.lists, stranger.licences])
        #expect(refusal(try list.signed(by: issuer.rootKey)) == .wrongIssuer)
    }

    @Test func isRefusedWithACertificateThatALicenceKeySigned() throws {
        let key = try PrivateKey(algorithm: .es256)
        let certificate = try CertificateTemplate.licences(
            of: "Leaf",
            authority: "滁州市",
            jurisdiction: issuer.licences.jurisdiction,
            validity: Issuer.validity
        ).certificate(of: key.publicKey, signedBy: issuer.licenceKey, issuer: issuer.root)
        let list = try issuer.trustList(keys: [issuer.lists, Issuer.trusted(2, .licences, certificate: certificate)])
        #expect(refusal(try list.signed(by: issuer.rootKey)) == .wrongIssuer)
    }

    @Test func isRefusedWithTwoKeysOfOneNumber() throws {
        let second = try Issuer.trusted(1, .licences, certificate: issuer.licences.certificate)
        let list = issuer.trustList(keys: [issuer.lists, second])
        #expect(refusal(try list.signed(by: issuer.rootKey)) == .malformed)
    }

    @Test func isRefusedWithBytesBehindIt() throws {
        #expect(refusal(try issuer.trustList().signed(by: issuer.rootKey) + [0]) == .malformed)
    }

    @Test func isRefusedWhereAClaimIsMissing() throws {
        var writer = CBORWriter()
        writer.map(1)
        writer.int(1)
        writer.int(1)
        let message = try COSESign1(
            payload: writer.bytes,
            contentType: nil,
            type: TrustList.type,
            keyID: issuer.root.publicKey.id.bytes,
            key: issuer.rootKey
        )
        #expect(refusal(message.encoded) == .malformed)
    }

    @Test func quotesNothingOfAFileThatNobodySigned() throws {
        let message = try COSESign1(
            payload: [],
            contentType: nil,
            type: "\u{1B}[32mGENUINE",
            keyID: [],
            key: issuer.licenceKey
        )
        let error = #expect(throws: PublicationError.self) { try TrustList(message.encoded, root: issuer.root) }
        #expect(error?.reason == "is no \(TrustList.type)")
    }

    private func refusal(_ bytes: [UInt8]) -> PublicationError.Code? {
        #expect(throws: PublicationError.self) { try TrustList(bytes, root: issuer.root) }?.code
    }
}
