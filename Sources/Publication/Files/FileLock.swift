import Foundation

/// The right to be the only one at something among all processes; the system takes it back when the process ends.
package struct FileLock: ~Copyable {
    private let descriptor: CInt

    /// Waits until nobody else holds the lock at `path`, a file that is made if need be and stays.
    ///
    /// `shared` goes together with others that are shared. Without `waiting` a lock that is held is an error.
    package init(path: String, shared: Bool = false, waiting: Bool = true) throws(PublicationError) {
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw PublicationError(.notWritten, file: path, "cannot be locked: \(DurableFile.systemReason())")
        }
        while flock(opened, (shared ? LOCK_SH : LOCK_EX) | (waiting ? 0 : LOCK_NB)) != 0 {
            guard errno == EINTR else {
                let isHeld = errno == EWOULDBLOCK
                close(opened)
                if isHeld {
                    throw PublicationError(
                        .notWritten,
                        file: path,
                        "another process is at work with it; wait for its end"
                    )
                }
                throw PublicationError(.notWritten, file: path, "cannot be locked: \(DurableFile.systemReason())")
            }
        }
        descriptor = opened
    }

    deinit { close(descriptor) }
}
