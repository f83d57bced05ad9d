package import Licence
import LicenceCode
package import OpenSSL

extension TrustList {
    /// Signs the list with the authority's root key.
    package func signed(by root: any Signer) throws -> [UInt8] {
        try COSESign1(
            payload: claims,
            contentType: nil,
            type: Self.type,
            keyID: root.publicKey.id.bytes,
            certificates: crossCertificates.map(\.der),
            key: root
        ).encoded
    }

    /// Reads a trust list and believes it only if `root`, or a root that it vouches for, signed it and every certificate in it.
    ///
    /// `known` are cross-certificates beside those that the list brings.
    package init(
        _ bytes: [UInt8],
        root: Certificate,
        crossCertificates known: [Certificate] = []
    ) throws(PublicationError) {
        let file = Self.path
        let message: COSESign1
        do throws(PublicationError) {
            message = try COSESign1(bytes, ofType: Self.type, file: file, mayHaveCertificates: true)
        } catch {
            // What a server sends for an address where nothing is, or before somebody has logged in.
            let isPage = bytes.first { ![0x09, 0x0A, 0x0D, 0x20].contains($0) } == UInt8(ascii: "<")
            throw isPage ? PublicationError(.malformed, file: file, "is a web page and no trust list") : error
        }
        // What cannot be read, such as a later algorithm's, helps nobody here and harms nobody.
        let bag = message.header.certificates.compactMap { try? Certificate(der: $0) }
        let all = bag + known
        guard
            let signer = Self.signers(from: root, by: all).first(where: {
                $0.publicKey.id.bytes == message.header.keyID
            }),
            message.isSigned(by: signer.publicKey)
        else {
            throw PublicationError(
                .wrongSignature,
                file: file,
                "is not signed by the root \(root.publicKey.id), nor by one that it vouches for"
            )
        }
        let listed: TrustList
        do { listed = try Self(claims: message.payload, crossCertificates: bag) } catch {
            throw PublicationError(.malformed, file: file, error.reason)
        }
        func signs(at instant: Instant) -> Bool {
            Self.signers(from: root, by: all, at: instant).contains { $0.publicKey.id == signer.publicKey.id }
        }
        guard signs(at: listed.issuedAt) else {
            throw PublicationError(
                .wrongIssuer,
                file: file,
                "the certificate of its root is not good at \(listed.issuedAt)"
            )
        }
        let roots = Self.roots(from: root, by: all)
        for key in listed.keys where !roots.contains(where: key.certificate.isIssued) {
            throw PublicationError(.wrongIssuer, file: file, "the certificate of key \(key.number) is not of this root")
        }
        // No list outlives the root that signed it, whatever it says: who finds an old root's key signs with any date.
        let end = ([root] + all).map(\.lifetime.upperBound).filter(signs).max() ?? listed.issuedAt
        self.init(
            sequence: listed.sequence,
            issuedAt: listed.issuedAt,
            nextUpdate: min(listed.nextUpdate, end),
            authority: listed.authority,
            base: listed.base,
            keys: listed.keys,
            crossCertificates: bag
        )
    }

    /// The roots that may sign a trust list in the eyes of who trusts `root`, by certificates that are good at `instant`.
    package static func signers(
        from root: Certificate,
        by bag: [Certificate],
        at instant: Instant? = nil
    ) -> [Certificate] {
        roots(from: root, by: bag.filter(\.isForSignatures), at: instant)
    }

    /// `root` and all that it vouches for, at first, second or later hand; only by certificates that are good at `instant`: whose keys'
    /// certificates are believed.
    package static func roots(
        from root: Certificate,
        by bag: [Certificate],
        at instant: Instant? = nil
    ) -> [Certificate] {
        func isGood(_ certificate: Certificate) -> Bool { instant.map(certificate.lifetime.contains) ?? true }
        let bag = bag.filter(isGood)
        var roots = isGood(root) ? [root] : []
        var next = 0
        while next < roots.count {
            for candidate in bag
            where candidate.isAuthority && !roots.contains(candidate) && candidate.isIssued(by: roots[next]) {
                roots.append(candidate)
            }
            next += 1
        }
        return roots
    }

    private var claims: [UInt8] {
        var writer = CBORWriter()
        writer.map(6)
        writer.int(1)
        writer.int(sequence)
        writer.int(2)
        writer.int(Int(issuedAt.seconds))
        writer.int(3)
        writer.int(Int(nextUpdate.seconds))
        writer.int(4)
        writer.text(authority)
        writer.int(5)
        writer.text(base)
        writer.int(6)
        writer.array(keys.count)
        for key in keys { key.write(to: &writer) }
        return writer.bytes
    }

    private init(claims bytes: [UInt8], crossCertificates: [Certificate]) throws(CodeError) {
        var sequence: Int?
        var issuedAt: Instant?
        var nextUpdate: Instant?
        var authority: String?
        var base: String?
        var keys: [TrustedKey] = []
        var reader = CBORReader(bytes)
        try reader.map { key, reader throws(CodeError) in
            switch key {
            case 1: sequence = try reader.uint(upTo: .max)
            case 2: issuedAt = Instant(seconds: Int64(try reader.uint(upTo: .max)))
            case 3: nextUpdate = Instant(seconds: Int64(try reader.uint(upTo: .max)))
            case 4: authority = try reader.text()
            case 5: base = try reader.text()
            case 6:
                for _ in 0..<(try reader.array()) {
                    if let key = try TrustedKey(from: &reader) { keys.append(key) }
                }
            default: try reader.skip()
            }
        }
        try reader.finish()
        guard let sequence, let issuedAt, let nextUpdate, let authority, let base else {
            throw CodeError(.missingClaim, "the trust list lacks its number, times, authority or base")
        }
        guard zip(keys, keys.dropFirst()).allSatisfy({ $0.number < $1.number }) else {
            throw CodeError(.notDeterministic, "the keys of the trust list are out of order or stand twice")
        }
        self.init(
            sequence: sequence,
            issuedAt: issuedAt,
            nextUpdate: nextUpdate,
            authority: authority,
            base: base,
            keys: keys,
            crossCertificates: crossCertificates
        )
    }
}

