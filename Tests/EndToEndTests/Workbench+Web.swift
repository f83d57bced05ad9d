import Foundation
import Testing

extension Workbench {
    /// A web server over a folder of the bench, with strong tags; it tells what it was asked.
    final class WebFolder {
        let address: String
        private let process: Process
        private let log: String

        private static let script = """
            import hashlib, http.server, os, sys
            folder, log, page, stale = sys.argv[1], sys.argv[2], sys.argv[3].encode(), sys.argv[4]
            kept = {}
            class Handler(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def do_GET(self):
                    path = os.path.realpath(folder + self.path.split("?")[0])
                    inside = path.startswith(os.path.realpath(folder) + "/") and os.path.isfile(path)
                    body = open(path, "rb").read() if inside else page or b"nothing here"
                    inside = inside or page != b""
                    if self.path.split("?")[0] == stale: body = kept.setdefault(self.path, body)
                    tag = '"' + hashlib.sha256(body).hexdigest()[:20] + '"'
                    status = 404 if not inside else 304 if self.headers.get("If-None-Match") == tag else 200
                    open(log, "a").write(f"{status} {self.path}\\n")
                    self.send_response(status)
                    if inside: self.send_header("ETag", tag)
                    if status == 304: body = b""
                    else: self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                def log_message(self, *arguments): pass
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            print(server.server_address[1], flush=True)
            server.serve_forever()
            """

        /// With `page` there is nothing that this server would not answer; with `stale` it keeps what it has answered there.
        init(_ folder: String, log: String, page: String, stale: String) throws {
            self.log = log
            process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["python3", "-c", Self.script, folder, log, page, stale]
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            address = "http://127.0.0.1:\(line.trimmingCharacters(in: .whitespacesAndNewlines))"
        }

        /// What was asked for since the last time, as `status path`.
        func asked() -> [String] {
            defer { try? FileManager.default.removeItem(atPath: log) }
            let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").map(String.init)
        }

        func stop() {
            // Whoever starts processes here may have blocked every other signal.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }

        deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
    }

    func serve(_ name: String, page: String = "", stale: String = "") throws -> WebFolder {
        try WebFolder(path(name), log: path("asked"), page: page, stale: stale)
    }

    /// The checker of logs that was written from the specifications alone.
    func checkLog(_ arguments: [String]) throws -> Outcome {
        let script = "\(Self.repository)/Tests/TransparencyLogTests/tlog_client.py"
        return try run("/usr/bin/env", ["python3", "-B", script] + arguments)
    }

    func logKey() throws -> String {
        try succeed(["log", "key"]).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A witness at work.
    final class RunningWitness {
        let key: String
        let address: String
        private let process: Process

        init(_ process: Process, key: String, address: String) {
            self.process = process
            self.key = key
            self.address = address
        }

        func stop() {
            guard process.isRunning else { return }
            // Whoever starts processes here may have blocked every other signal.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    /// Starts a witness of the logs that the file `logs` names.
    func witness(_ name: String) throws -> RunningWitness {
        let process = Process()
        process.executableURL = URL(filePath: Self.program("licet"))
        process.arguments = [
            "log", "witness", "--name", name, "--state", name, "--logs", "logs", "--listen", "127.0.0.1:0",
            "--passphrase-file", passphrase,
        ]
        process.currentDirectoryURL = URL(filePath: folder)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = ""
        while text.count(where: { $0 == "\n" }) < 2 {
            let data = output.fileHandleForReading.availableData
            try #require(!data.isEmpty, "the witness does not start: \(text)")
            text += String(decoding: data, as: UTF8.self)
        }
        let lines = text.split(separator: "\n").map(String.init)
        let key = try #require(lines[0].split(separator: " ").last)
        let address = try #require(lines[1].split(separator: " ").last)
        return RunningWitness(process, key: String(key), address: String(address))
    }

    /// Copies the home, as a thief of everything would.
    func copyHome(to name: String) throws {
        try FileManager.default.copyItem(atPath: path("home"), toPath: path(name))
    }
}
