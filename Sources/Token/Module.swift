import CPKCS11
import Foundation
import Synchronization

/// A driver of tokens: a shared library that speaks PKCS#11, in this process.
// @unchecked: nothing changes after `init`, and the functions are called by one thread at a time.
@safe final class Module: @unchecked Sendable {
    /// Whose turn it is to call a driver.
    final class Turn: Sendable {
        fileprivate let taken = Mutex(())
    }

    let path: String
    let functions: CK_FUNCTION_LIST
    let turn: Turn

    init(path: String, functions: CK_FUNCTION_LIST, turn: Turn = Turn()) {
        self.path = path
        self.functions = functions
        self.turn = turn
    }

    /// Runs `body` while no other thread calls the driver.
    ///
    /// Drivers promise to bear threads, but not all do: SoftHSM 2.6.1 shows tokens without names and keys without attributes
    /// to one thread while another reads anew what a second process has written.
    func withFunctions<Result, Failure>(
        _ body: (CK_FUNCTION_LIST) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try turn.taken.withLock { _ throws(Failure) in try body(functions) }
    }

    private static let loaded = Mutex<[String: Module]>([:])

    /// The module at `path`, loaded and initialised when first asked for.
    ///
    /// It is never let go: to finalise it would end the sessions of everyone else in the process.
    static func at(_ path: String) throws(TokenError) -> Module {
        try loaded.withLock { loaded throws(TokenError) in
            if let module = loaded[path] { return module }
            let module = try Module(path: path, functions: load(path))
            loaded[path] = module
            return module
        }
    }

    private static func load(_ path: String) throws(TokenError) -> CK_FUNCTION_LIST {
        guard FileManager.default.fileExists(atPath: path) else {
            throw TokenError(.module, "there is no PKCS#11 module at \(path); install the driver or name its place")
        }
        // It would write to the standard error; what it has to say stands in the error thrown here.
        p11_kit_be_quiet()
        // Managed by p11-kit, so that other users of the module in this process keep their sessions and a fork gets none.
        guard let module = unsafe p11_kit_module_load(path, 0) else {
            let detail = unsafe p11_kit_message().map { unsafe String(cString: $0) } ?? "no reason given"
            throw TokenError(.module, "\(path) is no PKCS#11 module that can be loaded here (\(detail))")
        }
        do { try unsafe ReturnValue.check(p11_kit_module_initialize(module), "C_Initialize") } catch {
            unsafe p11_kit_module_release(module)
            throw TokenError(.module, "\(path) does not start; look at its configuration (\(error))")
        }
        return unsafe module.pointee
    }

    /// What a function of PKCS#11 lists into a buffer of the caller's.
    func list(
        _ name: StaticString,
        _ call: (CK_FUNCTION_LIST, UnsafeMutablePointer<CK_ULONG>?, UnsafeMutablePointer<CK_ULONG>) -> CK_RV?
    ) throws(ReturnValue) -> [CK_ULONG] {
        try withFunctions { functions throws(ReturnValue) in
            while true {
                var count: CK_ULONG = 0
                try unsafe ReturnValue.check(call(functions, nil, &count), name)
                var list = [CK_ULONG](repeating: 0, count: Int(clamping: count))
                let result = unsafe call(functions, &list, &count)
                // More came between the two calls.
                if result == CK_RV(CKR_BUFFER_TOO_SMALL) { continue }
                try ReturnValue.check(result, name)
                return Array(list.prefix(Int(clamping: count)))
            }
        }
    }
}
