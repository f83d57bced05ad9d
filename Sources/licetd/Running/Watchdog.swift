import ServiceLifecycle

/// Tells systemd's watchdog that the daemon is alive, as long as tasks run.
struct Watchdog: Service {
    let interval: Duration

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: interval)) != nil { ServiceNotice.send("WATCHDOG=1") }
        }
    }
}
