"""Row 5: single bytes that flip, in the registry and in what is published."""

import random
import shutil
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ordeals.tally import Tally
from ordeals.town import pictures


class Codes:
    """The town's codes as lines of text, and the verdict that each must have."""

    def __init__(self, place, truth):
        strangers = [f"strangers/{path.name}" for path in (place.path / "strangers").glob("*.png")]
        wanted = pictures(truth, strangers)
        self.names = sorted(wanted)
        self.truth = [wanted[name] for name in self.names]
        (place.path / "codes.txt").write_text("".join(f"LICET:{place.digits(name)}\n" for name in self.names))

    def judge(self, place, tally, what):
        """Verifies all; how many verdicts are as in truth. A licence that is not in force must never be valid."""
        found = list(place.verify("codes.txt").values())
        if len(found) != len(self.truth):
            tally.fault("other", f"{what}: {len(found)} verdicts on {len(self.truth)} codes")
            return 0
        for name, wanted, verdict in zip(self.names, self.truth, found):
            if verdict == "valid" and wanted != "valid":
                tally.fault("verdict", f"{what}: {name} is valid, in truth {wanted}")
        return sum(wanted == verdict for wanted, verdict in zip(self.truth, found))


def flip(data, rng):
    """Flips one byte: one bit of it, or all to something else."""
    offset = rng.randrange(len(data))
    mask = 1 << rng.randrange(8) if rng.random() < 0.5 else rng.randrange(1, 256)
    data[offset] ^= mask
    return f"byte {offset} ^ 0x{mask:02x}"


class Workers:
    """A copy of a place for each thread; all of it is put back but what a trial leaves as it was."""

    def __init__(self, place):
        self.place, self.local = place, threading.local()

    def __call__(self):
        if not hasattr(self.local, "place"):
            self.local.place = self.place.copy("flips")
        return self.local.place


def flips(town, options):
    share = options.flips
    closed, truth = acts(town, logged=False)
    torn, _ = acts(town, logged=True)
    tallies = [registry(town, options, closed, truth, "licet.sqlite", "bytes of the registry", share * 45 // 100),
               registry(town, options, torn, truth, "licet.sqlite-wal", "bytes of its write-ahead log", share // 10)]
    settled, settled_truth = acts(town, logged=False)
    settled.must("publish", "--to", "publication")
    tallies.append(published(town, options, settled, settled_truth, share - share * 45 // 100 - share // 10))
    return tallies


def acts(town, logged):
    """The town with a revocation and a suspension that are not published yet; `logged`, so that they lie in the write-ahead log."""
    place = town.place.copy("acts")
    truth = dict(town.truth)
    # Whoever reads keeps the log from being folded back into the registry and taken away.
    reader = sqlite3.connect(place.home / "licet.sqlite")
    if logged:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM licence").fetchone()
    for act, number, status in ("revoke", 6, "revoked"), ("suspend", 7, "suspended"):
        place.must(act, town.codes[number], "--reason", "试验")
        truth[town.codes[number], 1] = status
    if logged:
        place = place.copy("logged")
    reader.close()
    for shared in place.home.glob("*-shm"):
        shared.unlink()
    if place.registry().statuses != truth or logged != (place.home / "licet.sqlite-wal").exists():
        raise RuntimeError("the acts do not lie where they were to be")
    return place, truth


def dump(place):
    """All that the registry says, or None when it cannot be read."""
    try:
        registry = place.registry()
        return None if registry.integrity else ({key: vars(row) for key, row in registry.rows.items()}, registry.acts)
    except Exception:  # noqa: BLE001: however it is damaged
        return None


def registry(town, options, place, truth, name, title, count):
    """Flips a byte, asks the doctor, publishes over the old publication, verifies."""
    tally = Tally("5", title)
    codes = Codes(place, truth)
    whole = dump(place)
    files = {path.name: path.read_bytes() for path in place.home.iterdir() if path.is_file() and not path.name.endswith("-shm")}
    workers = Workers(place)

    def work(number):
        here = workers()
        for path in here.home.iterdir():
            if path.is_file():
                path.unlink()
        shutil.rmtree(here.path / "publication")
        shutil.copytree(place.path / "publication", here.path / "publication")
        for file, content in files.items():
            (here.home / file).write_bytes(content)
            (here.home / file).chmod(0o600)
        data = bytearray(files[name])
        what = f"{name}, " + flip(data, random.Random(f"{title} {options.seed} {number}"))
        (here.home / name).write_bytes(data)
        says_else = dump(here) != whole
        doctor = here.run("doctor")
        publish = here.run("publish", "--to", "publication")
        for run in doctor, publish:
            if run.code < 0 or run.code >= 128:
                tally.fault("other", f"{what}: {run.command} ended by a signal ({run.code}): {run.error[-200:]}")
        tally.ran(True)
        noticed = [who for who, run in (("doctor", doctor), ("publish", publish)) if run.code != 0]
        tally.note("noticed by " + " and ".join(noticed) if noticed else
                   "noticed by nobody, though the licences or acts read otherwise" if says_else else
                   "noticed by nobody, where no licence and no act reads otherwise")
        if publish.code == 0 and codes.judge(here, tally, what) < len(codes.truth):
            tally.note("published with verdicts other than the truth")
        elif publish.code != 0:
            # The old publication stands; what it said before is not the flip's doing.
            tally.note("not published")

    with ThreadPoolExecutor(options.jobs) as pool:
        for _ in pool.map(guarded(work, tally), range(count)):
            pass
    return tally


def published(town, options, place, truth, count):
    """Flips a byte of one signed file and verifies."""
    tally = Tally("5", "bytes of what is published")
    codes = Codes(place, truth)
    folder = place.path / "publication"
    files = {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    if codes.judge(place, tally, "undamaged") != len(codes.truth):
        tally.fault("verdict", "the undamaged publication does not say the truth")
    workers = Workers(place)

    def work(number):
        here = workers()
        rng = random.Random(f"published {options.seed} {number}")
        names = list(files)
        name = names[number % len(names)]
        data = bytearray(files[name])
        what = f"{name}, {flip(data, rng)}"
        path = here.path / "publication" / Path(name)
        path.write_bytes(data)
        right = codes.judge(here, tally, what)
        path.write_bytes(files[name])
        tally.ran(True)
        kind = str(name).partition("/")[0]
        tally.note(f"of {kind}: " + ("all verdicts as without it" if right == len(codes.truth) else "verdicts withheld"))

    with ThreadPoolExecutor(options.jobs) as pool:
        for _ in pool.map(guarded(work, tally), range(count)):
            pass
    return tally


def guarded(work, tally):
    def run(number):
        try:
            work(number)
        except Exception as error:  # noqa: BLE001: what the harness trips over is a finding, too
            tally.fault("other", f"trial {number}: {type(error).__name__}: {error}")
    return run
