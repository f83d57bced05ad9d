import Foundation
import Testing

/// A process that holds keys: what the system and its neighbours learn of it while it runs and when it dies.
@Suite struct ProcessMemoryTests {
    @Test(arguments: [SIGABRT, SIGSEGV])
    func aProcessWithKeysLeavesNoCoreAndTellsNothing(signal: Int32) throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let passphrase = "a crane above the moor, 47"
        try bench.write(secret: passphrase, to: bench.passphrase)
        try bench.found()
        let applications = try bench.applications(400)
        // Where we are root, the process runs as nobody: to root the owner of a process that may be dumped says nothing.
        try FileManager.default.copyItem(atPath: Workbench.program("licet"), toPath: bench.path("licet"))
        let script = """
            import json, os, resource, signal, sys, time
            # The threads of the tests hold signals back, and what they start inherits that.
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            try:
                resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            except (ValueError, OSError):
                pass
            user = os.geteuid() or 65534
            if os.geteuid() == 0:
                for folder, _, files in os.walk("."):
                    for name in [folder] + [os.path.join(folder, name) for name in files]:
                        os.chown(name, user, user)
            def begin(arguments):
                pid = os.fork()
                if pid == 0:
                    if os.geteuid() == 0:
                        os.setgroups([]); os.setgid(user); os.setuid(user)
                    null = os.open("/dev/null", os.O_WRONLY)
                    os.dup2(null, 1)
                    os.dup2(os.open("error", os.O_WRONLY | os.O_CREAT, 0o600), 2)
                    os.execv(arguments[0], arguments)
                return pid
            def read(pid, name):
                try:
                    with open(f"/proc/{pid}/{name}", "rb") as file:
                        return file.read().decode(errors="replace")
                except PermissionError:
                    return ""
            number, deadline = int(sys.argv[1]), time.monotonic() + 120
            pid, other = begin(sys.argv[2:]), begin(["/bin/sleep", "100"])
            while len(os.listdir("codes") if os.path.isdir("codes") else []) < 20 and time.monotonic() < deadline:
                time.sleep(0.01)
            os.kill(pid, signal.SIGSTOP)
            seen = {name: read(pid, name) for name in ("cmdline", "environ", "limits")}
            seen["owner"] = os.stat(f"/proc/{pid}/mem").st_uid
            seen["ordinary"] = os.stat(f"/proc/{other}/mem").st_uid
            seen["user"] = user
            os.kill(other, signal.SIGKILL)
            os.waitpid(other, 0)
            os.kill(pid, number)
            os.kill(pid, signal.SIGCONT)
            status = os.waitpid(pid, 0)[1]
            seen["signal"] = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            seen["dumped"] = os.WCOREDUMP(status)
            print(json.dumps(seen))
            """
        let command = ["./licet", "issue", applications, "--out", "codes", "--passphrase-file", bench.passphrase]
        let outcome = try bench.run("/usr/bin/env", ["python3", "-c", script, "\(signal)"] + command)
        #expect(outcome.status == 0, "\(outcome.error)")
        let seen = try JSONDecoder().decode(Seen.self, from: Data(outcome.output.utf8))
        #expect(seen.signal == signal && !seen.dumped)
        #expect(bench.files(in: "").filter { $0.hasPrefix("core") }.isEmpty)
        #expect(seen.ordinary == seen.user, "the owner says whether a process may be dumped")
        #expect(seen.owner == 0 && seen.owner != seen.user)
        let limit = seen.limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
        #expect(limit?.split(separator: " ").filter { $0 == "0" }.count == 2 || seen.limits.isEmpty, "\(limit ?? "")")

        var needles = Needles()
        needles.add(text: passphrase, "passphrase")
        try needles.addKeys(in: "home/keys", bench)
        #expect(seen.cmdline.contains("--passphrase-file") || seen.cmdline.isEmpty)
        #expect(needles.found(in: Data((seen.cmdline + seen.environ).utf8)).isEmpty)
        needles.expectNone(in: bench, but: ["passphrase"])
    }

    private struct Seen: Decodable {
        let cmdline: String
        let environ: String
        let limits: String
        let owner: Int
        let ordinary: Int
        let user: Int
        let signal: Int32
        let dumped: Bool
    }
}
