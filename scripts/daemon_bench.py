"""The verifier daemon under load: verdicts over HTTP beside bare signature checks, and its memory beside the bits of its lists."""

import json
import re
import sqlite3
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request

LINES = 400
LISTS = {"1 M": 1, "185 M": 177}
ENTRIES = 1 << 20


class Server:
    """A server that prints its address, and what is asked of it."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                        env=environment)
        line = self.process.stdout.readline()
        found = re.search(r"http://\S+", line)
        if not found:
            sys.exit(f"bench: {command[0]} did not start: {line}")
        self.address = found.group()

    def get(self, path, accept="application/json"):
        request = urllib.request.Request(self.address + path, headers={"Accept": accept})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            return error.read()

    def memory(self):
        """Resident bytes: all of it, and what is not of files."""
        status = open(f"/proc/{self.process.pid}/status").read()
        return tuple(int(re.search(rf"{name}:\s+(\d+) kB", status).group(1)) * 1024 for name in ("VmRSS", "RssAnon"))

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


def wrk(bench, address, script=None, connections=32):
    """Requests a second, and milliseconds that 99 of 100 took no longer than."""
    command = ["wrk", "-t", "2", "-c", str(connections), "-d", f"{bench.options.seconds}s", "--latency"]
    done = subprocess.run(command + (["-s", str(script)] if script else []) + [address], capture_output=True, text=True)
    report = done.stdout
    if done.returncode or "Non-2xx" in report or "Socket errors" in report:
        sys.exit(f"bench: the server failed under load:\n{report}{done.stderr}")
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", report).groups()
    return float(re.search(r"Requests/sec:\s+([\d.]+)", report).group(1)), float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def codes(home):
    """The digits of all codes that were issued."""
    registry = sqlite3.connect(f"file:{home}/licet.sqlite?mode=ro", uri=True)
    try:
        return [str(int.from_bytes(code, "big")) for code, in registry.execute("SELECT code FROM licence ORDER BY id")]
    finally:
        registry.close()


def scripts(folder, digits):
    """What wrk sends: each code by its address, or so many of them in a batch."""
    listing = folder / "digits.txt"
    listing.write_text("".join(f"{code}\n" for code in digits))
    single = folder / "single.lua"
    single.write_text(f'''local requests, turn = {{}}, math.random(0, {len(digits)})
for line in io.lines("{listing}") do
  requests[#requests + 1] = wrk.format("GET", "/L/" .. line, {{ ["Host"] = "localhost", ["Accept"] = "application/json" }})
end
function request()
  turn = turn % #requests + 1
  return requests[turn]
end
''')
    batch = folder / "batch.lua"
    batch.write_text(f'''local bodies, lines, turn = {{}}, {{}}, math.random(0, {len(digits) // LINES})
for line in io.lines("{listing}") do
  lines[#lines + 1] = '{{"code":"' .. line .. '"}}\\n'
  if #lines == {LINES} then
    bodies[#bodies + 1] = wrk.format("POST", "/v1/verify/batch", {{ ["Host"] = "localhost", ["Content-Type"] = "application/x-ndjson" }}, table.concat(lines))
    lines = {{}}
  end
end
function request()
  turn = turn % #bodies + 1
  return bodies[turn]
end
''')
    return single, batch


def measure(bench, options):
    bench.found()
    count = max(options.licences, 2 * LINES)
    bench.licet("issue", bench.applications(count, 7), "--no-pictures", "--out", bench.folder / "out", "--passphrase-file", bench.passphrase)
    bench.licet("publish", "--to", bench.folder / "publication", "--passphrase-file", bench.passphrase)
    digits = codes(bench.folder / "home")
    single, batch = scripts(bench.folder, digits)

    def daemon(cache):
        return Server([bench.bin / "licetd", "--publication", bench.folder / "publication", "--root", bench.folder / "home/root.crt", "--state",
                       bench.folder / f"state-{cache}", "--listen", "127.0.0.1:0", "--set", f"cache={cache}"], bench.environment)

    cold, warm = daemon(0), daemon(2 * len(digits))
    answer = cold.get("/L/" + digits[0])
    if json.loads(answer)["verdict"] != "valid":
        sys.exit(f"bench: a licence that was issued is not valid: {answer.decode()[:300]}")
    constant = Server([bench.bin / "licet-daemon-bench", "constant", len(answer)], bench.environment)
    figures = {name: [] for name in ("single", "batch", "repeated", "constant", "signatures")}
    try:
        # Keys get their tables, and codes their places.
        for server in cold, warm:
            wrk(bench, server.address, single)
        time.sleep(2)
        for _ in range(options.rounds):
            figures["single"].append(wrk(bench, cold.address, single))
            figures["batch"].append(wrk(bench, cold.address, batch, connections=4))
            figures["repeated"].append(wrk(bench, warm.address, single))
            # The same requests: what a server does that reads them and does not look what they say.
            figures["constant"].append(wrk(bench, constant.address, single))
            # By the clock on the wall, as wrk measures: else what others do on the machine would count for the one and not for the other.
            speed = subprocess.run(["openssl", "speed", "-elapsed", "-multi", "2", "-seconds", str(options.seconds), "ecdsap256"], capture_output=True,
                                   text=True, check=True)
            figures["signatures"].append((float(speed.stdout.split()[-1]), 0))
    finally:
        for server in cold, warm, constant:
            server.stop()
    report({name: tuple(statistics.median(column) for column in zip(*rows)) for name, rows in figures.items()}, len(answer))
    memory(bench, options)


def report(at, size):
    signatures, constant = at["signatures"][0], at["constant"][0]
    rows = [("single requests, each a new code", at["single"][0], at["single"][1], signatures, 0.6, "openssl speed -multi 2 ecdsap256"),
            (f"batches of {LINES}, each a new code", at["batch"][0] * LINES, at["batch"][1], signatures, 0.9, "the same"),
            ("single requests, codes seen before", at["repeated"][0], at["repeated"][1], constant, 0.9,
             f"the same server answering {size:,} constant bytes")]
    print(f"{'':38}{'licetd':>10}{'p99, ms':>9}{'limit':>10}{'of limit':>10}{'goal':>6}  the limit is")
    for name, ours, p99, limit, goal, what in rows:
        met = "met" if ours / limit >= goal else "NOT MET"
        print(f"{name:38}{ours:10,.0f}{p99:9.1f}{limit:10,.0f}{ours / limit:10.2f}{goal:6}  {met}; {what}")
    print(f"{'the constant':38}{constant:10,.0f}{at['constant'][1]:9.1f}")


def memory(bench, options):
    """What lists of so many entries take, beside a daemon without lists and the bits themselves.

    Lists are held in memory of the process itself. Pages of the program that happen to be resident, half a megabyte more or less from one start
    to the next, are in the first column alone.
    """
    print(f"\n{'resident memory, MB':38}{'in all':>10}{'own':>10}{'for lists':>10}{'the bits':>10}{'ratio':>8}{'goal':>6}")
    before = None
    for name, count in {"none": 0, **LISTS}.items():
        folder = bench.folder / f"lists-{count}"
        subprocess.run([str(bench.bin / "licet-daemon-bench"), "lists", str(folder), str(count), "1000"], check=True)
        server = Server([bench.bin / "licetd", "--publication", folder, "--root", folder / "root.crt", "--state", folder / "state", "--listen",
                         "127.0.0.1:0"], bench.environment)
        try:
            server.get("/readyz")
            time.sleep(3)
            total, own = server.memory()
        finally:
            server.stop()
        before = before or own
        bits = count * ENTRIES / 2
        ratio = (own - before) / bits if bits else 0
        met = "" if not bits else "met" if ratio <= 1.2 else "NOT MET"
        print(f"status entries: {name:22}{total / 1e6:10.1f}{own / 1e6:10.1f}{(own - before) / 1e6:10.1f}{bits / 1e6:10.1f}{ratio:8.2f}"
              f"{'1.2' if bits else '':>6}  {met}")
