"""Row 4: processes that issue, change, act and publish at the same time."""

import itertools
from concurrent.futures import ThreadPoolExecutor

from ordeals.blows import acknowledged
from ordeals.place import Place, applications
from ordeals.tally import Tally

BATCH = 25


def races(town, options):
    tallies = []
    for processes in 2, 4:
        tally = Tally("4", f"{processes} processes issue")
        issue(town, options, processes, tally)
        tallies.append(tally)
    tally = Tally("4", "changes, acts, publishing at once")
    others(town, options, tally)
    return [*tallies, tally]


def issue(town, options, processes, tally):
    """Half of the applications are everybody's, half are of one process each; all processes run in batches."""
    tools = town.place.tools
    place = Place(tools, tools.folder("race")).found()
    count = max(2 * processes * 5, options.races // 2)
    items = applications(tools, count, options.seed + processes)
    shared, own = items[:count // 2], items[count // 2:]
    said = []

    def work(number):
        mine = shared + own[number::processes]
        # Each begins elsewhere, so that they meet in all ways: at the same one, and one after another.
        turn = (number // 2) * len(mine) // processes
        mine = mine[turn:] + mine[:turn]
        for part in range(0, len(mine), BATCH):
            name = place.write(f"{number}-{part}.json", mine[part:part + BATCH])
            run = place.run("issue", name, "--out", f"codes/{number}", terminal=True)
            if run.code != 0:
                tally.fault("other", f"process {number} ({run.code}): {run.error[-300:]}")
            new = acknowledged(run.out).licences
            first = [line.split(" ")[0] for line in run.out.splitlines() if " v1: " in line]
            said.append((number, new, first))
            tally.ran(acknowledged=len(new))

    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(work, range(processes)))
    registry = place.registry()
    for what in registry.doubled:
        tally.fault("doubled", what)
    wanted = {(item["creditCode"], 1) for item in items}
    for key in wanted - set(registry.rows):
        tally.fault("lost", f"{key} was never recorded")
    if set(registry.rows) - wanted:
        tally.fault("doubled", f"more than was asked for: {sorted(set(registry.rows) - wanted)[:3]}")
    new = list(itertools.chain.from_iterable(first for _, _, first in said))
    if len(new) != len(set(new)):
        tally.fault("doubled", f"{len(new) - len(set(new))} licences were said to be new twice")
    acts = [act for act in registry.acts if act[2] == "issue"]
    if len(acts) != len(wanted):
        tally.fault("other", f"{len(acts)} acts of issuing for {len(wanted)} licences")
    forks(place, tally, registry, said, processes)
    whole(place, tally, [f"codes/{number}" for number in range(processes)])
    tally.note("licences", len(registry.rows))
    if not tally.total and not options.keep:
        place.remove()


def forks(place, tally, registry, said, processes):
    """Whoever drew it, a licence has one code."""
    for number, new, _ in said:
        for key, path in new.items():
            if key not in registry.rows:
                tally.fault("lost", f"{key} was acknowledged by process {number} and is not in the registry")
            elif not (place.path / path).is_file():
                tally.fault("lost", f"{path} was acknowledged and is not there")
    pictures = {}
    for number in range(processes):
        for path in (place.path / f"codes/{number}").glob("*.png"):
            pictures.setdefault(path.name, set()).add(path.read_bytes())
    for name, drawn in pictures.items():
        if len(drawn) > 1:
            tally.fault("doubled", f"{name} was drawn in {len(drawn)} ways")


def whole(place, tally, folders, publication="publication"):
    """The doctor is content, and every picture is valid."""
    doctor = place.run("doctor", timeout=3_600)
    if doctor.code != 0:
        tally.fault("other", f"doctor ({doctor.code}): {(doctor.out + doctor.error)[-300:]}")
    publish = place.run("publish", "--to", publication)
    if publish.code != 0:
        tally.fault("other", f"cannot be published: {publish.error[-300:]}")
    with ThreadPoolExecutor(2) as pool:
        for verdicts in pool.map(lambda folder: place.verify(folder, fresh=False), folders):
            for path, verdict in verdicts.items():
                if verdict != "valid":
                    tally.fault("verdict", f"{path} is {verdict}")


def others(town, options, tally):
    """Two change the same licence, two revoke the same one, and one publishes all the while."""
    tools = town.place.tools
    place = Place(tools, tools.folder("race")).found()
    rounds = 6 if options.races < 1_000 else 100
    items = applications(tools, 2 * rounds, options.seed + 9)
    place.write("all.json", items)
    place.must("issue", "all.json", "--out", "codes")
    ends = []

    def publish(_):
        while not ends:
            run = place.run("publish", "--to", "publication")
            tally.ran()
            if run.code != 0:
                tally.fault("other", f"publishing during a race ({run.code}): {run.error[-300:]}")

    def change(number):
        return [place.run("change", item["creditCode"], "--set", f"address=安徽省滁州市天长市新街{number}号", "--reason", "试验",
                          "--out", f"codes/{number}", terminal=True) for item in items[:rounds]]

    def revoke(_):
        return [place.run("revoke", item["creditCode"], "--reason", "试验", terminal=True) for item in items[rounds:]]

    with ThreadPoolExecutor(5) as pool:
        publisher = pool.submit(publish, 0)
        working = [pool.submit(change, 1), pool.submit(change, 2), pool.submit(revoke, 3), pool.submit(revoke, 4)]
        runs = [work.result() for work in working]
        ends.append(True)
        publisher.result()
    for run in itertools.chain.from_iterable(runs):
        said = acknowledged(run.out)
        tally.ran(acknowledged=len(said.licences) + len(said.acts))
        if run.code not in (0, 65):
            tally.fault("other", f"{run.command} ({run.code}): {run.error[-300:]}")
    registry = place.registry()
    for what in registry.doubled:
        tally.fault("doubled", what)
    for item in items[:rounds]:
        versions = sorted(version for code, version in registry.rows if code == item["creditCode"])
        statuses = [registry.rows[item["creditCode"], version].status for version in versions]
        if versions != [1, 2, 3] or statuses != ["superseded", "superseded", "valid"]:
            tally.fault("other", f"two changes of {item['creditCode']} came to {versions}, {statuses}")
    for number, item in enumerate(items[rounds:]):
        code = item["creditCode"]
        succeeded = sum(run.code == 0 for run in (runs[2][number], runs[3][number]))
        acts = sum(act == (code, 1, "revoke") for act in registry.acts)
        if registry.rows[code, 1].status != "revoked" or succeeded != 1 or acts != 1:
            tally.fault("doubled", f"{code}: {succeeded} of 2 revoked it, {acts} acts say so")
    doctor = place.run("doctor")
    if doctor.code != 0:
        tally.fault("other", f"doctor: {(doctor.out + doctor.error)[-300:]}")
    place.must("publish", "--to", "publication")
    for path, verdict in place.verify("codes", fresh=False).items():
        name = path.rpartition("/")[2].removesuffix(".png")
        code, _, version = name.partition("-v")
        if verdict != registry.rows[code, int(version)].status:
            tally.fault("verdict", f"{path} is {verdict}")
    if not tally.total and not options.keep:
        place.remove()
