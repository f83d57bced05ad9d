import Authority
import Licence
import LicenceCode
package import OpenSSL
import Publication

/// What happened in a ceremony, line by line, signed by the root at the end.
package struct Transcript {
    package private(set) var lines: [String] = []

    /// The COSE `typ`.
    package static let type = "application/licet-ceremony-transcript"
    /// Where transcripts of root `home` lie.
    static func folder(_ home: Home) -> String { "\(home.path)/transcripts" }

    mutating func add(_ line: String) { lines.append(line) }

    package var text: String { lines.joined(separator: "\n") + "\n" }

    func signed(by root: Root) throws -> [UInt8] { try root.signed(Array(text.utf8), type: Self.type) }

    /// The text of a signed transcript, if `root` or a root that it vouches for signed it.
    ///
    /// - Throws: ``AuthorityError/Code/request`` for anything else.
    package static func text(of bytes: [UInt8], root: Certificate) throws -> String {
        guard let message = try? COSESign1(encoded: bytes), message.header.type == type else {
            throw AuthorityError(.request, "is no transcript of a ceremony")
        }
        let bag = message.header.certificates.compactMap { try? Certificate(der: $0) }
        let signer = TrustList.signers(from: root, by: bag).first { $0.publicKey.id.bytes == message.header.keyID }
        guard let signer, message.isSigned(by: signer.publicKey),
            let text = String(validating: message.payload, as: UTF8.self)
        else { throw AuthorityError(.request, "the transcript is not signed by the root \(root.publicKey.id)") }
        return text
    }
}
