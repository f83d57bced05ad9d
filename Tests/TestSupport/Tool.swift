package import Foundation

/// A program of the system, run to its end.
package struct Tool {
    package let status: Int32
    package let output: Data
    package let errors: String

    package var text: String { String(decoding: output, as: UTF8.self) }

    /// Runs `name`, found on the search path or given as a path, with nothing on its standard input.
    package static func run(_ name: String, _ arguments: [String]) throws -> Tool {
        try TemporaryFolder.with { folder in
            // Files, not pipes: a full pipe that nobody empties would stop the program for ever.
            let output = folder.appending(path: "output")
            let errors = folder.appending(path: "errors")
            for file in [output, errors] { try Data().write(to: file) }
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [name] + arguments
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = try FileHandle(forWritingTo: output)
            process.standardError = try FileHandle(forWritingTo: errors)
            try process.run()
            process.waitUntilExit()
            return Tool(
                status: process.terminationStatus,
                output: try Data(contentsOf: output),
                errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self)
            )
        }
    }
}

/// A folder that is gone when its user is done.
package enum TemporaryFolder {
    package static func with<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "licet-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}
