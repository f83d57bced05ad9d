import Foundation
import OpenSSL
import TestSupport

/// A root with its key, and leaves of it, from 2026-03-18 08:00 UTC.
struct Root {
    let key: PrivateKey
    let certificate: Certificate

    init(key: PrivateKey) throws {
        self.key = key
        let template = CertificateTemplate(
            role: .root,
            subject: .named(organisation: "滁州市市场监督管理局", commonName: "Root"),
            validity: 1_773_820_800...2_562_739_199
        )
        certificate = try template.certificate(of: key.publicKey, signedBy: key, issuer: nil)
    }

    func leaf(of subject: PublicKey) throws -> Certificate {
        let template = CertificateTemplate(
            role: .leaf,
            subject: .named(organisation: "天长市市场监督管理局", commonName: "341181"),
            validity: 1_773_820_800...1_931_587_199
        )
        return try template.certificate(of: subject, signedBy: key, issuer: certificate)
    }
}

extension Certificate {
    /// Writes the certificate as PEM; the path of the file.
    func written(to folder: URL) throws -> String {
        let file = folder.appending(path: "\(Digest(of: der)).pem")
        try Data(pem).write(to: file)
        return file.path
    }

    /// What the `openssl` tool prints of it.
    func text() throws -> String {
        try printed(["-text", "-nameopt", "oneline,utf8,-esc_msb"])
    }

    func serial() throws -> String {
        String(try printed(["-serial"]).dropFirst("serial=".count).dropLast())
    }

    /// The subject's and the authority's key identifiers, in hexadecimal.
    func identifiers() throws -> (subject: String, authority: String) {
        let lines = try printed(["-ext", "subjectKeyIdentifier,authorityKeyIdentifier"])
            .split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }
        func value(after name: String) -> String {
            lines.firstIndex { $0.hasPrefix(name) }.map { String(lines[$0 + 1]) } ?? "no \(name)"
        }
        return (value(after: "X509v3 Subject Key Identifier"), value(after: "X509v3 Authority Key Identifier"))
    }

    private func printed(_ options: [String]) throws -> String {
        try TemporaryFolder.with { folder in
            try Tool.run("openssl", ["x509", "-noout", "-in", written(to: folder)] + options).text
        }
    }
}
