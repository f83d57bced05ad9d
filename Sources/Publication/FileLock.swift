import Foundation

/// The right to be the only one at something among all processes; the system takes it back when the process ends.
package struct FileLock: ~Copyable {
    private let descriptor: CInt

    /// Waits until nobody else holds the lock at `path`, a file that is made if need be and stays.
    package init(path: String) throws(PublicationError) {
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw PublicationError(.notWritten, file: path, "cannot be locked: \(DurableFile.systemReason())")
        }
        while flock(opened, LOCK_EX) != 0 {
            guard errno == EINTR else {
                close(opened)
                throw PublicationError(.notWritten, file: path, "cannot be locked: \(DurableFile.systemReason())")
            }
        }
        descriptor = opened
    }

    deinit { close(descriptor) }
}
