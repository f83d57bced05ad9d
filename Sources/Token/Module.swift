import CPKCS11
import Foundation
import Synchronization

/// A driver of tokens: a shared library that speaks PKCS#11, in this process.
// @unchecked: nothing changes after `init`, and the module was told that threads will call it at once.
@safe final class Module: @unchecked Sendable {
    let path: String
    let functions: CK_FUNCTION_LIST

    init(path: String, functions: CK_FUNCTION_LIST) {
        self.path = path
        self.functions = functions
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
}
