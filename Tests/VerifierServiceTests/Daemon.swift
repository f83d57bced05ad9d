import Foundation
import OpenSSL

/// A running `licetd` and plain sockets to it.
final class Daemon {
    let port: UInt16
    private let process = Process()
    private let output = Pipe()

    /// The executable beside the tests.
    private static var executable: URL {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("licetd")
    }

    /// Starts it on a free port over the authority's folder and waits until it listens.
    init(_ authority: TestAuthority) throws {
        let root = "\(authority.folder)/root.crt"
        try authority.write("root.crt", authority.rootCertificate.pem)
        process.executableURL = Self.executable
        process.arguments = ["--publication", authority.folder, "--root", root, "--listen", "127.0.0.1:0"]
        process.environment = Self.environment(authority.folder)
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = ""
        while !line.hasSuffix("\n") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw Optional<Int>.Missing() }
            line += String(decoding: data, as: UTF8.self)
        }
        let prefix = "licetd listening on http://127.0.0.1:"
        guard line.hasPrefix(prefix) else { throw Optional<Int>.Missing() }
        port = try UInt16(line.dropFirst(prefix.count).dropLast()).required
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// That of the tests, with a place for what is kept that no other run has.
    private static func environment(_ folder: String) -> [String: String] {
        ProcessInfo.processInfo.environment.merging(["XDG_STATE_HOME": "\(folder)/state"]) { $1 }
    }

    /// Runs it to its end and returns what it exits with.
    static func exitCode(_ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = environment(NSTemporaryDirectory() + UUID().uuidString)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    func terminate() { kill(process.processIdentifier, SIGTERM) }

    /// What it exits with within `seconds`; nil when it is still running then.
    func exitCode(within seconds: Double) -> Int32? {
        let end = Date(timeIntervalSinceNow: seconds)
        while process.isRunning, Date() < end { usleep(20_000) }
        return process.isRunning ? nil : process.terminationStatus
    }

    /// Sends a request on a connection of its own and returns the whole answer.
    func answer(_ request: String) throws -> String {
        let connection = try Connection(port: port)
        try connection.send(request)
        return connection.rest()
    }

    func get(_ path: String, accept: String = "application/json") throws -> String {
        try answer("GET \(path) HTTP/1.1\r\nHost: localhost\r\nAccept: \(accept)\r\nConnection: close\r\n\r\n")
    }
}

/// A TCP connection whose reads give up after 30 seconds.
final class Connection {
    private let descriptor: Int32

    init(port: UInt16) throws {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo("127.0.0.1", String(port), &hints, &found) == 0, let address = found else {
            throw Optional<Int>.Missing()
        }
        defer { freeaddrinfo(address) }
        descriptor = socket(address.pointee.ai_family, address.pointee.ai_socktype, 0)
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else {
            throw Optional<Int>.Missing()
        }
    }

    deinit { close(descriptor) }

    /// Sends all of `text`; throws when the other side has closed.
    func send(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Optional<Int>.Missing() }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Says that nothing more will be sent.
    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// All that comes until the other side closes.
    func rest() -> String {
        var all: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while case let count = recv(descriptor, &part, part.count, 0), count > 0 { all += part.prefix(count) }
        return String(decoding: all, as: UTF8.self)
    }
}
