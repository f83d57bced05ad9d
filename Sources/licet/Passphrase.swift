import Authority
import Foundation
import OpenSSL
import Publication

/// The passphrase of the keys: from a file, from systemd's credentials or from the terminal; never from an argument.
enum Passphrase {
    static func prompt(file: String?) -> PassphrasePrompt {
        { name in
            if let stored = try stored(file: file) { return stored }
            return try terminal("Passphrase of \(name): ")
        }
    }

    /// A passphrase for a new key: asked for twice on a terminal; at least 8 bytes.
    static func new(file: String?) throws -> Secret {
        let passphrase: Secret
        if let stored = try stored(file: file) {
            passphrase = stored
        } else {
            passphrase = try terminal("New passphrase (at least 8 characters): ")
            guard try terminal("The same again: ").equals(passphrase) else {
                throw Failure.usage("the two passphrases differ; nothing was made")
            }
        }
        guard passphrase.count >= 8 else { throw Failure.usage("a passphrase has at least 8 characters") }
        return passphrase
    }

    private static func stored(file: String?) throws -> Secret? {
        let credentials = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"].map { "\($0)/passphrase" }
        guard let path = file ?? credentials.flatMap({ FileManager.default.fileExists(atPath: $0) ? $0 : nil }) else {
            return nil
        }
        if DurableFile.isOpenToOthers(path) {
            standardError("licet: warning: \(path) may be read by others; chmod 600 it")
        }
        let line = try DurableFile.read(path, limit: 4_096).prefix { $0 != 0x0A && $0 != 0x0D }
        guard !line.isEmpty else {
            throw Failure.unreadable("\(path): the first line is empty; it should be the passphrase")
        }
        return Secret(line)
    }

    private static func terminal(_ prompt: String) throws -> Secret {
        let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
        var attributes = termios()
        guard descriptor >= 0, tcgetattr(descriptor, &attributes) == 0 else {
            throw Failure.usage("no terminal to ask for the passphrase; give --passphrase-file FILE")
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
        _ = write(descriptor, prompt, prompt.utf8.count)
        var line: [UInt8] = []
        line.reserveCapacity(1_024)
        defer { for index in line.indices { line[index] = 0 } }
        var byte: UInt8 = 0
        while true {
            let wasRead = read(descriptor, &byte, 1) == 1
            switch byte {
            // Enter.
            case 0x0A where wasRead, 0x0D where wasRead: return Secret(line)
            // Backspace takes one character back, Ctrl-U all.
            case 0x7F where wasRead, 0x08 where wasRead:
                while let last = line.popLast(), last & 0xC0 == 0x80 {}
            case 0x15 where wasRead: line.removeAll(keepingCapacity: true)
            // Ctrl-C, Ctrl-D, Ctrl-\ or the end of the terminal.
            case 0x03, 0x04, 0x1C,
                _ where !wasRead || line.count >= 1_024:
                throw Failure(exitCode: 130, message: "no passphrase was given; nothing was done")
            default: line.append(byte)
            }
        }
    }
}
