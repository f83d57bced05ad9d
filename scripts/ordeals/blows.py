"""Rows 1 and 2: a process that is killed, or whose disk fails, at each system call that changes something."""

import random
import shlex
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from ordeals import strikes
from ordeals.place import ACTED, DISK_WORDS, ISSUED, PUBLISHED, WRITTEN
from ordeals.tally import Tally
from ordeals.town import WORDS, pictures

REASON = ["--reason", "试验"]
ADDRESS = "address=安徽省滁州市天长市新街9号"


class Scenario:
    """A command, what was true before it, and what is true once it is done."""

    def __init__(self, name, town, words, after, place=None):
        self.name, self.words = name, words
        self.place = place or town.place
        self.before, self.after = dict(town.truth), {**town.truth, **after}
        self.strangers = [f"strangers/{path.name}" for path in (self.place.path / "strangers").glob("*.png")]

    @property
    def subject(self):
        return self.words[0]


def scenarios(town):
    """Issue, every kind of act, publish; on a town whose lists are published."""
    codes = town.codes
    yield Scenario("issue", town, ["issue", "batch.json", "--out", "codes"], {(codes[9], 1): "valid", (codes[10], 1): "valid"})
    yield Scenario("revoke", town, ["revoke", codes[6], *REASON], {(codes[6], 1): "revoked"})
    yield Scenario("suspend", town, ["suspend", codes[7], *REASON], {(codes[7], 1): "suspended"})
    yield Scenario("resume", town, ["resume", codes[1], *REASON], {(codes[1], 1): "valid"})
    yield Scenario("change", town, ["change", codes[5], "--set", ADDRESS, *REASON, "--out", "codes"],
                   {(codes[5], 2): "superseded", (codes[5], 3): "valid"})
    waiting = town.place.copy("unpublished")
    waiting.must("revoke", codes[6], *REASON)
    waiting.must("issue", "many.json", "--out", "codes")
    truth = {(code, 1): "valid" for code in codes[9:15]} | {(codes[6], 1): "revoked"}
    publish = Scenario("publish", town, ["publish", "--to", "publication"], truth, waiting)
    publish.published, publish.before = town.truth, publish.after
    yield publish


def acknowledged(out):
    """What the output of a command acknowledges."""
    return SimpleNamespace(
        licences={(code, int(version)): path for code, version, path in ISSUED.findall(out)},
        acts={(code, int(version)) for code, version in ACTED.findall(out)},
        files=PUBLISHED.findall(out), all_files=WRITTEN.search(out) is not None)


