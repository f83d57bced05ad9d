import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

/// Whoever knows one root of an authority believes those that it vouches for, and nobody else.
@Suite struct RootRolloverTests {
    let old: Generation
    let new: Generation
    let bag: [Certificate]

    init() throws {
        old = try Generation(1)
        new = try Generation(2)
        bag = [try old.cross(to: new), try new.cross(to: old)]
    }

    // MARK: - Believed

    @Test(arguments: Algorithm.allCases, Algorithm.allCases)
    func bothRootsReadListsOfBoth(first: Algorithm, second: Algorithm) throws {
        let old = try Generation(1, first)
        let new = try Generation(2, second)
        let bag = [try old.cross(to: new), try new.cross(to: old)]
        let keys = [try old.trusted(1, .lists), try new.trusted(2, .licences)]
        for signer in [old, new] {
            for reader in [old, new] {
                let list = try TrustList(signer.list(of: keys, bag: bag), root: reader.certificate)
                #expect(list.keys == keys)
                #expect(list.crossCertificates == bag)
            }
        }
    }

    /// Once nothing of the old root is left, one certificate is enough.
    @Test func anOldVerifierReadsAListOfTheNewRootAlone() throws {
        let list = try new.list(of: [new.trusted(1, .lists)], bag: [bag[0]])
        #expect(refusal(list, old) == nil)
        #expect(refusal(list, new) == nil)
    }

    @Test func theChainIsFollowedOverTwoRollOversBothWays() throws {
        let newest = try Generation(3, .sm2)
        let bag = try self.bag + [new.cross(to: newest), newest.cross(to: new)]
        let keys = try [old.trusted(1, .lists), new.trusted(2, .licences), newest.trusted(3, .licences)]
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
            let list = try newest.list(of: keys, bag: order.map { bag[$0] })
            for reader in [old, new, newest] { #expect(refusal(list, reader) == nil) }
        }
    }

    /// A root may also vouch for a later one directly.
    @Test func aRootInBetweenMayBeLeftOut() throws {
        let newest = try Generation(3)
        let bag = try [old.cross(to: newest), newest.cross(to: old)]
        let list = try newest.list(of: [old.trusted(1, .lists)], bag: bag)
        #expect(refusal(list, old) == nil)
        #expect(refusal(list, newest) == nil)
        #expect(refusal(list, new) == .wrongSignature)
    }

    @Test func theSelfSignedCertificateInTheBagDoesNoHarm() throws {
        let list = try new.list(of: [new.trusted(1, .lists)], bag: [bag[0], new.certificate, old.certificate])
        #expect(refusal(list, old) == nil)
    }

    @Test func aKeyOfARootThatExpiredSinceIsStillBelieved() throws {
        let old = try Generation(1, validity: .noon - .year...Instant.noon - 2 * .day)
        let new = try Generation(2)
        let past = old.certificate.lifetime
        let bag = [try old.cross(to: new, validity: past), try new.cross(to: old, validity: past)]
        let list = try new.list(of: [old.trusted(1, .licences, validity: past), new.trusted(2, .lists)], bag: bag)
        #expect(refusal(list, new) == nil)
        // But it signs no list any more, and whoever knows only it believes none.
        #expect(refusal(list, old) == .wrongIssuer)
        #expect(try refusal(old.list(of: [new.trusted(2, .lists)], bag: bag), new) == .wrongIssuer)
    }

    // MARK: - For how long, and for what

    /// Who finds the key of a root that has ended signs with any date: his list says nothing after that end.
    @Test func noListSpeaksLongerThanTheRootThatSignedIt() throws {
        let end = Instant.noon + 60
        let root = try Generation(1, validity: .noon - .year...end)
        let list = try TrustList(
            root.list(of: [root.trusted(1, .lists, validity: .noon - .year...end)]),
            root: root.certificate
        )
        #expect(list.nextUpdate == end)
        // Whoever knows only the old root follows as long as that one vouches.
        let cross = try root.cross(to: new, validity: .noon - .day...end)
        let bytes = try new.list(of: [new.trusted(2, .lists)], bag: [cross])
        #expect(try TrustList(bytes, root: root.certificate).nextUpdate == end)
        #expect(try TrustList(bytes, root: new.certificate).nextUpdate > end)
    }

    /// A root that was is believed for the keys that it certified, and for no trust list.
    @Test func aRootThatWasMaySignNoList() throws {
        let backward = try CertificateTemplate.cross(to: old.certificate, forKeysOnly: true, validity: Issuer.validity)
            .certificate(of: old.key.publicKey, signedBy: new.key, issuer: new.certificate)
        #expect(backward.isAuthority)
        #expect(!backward.isForSignatures)
        for bag in [[bag[0], backward], [backward, bag[0], old.certificate, new.certificate]] {
            #expect(try refusal(new.list(of: [old.trusted(1, .lists)], bag: bag), new) == nil)
            #expect(try refusal(old.list(of: [old.trusted(1, .lists)], bag: bag), new) == .wrongSignature)
            #expect(try refusal(old.list(of: [old.trusted(1, .lists)], bag: bag), old) == nil)
        }
    }

