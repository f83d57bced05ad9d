import Foundation
import TestSupport
import Testing

/// A Python of its own for the tests of a suite, with packages from PyPI; gone when they are done.
struct PythonEnvironment: SuiteTrait, TestScoping {
    @TaskLocal static var folder: URL?

    @concurrent func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "licet-tests-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let made = try Tool.run("python3", ["-m", "venv", folder.path])
        guard made.status == 0 else { throw Failure(description: "no environment: \(made.text)\(made.errors)") }
        let packages = ["cbor2", "cryptography", "gmssl==3.2.2", "asn1crypto", "asn1tools", "pycddl"]
        let pip = ["-m", "pip", "--quiet", "--disable-pip-version-check", "install"] + packages
        let installed = try Tool.run(folder.appending(path: "bin/python").path, pip)
        guard installed.status == 0 else { throw Failure(description: "no packages: \(installed.errors)") }
        try await Self.$folder.withValue(folder) { try await function() }
    }

    /// Runs the environment's Python.
    static func run(_ arguments: [String]) throws -> Tool {
        guard let folder else { throw Failure(description: "no Python environment in this scope") }
        return try Tool.run(folder.appending(path: "bin/python").path, arguments)
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }
}

extension Trait where Self == PythonEnvironment {
    static var pythonEnvironment: Self { PythonEnvironment() }
}
