import CPKCS11
import Synchronization

@testable import Token

/// SoftHSM's driver with some functions put in the place of its own.
enum Driver {
    /// SoftHSM's own functions.
    static var real: CK_FUNCTION_LIST? { try? Module.at(SoftHSM.shared.get().module).functions }

    static func changed(_ change: (inout CK_FUNCTION_LIST) -> Void) throws -> Module {
        let real = try Module.at(SoftHSM.shared.get().module)
        var functions = real.functions
        change(&functions)
        return Module(path: real.path, functions: functions, turn: real.turn)
    }
}

/// SoftHSM's driver that counts how often a PIN is tried.
enum Counting {
    private static let counts = Mutex<[CK_SLOT_ID: Int]>([:])

    static func attempts(at slot: CK_SLOT_ID) -> Int { counts.withLock { $0[slot] ?? 0 } }

    static func count(_ session: CK_SESSION_HANDLE) {
        var info = CK_SESSION_INFO()
        _ = Driver.real?.C_GetSessionInfo?(session, &info)
        counts.withLock { $0[info.slotID, default: 0] += 1 }
    }

    static func module() throws -> Module {
        try Driver.changed { functions in
            functions.C_Login = { session, user, pin, count in
                Counting.count(session)
                return Driver.real?.C_Login?(session, user, pin, count) ?? CK_RV(CKR_GENERAL_ERROR)
            }
        }
    }
}
