"""Measures a registry of many licences beside an empty one; for scripts/bench --scale."""

import os
import random
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

GOALS = {"show": 5, "list": 50, "name": 300}  # milliseconds beyond the start of a process


class Home:
    """An authority with two offices, and what runs in it."""

    def __init__(self, bench, folder):
        self.bench, self.path, self.passphrase = bench, folder / "home", folder / "passphrase"
        self.environment = dict(bench.environment, LICET_HOME=str(self.path))

    def found(self):
        self.passphrase.write_text("a passphrase of the bench\n")
        self.passphrase.chmod(0o600)
        secret = ("--passphrase-file", self.passphrase)
        self.run("authority", "create", "--name", "Bench", "--verify-address", "https://lic.example.cn", *secret)
        for office in ("341181", "341182"):
            self.run("office", "add", office, "--name", f"Bench {office}", *secret)

    def run(self, *arguments, may_refuse=False):
        """Milliseconds and MiB of one process that must succeed; and how many rows it refused, where it may."""
        command = [str(part) for part in (self.bench.bin / "licet", *arguments)]
        start = time.perf_counter()
        process = subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = 1000 * (time.perf_counter() - start)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stderr.close()
        refused = re.search(rb"licet: (\d+) of \d+ rows refused", errors)
        if may_refuse and refused:
            return elapsed, usage.ru_maxrss / 1024, int(refused.group(1))
        if process.returncode != 0:
            sys.exit(f"bench: {' '.join(command)} exited with {process.returncode}:\n{errors.decode()[-2000:]}")
        return elapsed, usage.ru_maxrss / 1024, 0

    def median(self, commands):
        """Medians of processes run one after another: milliseconds, MiB."""
        runs = [self.run(*command) for command in commands]
        return statistics.median(time for time, _, _ in runs), max(memory for _, memory, _ in runs)

    def query(self, sql, *arguments):
        with sqlite3.connect(f"file:{self.path}/licet.sqlite?mode=ro", uri=True) as database:
            return database.execute(sql, arguments).fetchall()

    def issue(self, applications, count, folder, *options):
        """Licences a second, the opening of the keys (scrypt) included; and MiB."""
        secret = ("--passphrase-file", self.passphrase)
        # Among so many licences some names are taken.
        elapsed, memory, refused = self.run("issue", applications, "--out", folder, *options, *secret, may_refuse=True)
        return 1000 * (count - refused) / elapsed, memory


def filled(bench, options, folder):
    """A home with so many licences: the one that was kept, or a new one."""
    cache = Path(options.home_cache).resolve() if options.home_cache else folder / "filled"
    cache.mkdir(parents=True, exist_ok=True)
    home, done = Home(bench, cache), cache / "licences"
    if not done.exists() or int(done.read_text()) != options.licences:
        done.unlink(missing_ok=True)
        shutil.rmtree(home.path, ignore_errors=True)
        home.found()
        print(f"filling a registry with {options.licences:,} licences …", file=sys.stderr)
        subprocess.run([bench.bin / "licet-registry-bench", home.path, str(options.licences), home.passphrase], check=True)
        done.write_text(f"{options.licences}\n")
    # It is large, and what was just written is written out while we measure.
    os.sync()
    return home


class Report:
    def __init__(self):
        print(f"\n{'':44}{'empty':>10}{'filled':>10}{'':>12}  {'goal':>10}{'':10}{'RSS MiB':>8}")

    def line(self, name, empty, full, unit, goal, is_met, memory):
        verdict = "" if is_met is None else "met" if is_met else "not met"
        blank = "" if empty is None else f"{empty:,.1f}"
        print(f"{name:44}{blank:>10}{full:10,.1f} {unit:11}  {goal:>10} {verdict:9}{memory:8.0f}", flush=True)


