import COpenSSL

/// A failed OpenSSL call, with the reasons OpenSSL itself gave.
package struct OpenSSLError: Error, Equatable, CustomStringConvertible {
    package let call: String
    package let reasons: [String]

    package var description: String {
        reasons.isEmpty ? "\(call) failed" : "\(call) failed: \(reasons.joined(separator: ", "))"
    }

    /// Empties this thread's error queue into a new error, so that no later call reports it again.
    init(drainingQueueAfter call: StaticString) {
        var reasons: [String] = []
        while case let code = ERR_get_error(), code != 0 {
            reasons.append(unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) } ?? "error \(code)")
        }
        self.call = call.description
        self.reasons = reasons
    }

    /// Throws unless `result` is OpenSSL's word for success, 1.
    static func check(_ result: CInt, _ call: StaticString) throws(OpenSSLError) {
        guard result == 1 else { throw OpenSSLError(drainingQueueAfter: call) }
    }
}
