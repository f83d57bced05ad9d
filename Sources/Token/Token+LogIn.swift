import CPKCS11
package import OpenSSL
import Synchronization

extension Token {
    /// The tokens that refused a PIN of this process; held while a PIN is tried, so that two threads never try at once.
    private static let refused = Mutex<Set<TokenIdentity>>([])

    /// Logs in with one call of C_Login, which holds for every session of this process until the last ends.
    ///
    /// A token locks itself for ever after a few wrong PINs; so one is tried once, and none where an earlier try failed and
    /// nobody is there to look: `isUnattended` says so. After a wrong one, only `again` lets this process try a second.
    ///
    /// - Parameters:
    ///   - pin: nil where the token has a keypad of its own, at which somebody then types it.
    ///   - isUnattended: whether a timer or service logs in, and the PIN comes from a file.
    ///   - again: whether a person has looked at the refusal of the last PIN and gives another.
    /// - Throws: ``TokenError/Code/wrongPIN``, ``TokenError/Code/pinAtRisk``, ``TokenError/Code/pinLocked``,
    ///   ``TokenError/Code/noPIN``, ``TokenError/Code/removed``.
    package func logIn(pin: Secret?, isUnattended: Bool, again: Bool = false) throws(TokenError) {
        try Self.refused.withLock { refused throws(TokenError) in
            if try located(session.isLoggedIn) { return }
            let flags = try checkedFlags(isUnattended: isUnattended)
            if flags & CK_FLAGS(CKF_LOGIN_REQUIRED) == 0 { return }
            if refused.contains(identity), !again {
                throw TokenError(.pinAtRisk, "\(place) refused a PIN before; another is tried only on demand")
            }
            do throws(TokenError) { try present(pin, flags: flags, isUnattended: isUnattended) } catch {
                if error.code == .wrongPIN { refused.insert(identity) }
                throw error
            }
            refused.remove(identity)
        }
    }

    /// The token's flags, which must allow one more try.
    private func checkedFlags(isUnattended: Bool) throws(TokenError) -> CK_FLAGS {
        let info = try located { () throws(ReturnValue) in try Self.info(slot, session.module) }
        guard TokenIdentity(info) == identity else {
            throw TokenError(.removed, "\(place) was taken out and another is in its slot; start again")
        }
        let flags = info.flags
        if flags & CK_FLAGS(CKF_USER_PIN_LOCKED) != 0 {
            throw .locked(place, "CKF_USER_PIN_LOCKED")
        }
        if flags & CK_FLAGS(CKF_USER_PIN_FINAL_TRY) != 0 {
            let advice =
                "log in with the vendor's tool, which clears the count, or let its security officer set a new PIN"
            throw TokenError(.pinAtRisk, "one more wrong PIN locks \(place); \(advice) (CKF_USER_PIN_FINAL_TRY)")
        }
        if isUnattended, flags & CK_FLAGS(CKF_USER_PIN_COUNT_LOW) != 0 {
            let advice = "correct the file of the PIN, and log in by hand once, which clears the count"
            throw TokenError(
                .pinAtRisk,
                "\(place) has refused a PIN since the last login; \(advice) (CKF_USER_PIN_COUNT_LOW)"
            )
        }
        if flags & CK_FLAGS(CKF_USER_PIN_INITIALIZED) == 0, flags & CK_FLAGS(CKF_LOGIN_REQUIRED) != 0 {
            throw TokenError(.noPIN, "\(place) has no user PIN yet; its security officer must set one")
        }
        return flags
    }

    private func present(_ pin: Secret?, flags: CK_FLAGS, isUnattended: Bool) throws(TokenError) {
        let hasKeypad = flags & CK_FLAGS(CKF_PROTECTED_AUTHENTICATION_PATH) != 0
        if hasKeypad, isUnattended {
            throw TokenError(.noPIN, "the PIN of \(place) is typed at its own keypad; log in where somebody is there")
        }
        if !hasKeypad, pin?.count ?? 0 == 0 {
            throw TokenError(.noPIN, "\(place) asks for a PIN and none was given")
        }
        do { try session.logIn(hasKeypad ? nil : pin) } catch { try explain(error) }
    }

    /// Throws what a refused login means; to be logged in already is none.
    private func explain(_ error: ReturnValue) throws(TokenError) {
        switch error.value {
        case CK_RV(CKR_USER_ALREADY_LOGGED_IN): return
        case CK_RV(CKR_PIN_INCORRECT), CK_RV(CKR_PIN_INVALID), CK_RV(CKR_PIN_LEN_RANGE):
            let flags = (try? Self.info(slot, session.module))?.flags ?? 0
            let prospect =
                if flags & CK_FLAGS(CKF_USER_PIN_LOCKED) != 0 {
                    "it is locked now, and its security officer must set a new PIN"
                } else if flags & CK_FLAGS(CKF_USER_PIN_FINAL_TRY) != 0 {
                    "one more wrong PIN locks it"
                } else {
                    "after a few wrong ones it locks itself"
                }
            throw TokenError(.wrongPIN, "\(place) refuses the PIN; \(prospect) (\(error))")
        case CK_RV(CKR_PIN_EXPIRED):
            throw TokenError(.failed, "the PIN of \(place) has expired; set another with the vendor's tool (\(error))")
        case CK_RV(CKR_FUNCTION_CANCELED):
            throw TokenError(.noPIN, "nobody typed the PIN of \(place) at its keypad (\(error))")
        case CK_RV(CKR_USER_PIN_NOT_INITIALIZED):
            throw TokenError(.noPIN, "\(place) has no user PIN yet; its security officer must set one (\(error))")
        default: throw error.error(place)
        }
    }
}
