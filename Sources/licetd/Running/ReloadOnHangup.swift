import Logging
import ServiceLifecycle
import UnixSignals

/// On SIGHUP reads the settings again and takes what can be taken while running; of the rest it says that a restart is needed.
struct ReloadOnHangup: Service {
    let current: Settings
    let read: @Sendable () throws -> Settings
    let level: LogLevel
    let logger: Logger
    /// Brings the publication up to date at once.
    let synchronise: @Sendable () -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: .sighup) {
                ServiceNotice.send("RELOADING=1")
                reload()
                ServiceNotice.send("READY=1")
            }
        }
    }

    private func reload() {
        defer { synchronise() }
        let new: Settings
        do { new = try read() } catch {
            logger.error("settings not taken", metadata: ["reason": "\(error)"])
            return
        }
        level.value = new.logLevel
        let changed = SettingKey.allCases.filter { !$0.isTakenLive && current.given[$0]?.text != new.given[$0]?.text }
        logger.notice(
            "settings read again",
            metadata: changed.isEmpty ? [:] : ["needRestart": .array(changed.map { "\($0.rawValue)" })]
        )
    }
}
