"""Row 6: an older registry put back, and backups taken while licences are issued."""

import shutil
import time
from concurrent.futures import ThreadPoolExecutor

from ordeals.blows import acknowledged
from ordeals.place import Place, applications
from ordeals.tally import Tally

REASON = ["--reason", "试验"]


def backups(town, options):
    older, running = Tally("6", "an older registry put back"), Tally("6", "backup while issuing")
    if not town.place.tools.has("backup"):
        reason = "this licet has no backup and no anchor yet"
        return [older.skip(reason), running.skip(reason)]
    put_back(town, older)
    while_issuing(town, options, running)
    return [older, running]


def put_back(town, tally):
    """Everything that writes refuses it, until it is acknowledged; then goes on, and no code is given out twice."""
    codes = town.codes
    writes = [("issue", "many.json", "--out", "codes"), ("revoke", codes[7], *REASON), ("suspend", codes[7], *REASON),
              ("change", codes[5], "--set", "address=安徽省滁州市天长市新街3号", *REASON, "--out", "codes"),
              ("publish", "--to", "publication")]
    for title, since in (
        ("after an act", [("revoke", codes[6], *REASON)]),
        ("after issuing", [("issue", "batch.json", "--out", "codes")]),
        ("after issuing and publishing", [("issue", "batch.json", "--out", "codes"), ("publish", "--to", "publication")]),
    ):
        place = town.place.copy("older")
        kept = (place.home / "licet.sqlite").read_bytes()
        for words in since:
            place.must(*words)
        for path in place.home.glob("licet.sqlite*"):
            path.unlink()
        (place.home / "licet.sqlite").write_bytes(kept)
        (place.home / "licet.sqlite").chmod(0o600)
        before = place.registry().statuses
        for words in writes:
            run = place.run(*words)
            tally.ran(run.code == 65)
            if run.code != 65:
                tally.fault("other", f"{title}: {words[0]} is not refused ({run.code}): {run.error[-200:]}")
            elif "restore" not in run.error:
                tally.fault("other", f"{title}: {words[0]} does not say what to do: {run.error[-200:]}")
        if place.registry().statuses != before:
            tally.fault("other", f"{title}: a command that was to be refused changed the registry")
        if place.run("doctor").code == 0:
            tally.fault("other", f"{title}: the doctor does not notice")
        restore = place.run("restore", "--as-it-is", "--publication", "publication", *REASON)
        if restore.code != 0:
            tally.fault("other", f"{title}: cannot be acknowledged ({restore.code}): {restore.error[-300:]}")
            continue
        for words in ("issue", "batch.json", "--out", "again"), ("publish", "--to", "publication"):
            run = place.run(*words)
            if run.code != 0:
                tally.fault("other", f"{title}: {words[0]} after acknowledging ({run.code}): {run.error[-300:]}")
        doctor = place.run("doctor")
        if doctor.code != 0:
            tally.fault("other", f"{title}: doctor after acknowledging: {(doctor.out + doctor.error)[-300:]}")
        for what in place.registry().doubled:
            tally.fault("doubled", f"{title}: {what}")
        lost_ones(town, place, tally, title)


def lost_ones(town, place, tally, title):
    """What was signed after the old registry is not recorded any more; its pictures must not be valid."""
    recorded = {row.digest for row in place.registry().rows.values()}
    for path, verdict in place.verify("codes").items():
        if verdict == "valid" and place.inspect(path)["digest"] not in recorded:
            tally.fault("verdict", f"{title}: {path} is valid and not recorded")
    tally.note("homes put back")


def while_issuing(town, options, tally):
    """A backup has all that was acknowledged before it began, and nothing by halves."""
    tools = town.place.tools
    place = Place(tools, tools.folder("running")).found()
    count = 300 if options.short else 5_000
    items = applications(tools, count, options.seed + 70)
    place.write("all.json", items)
    taken = []
    with ThreadPoolExecutor(1) as pool:
        issuing = place.start("issue", "all.json", "--out", "codes", terminal=True)
        ended = pool.submit(place.wait, issuing, 3_600)
        while not taken or not ended.done() and len(taken) < (4 if options.short else 200):
            time.sleep(0.2)
            said = set(acknowledged(b"".join(issuing.said).decode(errors="replace").replace("\r\n", "\n")).licences)
            file = place.path / f"backup-{len(taken)}"
            run = place.run("backup", file)
            tally.ran(acknowledged=len(said))
            if run.code != 0:
                tally.fault("other", f"backup ({run.code}): {run.error[-300:]}")
                break
            taken.append((file, said))
        run = ended.result()
        if run.code != 0:
            tally.fault("other", f"issue beside backups ({run.code}): {run.error[-300:]}")
    for file, said in taken:
        restored(place, file, said, tally)
    if not tally.total and not options.keep:
        place.remove()


def restored(place, file, said, tally):
    """Restores one backup into a copy of the home, as after the loss of the registry."""
    other = Place(place.tools, place.tools.folder("restored"))
    other.path.mkdir()
    shutil.copytree(place.home, other.home)
    for path in other.home.glob("licet.sqlite*"):
        path.unlink()
    run = other.run("restore", file, "--nothing-published", *REASON)
    tally.ran()
    if run.code != 0:
        tally.fault("other", f"restore ({run.code}): {run.error[-300:]}")
        return
    registry = other.registry()
    for key in said - set(registry.rows):
        tally.fault("lost", f"{key} was acknowledged before the backup and is not in it")
    doctor = other.run("doctor")
    if doctor.code != 0:
        tally.fault("other", f"doctor on a restored home: {(doctor.out + doctor.error)[-300:]}")
    shutil.copy(place.path / "all.json", other.path / "all.json")
    again = other.run("issue", "all.json", "--out", "codes")
    publish = other.run("publish", "--to", "publication")
    if again.code != 0 or publish.code != 0:
        tally.fault("other", f"a restored home cannot go on: {(again.error + publish.error)[-300:]}")
    for what in other.registry().doubled:
        tally.fault("doubled", what)
    for path, verdict in other.verify("codes").items():
        if verdict != "valid":
            tally.fault("verdict", f"{path} of a restored home is {verdict}")
    other.remove()
