#!/usr/bin/env python3
"""Does to a running licetd what the targets for reliability and security say that it must bear, and prints the figures.

  10  bombs: a code, a status list and pictures that unpack to 64 MiB and more; and the largest pictures that are taken
  11  1,000 connections that are slow in every way, for 5 minutes
  12  a chunked body of 1 GiB
  22  SIGTERM under load, 50 times
  23  a publication that is lost, damaged and too old, and repaired

Times of honest requests are printed and not judged, since machines differ: the status is 0 when everything else holds.
--short takes 30 seconds of slow connections, 10 stops, and of the largest pictures one.
"""

import json
import random
import re
import select
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

sys.dont_write_bytecode = True
import bombs  # noqa: E402
import town  # noqa: E402

MIB = 1 << 20
HERE = Path(__file__).resolve().parent


class Table:
    """The figures, a row each."""

    def __init__(self, tally):
        self.tally, self.rows = tally, []

    def row(self, number, what, figure, target="", holds=None):
        if holds is not None:
            self.tally.check(holds, f"row {number}, {what}: {figure}, wanted {target}")
        self.rows.append((str(number), what, figure, target, {None: "", True: "met", False: "NOT MET"}[None if holds is None else bool(holds)]))
        print(f"row {number}: {what}: {figure}", file=sys.stderr)

    def show(self):
        lines = [("row", "trial", "figure", "target", ""), *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(4)]
        for line in lines:
            print("  ".join(cell.ljust(width) for cell, width in zip(line, [*widths, 0])).rstrip())


def mib(size):
    return f"{size / MIB:.1f} MiB"


def warm(daemon, authority, count=200):
    """So that what every daemon grows by in its first minute is not counted."""
    codes = list(authority.digits_of.values())
    for number in range(count):
        daemon.verdict(codes[number % len(codes)])


# MARK: - Row 10


