import Audit
import Authority
import Foundation
import Licence
import LicenceCode
import Licensing
import OpenSSL
import Publication
import Registry
import Serving
import Symbol

/// Why a command stops: what to say, and the exit code (sysexits).
struct Failure: Error, CustomStringConvertible {
    let exitCode: Int32
    let message: String

    var description: String { message }

    static func usage(_ message: String) -> Failure { Failure(exitCode: 64, message: message) }
    /// Data that the rules refuse.
    static func data(_ message: String) -> Failure { Failure(exitCode: 65, message: message) }
    static func key(_ message: String) -> Failure { Failure(exitCode: 77, message: message) }
    static func unreadable(_ message: String) -> Failure { Failure(exitCode: 66, message: message) }
    static func write(_ message: String) -> Failure { Failure(exitCode: 74, message: message) }

    init(exitCode: Int32, message: String) {
        self.exitCode = exitCode
        self.message = message
    }

    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as AuthorityError: self.init(error)
        case let error as RegistryError:
            let code: Int32 = [.storage, .tooNew].contains(error.code) ? 74 : 65
            self.init(exitCode: code, message: error.description)
        case let error as PublicationError:
            self.init(exitCode: error.code == .notWritten ? 74 : 66, message: error.description)
        case let error as SymbolError: self.init(exitCode: error.exitCode, message: error.description)
        case is LicenceError, is Application.Refusal, is CodeError: self.init(exitCode: 65, message: "\(error)")
        case is ApplicationFileError: self.init(exitCode: 66, message: "\(error)")
        case let error as CannotListen: self.init(exitCode: CannotListen.exitCode, message: error.description)
        case let error as OpenSSLError: self.init(exitCode: 70, message: error.description)
        default: self.init(exitCode: 70, message: "\(error)")
        }
    }

    /// What `body` returns; when it throws, the error begins with the name of the file that it is about.
    static func naming<Result>(_ file: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch {
            let failure = Failure(error)
            throw Failure(exitCode: failure.exitCode, message: "\(file): \(failure.message)")
        }
    }

    private init(_ error: AuthorityError) {
        let code: Int32 =
            switch error.code {
            case .key, .passphrase, .officer: 77
            case .needsApproval: 75
            case .clock: 78
            case .storage: 74
            case .alreadyThere, .noSuchOffice, .noSuchLicence, .noSuchKey, .noKey, .rootOffline, .request,
                .illegalKeyChange, .lint, .alreadyLicensed, .changedSince, .illegalChange, .nameTaken, .profile,
                .approval, .rolledBack, .otherAuthority:
                65
            }
        self.init(exitCode: code, message: error.description)
    }
}

extension SymbolError {
    var exitCode: Int32 {
        switch code {
        case .malformedText, .tooLarge: 65
        case .invalidSize: 64
        case .unsupportedImage, .unsupportedVariety, .imageTooLarge, .damagedImage, .noCode, .severalCodes: 66
        case .readBackMismatch, .libraryFailure: 70
        }
    }
}
