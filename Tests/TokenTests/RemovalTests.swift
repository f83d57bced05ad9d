import CPKCS11
import Foundation
import OpenSSL
import TestSupport
import Testing

@testable import Token

struct RemovalTests {
    @Test func aTokenThatIsTakenOutSignsNothingMore() throws {
        let key = try SoftHSM.open(.deleted).generateKey(algorithm: .es256, label: "k")
        _ = try key.signature(of: [1])
        let folder = try SoftHSM.shared.get().folder
        let place = try #require(try Self.place(of: .deleted, in: folder))
        try FileManager.default.removeItem(atPath: place)
        let error = try #require(throws: TokenError.self) { try key.signature(of: [2]) }
        #expect(error.code == .removed, "\(error)")
        #expect(code { try key.signature(of: [3]) } != nil)
    }

    /// SoftHSM keeps the label in a file of the token's folder.
    private static func place(of token: TestToken, in folder: String) throws -> String? {
        try FileManager.default.contentsOfDirectory(atPath: "\(folder)/tokens").map { "\(folder)/tokens/\($0)" }.first {
            let object = try? Data(contentsOf: URL(filePath: "\($0)/token.object"))
            return object?.range(of: Data("\(token.rawValue) ".utf8)) != nil
        }
    }

    @Test func aSessionThatOthersCloseSignsNothingMore() throws {
        let token = try SoftHSM.open(.closed)
        let key = try token.generateKey(algorithm: .edDSA, label: "k")
        _ = try key.signature(of: [1])
        #expect(token.session.module.withFunctions { $0.C_CloseAllSessions?(token.slot) } == CK_RV(CKR_OK))
        for _ in 0..<2 {
            let error = try #require(throws: TokenError.self) { try key.signature(of: [2]) }
            #expect(error.code == .removed, "\(error)")
            #expect(error.reason.contains("CKR_SESSION_HANDLE_INVALID"))
        }
        #expect(code { try token.logIn(pin: SoftHSM.pin(), isUnattended: false) } == .removed)
        // Nobody is logged in any more; who wants to sign begins anew.
        let again = try SoftHSM.open(.closed)
        #expect(try again.key(key.uri).signature(of: [3]).count == 64)
    }

    @Test func aTokenThatTookTheOthersPlaceIsLeftAlone() throws {
        let token = try SoftHSM.open(.changed)
        let key = try token.generateKey(algorithm: .es256, label: "k")
        _ = token.session.module.withFunctions { $0.C_CloseAllSessions?(token.slot) }
        // Another user of the same token, or of what is in the slot now, to whom the old handles may mean something.
        let other = try SoftHSM.open(.changed)
        #expect(code { try token.delete(key) } == .removed)
        #expect(code { try token.generateKey(algorithm: .es256, label: "k") } == .removed)
        #expect(try other.key(key.uri).signature(of: [1]).count == 64)
    }

    @Test func aKeyThatAnotherProgramDeletesSignsNothingMore() throws {
        let key = try SoftHSM.open(.objectGone).generateKey(algorithm: .es256, label: "k")
        _ = try key.signature(of: [1])
        let deleted = try SoftHSM.pkcs11Tool(
            .objectGone,
            ["--delete-object", "--type", "privkey", "--id", key.publicKey.id.description]
        )
        #expect(deleted.status == 0, "\(deleted.errors)")
        #expect(code { try key.signature(of: [2]) } == .removed)
    }
}
