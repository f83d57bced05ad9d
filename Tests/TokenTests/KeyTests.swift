import CPKCS11
import Foundation
import OpenSSL
import TestSupport
import Testing

@testable import Token

struct KeyTests {
    @Test(arguments: [Algorithm.es256, .edDSA])
    func signsWhatItsPublicKeyAndOpenSSLConfirm(algorithm: Algorithm) throws {
        let key = try SoftHSM.open(.signing).generateKey(algorithm: algorithm, label: "办公室 \(algorithm.rawValue)")
        #expect(key.algorithm == algorithm)
        let message = Array("一张营业执照".utf8)
        let signature = try key.signature(of: message)
        #expect(signature.count == algorithm.signatureSize)
        #expect(key.publicKey.verifies(signature, of: message))
        #expect(!key.publicKey.verifies(signature, of: message + [0]))
        try TemporaryFolder.with { folder in
            let files = ["key", "message", "signature"].map { folder.appending(path: $0) }
            try Data(key.publicKey.subjectPublicKeyInfo).write(to: files[0])
            try Data(message).write(to: files[1])
            try Data(algorithm == .es256 ? TwinSignature.der(signature) : signature).write(to: files[2])
            let digest = algorithm == .es256 ? ["-digest", "sha256"] : []
            let verified = try Tool.run(
                "openssl",
                [
                    "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", files[0].path, "-rawin", "-in",
                    files[1].path,
                    "-sigfile", files[2].path,
                ] + digest
            )
            #expect(verified.status == 0, "\(verified.text) \(verified.errors)")
        }
    }

    @Test func isNamedByItsIdentifierAndNoPIN() throws {
        let key = try SoftHSM.open(.signing).generateKey(algorithm: .es256, label: "named")
        #expect(key.uri.id == key.publicKey.id.bytes)
        #expect(key.uri.object == "named")
        #expect(key.uri.token == "signing")
        #expect(key.uri.modulePath == (try SoftHSM.shared.get().module))
        #expect(!key.uri.description.contains(TestToken.pin))
    }

    @Test func refusesSM2() throws {
        let token = try SoftHSM.open(.signing)
        #expect(code { try token.generateKey(algorithm: .sm2, label: "k") } == .unsupported)
    }

    @Test(arguments: ["", "a\n", String(repeating: "k", count: 256)])
    func refusesALabelThatNoURICouldHold(_ label: String) throws {
        let token = try SoftHSM.open(.signing)
        #expect(code { try token.generateKey(algorithm: .es256, label: label) } == .uri)
    }

    @Test func staysInItsToken() throws {
        let token = try SoftHSM.open(.secrecy)
        let key = try token.generateKey(algorithm: .es256, label: "secret")
        token.session.module.withFunctions { functions in
            var session: CK_SESSION_HANDLE = 0
            let flags = CK_FLAGS(CKF_SERIAL_SESSION) | CK_FLAGS(CKF_RW_SESSION)
            #expect(functions.C_OpenSession?(token.slot, flags, nil, nil, &session) == CK_RV(CKR_OK))
            defer { _ = functions.C_CloseSession?(session) }

            var bytes = [UInt8](repeating: 0, count: 256)
            let read = bytes.withUnsafeMutableBytes { buffer in
                var value = CK_ATTRIBUTE(
                    type: CK_ATTRIBUTE_TYPE(CKA_VALUE),
                    pValue: buffer.baseAddress,
                    ulValueLen: 256
                )
                return functions.C_GetAttributeValue?(session, key.pair.private, &value, 1)
            }
            #expect(read == CK_RV(CKR_ATTRIBUTE_SENSITIVE))
            #expect(bytes.allSatisfy { $0 == 0 })

            var generation = CK_MECHANISM(
                mechanism: CK_MECHANISM_TYPE(CKM_AES_KEY_GEN),
                pParameter: nil,
                ulParameterLen: 0
            )
            var template = Template()
            template.set(CK_ATTRIBUTE_TYPE(CKA_VALUE_LEN), 32)
            template.set(CK_ATTRIBUTE_TYPE(CKA_WRAP), true)
            var wrapping: CK_OBJECT_HANDLE = 0
            let made = template.withAttributes { functions.C_GenerateKey?(session, &generation, $0, $1, &wrapping) }
            #expect(made == CK_RV(CKR_OK))
            var wrap = CK_MECHANISM(
                mechanism: CK_MECHANISM_TYPE(CKM_AES_KEY_WRAP_PAD),
                pParameter: nil,
                ulParameterLen: 0
            )
            var count = CK_ULONG(bytes.count)
            #expect(
                functions.C_WrapKey?(session, &wrap, wrapping, key.pair.private, &bytes, &count)
                    == CK_RV(CKR_KEY_UNEXTRACTABLE)
            )

            for type in [CKA_EXTRACTABLE, CKA_SENSITIVE] {
                var change = Template()
                change.set(CK_ATTRIBUTE_TYPE(type), type == CKA_EXTRACTABLE)
                let changed = change.withAttributes {
                    functions.C_SetAttributeValue?(session, key.pair.private, $0, $1)
                }
                #expect(changed != CK_RV(CKR_OK))
            }
        }
    }

    @Test(arguments: [Algorithm.es256, .edDSA])
    func staysInItsTokenInTheEyesOfAnotherProgram(algorithm: Algorithm) throws {
        let token = algorithm == .es256 ? TestToken.outsideES256 : .outsideEdDSA
        let key = try SoftHSM.open(token).generateKey(algorithm: algorithm, label: "seen from outside")
        let id = key.publicKey.id.description
        let listing = try SoftHSM.pkcs11Tool(token, ["--list-objects", "--type", "privkey", "--id", id])
        #expect(listing.text.contains("Access:     sensitive, always sensitive, never extractable, local"))
        #expect(listing.text.contains("Usage:      sign\n"))
        let read = try SoftHSM.pkcs11Tool(token, ["--read-object", "--type", "privkey", "--id", id])
        #expect(read.output.isEmpty)
        try TemporaryFolder.with { folder in
            let (message, signature) = (folder.appending(path: "message"), folder.appending(path: "signature"))
            let input = algorithm == .es256 ? Digest(of: [1, 2, 3]).bytes : [1, 2, 3]
            try Data(input).write(to: message)
            let mechanism = algorithm == .es256 ? "ECDSA" : "EDDSA"
            let signed = try SoftHSM.pkcs11Tool(
                token,
                ["--sign", "--id", id, "--mechanism", mechanism, "-i", message.path, "-o", signature.path]
            )
            #expect(signed.status == 0, "\(signed.errors)")
            #expect(key.publicKey.verifies(Array(try Data(contentsOf: signature)), of: [1, 2, 3]))
        }
    }

    @Test func isNeitherFoundNorDeletedThroughAnotherToken() throws {
        let key = try SoftHSM.open(.signing).generateKey(algorithm: .es256, label: "mine")
        let other = try SoftHSM.open(.secrecy)
        #expect(code { try other.key(key.uri) } == .noKey)
        #expect(code { try other.delete(key) } == .noKey)
        #expect(try key.signature(of: [1]).count == 64)
    }

    @Test func isGoneAfterARehearsal() throws {
        let token = try SoftHSM.open(.rehearsal)
        let key = try token.generateKey(algorithm: .es256, label: "rehearsed")
        try token.delete(key)
        #expect(code { try key.signature(of: [1]) } == .removed)
        #expect(code { try token.key(key.uri) } == .noKey)
        let listing = try SoftHSM.pkcs11Tool(.rehearsal, ["--list-objects"])
        #expect(!listing.text.contains("Key Object"))
    }
}
