import ArgumentParser
import CLinux
import Foundation
import OpenSSL

@main
struct Licet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "licet",
        abstract: "Issue and verify electronic business licences.",
        discussion: """
            An office issues:   licet authority create, licet office add, licet issue, licet publish
            Anybody verifies:   licet verify PHOTO.jpg
            Without signal:     licet sync ADDRESS --bundle inspector.licet, licet verify PHOTO.jpg --publication inspector.licet
            Anybody watches:    licet log monitor ADDRESS --state seen

            Exit codes of verify: 0 valid, 10-18 genuine but not in force, 20-26 not to be believed, 30 cannot tell.
            Exit codes of all: 64 usage, 65 refused data, 66 unreadable input, 70 internal, 74 cannot write, 75 waits for approval,
            77 key, passphrase or officer, 78 a clock that is wrong.
            """,
        version: "0.1.0",
        subcommands: [
            AuthorityCommand.self, OfficeCommand.self, OfficerCommand.self, PolicyCommand.self, ApproveCommand.self,
            CheckCommand.self, IssueCommand.self, ChangeCommand.self, Renew.self, Replace.self, Suspend.self,
            Resume.self, Dormant.self, Relocate.self, Revoke.self, Cancel.self, Annul.self, DrawCommand.self,
            ShowCommand.self,
            ListCommand.self, PublishCommand.self, VerifyCommand.self, InspectCommand.self, DoctorCommand.self,
            BackupCommand.self, RestoreCommand.self, SyncCommand.self, LogCommand.self,
        ]
    )

    static func main() {
        // A reader that went away (`licet list | head`) is no crash.
        signal(SIGPIPE, SIG_DFL)
        // A file over a size limit is an error of the write, told like a full disk.
        signal(SIGXFSZ, SIG_IGN)
        // Swift's own handler of crashes prints what registers point to, which may be a key, and lets a killed process go on.
        for number in [SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] { signal(number, SIG_DFL) }
        // Keys and passphrases must not end up in a core dump, nor in the hands of another process.
        SecureMemory.enable()
        var noCore = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &noCore)
        var command: any ParsableCommand
        do { command = try parseAsRoot() } catch { exit(withError: error) }
        var status: Int32 = 0
        do { try command.run() } catch let code as ExitCode {
            status = code.rawValue
        } catch  where exitCode(for: error) != .failure {
            // Help and the like, which ArgumentParser throws and prints itself; of our own errors it knows none.
            exit(withError: error)
        } catch {
            let failure = Failure(error)
            standardError("licet: \(failure.message)")
            status = failure.exitCode
        }
        // An answer that could not be written whole is no answer.
        if licet_output_failed() != 0 {
            standardError("licet: standard output cannot be written: \(String(cString: strerror(errno)).lowercased())")
            status = status == 0 ? 74 : status
        }
        Foundation.exit(status)
    }
}

/// Writes a line to standard error.
func standardError(_ line: String) {
    Console.tell("\(Words.printable(line))\n")
}
