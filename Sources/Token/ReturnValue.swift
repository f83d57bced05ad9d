import CPKCS11

/// What a function of PKCS#11 returned when it did not succeed (version 2.40, section 5.1).
struct ReturnValue: Error, Hashable, CustomStringConvertible {
    let call: String
    let value: CK_RV

    /// Throws unless `value` is CKR_OK; a function that the module lacks gives nil.
    static func check(_ value: CK_RV?, _ call: StaticString) throws(ReturnValue) {
        let value = value ?? CK_RV(CKR_FUNCTION_NOT_SUPPORTED)
        guard value == CK_RV(CKR_OK) else { throw ReturnValue(call: call.description, value: value) }
    }

    var description: String { "\(call) returned \(Self.names[value] ?? "0x\(String(value, radix: 16))")" }

    /// Whether the token, the session or an object of it is no longer there.
    var isOfSomethingGone: Bool { Self.gone.contains(value) }

    /// The error to be shown, where `place` names the token.
    func error(_ place: String) -> TokenError {
        if isOfSomethingGone {
            let advice = "see that it is plugged in and its driver runs, then start again"
            return TokenError(.removed, "\(place) or the key in it is gone; \(advice) (\(description))")
        }
        switch value {
        case CK_RV(CKR_USER_NOT_LOGGED_IN):
            return TokenError(.noPIN, "\(place) asks for its PIN first; log in (\(description))")
        case CK_RV(CKR_PIN_LOCKED):
            return .locked(place, description)
        case CK_RV(CKR_TOKEN_WRITE_PROTECTED):
            return TokenError(.failed, "\(place) is write-protected; lift the protection (\(description))")
        default:
            return TokenError(.failed, "\(place) failed; look into the log of its driver (\(description))")
        }
    }

    /// What means that something is no longer there.
    ///
    /// A forked child gets CKR_SESSION_HANDLE_INVALID: p11-kit lets it use nothing that the parent opened.
    private static let gone: Set<CK_RV> = [
        CK_RV(CKR_DEVICE_REMOVED), CK_RV(CKR_TOKEN_NOT_PRESENT), CK_RV(CKR_TOKEN_NOT_RECOGNIZED),
        CK_RV(CKR_SLOT_ID_INVALID), CK_RV(CKR_SESSION_HANDLE_INVALID), CK_RV(CKR_SESSION_CLOSED),
        CK_RV(CKR_OBJECT_HANDLE_INVALID), CK_RV(CKR_KEY_HANDLE_INVALID), CK_RV(CKR_CRYPTOKI_NOT_INITIALIZED),
    ]