    // MARK: - Not believed

    @Test func aNewRootThatNobodyVouchesForIsAStranger() throws {
        #expect(try refusal(new.list(of: [new.trusted(1, .lists)]), old) == .wrongSignature)
        #expect(try refusal(old.list(of: [new.trusted(1, .lists)]), old) == .wrongIssuer)
    }

    @Test func vouchingIsOneWay() throws {
        let list = try new.list(of: [old.trusted(1, .lists)], bag: [bag[0]])
        #expect(refusal(list, old) == nil)
        #expect(refusal(list, new) == .wrongIssuer)
        #expect(try refusal(old.list(of: [old.trusted(1, .lists)], bag: [bag[0]]), new) == .wrongSignature)
    }

    /// The names are those of the trusted root; its key is not.
    @Test func aNamesakeOfTheRootVouchesForNobody() throws {
        let namesake = try Generation(1)
        let list = try new.list(of: [new.trusted(1, .lists)], bag: [namesake.cross(to: new)])
        #expect(refusal(list, old) == .wrongSignature)
        let both = try new.list(of: [new.trusted(1, .lists)], bag: [namesake.cross(to: new), namesake.certificate])
        #expect(refusal(both, old) == .wrongSignature)
    }

    @Test func anOfficeCertificateIsNoCrossCertificate() throws {
        let office = try PrivateKey(algorithm: .es256)
        let jurisdiction = Jurisdiction(divisions: [try DivisionCode(341_181)], kinds: [.company])
        let template = CertificateTemplate.licences(
            of: "滁州市 Root 2",
            authority: "滁州市",
            jurisdiction: jurisdiction,
            validity: Issuer.validity
        )
        let certificate = try template.certificate(of: office.publicKey, signedBy: old.key, issuer: old.certificate)
        let list = TrustList(
            sequence: 2,
            issuedAt: .noon,
            nextUpdate: .noon + .day,
            authority: "滁州市",
            base: Issuer.base,
            keys: [],
            crossCertificates: [certificate]
        )
        #expect(try refusal(list.signed(by: office), old) == .wrongSignature)
    }

    @Test func anOfficeKeyVouchesForNobody() throws {
        let office = try PrivateKey(algorithm: .es256)
        let template = CertificateTemplate.lists(of: "滁州市", validity: Issuer.validity)
        let certificate = try template.certificate(of: office.publicKey, signedBy: old.key, issuer: old.certificate)
        let forged = try CertificateTemplate.cross(to: new.certificate, validity: Issuer.validity)
            .certificate(of: new.key.publicKey, signedBy: office, issuer: certificate)
        let list = try new.list(of: [new.trusted(1, .lists)], bag: [certificate, forged])
        #expect(refusal(list, old) == .wrongSignature)
    }

    /// The certificate of another key with the name and the identifier of the new root.
    @Test func aCrossCertificateIsForItsKeyOnly() throws {
        let other = try Generation(2)
        #expect(try refusal(other.list(of: [], bag: [bag[0]]), old) == .wrongSignature)
        let honest = try COSESign1(encoded: new.list(of: [], bag: [bag[0]]))
        let forged = try COSESign1(
            payload: honest.payload,
            contentType: nil,
            type: TrustList.type,
            keyID: new.key.publicKey.id.bytes,
            certificates: [bag[0].der],
            key: other.key
        )
        #expect(refusal(forged.encoded, old) == .wrongSignature)
    }

    @Test(
        arguments: [
            (-86_401, PublicationError.Code.wrongIssuer), (-86_400, nil), (86_400, nil), (86_401, .wrongIssuer),
        ] as [(Int64, PublicationError.Code?)]
    )
    func theCrossCertificateIsGoodAtTheTimeOfTheList(seconds: Int64, code: PublicationError.Code?) throws {
        let cross = try old.cross(to: new, validity: .noon - .day...Instant.noon + .day)
        let list = try new.list(of: [new.trusted(1, .lists)], bag: [cross], issuedAt: .noon + seconds)
        #expect(refusal(list, old) == code)
        #expect(refusal(list, new) == nil)
    }

    @Test(
        arguments: [
            (-86_401, PublicationError.Code.wrongIssuer), (-86_400, nil), (86_400, nil), (86_401, .wrongIssuer),
        ] as [(Int64, PublicationError.Code?)]
    )
    func theRootIsGoodAtTheTimeOfTheList(seconds: Int64, code: PublicationError.Code?) throws {
        let root = try Generation(1, validity: .noon - .day...Instant.noon + .day)
        #expect(try refusal(root.list(of: [], issuedAt: .noon + seconds), root) == code)
        // Nor does a certificate that outlives it help whoever has its key.
        let list = try new.list(of: [], bag: [root.cross(to: new)], issuedAt: .noon + seconds)
        #expect(refusal(list, root) == code)
    }

