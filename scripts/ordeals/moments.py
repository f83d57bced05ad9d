"""Row 1, second half: batches that are killed at random moments and resumed, until enough was issued and killed."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

from ordeals.blows import acknowledged
from ordeals.place import Place, applications
from ordeals.tally import Tally

BATCH = 50
# The doctor reads all that was ever issued; in a greater registry only after some of the kills.
DOCTOR_UP_TO = 500


def kills(town, options):
    """Row 1b."""
    tally = Tally("1", "SIGKILL at random moments")
    tools = town.place.tools
    place = Place(tools, tools.folder("moments")).found()
    rng = random.Random(f"moments {options.seed}")
    batches = -(-options.issuances // BATCH)
    items = applications(tools, batches * BATCH, options.seed)
    done = {}
    needed, span = options.kills, None
    unverified = []
    for number in range(batches):
        batch = items[number * BATCH:(number + 1) * BATCH]
        place.write("batch.json", batch)
        folder = f"codes/{number:05}"
        wanted = {(item["creditCode"], 1) for item in batch}
        said = {}
        # As many as it takes to have them all by the last batch.
        here = needed // (batches - number) + (rng.random() < needed % (batches - number) / (batches - number))
        while True:
            start = time.monotonic()
            run = place.start("issue", "batch.json", "--out", folder, terminal=True)
            if here > 0:
                moment = rng.uniform(0, (span or 0.5) * 1.1)
                try:
                    run.process.wait(moment)
                except Exception:  # noqa: BLE001: it still runs, as it should
                    run.process.kill()
            ended = place.wait(run)
            killed = ended.code == -9
            new = acknowledged(ended.out).licences
            said.update(new)
            tally.ran(killed, len(new))
            if killed:
                here -= 1
                needed -= 1
                look(place, tally, done, wanted, new, number, rng)
                continue
            if ended.code != 0:
                tally.fault("other", f"batch {number} cannot be issued ({ended.code}): {ended.error[-300:]}")
            span = time.monotonic() - start if span is None else max(span * 0.9, time.monotonic() - start)
            if here <= 0 or ended.code != 0:
                break
        done.update((key, f"{folder}/{key[0]}-v1.png") for key in wanted)
        missing = wanted - set(said)
        for key in missing:
            tally.fault("lost", f"{key} was never acknowledged, in batch {number} that ended well")
        unverified.append(folder)
        if len(unverified) == 10 or number == batches - 1:
            verify(place, tally, unverified, options.jobs)
            unverified = []
    registry = place.registry()
    if set(registry.rows) != set(done):
        tally.fault("lost", f"{len(set(done) ^ set(registry.rows))} licences more or fewer than applications")
    doctor = place.run("doctor", timeout=3_600)
    if doctor.code != 0:
        tally.fault("other", f"doctor: {(doctor.out + doctor.error)[-300:]}")
    tally.note("licences issued", len(registry.rows))
    tally.note("temporary files left behind", len(place.litter()))
    if not tally.total and not options.keep:
        place.remove()
    return [tally]


def look(place, tally, done, wanted, new, number, rng):
    """After a kill: nothing that was done or said is gone, and nothing is there that was not asked for."""
    registry = place.registry()
    for line in registry.integrity:
        tally.fault("other", f"SQLite: {line}")
    for what in registry.doubled:
        tally.fault("doubled", what)
    for key in (set(done) | set(new)) - set(registry.rows):
        tally.fault("lost", f"{key} was acknowledged and is not in the registry, batch {number}")
    strange = set(registry.rows) - set(done) - wanted
    if strange:
        tally.fault("other", f"nobody asked for {sorted(strange)[:3]}")
    for key in rng.sample(sorted(new), min(2, len(new))):
        code = place.inspect(new[key])
        if code is None or code["digest"] != registry.rows[key].digest:
            tally.fault("lost", f"{new[key]} was acknowledged and is not whole or not what the registry has")
    # A picture of a licence that was not acknowledged may be there; it is recorded all the same.
    folder = place.path / f"codes/{number:05}"
    drawn = [path for path in folder.glob("*.png")] if folder.exists() else []
    for path in drawn:
        if (path.name.removesuffix("-v1.png"), 1) not in registry.rows:
            tally.fault("unrecorded", f"{path.name} is drawn and not recorded")
    if len(registry.rows) <= DOCTOR_UP_TO or rng.random() < DOCTOR_UP_TO / len(registry.rows) / 4:
        doctor = place.run("doctor", timeout=3_600)
        if doctor.code != 0:
            tally.fault("other", f"doctor ({doctor.code}): {(doctor.out + doctor.error)[-300:]}")


def verify(place, tally, folders, jobs):
    """Publishes; every picture of these batches is valid, which its entry in the issued list decides by its digest."""
    publish = place.run("publish", "--to", "publication")
    if publish.code != 0:
        tally.fault("other", f"cannot be published: {publish.error[-300:]}")
    with ThreadPoolExecutor(jobs) as pool:
        found = list(pool.map(lambda folder: place.verify(folder, fresh=False), folders))
    for folder, verdicts in zip(folders, found):
        valid = sum(verdict == "valid" for verdict in verdicts.values())
        if valid != BATCH:
            tally.fault("verdict", f"{valid} of {BATCH} pictures in {folder} are valid: {set(verdicts.values())}")
