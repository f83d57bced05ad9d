import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

/// A trust list says of a key what its certificate says: the root signs both, but whoever signs lists in its name widens nothing.
@Suite struct JurisdictionTests {
    let issuer: Issuer
    let key: PrivateKey

    init() throws {
        issuer = try Issuer()
        key = try PrivateKey(algorithm: .es256)
    }

    static let all = Set(LicenceKind.allCases)

    /// Nil when a list is believed that says this of a key, whose certificate is for 341181, 341182, companies and branches.
    private func refusal(
        purpose: TrustedKey.Purpose = .licences,
        divisions: [Int] = [341_181, 341_182],
        kinds: Set<LicenceKind> = [.company, .branch],
        certificate: Certificate? = nil
    ) throws -> PublicationError? {
        let made =
            try certificate
            ?? issuer.certificate(of: key, divisions: [341_181, 341_182], kinds: [.company, .branch])
        let trusted = try Issuer.trusted(3, purpose, certificate: made, divisions: divisions, kinds: kinds)
        let bytes = try issuer.trustList(keys: [issuer.lists, trusted]).signed(by: issuer.rootKey)
        do { _ = try TrustList(bytes, root: issuer.root) } catch { return error }
        return nil
    }

    @Test func aListThatSaysTheSameIsBelieved() throws {
        #expect(try refusal() == nil)
    }

    @Test(arguments: [
        [341_181, 341_182, 341_183], [341_181], [341_182], [341_182, 341_181], [340_000], [100_000], [],
        [341_181, 341_181, 341_182],
    ])
    func otherDivisionsAreRefused(divisions: [Int]) throws {
        let error = try #require(try refusal(divisions: divisions))
        #expect(error.code == .malformed)
        #expect(error.reason == "key 3 is of another purpose, place or kind than its certificate")
    }

    @Test(arguments: [all, [.company], [.branch], [], [.company, .branch, .partnership], [.company, .partnership]])
    func otherKindsAreRefused(kinds: Set<LicenceKind>) throws {
        #expect(try refusal(kinds: kinds)?.code == .malformed)
    }

    @Test func aKeyForLicencesIsNoneForLists() throws {
        #expect(try refusal(purpose: .lists)?.code == .malformed)
        let lists = try issuer.certificate(of: key, .lists)
        #expect(try refusal(purpose: .lists, certificate: lists) == nil)
        #expect(try refusal(certificate: lists)?.code == .malformed)
    }

    private func certificate(
        role: CertificateTemplate.Role = .leaf,
        usages: [String] = [Jurisdiction.usage(.licences)],
        extensions: [[UInt8]]? = nil
    ) throws -> Certificate {
        let jurisdiction = Jurisdiction(
            divisions: [try DivisionCode(341_181), try DivisionCode(341_182)],
            kinds: [.company, .branch]
        )
        return try CertificateTemplate(
            role: role,
            subject: .named(organisation: "滁州市", commonName: "x"),
            validity: Issuer.validity.lowerBound.seconds...Issuer.validity.upperBound.seconds,
            usages: usages,
            extensions: (extensions ?? [jurisdiction.der]).map {
                CertificateTemplate.Extension(identifier: Jurisdiction.identifier, der: $0)
            }
        ).certificate(of: key.publicKey, signedBy: issuer.rootKey, issuer: issuer.root)
    }

    @Test func aCertificateOfOneUsageAndOneJurisdictionIsNeeded() throws {
        #expect(try refusal(certificate: certificate()) == nil)
        let usages = [
            [], [Jurisdiction.usage(.lists)], ["1.3.6.1.5.5.7.3.1"], ["2.5.29.37.0"],
            [Jurisdiction.usage(.licences), Jurisdiction.usage(.lists)],
            [Jurisdiction.usage(.licences), "1.3.6.1.5.5.7.3.1"],
        ]
        for usages in usages { #expect(try refusal(certificate: certificate(usages: usages))?.code == .malformed) }
        let der = try certificate().value(ofExtension: Jurisdiction.identifier) ?? []
        for extensions in [[], [der, der], [der + [0]], [[]], [[0x30, 0x00]]] as [[[UInt8]]] {
            #expect(try refusal(certificate: certificate(extensions: extensions))?.code == .malformed)
        }
    }

    /// It could certify keys of its own.
    @Test func aKeyWhoseCertificateIsAnAuthorityIsRefused() throws {
        #expect(try refusal(certificate: certificate(role: .root))?.code == .malformed)
        let lists = try certificate(role: .root, usages: [Jurisdiction.usage(.lists)], extensions: [])
        #expect(try refusal(purpose: .lists, certificate: lists)?.code == .malformed)
        #expect(try refusal(purpose: .lists, certificate: issuer.root)?.code == .malformed)
    }

    @Test func aKeyForListsHasNoJurisdiction() throws {
        let lists = try certificate(usages: [Jurisdiction.usage(.lists)])
        #expect(try refusal(purpose: .lists, certificate: lists)?.code == .malformed)
        let bare = try certificate(usages: [Jurisdiction.usage(.lists)], extensions: [])
        #expect(try refusal(purpose: .lists, certificate: bare) == nil)
    }

    /// A key that retires signs nothing from then on; its certificate may hold longer.
    @Test func aRetiredKeyIsReadBackAndSignsNoMore() throws {
        let retired = try Issuer.trusted(2, .licences, certificate: issuer.licences.certificate, retiredAt: .noon)
        let file = try issuer.trustList(keys: [issuer.lists, retired]).signed(by: issuer.rootKey)
        let read = try #require(try TrustList(file, root: issuer.root).keys.last)
        #expect(read.retiredAt == .noon)
        #expect(read.signs(at: .noon - 1))
        #expect(!read.signs(at: .noon))
        #expect(!read.signs(at: Issuer.validity.lowerBound - 1))
        #expect(
            try PlainCOSE(file).payload[6].flatMap { keys in
                if case .array(let keys) = keys { keys.last?[11] } else { nil }
            } == .int(Int(Instant.noon.seconds))
        )
    }
}