extension TrustedKey {
    fileprivate func write(to writer: inout CBORWriter) {
        writer.map(9 + (revocation == nil ? 0 : 1) + (retiredAt == nil ? 0 : 1))
        writer.int(1)
        writer.int(number.value)
        writer.int(2)
        writer.int(purpose.rawValue)
        writer.int(3)
        writer.byteString(certificate.der)
        writer.int(4)
        writer.text(name.zh)
        writer.int(5)
        writer.text(name.en)
        writer.int(6)
        writer.int(office.number)
        writer.int(7)
        writer.array(divisions.count)
        for division in divisions { writer.int(division.number) }
        writer.int(8)
        writer.array(kinds.count)
        for kind in kinds.map(\.rawValue).sorted() { writer.text(kind) }
        writer.int(9)
        writer.int(utcOffset)
        if let revocation {
            writer.int(10)
            writer.array(2)
            writer.int(Int(revocation.at.seconds))
            writer.text(revocation.reason)
        }
        if let retiredAt {
            writer.int(11)
            writer.int(Int(retiredAt.seconds))
        }
    }

    /// Reads a key; nil when its purpose or its algorithm is one that a later version knows.
    fileprivate convenience init?(from reader: inout CBORReader) throws(CodeError) {
        var number: IssuerNumber?
        var purpose: Purpose?
        var certificate: Certificate?
        var zh: String?
        var en: String?
        var office: DivisionCode?
        var divisions: [DivisionCode] = []
        var kinds: [String] = []
        var utcOffset: Int?
        var retiredAt: Instant?
        var revocation: Revocation?
        try reader.map { key, reader throws(CodeError) in
            switch key {
            case 1: number = IssuerNumber(try reader.uint(upTo: IssuerNumber.maximum))
            case 2: purpose = Purpose(rawValue: try reader.uint(upTo: 255))
            case 3:
                let der = try reader.byteString()
                certificate = try? Certificate(der: der)
            case 4: zh = try reader.text()
            case 5: en = try reader.text()
            case 6:
                let number = try reader.uint(upTo: 999_999)
                office = try? DivisionCode(number)
            case 7:
                for _ in 0..<(try reader.array()) {
                    let number = try reader.uint(upTo: 999_999)
                    guard let division = try? DivisionCode(number) else {
                        throw CodeError(.impossibleClaim, "a key's division is none of GB/T 2260")
                    }
                    divisions.append(division)
                }
            case 8:
                for _ in 0..<(try reader.array()) { kinds.append(try reader.text()) }
            case 9: utcOffset = try reader.int()
            case 10:
                guard try reader.array() == 2 else { throw CodeError(.wrongType, "a revocation is no array of two") }
                let at = Instant(seconds: Int64(try reader.uint(upTo: .max)))
                revocation = Revocation(at: at, reason: try reader.text())
            case 11: retiredAt = Instant(seconds: Int64(try reader.uint(upTo: .max)))
            default: try reader.skip()
            }
        }
        guard let number, let zh, let en, let office, let utcOffset,
            (-1_440...1_440).contains(utcOffset)
        else { throw CodeError(.missingClaim, "a key of the trust list lacks a claim or has an impossible one") }
        guard let purpose, let certificate else { return nil }
        if purpose == .log, certificate.publicKey.algorithm != .edDSA { return nil }
        // The certificate says the same; a list that widens what it says is not believed.
        let extensionOfKey = purpose == .licences ? Jurisdiction.der(divisions: divisions, kinds: kinds) : nil
        guard certificate.usages == [Jurisdiction.usage(purpose)],
            certificate.value(ofExtension: Jurisdiction.identifier) == extensionOfKey, !certificate.isAuthority
        else {
            throw CodeError(.impossibleClaim, "key \(number) is of another purpose, place or kind than its certificate")
        }
        self.init(
            number: number,
            purpose: purpose,
            certificate: certificate,
            name: Bilingual(en: en, zh: zh),
            office: office,
            divisions: divisions,
            // A kind that a later version knows widens nothing here.
            kinds: Set(kinds.compactMap(LicenceKind.init)),
            utcOffset: utcOffset,
            retiredAt: retiredAt,
            revocation: revocation
        )
    }
}

extension COSESign1 {
    /// Reads a file of the publication that must be of `type`.
    init(
        _ bytes: [UInt8],
        ofType type: String,
        file: String,
        mayHaveCertificates: Bool = false
    ) throws(PublicationError) {
        do { try self.init(encoded: bytes) } catch { throw PublicationError(.malformed, file: file, error.reason) }
        guard mayHaveCertificates || header.certificates.isEmpty else {
            throw PublicationError(.malformed, file: file, "brings certificates, which only a trust list may")
        }
        guard header.type == type else {
            // What it calls itself is not quoted: nobody signed it yet, and it ends up in verdicts.
            throw PublicationError(.malformed, file: file, "is no \(type)")
        }
    }
}
