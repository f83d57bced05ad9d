import Foundation
import Testing

/// The root in the folder `root`, and the registry in `home`, as if they were two machines.
extension Workbench {
    static let authority = "安徽省市场监督管理局"
    static let createRoot = "  - create-root:\n      algorithm: ES256\n      years: 30\n"
    static let rollRoot = "  - roll-root:\n      algorithm: ES256\n      years: 30\n"

    /// The step that answers `request`.
    func answerStep(_ request: String, out: String) throws -> String {
        let digest = try run("/usr/bin/sha256sum", [path(request)]).output.prefix(64)
        return "  - answer:\n      request: \(request)\n      sha256: \"\(digest)\"\n      out: \(out)\n"
    }

    /// Writes a profile with these steps.
    func profile(_ steps: String, name: String = "profile.yaml") throws -> String {
        let text = """
            title: A ceremony of the tests
            authority: \(Self.authority)
            place: 合肥
            participants:
              - name: 王芳
                role: leads and reads aloud
              - name: 张伟
                role: witness
            steps:
            \(steps)
            """
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
        return name
    }

    /// Holds the ceremony of `steps`; the signed transcript.
    @discardableResult
    func hold(_ steps: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let output = try succeed(
            ["authority", "ceremony", try profile(steps), "--home", "root", "--yes"],
            sourceLocation: sourceLocation
        )
        let signed = output.split(separator: "\n").last?.split(separator: " ").last
        return try #require(signed.map(String.init), sourceLocation: sourceLocation)
    }

    /// Makes a root by a ceremony, and an authority under it with one office in 341181 that waits for the root.
    func foundApart() throws {
        try hold(Self.createRoot)
        try succeed(["authority", "create", "--name", Self.authority, "--root", "root/root.crt"])
        try succeed(["office", "add", "341181", "--name", "天长市市场监督管理局"])
    }

    /// Takes a request to the root and its answer back.
    func askRoot() throws {
        try succeed(["authority", "request", "--out", "request.json"])
        try succeed(["authority", "answer", "request.json", "--out", "trust-list", "--home", "root"])
        try succeed(["authority", "accept", "trust-list"])
    }
}
