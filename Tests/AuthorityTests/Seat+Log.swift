import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing
import TransparencyLog
import Verification

@testable import Audit
@testable import Authority
@testable import Licensing
@testable import Registry

/// The log of an authority, as tests look at it.
extension Seat {
    func logHead(_ folder: String? = nil) throws -> TreeHead {
        let bytes = try #require(try LogFolder(folder ?? authority.home.log).ifThere(Checkpoint.path))
        return try Checkpoint(text: SignedNote(bytes).text).head
    }

    func logEntries() throws -> [LogEntry] {
        try (0..<logHead().size).map { try LogFolder(authority.home.log).entry($0) }
    }

    func logKinds() throws -> [String] {
        try logEntries().map { entry in
            switch entry.content {
            case .act(let act): act.kind.rawValue
            case .list(let list): list.path
            case .registry: "registry"
            case .restore: "restore"
            case .loss: "loss"
            }
        }
    }

    /// What an audit says is wrong.
    func differences(_ authority: Authority? = nil) throws -> [String] {
        var found: [String] = []
        _ = try LogAudit(authority ?? self.authority, publication: publication).examine {
            found.append("\($0.subject): \($0.reason)")
        }
        return found
    }

    /// Takes the registry on as it is, with what is published, elsewhere or nowhere where that is named.
    func restoreLog(from folder: String?? = .none, isLost: Bool = false, now: Instant) throws -> Authority.Restored {
        unlink(authority.home.registryLock)
        // The doctor says then what must still be done.
        if isLost { try tamper("SELECT 1") }
        return try Authority.restore(
            nil,
            at: authority.home,
            publication: folder ?? publication,
            isLogLost: isLost,
            reason: "log lost",
            officer: "王",
            prompt: Self.prompt,
            now: now
        )
    }
}
