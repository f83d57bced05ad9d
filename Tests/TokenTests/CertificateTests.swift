import Foundation
import OpenSSL
import TestSupport
import Testing
import Token

struct CertificateTests {
    @Test(arguments: [Algorithm.es256, .edDSA])
    func openSSLConfirmsCertificatesThatATokenSigned(algorithm: Algorithm) throws {
        let token = try SoftHSM.open(.certificates)
        let rootKey = try token.generateKey(algorithm: algorithm, label: "root")
        let officeKey = try token.generateKey(algorithm: algorithm, label: "office")
        let validity = Int64(1_700_000_000)...Int64(4_000_000_000)
        let root = try template(.root, "滁州市", validity).certificate(
            of: rootKey.publicKey,
            signedBy: rootKey,
            issuer: nil
        )
        let office = try template(.leaf, "天长市", validity)
            .certificate(of: officeKey.publicKey, signedBy: rootKey, issuer: root)
        try TemporaryFolder.with { folder in
            let files = ["root.pem", "office.pem"].map { folder.appending(path: $0) }
            try Data(root.pem).write(to: files[0])
            try Data(office.pem).write(to: files[1])
            let verified = try Tool.run(
                "openssl",
                ["verify", "-x509_strict", "-check_ss_sig", "-CAfile", files[0].path, files[1].path]
            )
            #expect(verified.status == 0, "\(verified.errors)")
        }
    }

    @Test(arguments: [Algorithm.es256, .edDSA])
    func openSSLConfirmsRequestsThatATokenSigned(algorithm: Algorithm) throws {
        let key = try SoftHSM.open(.certificates).generateKey(algorithm: algorithm, label: "applicant")
        let request = try CertificationRequest(organisation: "天长市市场监督管理局", commonName: "licences", signedBy: key)
        try TemporaryFolder.with { folder in
            let file = folder.appending(path: "request.der")
            try Data(request.der).write(to: file)
            let verified = try Tool.run("openssl", ["req", "-verify", "-noout", "-inform", "DER", "-in", file.path])
            #expect(verified.status == 0, "\(verified.errors)")
        }
    }

    private func template(
        _ role: CertificateTemplate.Role,
        _ name: String,
        _ validity: ClosedRange<Int64>
    ) -> CertificateTemplate {
        CertificateTemplate(role: role, subject: .named(organisation: name, commonName: name), validity: validity)
    }
}
