import Audit
import Authority
import Foundation
import Licensing
import OpenSSL
import Publication

/// Passphrases and PINs: from a file, from systemd's credentials or from the terminal; never from an argument or the environment.
struct SecretInput {
    /// A file whose first line is the passphrase.
    let passphraseFile: String?
    /// A file whose first line is the PIN.
    let pinFile: String?
    /// A file whose first line is the passphrase of the officer's own key; nil: the same as that of the authority's keys.
    var officerPassphraseFile: String?

    /// The longest line that is taken, in bytes.
    private static let limit = 1_024

    var prompt: SecretPrompt {
        { request in
            switch request.kind {
            case .passphrase:
                if let stored = try stored(passphraseFile, credential: "passphrase") {
                    return GivenSecret(stored, isUnattended: true)
                }
                return GivenSecret(
                    try Self.terminal("Passphrase of \(request.subject): ", "--passphrase-file"),
                    isUnattended: false
                )
            case .officerPassphrase:
                if let stored = try officerStored() { return GivenSecret(stored, isUnattended: true) }
                return GivenSecret(
                    try Self.terminal("Passphrase of \(request.subject): ", "--officer-passphrase-file"),
                    isUnattended: false
                )
            case .pin:
                if let stored = try stored(pinFile, credential: "pin") {
                    return GivenSecret(stored, isUnattended: true)
                }
                return GivenSecret(try Self.terminal("PIN of \(request.subject): ", "--pin-file"), isUnattended: false)
            }
        }
    }

    /// The officer's own, or else that of all keys.
    private func officerStored() throws -> Secret? {
        try stored(officerPassphraseFile, credential: "officer-passphrase")
            ?? stored(passphraseFile, credential: "passphrase")
    }

    /// A passphrase for a new key: asked for twice on a terminal; at least 8 bytes.
    func newPassphrase(_ subject: String = "the new key") throws -> Secret {
        try newPassphrase(subject, stored: stored(passphraseFile, credential: "passphrase"))
    }

    /// A passphrase for the key of the first officer.
    func newOfficerPassphrase(_ name: String) throws -> Secret {
        try newPassphrase("officer \(name)", stored: officerStored())
    }

    private func newPassphrase(_ subject: String, stored: Secret?) throws -> Secret {
        let passphrase: Secret
        if let stored {
            passphrase = stored
        } else {
            passphrase = try Self.terminal(
                "New passphrase of \(subject) (at least 8 characters): ",
                "--passphrase-file"
            )
            guard try Self.terminal("The same again: ", "--passphrase-file").equals(passphrase) else {
                throw Failure.usage("the two passphrases differ; nothing was made")
            }
        }
        guard passphrase.count >= 8 else { throw Failure.usage("a passphrase has at least 8 characters") }
        return passphrase
    }

    private func stored(_ file: String?, credential: String) throws -> Secret? {
        let folder = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
        let fromSystem = folder.map { "\($0)/\(credential)" }.flatMap {
            FileManager.default.fileExists(atPath: $0) ? $0 : nil
        }
        if let file { return try Self.firstLine(of: file, forbidden: 0o077) }
        // Where a unit has a user, systemd lets that user in by an access list, whose mask shows as the group's right to read.
        return try fromSystem.map { try Self.firstLine(of: $0, forbidden: 0o037) }
    }

    /// Reads straight into memory that is wiped, so that no copy of the line is left behind; refuses a file with `forbidden` modes.
    private static func firstLine(of path: String, forbidden: mode_t) throws -> Secret {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure.unreadable("\(path): \(String(cString: strerror(errno)).lowercased())")
        }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT != S_IFREG || facts.st_mode & forbidden == 0 else {
            throw Failure(
                exitCode: 77,
                message: "\(path) may be read by others; `chmod 600` it, and take another passphrase or PIN"
            )
        }
        let secret = try Secret(capacity: limit) { buffer in
            var count = 0
            while count < buffer.count {
                let got = read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
                if got < 0, errno == EINTR { continue }
                guard got >= 0 else {
                    throw Failure.unreadable("\(path): \(String(cString: strerror(errno)).lowercased())")
                }
                if got == 0 { break }
                count += got
            }
            let line = buffer.prefix(count).prefix { $0 != 0x0A && $0 != 0x0D }
            guard line.count < count || count < limit else {
                throw Failure.unreadable("\(path): the first line is longer than \(limit) bytes")
            }
            return line.count
        }
        guard secret.count > 0 else {
            throw Failure.unreadable("\(path): the first line is empty; it should be the passphrase or the PIN")
        }
        return secret
    }

    private static func terminal(_ prompt: String, _ option: String) throws -> Secret {
        let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
        var attributes = termios()
        guard descriptor >= 0, tcgetattr(descriptor, &attributes) == 0 else {
            throw Failure.usage("no terminal to ask on (\(Words.printable(prompt.dropLast(2)))); give \(option) FILE")
        }
        defer { close(descriptor) }
        let before = attributes
        // Byte by byte and without signals, so that Ctrl-C acts at once and cannot leave the terminal without its echo.
        attributes.c_lflag &= ~tcflag_t(ECHO | ISIG | ICANON)
        tcsetattr(descriptor, TCSAFLUSH, &attributes)
        defer {
            var restored = before
            tcsetattr(descriptor, TCSAFLUSH, &restored)
            _ = write(descriptor, "\n", 1)
        }
        let shown = Words.printable(prompt)
        _ = write(descriptor, shown, shown.utf8.count)
        return try Secret(capacity: limit) { line in try typed(on: descriptor, into: line) }
    }

    /// Takes a line from a terminal; returns how many bytes of `line` it fills.
    private static func typed(on descriptor: CInt, into line: UnsafeMutableBufferPointer<UInt8>) throws -> Int {
        var count = 0
        var byte: UInt8 = 0
        defer { byte = 0 }
        while true {
            let wasRead = read(descriptor, &byte, 1) == 1
            switch byte {
            // Enter.
            case 0x0A where wasRead, 0x0D where wasRead: return count
            // Backspace takes one character back, Ctrl-U all.
            case 0x7F where wasRead, 0x08 where wasRead:
                while count > 0 {
                    count -= 1
                    if line[count] & 0xC0 != 0x80 { break }
                }
            case 0x15 where wasRead: count = 0
            // Ctrl-C, Ctrl-D, Ctrl-\ or the end of the terminal.
            case 0x03, 0x04, 0x1C,
                _ where !wasRead || count >= line.count:
                throw Failure(exitCode: 130, message: "nothing was given; nothing was done")
            default:
                line[count] = byte
                count += 1
            }
        }
    }
}