def growth(daemon, act, times=8, side_by_side=4):
    """By how much memory grows at most while something is done again and again; what it returned."""
    base = daemon.forget_peak()
    results = []
    for _ in range(times // side_by_side):
        threads = [threading.Thread(target=lambda: results.append(act())) for _ in range(side_by_side)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return daemon.peak() - base, results


def row_10(table, authority, options, place):
    publication = place / "bombed"
    shutil.copytree(authority.publication, publication)
    with town.Daemon(options.licetd, authority, publication=publication) as daemon:
        warm(daemon, authority)
        limit = 32 * MIB
        code = bombs.code(authority.digits_of["valid"], bombs.zeros(2_700_000, raw=True))
        grown, verdicts = growth(daemon, lambda: daemon.verdict(code), times=200)
        table.row(10, f"code of {len(code):,} digits that unpacks to 2.7 MB (the most that 3,000 bytes can), 200 times, 4 at a time",
                  f"{'/'.join(sorted(set(verdicts)))}, +{mib(grown)}", "malformed, < 32 MiB", set(verdicts) == {"malformed"} and grown < limit)
        code = bombs.code(authority.digits_of["valid"], bombs.zeros(64 * MIB, raw=True))
        question = json.dumps({"code": code})
        grown, found = growth(daemon, lambda: refused(daemon, "POST", "/v1/verify", question, {"Content-Type": "application/json"}))
        table.row(10, f"code of {len(code):,} digits that unpacks to 64 MiB, in a body",
                  f"{'/'.join(sorted(map(str, set(found))))}, +{mib(grown)}", "413, < 32 MiB", set(found) == {413} and grown < limit)
        grown, found = growth(daemon, lambda: refused(daemon, "GET", f"/L/{code}"))
        table.row(10, "the same in an address", f"{'/'.join(sorted(map(str, set(found))))}, +{mib(grown)}", "431, < 32 MiB",
                  set(found) == {431} and grown < limit)

        path = publication / "status/341181-1"
        bomb = bombs.status_list(path.read_bytes(), bombs.zeros(64 * MIB), authority)
        base = daemon.forget_peak()
        replace(path, bomb)
        town.until(lambda: daemon.ask("GET", "/readyz").status == 503, 6)
        answer = daemon.ask("GET", "/readyz")
        reason = answer.json.get("detail", "green")
        grown = daemon.peak() - base
        table.row(10, f"status list of {len(bomb):,} bytes by the real key that unpacks to 64 MiB", f"{reason}, +{mib(grown)}",
                  "refused as too large, < 32 MiB", "compressed bytes hold more" in reason and grown < limit)
        table.row(10, "the verdict after it, by the list before", daemon.verdict(authority.digits_of["valid"]), "valid",
                  daemon.verdict(authority.digits_of["valid"]) == "valid")

        pictures = {
            "PNG, 8192², 64 MiB": ("image/png", lambda: bombs.png(8_192, 8_192)),
            "PNG, 16384², RGBA, 1 GiB": ("image/png", lambda: bombs.png(16_384, 16_384, 8, 6)),
            "PNG, 60000², 1 bit": ("image/png", lambda: bombs.png(60_000, 60_000, 1)),
            "JPEG, 8192², 64 MiB": ("image/jpeg", lambda: bombs.jpeg(8_192, 8_192)),
            "JPEG, 32768², 1 GiB": ("image/jpeg", lambda: bombs.jpeg(32_768, 32_768)),
            "JPEG, 65500², its beginning alone": ("image/jpeg", lambda: bombs.jpeg(65_500, 65_500, whole=False)),
        }
        for name, (kind, make) in pictures.items():
            honest(daemon, kind, authority)
            content = make()
            grown, found = growth(daemon, lambda: refused(daemon, "POST", "/v1/verify", content, {"Content-Type": kind}))
            table.row(10, f"{name}, {len(content):,} bytes, 8 times, 4 at a time", f"{'/'.join(sorted(map(str, set(found))))}, +{mib(grown)}",
                      "413 or 422, < 32 MiB", set(found) <= {413, 422} and grown < limit)
        largest(table, daemon, 1 if options.short else None)


def largest(table, daemon, kinds):
    """The largest pictures that are taken, two at once, while others as large wait; so many kinds of them, or all."""
    def filled(picture):
        """As large as a body may be; what follows a picture is not looked at."""
        return picture + bytes(16 * MIB - len(picture))
    pictures = {
        "PNG, 8000², 64 megapixels": ("image/png", lambda: bombs.png(8_000, 8_000)),
        "JPEG, 5700², progressive": ("image/jpeg", lambda: bombs.jpeg(5_700, 5_700, progressive=True)),
        "PNG, 5000², 60 corner marks, searched thrice": ("image/png", lambda: bombs.marks(5_000)),
    }
    for name, (kind, make) in list(pictures.items())[:kinds]:
        content, beyond, found = filled(make()), filled(bombs.jpeg(65_500, 65_500, whole=False)), []

        def send(content):
            found.append(refused(daemon, "POST", "/v1/verify", content, {"Content-Type": kind}, 900))
        daemon.forget_peak()
        threads = [threading.Thread(target=send, args=[content if number < 2 else beyond]) for number in range(8)]
        for number, thread in enumerate(threads):
            thread.start()
            if number == 1:
                town.until(lambda: b"licetd_photos 2\n" in daemon.ask("GET", "/metrics").body, 5)
        for thread in threads:
            thread.join()
        memory = daemon.memory()
        table.row(10, f"{name}, in 16 MiB, twice, and 6 that wait or are refused",
                  f"{'/'.join(sorted(map(str, set(found))))}, VmHWM {mib(memory['VmHWM'])}, then VmRSS {mib(memory['VmRSS'])}",
                  "422, 413 or 503, < 400 MiB, < 100 MiB",
                  {422} <= set(found) <= {0, 413, 422, 503} and memory["VmHWM"] < 400 * MIB and memory["VmRSS"] < 100 * MIB)


def honest(daemon, kind, authority):
    """Pictures that are as they should be, so that their memory is not counted."""
    if kind == "image/png":
        for picture in authority.picture_of.values():
            daemon.ask("POST", "/v1/verify", picture.read_bytes(), {"Content-Type": kind})


def refused(daemon, *request):
    """The status of what may be refused before it was sent."""
    try:
        return daemon.ask(*request).status
    except OSError:
        return 0


def replace(path, content):
    """As a publisher does."""
    temporary = path.with_name(path.name + ".1.tmp")
    temporary.write_bytes(content)
    temporary.rename(path)


# MARK: - Row 11


def wrk(port, paths, seconds, place):
    """Requests a second, p99 in milliseconds, and errors of honest clients."""
    script = place / "honest.lua"
    listed = ", ".join(f'"{path}"' for path in paths)
    script.write_text(f"""
local paths, n = {{ {listed} }}, 0
request = function() n = n % #paths + 1 return wrk.format("GET", paths[n], {{ Accept = "application/json" }}) end
""")
    done = subprocess.run(["wrk", "-t1", "-c8", f"-d{seconds}s", "--latency", "--timeout", "10s", "-s", script, f"http://127.0.0.1:{port}/"],
                          capture_output=True, text=True, check=True).stdout
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", done).groups()
    p99 = float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
    errors = re.search(r"Socket errors: (.*)", done) or re.search(r"(Non-2xx.*)", done)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", done)[1]), p99, errors and errors[1]


def row_11(table, authority, options, place):
    seconds, count = (30, 1_000) if options.short else (300, 1_000)
    paths = [f"/L/{digits}" for digits in authority.digits_of.values()]
    with town.Daemon(options.licetd, authority) as daemon:
        warm(daemon, authority)
        # Large and cheap, so that it is the slowness that is felt and not the asking.
        heavy = "/openapi.yaml" if daemon.has("GET", "/openapi.yaml") else "/publication/trust-list"
        alone = wrk(daemon.port, paths, 10 if options.short else 30, place)
        slow = subprocess.Popen([sys.executable, HERE / "slow.py", str(daemon.port), str(count), str(seconds), heavy],
                                stdout=subprocess.PIPE, text=True)
        slow.stdout.readline()
        time.sleep(6)
        beside = wrk(daemon.port, paths, seconds - 8, place)
        told = json.loads(slow.communicate(timeout=seconds + 120)[0])
        lived = told["lived"]
        for kind, times in lived.items():
            longest = max(times, default=0)
            table.row(11, f"{kind}: {len(times):,} connections, the longest and the median life",
                      f"{longest:.1f} s, {statistics.median(times) if times else 0:.1f} s", "≤ 16 s", bool(times) and longest <= 16)
        table.row(11, "slow connections that could not be opened, or were never closed", f"{told['errors']}, {told['unclosed']}", "0, 0",
                  told["errors"] == told["unclosed"] == 0)
        table.row(11, "honest clients alone", f"{alone[0]:,.0f}/s, p99 {alone[1]:.1f} ms, errors: {alone[2] or 'none'}", "no error", not alone[2])
        table.row(11, "honest clients beside them", f"{beside[0]:,.0f}/s, p99 {beside[1]:.1f} ms, errors: {beside[2] or 'none'}", "no error", not beside[2])
        table.row(11, "p99 beside them to p99 alone", f"{beside[1] / alone[1]:.2f}", "≤ 2 (not judged)")
        table.row(11, "the verdict afterwards", daemon.verdict(authority.digits_of["valid"]), "valid", daemon.verdict(authority.digits_of["valid"]) == "valid")


# MARK: - Row 12


def row_12(table, authority, options, place):
    with town.Daemon(options.licetd, authority) as daemon:
        warm(daemon, authority)
        with daemon.connect() as connection:
            connection.sendall(CHUNKED + b"10000\r\n" + b" " * 65_536 + b"\r\n")
            time.sleep(0.5)
            early = answered(connection)
            connection.sendall(b"1\r\n \r\n")
            late = answered(connection, wait=True)
        table.row(12, "answer after 65,536 bytes, and after one more", f"{early or 'none'}, {late}", "none, 413", (early, late) == (None, 413))
        for name, size in ("chunks of 64 KiB", 65_536), ("chunks of 1 KiB", 1_024), ("one chunk of 1 GiB", 1 << 30):
            base = daemon.forget_peak()
            with daemon.connect() as connection:
                status, sent = flood(connection, size)
            grown = daemon.peak() - base
            table.row(12, f"1 GiB in {name}", f"{status} after {sent / 1024:,.0f} KiB sent, +{mib(grown)}", "413, ≤ +16 MiB",
                      status == 413 and grown <= 16 * MIB)


CHUNKED = b"POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


def flood(connection, size):
    """Sends 1 GiB and goes on when it is refused; the status, and how much was sent when it came."""
    connection.sendall(CHUNKED)
    part = bytes(min(size, 65_536))
    whole = f"{size:x}\r\n".encode() + part + b"\r\n" if size <= 65_536 else part
    if size > 65_536:
        connection.sendall(f"{size:x}\r\n".encode())
    sent, status, at = 0, None, 0
    connection.settimeout(10)
    try:
        while sent < 1 << 30:
            connection.sendall(whole)
            sent += len(part)
            if status is None:
                status = answered(connection)
                at = sent
    except OSError:
        pass
    if status is None:
        connection.setblocking(True)
        connection.settimeout(3)
        status = answered(connection, wait=True)
        at = sent
    return status, at


def answered(connection, wait=False):
    """The status of an answer that is there."""
    if not wait and not select.select([connection], [], [], 0)[0]:
        return None
    try:
        head = connection.recv(4_096)
        return int(head.split()[1]) if head else None
    except OSError:
        return None


# MARK: - Row 22


class Load:
    """Clients that ask without a pause, and what became of every request.

    A request is owed an answer where the connection was established on both sides when its last byte had been sent: on one
    machine the bytes are then in the daemon's hands before it has closed. TCP_INFO tells that of the kernel.
    """

    def __init__(self, port, digits):
        self.port, self.body = port, json.dumps({"code": digits}).encode()
        self.answered = self.dropped = self.cut = self.wrong = self.unaccepted = 0
        self.terminated = None
        self.threads = [threading.Thread(target=self.client, args=(number,), daemon=True) for number in range(12)]
        for thread in self.threads:
            thread.start()

    def request(self, number):
        head = b"POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(self.body)
        # Every third one asks once a connection.
        return head + (b"Connection: close\r\n\r\n" if number % 3 == 0 else b"\r\n") + self.body

    def client(self, number):
        request = self.request(number)
        while True:
            try:
                connection = socket.create_connection(("127.0.0.1", self.port), 15)
            except OSError:
                return
            opened = time.monotonic()
            first = True
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while True:
                    owed = self.send(connection, request)
                    outcome = self.receive(connection)
                    late = self.terminated is not None and opened > self.terminated - 0.05
                    if outcome == "whole":
                        self.answered += 1
                    elif outcome == "wrong":
                        self.wrong += 1
                    elif outcome == "cut":
                        self.cut += 1
                    elif first and late:
                        # In the queue of the listening socket: the daemon never had it.
                        self.unaccepted += 1
                    elif owed:
                        self.dropped += 1
                    first = False
                    if outcome != "whole" or self.closing or number % 3 == 0:
                        break
                    time.sleep(0.05 * (number % 3 == 1))
            if self.terminated is not None and outcome != "whole":
                return

    def send(self, connection, request):
        """Whether the connection was established when everything had been sent."""
        try:
            connection.sendall(request)
            return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == 1
        except OSError:
            return False

    def receive(self, connection):
        answer = b""
        self.closing = False
        try:
            while True:
                head, separator, body = answer.partition(b"\r\n\r\n")
                if separator:
                    length = int(re.search(rb"(?i)\r\ncontent-length: (\d+)", head)[1])
                    if len(body) >= length:
                        self.closing = b"\r\nconnection: close" in head.lower()
                        return "whole" if head.startswith(b"HTTP/1.1 200") and b'"verdict":"valid"' in body else "wrong"
                part = connection.recv(65_536)
                if not part:
                    break
                answer += part
        except OSError:
            pass
        return "cut" if answer else "none"


def row_22(table, authority, options, place):
    runs, stops = 10 if options.short else 50, []
    totals = {"answered": 0, "dropped": 0, "cut": 0, "wrong": 0, "unaccepted": 0}
    codes = []
    pause = random.Random(1)
    for _ in range(runs):
        with town.Daemon(options.licetd, authority) as daemon:
            load = Load(daemon.port, authority.digits_of["valid"])
            time.sleep(0.3 + pause.random() * 0.7)
            load.terminated = start = time.monotonic()
            daemon.process.terminate()
            codes.append(daemon.process.wait(15))
            stops.append(time.monotonic() - start)
            for thread in load.threads:
                thread.join(20)
            for name in totals:
                totals[name] += getattr(load, name)
    table.row(22, f"{runs} stops under load: requests answered whole", f"{totals['answered']:,}", "> 0", totals["answered"] > 0)
    table.row(22, "requests that the daemon had and did not answer, answered in part, answered otherwise",
              f"{totals['dropped']}, {totals['cut']}, {totals['wrong']}", "0, 0, 0", totals["dropped"] == totals["cut"] == totals["wrong"] == 0)
    table.row(22, "connections in the queue of the listening socket, which it never accepted", f"{totals['unaccepted']}")
    table.row(22, "longest and median time to the exit", f"{max(stops):.2f} s, {statistics.median(stops):.2f} s", "≤ 10 s", max(stops) <= 10)
    table.row(22, "exit codes", "/".join(map(str, sorted(set(codes)))), "0", set(codes) == {0})
    seconds, code = stop_with_a_waiting_batch(authority, options)
    table.row(22, "while a batch waits for more than its client may ask: time to the exit, exit code", f"{seconds:.1f} s, {code}", "≤ 10 s, 0",
              seconds <= 10 and code == 0)


def stop_with_a_waiting_batch(authority, options):
    body = (json.dumps({"code": authority.digits_of["valid"]}) + "\n").encode() * 2_000
    words = ["--set", "proxies=127.0.0.1", "--set", "limits.requests-per-second=1", "--set", "limits.burst=4"]
    with town.Daemon(options.licetd, authority, words=words) as daemon, socket.create_connection(("127.0.0.1", daemon.port), 20) as wire:
        wire.sendall(b"POST /v1/verify/batch HTTP/1.1\r\nHost: localhost\r\nForwarded: for=192.0.2.1\r\n"
                     b"Content-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        wire.recv(65_536)
        start = time.monotonic()
        daemon.process.terminate()
        code = daemon.process.wait(15)
        return time.monotonic() - start, code


# MARK: - Row 23


def row_23(table, authority, options, place):
    publication = place / "watched"
    shutil.copytree(authority.publication, publication)
    kept = place / "kept"
    shutil.copytree(publication, kept)

    def restore():
        shutil.rmtree(publication, ignore_errors=True)
        again = place / "again"
        shutil.copytree(kept, again)
        again.rename(publication)

    def put_back(path):
        return lambda: replace(publication / path, (kept / path).read_bytes())

    damaged = bytearray((kept / "status/341181-1").read_bytes())
    damaged[len(damaged) // 2] ^= 1
    troubles = {
        "trust list lost": (lambda: (publication / "trust-list").unlink(), put_back("trust-list")),
        "checkpoint of the log lost": (lambda: (publication / "log/checkpoint").unlink(), put_back("log/checkpoint")),
        "publication folder lost": (lambda: publication.rename(place / "gone"), lambda: (place / "gone").rename(publication)),
        "publication emptied": (lambda: [shutil.rmtree(item) if item.is_dir() else item.unlink() for item in publication.iterdir()], restore),
        "status list lost": (lambda: (publication / "status/341181-1").unlink(), put_back("status/341181-1")),
        "issued list lost": (lambda: (publication / "issued/341181-1").unlink(), put_back("issued/341181-1")),
        "status list damaged": (lambda: replace(publication / "status/341181-1", bytes(damaged)), put_back("status/341181-1")),
        "status list empty": (lambda: replace(publication / "status/341181-1", b""), put_back("status/341181-1")),
        "trust list unreadable": (lambda: swap_for_folder(publication / "trust-list"), lambda: (
            (publication / "trust-list").rmdir(), put_back("trust-list")())),
    }
    with town.Daemon(options.licetd, authority, publication=publication, state=place / "state") as daemon:
        def is_red():
            return daemon.ask("GET", "/readyz").status == 503

        for name, (break_it, mend_it) in troubles.items():
            break_it()
            red = town.until(is_red, 10)
            said = daemon.ask("GET", "/readyz").json.get("detail", "") if red is not None else ""
            mend_it()
            green = town.until(lambda: not is_red(), 10)
            table.row(23, name, f"red after {seconds(red)}, green after {seconds(green)}: {said[:70]}", "≤ 5 s, green again",
                      red is not None and red <= 5 and green is not None and green <= 5)
    expiry(table, authority, options, place)


def expiry(table, authority, options, place):
    """Lists that are good for 20 seconds, and then others."""
    authority.publish("--valid-for", "20s")
    with town.Daemon(options.licetd, authority) as daemon:
        report = daemon.ask("GET", "/readyz").json
        ends = min(datetime.fromisoformat(item["expires"]).timestamp() for item in report["lists"])
        before = daemon.verdict(authority.digits_of["valid"])
        town.until(lambda: daemon.ask("GET", "/readyz").status == 503, 60)
        red = time.time() - ends
        answer = daemon.ask("GET", "/readyz")
        verdict = daemon.verdict(authority.digits_of["valid"])
        authority.publish("--valid-for", "7d")
        green = town.until(lambda: daemon.ask("GET", "/readyz").status == 200, 10)
        table.row(23, "lists expired", f"red after {seconds(red)}, green after {seconds(green)}: {answer.json.get('detail', '')[:70]}",
                  "≤ 5 s, green again", answer.status == 503 and red <= 5 and green is not None and green <= 5)
        after = daemon.verdict(authority.digits_of["valid"])
        table.row(23, "the verdict before, on an expired list, on the next", f"{before}, {verdict}, {after}", "valid, undetermined, valid",
                  (before, verdict, after) == ("valid", "undetermined", "valid"))


def swap_for_folder(path):
    path.unlink()
    path.mkdir()


def seconds(time):
    return "never" if time is None else f"{time:.1f} s"


def main():
    parser = town.arguments(__doc__, "scripts/daemon/trials.py --licet .build/debug/licet --licetd .build/debug/licetd --short")
    parser.add_argument("--short", action="store_true", help="30 seconds of slow connections, 10 stops, one large picture")
    parser.add_argument("--row", type=int, action="append", choices=[10, 11, 12, 22, 23], metavar="N", help="only this row; may be given again")
    options = parser.parse_args()
    rows = {10: row_10, 11: row_11, 12: row_12, 22: row_22, 23: row_23}
    for name in ["openssl"] + ["wrk"] * (not options.row or 11 in options.row):
        town.program(name)
    tally = town.Tally("trials")
    table = Table(tally)
    with town.scratch("trials", options.keep) as place:
        authority = town.Town(options.licet, place / "town").found()
        for number in options.row or rows:
            start = time.monotonic()
            rows[number](table, authority, options, place)
            print(f"row {number}: {time.monotonic() - start:.0f} s", file=sys.stderr)
    table.show()
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
