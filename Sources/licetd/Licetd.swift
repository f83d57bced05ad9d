import ArgumentParser
import Foundation
import Logging
import OpenSSL
import Publication
import Register
import Serving

/// The daemon: its arguments, and what becomes of its errors.
@main
struct Licetd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "licetd",
        abstract:
            "Answer over HTTP what licence codes are worth, by a publication that is kept in a folder or fetched.",
        discussion: """
            The daemon prints one line when it listens, picks up a new publication by itself within two seconds, and \
            stops on SIGTERM or SIGINT when what it accepted is answered. It holds no key; put a proxy with TLS before it.

            Each setting is taken from the command line, or else from the environment (LICETD_LIMITS_BURST), or else from \
            the file of --config, or else it is the default. --check-config shows all of them and where they come from. \
            SIGHUP reads them again: the log's level changes at once, the rest takes a restart.

            EXAMPLE
              licetd --publication /srv/publication --state /var/lib/licetd
              licetd --publication https://lic.example.cn/publication --config /etc/licet/licetd.yaml --check-config
              curl -H 'Accept: application/json' http://127.0.0.1:8787/L/2983…

            EXIT CODES
              64 wrong usage or settings, 66 a folder or file that cannot be read, 69 an address that is taken, 70 anything else
            """
    )

    @Option(help: ArgumentHelp("The folder of the publication, or the address of one.", valueName: "dir|url"))
    var publication: String?

    @Option(
        help: ArgumentHelp(
            "The PEM certificate of the authority's root (default: LICET_ROOT, then /etc/licet/root.crt).",
            valueName: "file"
        )
    )
    var root: String?

    @Option(
        help: ArgumentHelp(
            "Where to listen; port 0 takes a free one (default: 127.0.0.1:8787).",
            valueName: "host:port"
        )
    )
    var listen: String?

    @Option(
        help: ArgumentHelp(
            "The folder that keeps which files were the newest, and a publication that is fetched (default: STATE_DIRECTORY, then "
                + "licetd in the XDG state directory).",
            valueName: "dir"
        )
    )
    var state: String?

    @Option(
        help: ArgumentHelp(
            "The verifier keys of witnesses that must have signed the log, one a line.",
            valueName: "file"
        )
    )
    var witnesses: String?

    @Option(help: ArgumentHelp("How many of --witnesses must have signed (default: all).", valueName: "n"))
    var quorum: String?

    @Option(
        help: ArgumentHelp(
            "The registry's file, or a copy by `licet backup`, to look credit codes up in; it is only read.",
            valueName: "file"
        )
    )
    var register: String?

    @Option(help: ArgumentHelp("A YAML file with settings.", valueName: "file"))
    var config: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Any other setting, such as limits.burst=500.", valueName: "name=value")
    )
    var further: [String] = []

    @Flag(help: "Show all settings, check what they name, and end.")
    var checkConfig = false

    func run() async throws {
        do {
            let settings = try settings()
            if checkConfig { return try SettingsCheck(settings: settings).run() }
            let level = LogLevel(settings.logLevel)
            LoggingSystem.bootstrap { LineLogHandler(label: $0, writesJSON: settings.logsJSON, level: level) }
            let logger = Logger(label: "licetd")
            try await Running(settings: settings, level: level, logger: logger, reread: { try self.settings() }).run()
        } catch {
            StandardError.write("licetd: \(Failure.reason(error))")
            throw Failure.exitCode(error)
        }
    }

    private func settings() throws -> Settings {
        var flags: [(key: SettingKey, text: String, flag: String)] = []
        for text in further {
            let assignment = try SettingKey.assignment(text)
            flags.append((assignment.key, assignment.text, "--set"))
        }
        let named: [(SettingKey, String?)] = [
            (.publication, publication), (.root, root), (.listen, listen), (.state, state), (.witnesses, witnesses),
            (.quorum, quorum), (.register, register),
        ]
        for (key, text) in named {
            if let text { flags.append((key, text, "--\(key.rawValue)")) }
        }
        return try Settings(
            SettingsSources(flags: flags, environment: ProcessInfo.processInfo.environment, file: config)
        )
    }
}