def issue(bench, options, report, empty, full):
    """Batches in turn: in the empty registry, in the filled one."""
    for name, more, count, seed in (("issue --no-pictures", ["--no-pictures"], options.batch_size, 5_000), ("issue", [], options.batch_size // 4, 6_000)):
        ratios, rates = [], []
        for number in range(options.rounds):
            applications = bench.applications(count, seed + options.salt + number)
            pair = [home.issue(applications, count, bench.folder / f"{name}-{number}-{home is full}", *more) for home in (empty, full)]
            rates.append(pair)
            ratios.append(pair[1][0] / pair[0][0])
        ratio = statistics.median(ratios)
        report.line(f"{name}, {count} licences", statistics.median(pair[0][0] for pair in rates), statistics.median(pair[1][0] for pair in rates),
                    f"/s {ratio:8.2f}", "≥ 0.90", ratio >= 0.9, max(pair[1][1] for pair in rates))


def look_up(options, report, empty, full):
    rng = random.Random(options.seed)
    last = full.query("SELECT max(id) FROM licence")[0][0]
    some = [full.query("SELECT creditCode, name FROM licence WHERE id = ?", rng.randint(1, last))[0] for _ in range(options.starts)]
    start, memory = full.median([["--version"]] * options.starts)
    report.line("licet --version, taken off below", None, start, "ms", "", None, memory)
    codes = [code for code, _ in empty.query("SELECT creditCode, 1 FROM licence ORDER BY random() LIMIT ?", options.starts)]
    before = empty.median([["show", code] for code in codes])[0] - start
    whole, memory = full.median([["show", code] for code, _ in some])
    report.line("show CODE", before, whole - start, "ms", f"< {GOALS['show']}", whole - start < GOALS["show"], memory)
    lists = [["--status", "revoked"], ["--status", "valid"], ["--status", "suspended"], ["--status", "expired"], ["--status", "superseded"],
             ["--expiring", "30d"], ["--expired", "30d"], ["--office", "341181"], ["--office", "341182"], ["--division", "341182"],
             ["--division", "341100"], ["--kind", "company"], ["--status", "revoked", "--office", "341182"]]
    rare = some[0][1]
    names = [("a whole name", [rare]), ("part of a name", [rare[2:7]]), ("a frequent word", ["有限公司"]), ("four characters in many", ["天长市安"]),
             ("two characters", ["天长"]), ("two, in few", ["祚作"]), ("one character", ["有"]), ("one, in few", ["柒"]), ("nothing found", ["不存在的字号"]),
             ("nothing found, frequent parts", ["有限公司有限公司"]), ("a frequent word, revoked", ["有限公司", "--status", "revoked"])]
    for kind, title, arguments in [("list", " ".join(query), query) for query in lists] + [("name", *query) for query in names]:
        count = max(3, options.starts // 4)
        before = empty.median([["list", *arguments, "--limit", 50]] * count)[0] - start
        whole, memory = full.median([["list", *arguments, "--limit", 50]] * count)
        title = f"list {title}" if kind == "list" else f"list NAME, {title}"
        report.line(title, before, whole - start, "ms", f"< {GOALS[kind]}", whole - start < GOALS[kind], memory)


def publish(report, full, folder):
    """All lists; then those of one licence that was revoked since."""
    to, secret = ("--to", folder / "publication"), ("--passphrase-file", full.passphrase)
    lists = full.query("SELECT count(*) FROM statusList")[0][0]
    elapsed, memory, _ = full.run("publish", *to, *secret)
    report.line(f"publish, {lists} lists, all new", None, elapsed / 1000, "s", "", None, memory)
    elapsed, memory, _ = full.run("publish", *to, *secret)
    report.line("publish, nothing changed", None, elapsed / 1000, "s", "", None, memory)
    code = full.query("SELECT creditCode FROM licence WHERE status = 'valid' AND lastDay IS NULL ORDER BY id LIMIT 1 OFFSET 1000")[0][0]
    full.run("revoke", code, "--reason", "bench", *secret)
    def lists():
        return [path for kind in ("status", "issued") for path in (folder / "publication" / kind).iterdir()]
    before = {path: path.stat().st_mtime_ns for path in lists()}
    elapsed, memory, _ = full.run("publish", *to, *secret)
    changed = sum(path.stat().st_mtime_ns != before.get(path) for path in lists())
    report.line(f"publish after one revocation, {changed} of the lists", None, elapsed / 1000, "s", "1 list", changed == 1, memory)


def measure(bench, options, folder):
    options.salt = random.randrange(10**6) * 1000
    empty, full = Home(bench, folder), filled(bench, options, folder)
    empty.found()
    size = (full.path / "licet.sqlite").stat().st_size
    print(f"{options.licences:,} licences in {size / 2**30:.2f} GiB, {size / options.licences:,.0f} bytes each")
    report = Report()
    issue(bench, options, report, empty, full)
    look_up(options, report, empty, full)
    publish(report, full, folder)
