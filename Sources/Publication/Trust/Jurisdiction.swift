package import Licence
package import OpenSSL

/// For what and for where a licence key may sign, as its certificate says it.
///
/// ```asn1
/// LicetJurisdiction { joint-iso-itu-t(2) uuid(25) 115663871616652374781692969615636316075 asn1(0) }
/// DEFINITIONS EXPLICIT TAGS ::= BEGIN
/// id-licet                 OBJECT IDENTIFIER ::= { 2 25 115663871616652374781692969615636316075 }
/// id-licet-jurisdiction    OBJECT IDENTIFIER ::= { id-licet 1 }
/// id-licet-kp-licences     OBJECT IDENTIFIER ::= { id-licet 2 1 }
/// id-licet-kp-lists        OBJECT IDENTIFIER ::= { id-licet 2 2 }
/// id-licet-kp-log          OBJECT IDENTIFIER ::= { id-licet 2 3 }
/// Jurisdiction ::= SEQUENCE {
///     divisions  SEQUENCE SIZE (1..MAX) OF NumericString (SIZE (6)),  -- GB/T 2260; each covers what lies in it
///     kinds      SEQUENCE SIZE (1..MAX) OF UTF8String                 -- kinds of licence, rising
/// }
/// END
/// ```
///
/// The arc is that of a UUID (ITU-T X.667), which nobody else has and nobody needs to register. The extension is not critical, so that
/// any tool verifies the chain; the extended key usage beside it is, and keeps others from taking the key for what it is not.
package struct Jurisdiction: Hashable {
    package let divisions: [DivisionCode]
    package let kinds: Set<LicenceKind>

    package init(divisions: [DivisionCode], kinds: Set<LicenceKind>) {
        self.divisions = divisions
        self.kinds = kinds
    }

    /// The arc of all that is ours.
    private static let arc = "2.25.115663871616652374781692969615636316075"
    /// The extension's object identifier.
    package static let identifier = "\(arc).1"

    /// The DER of the extension.
    package var der: [UInt8] { Self.der(divisions: divisions, kinds: kinds.map(\.rawValue).sorted()) }

    /// The same with kinds by name, some of which this version may not know.
    static func der(divisions: [DivisionCode], kinds: [String]) -> [UInt8] {
        let numbers = divisions.flatMap { element(0x12, Array($0.description.utf8)) }
        let names = kinds.flatMap { element(0x0C, Array($0.utf8)) }
        return element(0x30, element(0x30, numbers) + element(0x30, names))
    }

    /// A tag, a length in its shortest form, and the content (X.690, sections 8.1.3 and 10.1).
    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        switch content.count {
        case 0..<0x80: [tag, UInt8(content.count)] + content
        case 0x80..<0x100: [tag, 0x81, UInt8(content.count)] + content
        default: [tag, 0x82, UInt8(truncatingIfNeeded: content.count >> 8), UInt8(content.count & 0xFF)] + content
        }
    }

    /// The extended key usage of a key for `purpose`.
    package static func usage(_ purpose: TrustedKey.Purpose) -> String { "\(arc).2.\(purpose.rawValue)" }
}

extension CertificateTemplate {
    /// The certificate of an authority's root, the `generation`-th of its kind.
    package static func root(of authority: String, generation: Int = 1, validity: ClosedRange<Instant>) -> Self {
        CertificateTemplate(
            role: .root,
            subject: .named(
                organisation: authority,
                commonName: generation == 1 ? "\(authority) Root" : "\(authority) Root \(generation)"
            ),
            validity: validity.lowerBound.seconds...validity.upperBound.seconds
        )
    }

    /// The certificate by which one root vouches for another, `root`: for all that it signs, or, of a root that was, for the keys that it
    /// certified alone.
    package static func cross(
        to root: Certificate,
        forKeysOnly: Bool = false,
        validity: ClosedRange<Instant>
    ) -> Self {
        CertificateTemplate(
            role: forKeysOnly ? .certifier : .root,
            subject: .same(root),
            validity: validity.lowerBound.seconds...validity.upperBound.seconds
        )
    }

    /// The certificate of a key that signs lists.
    package static func lists(of authority: String, validity: ClosedRange<Instant>) -> Self {
        CertificateTemplate(
            role: .leaf,
            subject: .named(organisation: authority, commonName: "\(authority) Lists"),
            validity: validity.lowerBound.seconds...validity.upperBound.seconds,
            usages: [Jurisdiction.usage(.lists)]
        )
    }

    /// The certificate of a key that signs the checkpoints of the log.
    package static func log(of authority: String, validity: ClosedRange<Instant>) -> Self {
        CertificateTemplate(
            role: .leaf,
            subject: .named(organisation: authority, commonName: "\(authority) Log"),
            validity: validity.lowerBound.seconds...validity.upperBound.seconds,
            usages: [Jurisdiction.usage(.log)]
        )
    }

    /// The certificate of a key that signs licences of one office.
    package static func licences(
        of office: String,
        authority: String,
        jurisdiction: Jurisdiction,
        validity: ClosedRange<Instant>
    ) -> Self {
        CertificateTemplate(
            role: .leaf,
            subject: .named(organisation: authority, commonName: office),
            validity: validity.lowerBound.seconds...validity.upperBound.seconds,
            usages: [Jurisdiction.usage(.licences)],
            extensions: [Extension(identifier: Jurisdiction.identifier, der: jurisdiction.der)]
        )
    }
}
