import CPKCS11
import Foundation
import OpenSSL

/// A token that makes keys and signs with them; no private key ever leaves it.
package final class Token: Sendable {
    let session: Session
    let slot: CK_SLOT_ID
    let identity: TokenIdentity

    /// Loads the driver and finds the one token that `uri` means.
    ///
    /// - Throws: ``TokenError/Code/module``, ``TokenError/Code/noToken``, ``TokenError/Code/severalTokens``.
    package convenience init(
        _ uri: TokenURI,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(TokenError) {
        try self.init(uri, module: Module.at(uri.modulePath(environment: environment)))
    }

    init(_ uri: TokenURI, module: Module) throws(TokenError) {
        let tokens = try Self.tokens(of: module)
        let matching = tokens.filter { ($0.slot == uri.slot ?? $0.slot) && $0.identity.matches(uri) }
        guard let found = matching.first else {
            let there = Self.list(tokens)
            throw TokenError(.noToken, "\(module.path) knows no token \(uri.naming(.token)); there: \(there)")
        }
        guard matching.count == 1 else {
            let there = Self.list(matching)
            let name = uri.naming(.token)
            throw TokenError(
                .severalTokens,
                "\(module.path) knows several tokens \(name); add serial=… or slot-id=… to the URI: \(there)"
            )
        }
        (slot, identity) = found
        let place = found.identity.description
        do {
            session = try Session(module, slot: found.slot)
            // Between the listing and the session someone may have put another token into the slot.
            guard try TokenIdentity(Self.info(found.slot, module)) == found.identity else {
                throw TokenError(.removed, "\(place) was taken out while it was opened; start again")
            }
        } catch let error as ReturnValue {
            throw error.error(place)
        } catch let error as TokenError {
            throw error
        } catch {
            throw TokenError(.failed, "\(place) failed (\(error))")
        }
    }

    /// What messages call the token.
    var place: String { identity.description }

    /// Says where a failed call failed.
    func located<Result>(_ body: () throws(ReturnValue) -> Result) throws(TokenError) -> Result {
        do { return try body() } catch { throw error.error(place) }
    }

    // MARK: - Slots

    private static func list(_ tokens: [(slot: CK_SLOT_ID, identity: TokenIdentity)]) -> String {
        if tokens.isEmpty { return "none" }
        let shown = tokens.prefix(8).map { "\($0.identity), slot-id \($0.slot)" }.joined(separator: "; ")
        return tokens.count > 8 ? "\(shown); and \(tokens.count - 8) more" : shown
    }

    /// The initialised tokens that are there now.
    private static func tokens(of module: Module) throws(TokenError) -> [(slot: CK_SLOT_ID, identity: TokenIdentity)] {
        let slots: [CK_SLOT_ID]
        do { slots = try Self.slots(of: module) } catch { throw error.error(module.path) }
        return slots.compactMap { slot in
            // A token may go while the others are looked at.
            guard let info = try? info(slot, module), info.flags & CK_FLAGS(CKF_TOKEN_INITIALIZED) != 0 else {
                return nil
            }
            return (slot, TokenIdentity(info))
        }
    }

    private static func slots(of module: Module) throws(ReturnValue) -> [CK_SLOT_ID] {
        try unsafe module.list("C_GetSlotList") { functions, slots, count in
            unsafe functions.C_GetSlotList?(CK_BBOOL(CK_TRUE), slots, count)
        }
    }

    static func info(_ slot: CK_SLOT_ID, _ module: Module) throws(ReturnValue) -> CK_TOKEN_INFO {
        try module.withFunctions { functions throws(ReturnValue) in
            var info = CK_TOKEN_INFO()
            try unsafe ReturnValue.check(functions.C_GetTokenInfo?(slot, &info), "C_GetTokenInfo")
            return info
        }
    }
}
