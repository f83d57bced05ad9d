import Foundation

extension Workbench {
    /// Runs `licet` on a terminal of its own; when it asks something, the next of `answers` is typed, or Ctrl-D after the last.
    func onTerminal(_ arguments: [String], answers: [String]) throws -> Outcome {
        let script = """
            import json, os, pty, sys
            answers = json.load(sys.stdin)
            pid, terminal = pty.fork()
            if pid == 0:
                os.execv(sys.argv[1], sys.argv[1:])
            seen, asked = b"", 0
            while True:
                try:
                    part = os.read(terminal, 4096)
                except OSError:
                    break
                if not part:
                    break
                seen += part
                if seen[asked:].endswith(b": "):
                    asked = len(seen)
                    os.write(terminal, answers.pop(0).encode() + b"\\n" if answers else b"\\x04")
            sys.stdout.buffer.write(seen)
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """
        return try run(
            "/usr/bin/env",
            ["python3", "-c", script, Self.program("licet")] + arguments,
            input: String(decoding: JSONEncoder().encode(answers), as: UTF8.self)
        )
    }
}
