import Foundation

/// The right to be the only one at something among all processes; the system takes it back when the process ends.
package struct FileLock: ~Copyable {
    private let descriptor: CInt

    /// Waits until nobody else holds the lock at `path`, a file that is made if need be and stays.
    ///
    /// `shared` goes together with others that are shared. Without `waiting` a lock that is held is an error; `whenHeld` is called before it
    /// is waited for.
    package init(
        path: String,
        shared: Bool = false,
        waiting: Bool = true,
        whenHeld: () -> Void = {}
    ) throws(PublicationError) {
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw PublicationError(.notWritten, file: path, "cannot be locked: \(DurableFile.systemReason())")
        }
        let kind = shared ? LOCK_SH : LOCK_EX
        var mode = kind | LOCK_NB
        while flock(opened, mode) != 0 {
            let isHeld = errno == EWOULDBLOCK
            if isHeld, waiting {
                whenHeld()
                mode = kind
            } else if errno != EINTR {
                defer { close(opened) }
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