class Examination:
    """Looks at a place after a command was stopped in it, and finishes the command."""

    def __init__(self, scenario, place, run, tally, again):
        self.scenario, self.place, self.run, self.tally, self.again = scenario, place, run, tally, again
        self.said = acknowledged(run.out)
        self.whole = True

    def fault(self, kind, text):
        self.whole = False
        self.tally.fault(kind, f"{self.scenario.name}: {text}", self.again)

    def all(self):
        self.registry()
        self.drawn()
        if self.scenario.subject == "publish":
            self.half_published()
        self.doctor()
        self.finish()
        return self.whole

    def registry(self):
        scenario, registry = self.scenario, self.place.registry()
        self.records = registry.rows
        for line in registry.integrity:
            self.fault("other", f"SQLite: {line}")
        for what in registry.doubled:
            self.fault("doubled", what)
        statuses = registry.statuses
        if statuses not in (scenario.before, scenario.after):
            self.fault("other", f"half done: {sorted(set(statuses.items()) ^ set(scenario.before.items()))}")
        for key in self.said.licences.keys() | self.said.acts:
            if statuses.get(key) != scenario.after.get(key) or key not in statuses:
                self.fault("lost", f"{key} was acknowledged, the registry says {statuses.get(key)}")
        if statuses != scenario.before and scenario.subject in WORDS:
            (key,) = {key for key in statuses if statuses[key] != scenario.before.get(key)}
            if (*key, scenario.subject) not in registry.acts:
                self.fault("other", f"{key} moved and no act says so")

    def drawn(self):
        """Pictures that were acknowledged are whole; and what is drawn is recorded."""
        digests = {row.digest for row in self.records.values()}
        known = {path.name for path in self.scenario.place.codes.glob("*.png")}
        for path in self.said.licences.values():
            if not (self.place.path / path).is_file():
                self.fault("lost", f"{path} was acknowledged and is not there")
        said = {path.rpartition("/")[2] for path in self.said.licences.values()}
        for picture in sorted(self.place.codes.glob("*.png")):
            if picture.name in known and picture.name not in said:
                continue
            code = self.place.inspect(picture)
            if code is None:
                self.fault("lost", f"{picture.name} cannot be read")
            elif code["digest"] not in digests:
                self.fault("unrecorded", f"{picture.name} carries {code['digest'][:16]}, which no record has")
            else:
                key = code["licence"]["creditCode"], code["licence"]["version"]
                row = self.records.get(key)
                if row is None or (row.digest, row.list, row.index) != (code["digest"], code["list"], code["index"]):
                    self.fault("unrecorded", f"{picture.name} carries another code than the record")

    def half_published(self):
        """A publication that is half written says what was true before or is now, and what was acknowledged as published."""
        old, new = (pictures(truth) for truth in (self.scenario.published, self.scenario.after))
        found = self.place.verify("codes", *self.scenario.strangers)
        for path, verdict in found.items():
            allowed = {"undetermined"}
            allowed |= {new.get(path, "not_issued")} | ({old.get(path, "not_issued")} if not self.said.all_files else set())
            if verdict not in allowed:
                self.fault("verdict", f"{path} is {verdict} in a half-written publication")

    def doctor(self):
        doctor = self.place.run("doctor")
        if doctor.code != 0:
            self.fault("other", f"doctor ({doctor.code}): {(doctor.out + doctor.error)[-300:]}")

    def finish(self):
        """The same command again completes it; publishing then says of each picture what is true."""
        again = self.place.run(*self.scenario.words)
        done_already = again.code == 65 and self.scenario.subject in WORDS and "is not possible" in again.error
        if again.code != 0 and not done_already:
            self.fault("other", f"cannot be resumed ({again.code}): {again.error[-300:]}")
        if self.place.registry().statuses != self.scenario.after:
            self.fault("other", "resuming ends in another set")
        publish = self.place.run("publish", "--to", "publication")
        if publish.code != 0:
            self.fault("other", f"cannot be published ({publish.code}): {publish.error[-300:]}")
        found = self.place.verify("codes", *self.scenario.strangers)
        wanted = pictures(self.scenario.after, self.scenario.strangers)
        for path in sorted(wanted.keys() | found.keys()):
            if wanted.get(path) != found.get(path):
                self.fault("verdict", f"{path} is {found.get(path)}, in truth {wanted.get(path)}")
        self.tally.note("temporary files left behind", len(self.place.litter()))


def trace(scenario, tally):
    """One undisturbed run: its points, and whether it acknowledges nothing too early."""
    place = scenario.place.copy("trace")
    log = place.path / "strace"
    run = place.run(*scenario.words, before=strikes.strace(log, 0), terminal=True)
    if run.code != 0:
        raise RuntimeError(f"{run.command}: {run.code} {run.error}")
    found = strikes.points(log)
    if not strikes.legible(log):
        tally.note(f"commands ({scenario.name}) whose words strace may not read, so that nothing is known of late; run as root")
    for early in strikes.unsynced(log, place.path):
        tally.fault("late", f"{scenario.name}: acknowledged before it was synced: {early}")
    tally.ran(acknowledged=len(ISSUED.findall(run.out)) + len(ACTED.findall(run.out)) + len(PUBLISHED.findall(run.out)))
    place.remove()
    return found