    @Test func everyCertificateOfALongChainIsGoodAtTheTimeOfTheList() throws {
        let newest = try Generation(3)
        for expired in 0..<2 {
            let bag = try [(old, new), (new, newest)].enumerated().map { place, pair in
                let end = place == expired ? Instant.noon - 2 * .day : .noon + .year
                return try pair.0.cross(to: pair.1, validity: .noon - .year...end)
            }
            #expect(try refusal(newest.list(of: [], bag: bag), old) == .wrongIssuer)
        }
        // A second, renewed one beside the expired one is enough.
        let past = Instant.noon - .year...Instant.noon - 2 * .day
        let bag = try [old.cross(to: new, validity: past), old.cross(to: new), new.cross(to: newest)]
        #expect(try refusal(newest.list(of: [], bag: bag), old) == nil)
    }

    // MARK: - The bag

    /// A valid list whose header has a bag that is encoded as it stands here.
    private func list(bag: [UInt8]) throws -> [UInt8] {
        let payload = try COSESign1(encoded: new.list(of: [new.trusted(1, .lists)])).payload
        return try new.signed(payload, labels: [0x18, 0x20] + bag, count: 1)
    }

    private func encoded(_ certificate: Certificate) -> [UInt8] {
        var writer = CBORWriter()
        writer.byteString(certificate.der)
        return writer.bytes
    }

    @Test func oneCertificateStandsAlone() throws {
        #expect(try refusal(list(bag: encoded(bag[0])), old) == nil)
        #expect(try refusal(list(bag: [0x81] + encoded(bag[0])), old) == .malformed)
        #expect(try refusal(list(bag: [0x80]), new) == .malformed)
    }

    @Test(arguments: [(2, nil), (16, nil), (17, PublicationError.Code.malformed), (40, .malformed)])
    func sixteenCertificatesAreEnough(count: Int, code: PublicationError.Code?) throws {
        let certificates = try [bag[0]] + (1..<count).map { _ in try Generation(7).cross(to: new) }
        #expect(try refusal(new.list(of: [], bag: certificates), old) == code)
    }

    /// A certificate that cannot be read, such as one of a later algorithm's, vouches for nobody and shuts nobody out.
    @Test func whatIsNoCertificateIsPassedOver() throws {
        let broken: [[UInt8]] = [[], [0x30, 0x00], bag[0].der + [0], bag[0].der.dropLast()]
        for der in broken {
            var writer = CBORWriter()
            writer.byteString(der)
            #expect(try refusal(list(bag: writer.bytes), new) == nil)
            #expect(try refusal(list(bag: writer.bytes), old) == .wrongSignature)
            #expect(try refusal(list(bag: [0x82] + encoded(bag[0]) + writer.bytes), old) == nil)
        }
    }

    @Test func aBagThatWasChangedOnTheWayIsRefused() throws {
        let message = try COSESign1(encoded: new.list(of: [], bag: bag))
        for changed in [[bag[0]], [bag[1], bag[0]], bag + [old.certificate]] {
            let header = COSEHeader(
                algorithm: .es256,
                contentType: nil,
                keyID: message.header.keyID,
                type: TrustList.type,
                certificates: changed.map(\.der)
            )
            let other = COSESign1(header: header, payload: message.payload, signature: message.signature)
            #expect(refusal(other.encoded, old) == .wrongSignature)
        }
    }

    /// With or without certificates that would be believed in a trust list.
    @Test(arguments: ["status", "issued"])
    func noOtherFileBringsCertificates(kind: String) throws {
        let issuer = try Issuer()
        let honest = try COSESign1(encoded: kind == "status" ? issuer.statusList() : issuer.issuedList())
        let spoiled = try COSESign1(
            payload: honest.payload,
            contentType: nil,
            type: honest.header.type,
            keyID: honest.header.keyID,
            certificates: [issuer.lists.certificate.der],
            key: issuer.listKey
        )
        let trust = issuer.trustList()
        let error = #expect(throws: PublicationError.self) {
            if kind == "status" {
                _ = try StatusList(spoiled.encoded, path: statusPath, trust: trust)
            } else {
                _ = try IssuedList(spoiled.encoded, path: issuedPath, trust: trust)
            }
        }
        #expect(error?.code == .malformed)
        #expect(error?.reason == "brings certificates, which only a trust list may")
    }

    /// Nil when the list is believed by whoever knows `reader`.
    private func refusal(_ bytes: [UInt8], _ reader: Generation) -> PublicationError.Code? {
        do { _ = try TrustList(bytes, root: reader.certificate) } catch { return error.code }
        return nil
    }
}
