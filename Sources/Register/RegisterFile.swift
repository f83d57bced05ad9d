import Dispatch
package import Licence
package import Logging
import Synchronization
package import VerifierService

/// The file of a registry, or a copy of it, in which credit codes are looked up; never written, and opened anew for each question.
///
/// So whoever replaces the file needs to tell nobody, and an officer who writes into it is not kept from anything between questions.
package final class RegisterFile: LicenceRegister {
    private let file: UnwrittenFile
    private let logger: Logger?
    /// Why it could not be read when it was read last.
    private let failure = Mutex<String?>(nil)
    // One at a time: a disk may be slow, and verdicts go before.
    private let queue = DispatchQueue(label: "register", qos: .utility)

    package init(path: String, logger: Logger? = nil) {
        file = UnwrittenFile(path: path)
        self.logger = logger
    }

    /// Looks whether it can be read; whose it is.
    package func authority() throws(RegisterError) -> String { try read { try $0.authority() } }

    /// - Throws: ``RegisterError``
    package func history(of creditCode: CreditCode, at now: Instant) async throws -> LicenceHistory? {
        try await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(returning: Result { try self.read { try $0.history(of: creditCode, at: now) } })
            }
        }.get()
    }

    private func read<Value>(_ body: (RegistryTables) throws -> Value) throws(RegisterError) -> Value {
        do {
            let value = try believed(body)
            note(nil)
            return value
        } catch {
            note(error)
            throw error
        }
    }

    private func believed<Value>(_ body: (RegistryTables) throws -> Value) throws(RegisterError) -> Value {
        do {
            return try file.read { database in
                let tables = RegistryTables(database: database, path: file.path)
                try tables.check()
                return try body(tables)
            }
        } catch let error as RegisterError { throw error } catch {
            // A row that no registry would hold.
            throw RegisterError(
                .damaged,
                file.path,
                "is damaged (\(type(of: error))); `licet doctor` says more of the original"
            )
        }
    }

    /// Says once that it cannot be read, and once that it can again.
    private func note(_ error: RegisterError?) {
        let reason = error?.description
        let before = failure.withLock { failure in
            defer { failure = reason }
            return failure
        }
        guard reason != before else { return }
        if let reason {
            logger?.error("register not read", metadata: ["reason": "\(reason)"])
        } else {
            logger?.notice("register read again")
        }
    }
}
