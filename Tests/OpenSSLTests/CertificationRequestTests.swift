import Foundation
import OpenSSL
import TestSupport
import Testing

@Suite struct CertificationRequestTests {
    @Test(arguments: Algorithm.allCases)
    func theToolVerifiesARequest(algorithm: Algorithm) throws {
        let key = try PrivateKey(algorithm: algorithm)
        let request = try CertificationRequest(organisation: "滁州市", commonName: "天长市", signedBy: key)
        #expect(request.publicKey.id == key.publicKey.id)
        try TemporaryFolder.with { folder in
            let file = folder.appending(path: "request")
            try Data(request.der).write(to: file)
            let options = algorithm == .sm2 ? ["-vfyopt", "distid:1234567812345678"] : []
            let result = try Tool.run(
                "openssl",
                [
                    "req", "-inform", "DER", "-in", file.path, "-verify", "-noout", "-subject", "-nameopt",
                    "oneline,utf8,-esc_msb",
                ] + options
            )
            #expect(result.status == 0)
            #expect((result.text + result.errors).contains("verify OK"))
            #expect(result.text.contains("subject=O = 滁州市, CN = 天长市"))
        }
    }

    @Test(arguments: Algorithm.allCases)
    func isReadBack(algorithm: Algorithm) throws {
        let key = try PrivateKey(algorithm: algorithm)
        let request = try CertificationRequest(organisation: "x", commonName: "y", signedBy: key)
        #expect(try CertificationRequest(der: request.der) == request)
        #expect(throws: OpenSSLError.self) { try CertificationRequest(der: request.der + [0]) }
    }

    /// Whoever asks proves that the key is his: not even a bit of what he signed can be another.
    @Test func noFlippedBitIsBelieved() throws {
        let key = try PrivateKey(algorithm: .edDSA)
        let request = try CertificationRequest(organisation: "x", commonName: "y", signedBy: key)
        for bit in 0..<request.der.count * 8 {
            var bytes = request.der
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: OpenSSLError.self, "bit \(bit)") { try CertificationRequest(der: bytes) }
        }
    }
}