def blow(scenario, point, words, tally, keep, processor, errors, terminal=True):
    """Runs the command with one blow, and examines what it left."""
    place = scenario.place.copy(scenario.name)
    log = place.path / "strace"
    run = place.run(*scenario.words, before=strikes.strace(log, processor, words), terminal=terminal, timeout=120)
    reached = strikes.struck(log)
    said = acknowledged(run.out)
    tally.ran(reached, len(said.licences) + len(said.acts) + len(said.files))
    if not reached:
        tally.note("blows that met no call")
    what = point.what.replace(str(scenario.place.tools.scratch), "…")
    again = (f"in a copy of {scenario.place.path}: LICET_HOME=$PWD/home taskset --cpu-list 0 strace -f "
             f"{strikes.brief(words)} licet {shlex.join(scenario.words)} --passphrase-file ../passphrase\n"
             f"    that is {point.call} {point.number} of {point.total}: {what}")
    examination = Examination(scenario, place, run, tally, again)
    if errors:
        if run.code < 0 or run.code >= 128:
            examination.fault("other", f"ended by a signal or without end ({run.code}): {run.error[-200:]}")
        elif run.code == 0 and any(call == "write" and rest.startswith("1<") for call, rest in strikes.injected(log)):
            examination.fault("other", "a line of the answer did not reach standard output, and the exit code is 0")
        elif run.code == 0 and reached:
            tally.note(f"times a failed {point.call} was passed over")
        elif run.code != 0 and not DISK_WORDS.search(run.error) and (run.error or point.call != "write"):
            examination.fault("other", f"unclear message ({run.code}): {run.error[-200:]!r}")
        late = strikes.late(log)
        if late:
            examination.fault("late", late)
    whole = examination.all()
    if whole or not keep():
        place.remove()


def strike(row, name, town, options, variants, errors, share):
    """Every chosen point of every scenario with every variant (its name, what it injects, on a terminal or not)."""
    tally = Tally(row, name)
    order = Tally(row, "order of sync and word") if not errors else None
    rng = random.Random(f"{options.seed} {name}")
    jobs = []
    for scenario in scenarios(town):
        found = trace(scenario, order or tally)
        for variant in variants:
            suitable = [point for point in found if variant.suits(point)]
            jobs += [(scenario, point, variant) for point in strikes.chosen(suitable, rng, share)]
        tally.note(f"calls of {scenario.name}", len(found))
    kept = []

    def keep():
        kept.append(1)
        return options.keep or len(kept) <= 10

    def work(numbered):
        number, (scenario, point, variant) = numbered
        try:
            blow(scenario, point, variant.words(point), tally, keep, number % options.jobs, errors, variant.terminal)
        except Exception as error:  # noqa: BLE001: what the harness trips over is a finding, too
            tally.fault("other", f"{scenario.name}: {variant.words(point)}: {type(error).__name__}: {error}")

    with ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(work, enumerate(jobs)))
    return [order, tally] if order else [tally]


def variant(words, suits=lambda point: True, terminal=True):
    return SimpleNamespace(words=words, suits=suits, terminal=terminal)


WITHOUT_ROOM = {"write", "pwrite64", "writev", "pwritev", "fsync", "fdatasync", "rename", "ftruncate", "mkdir", "openat", "fallocate"}


def kills(town, options):
    """Row 1a."""
    return strike("1", "SIGKILL at a system call", town, options, [variant(strikes.kill)], False, options.share(0.35))


def failures(town, options):
    """Row 2."""
    tallies = []
    for name, variants, share in (
        ("EIO at a system call", [variant(lambda point: strikes.fail(point, "EIO"))], 0.16),
        ("EIO at a sync, into a pipe", [variant(lambda point: strikes.fail(point, "EIO"),
                                                lambda point: point.call in strikes.SYNCS, terminal=False)], 0.5),
        ("EIO from there on", [variant(lambda point: strikes.break_disk(point, "EIO"))], 0.12),
        ("ENOSPC at a system call", [variant(lambda point: strikes.fail(point, "ENOSPC"),
                                             lambda point: point.call in WITHOUT_ROOM)], 0.12),
    ):
        tallies += strike("2", name, town, options, variants, True, options.share(share))
    return tallies