    private static let names: [CK_RV: String] = [
        CK_RV(CKR_HOST_MEMORY): "CKR_HOST_MEMORY",
        CK_RV(CKR_SLOT_ID_INVALID): "CKR_SLOT_ID_INVALID",
        CK_RV(CKR_GENERAL_ERROR): "CKR_GENERAL_ERROR",
        CK_RV(CKR_FUNCTION_FAILED): "CKR_FUNCTION_FAILED",
        CK_RV(CKR_ARGUMENTS_BAD): "CKR_ARGUMENTS_BAD",
        CK_RV(CKR_CANT_LOCK): "CKR_CANT_LOCK",
        CK_RV(CKR_ATTRIBUTE_READ_ONLY): "CKR_ATTRIBUTE_READ_ONLY",
        CK_RV(CKR_ATTRIBUTE_SENSITIVE): "CKR_ATTRIBUTE_SENSITIVE",
        CK_RV(CKR_ATTRIBUTE_TYPE_INVALID): "CKR_ATTRIBUTE_TYPE_INVALID",
        CK_RV(CKR_ATTRIBUTE_VALUE_INVALID): "CKR_ATTRIBUTE_VALUE_INVALID",
        CK_RV(CKR_ACTION_PROHIBITED): "CKR_ACTION_PROHIBITED",
        CK_RV(CKR_DEVICE_ERROR): "CKR_DEVICE_ERROR",
        CK_RV(CKR_DEVICE_MEMORY): "CKR_DEVICE_MEMORY",
        CK_RV(CKR_DEVICE_REMOVED): "CKR_DEVICE_REMOVED",
        CK_RV(CKR_FUNCTION_CANCELED): "CKR_FUNCTION_CANCELED",
        CK_RV(CKR_FUNCTION_NOT_SUPPORTED): "CKR_FUNCTION_NOT_SUPPORTED",
        CK_RV(CKR_KEY_HANDLE_INVALID): "CKR_KEY_HANDLE_INVALID",
        CK_RV(CKR_KEY_TYPE_INCONSISTENT): "CKR_KEY_TYPE_INCONSISTENT",
        CK_RV(CKR_KEY_FUNCTION_NOT_PERMITTED): "CKR_KEY_FUNCTION_NOT_PERMITTED",
        CK_RV(CKR_KEY_UNEXTRACTABLE): "CKR_KEY_UNEXTRACTABLE",
        CK_RV(CKR_MECHANISM_INVALID): "CKR_MECHANISM_INVALID",
        CK_RV(CKR_MECHANISM_PARAM_INVALID): "CKR_MECHANISM_PARAM_INVALID",
        CK_RV(CKR_OBJECT_HANDLE_INVALID): "CKR_OBJECT_HANDLE_INVALID",
        CK_RV(CKR_OPERATION_ACTIVE): "CKR_OPERATION_ACTIVE",
        CK_RV(CKR_PIN_INCORRECT): "CKR_PIN_INCORRECT",
        CK_RV(CKR_PIN_INVALID): "CKR_PIN_INVALID",
        CK_RV(CKR_PIN_LEN_RANGE): "CKR_PIN_LEN_RANGE",
        CK_RV(CKR_PIN_EXPIRED): "CKR_PIN_EXPIRED",
        CK_RV(CKR_PIN_LOCKED): "CKR_PIN_LOCKED",
        CK_RV(CKR_SESSION_CLOSED): "CKR_SESSION_CLOSED",
        CK_RV(CKR_SESSION_COUNT): "CKR_SESSION_COUNT",
        CK_RV(CKR_SESSION_HANDLE_INVALID): "CKR_SESSION_HANDLE_INVALID",
        CK_RV(CKR_SESSION_READ_ONLY): "CKR_SESSION_READ_ONLY",
        CK_RV(CKR_SESSION_READ_WRITE_SO_EXISTS): "CKR_SESSION_READ_WRITE_SO_EXISTS",
        CK_RV(CKR_TEMPLATE_INCOMPLETE): "CKR_TEMPLATE_INCOMPLETE",
        CK_RV(CKR_TEMPLATE_INCONSISTENT): "CKR_TEMPLATE_INCONSISTENT",
        CK_RV(CKR_TOKEN_NOT_PRESENT): "CKR_TOKEN_NOT_PRESENT",
        CK_RV(CKR_TOKEN_NOT_RECOGNIZED): "CKR_TOKEN_NOT_RECOGNIZED",
        CK_RV(CKR_TOKEN_WRITE_PROTECTED): "CKR_TOKEN_WRITE_PROTECTED",
        CK_RV(CKR_USER_NOT_LOGGED_IN): "CKR_USER_NOT_LOGGED_IN",
        CK_RV(CKR_USER_PIN_NOT_INITIALIZED): "CKR_USER_PIN_NOT_INITIALIZED",
        CK_RV(CKR_USER_ANOTHER_ALREADY_LOGGED_IN): "CKR_USER_ANOTHER_ALREADY_LOGGED_IN",
        CK_RV(CKR_USER_TOO_MANY_TYPES): "CKR_USER_TOO_MANY_TYPES",
        CK_RV(CKR_DOMAIN_PARAMS_INVALID): "CKR_DOMAIN_PARAMS_INVALID",
        CK_RV(CKR_BUFFER_TOO_SMALL): "CKR_BUFFER_TOO_SMALL",
        CK_RV(CKR_CRYPTOKI_NOT_INITIALIZED): "CKR_CRYPTOKI_NOT_INITIALIZED",
    ]
}

extension TokenError {
    static func locked(_ place: String, _ detail: String) -> TokenError {
        TokenError(.pinLocked, "\(place) is locked; its security officer must set a new PIN (\(detail))")
    }
}
