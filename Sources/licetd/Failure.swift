import ArgumentParser
import Publication
import Register
import Serving

/// What a failed run says and exits with (sysexits).
enum Failure: Error {
    case internalError(String)

    static func reason(_ error: any Error) -> String {
        switch error {
        case Failure.internalError(let reason): reason
        default: "\(error)"
        }
    }

    /// 64 for settings that cannot be, 66 for a file or folder that cannot be read or believed, 69 for an address that is not to be had,
    /// 70 for everything else.
    static func exitCode(_ error: any Error) -> ExitCode {
        if error is SettingsError { return .validationFailure }
        if error is CannotListen { return ExitCode(CannotListen.exitCode) }
        if error is RegisterError { return ExitCode(66) }
        guard let error = error as? PublicationError else { return ExitCode(70) }
        return switch error.code {
        case .missing, .unreadable, .tooLarge, .malformed, .wrongSignature, .wrongIssuer, .rolledBack, .ahead,
            .notLogged, .overtaken, .unwitnessed:
            ExitCode(66)
        case .notWritten: ExitCode(70)
        }
    }
}
