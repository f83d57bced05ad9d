import Foundation
import FoundationNetworking
import Testing

extension Workbench {
    /// A running `licetd` over what the bench has published.
    final class RunningDaemon {
        let address: String
        private let process: Process

        fileprivate init(_ process: Process, address: String) {
            self.process = process
            self.address = address
        }

        /// What stands behind a path, as JSON, and its status.
        func get(_ path: String) async throws -> (status: Int, json: [String: any Sendable]) {
            var request = URLRequest(url: try #require(URL(string: address + path)))
            request.setValue("application/json", forHTTPHeaderField: "Accept")
            let (data, response) = try await URLSession.shared.data(for: request)
            let status = try #require(response as? HTTPURLResponse).statusCode
            return (status, try JSONSerialization.jsonObject(with: data) as? [String: any Sendable] ?? [:])
        }

        /// What a browser is shown behind a path, in English.
        func page(_ path: String) async throws -> String {
            var request = URLRequest(url: try #require(URL(string: address + path)))
            request.setValue("text/html", forHTTPHeaderField: "Accept")
            request.setValue("en", forHTTPHeaderField: "Accept-Language")
            return String(decoding: try await URLSession.shared.data(for: request).0, as: UTF8.self)
        }

        /// Asks it to end; its status, and how many seconds that took.
        func terminate() -> (status: Int32, seconds: Double) {
            let taken = ContinuousClock().measure {
                kill(process.processIdentifier, SIGTERM)
                process.waitUntilExit()
            }
            return (process.terminationReason == .exit ? process.terminationStatus : -1, taken / .seconds(1))
        }

        func stop() {
            guard process.isRunning else { return }
            // Whoever starts processes here may have blocked every other signal.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }

        deinit { stop() }
    }

    /// What every daemon of the bench is told; its publication is what the bench publishes, unless another is named.
    func daemonArguments(publication: String? = nil) -> [String] {
        [
            "--publication", publication ?? path("home/publication"), "--root", path("home/root.crt"), "--state",
            path("daemon"),
        ]
    }

    /// Starts `licetd` on a free port.
    func daemon(
        _ arguments: [String],
        publication: String? = nil,
        log: FileHandle = .nullDevice
    ) throws -> RunningDaemon {
        let process = Process()
        process.executableURL = URL(filePath: Self.program("licetd"))
        process.arguments = daemonArguments(publication: publication) + ["--listen", "127.0.0.1:0"] + arguments
        process.currentDirectoryURL = URL(filePath: folder)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = log
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let address = try #require(line.split(separator: " ").last, "the daemon does not start")
        return RunningDaemon(process, address: address.trimmingCharacters(in: .newlines))
    }
}
