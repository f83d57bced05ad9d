"""Row 3: a disk that is full: a small file system of its own, filled to the brim or nearly."""

import json
import os
import random
import subprocess
import urllib.request
from contextlib import contextmanager

from ordeals.blows import acknowledged
from ordeals.place import Place, applications, await_line
from ordeals.tally import Tally
from ordeals.town import pictures

MIB = 1 << 20


class Mount:
    """A file system in memory that has so little room; needs root."""

    def __init__(self, path, mebibytes):
        self.path = path
        path.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=0700", "licet-torture", path],
                                 capture_output=True, text=True)
        if mounted.returncode != 0:
            raise PermissionError(mounted.stderr.strip().splitlines()[-1])

    def fill(self, spare):
        """Leaves so many bytes."""
        filler = self.path / "filler"
        room = os.statvfs(self.path)
        size = room.f_bavail * room.f_frsize - spare
        with filler.open("wb") as file:
            while size > 0:
                try:
                    size -= file.write(bytes(min(size, 65_536)))
                    file.flush()
                except OSError:
                    break

    def free(self):
        (self.path / "filler").unlink(missing_ok=True)

    def unmount(self):
        subprocess.run(["umount", "--lazy", self.path], check=True)


def full(town, options):
    """Issues, acts and publishes into less and less room, while a verifier goes on; then frees the room and resumes."""
    mute = Tally("3", "standard error full or closed")
    unheard(town, mute)
    limited = Tally("3", "files may not grow")
    levels(town, options, limited, None)
    tally = Tally("3", "disk full")
    if os.geteuid() != 0:
        return [mute, limited, tally.skip("only root may mount a file system")]
    try:
        mount = Mount(town.place.tools.folder("disk"), 24)
    except (PermissionError, FileNotFoundError) as error:
        return [mute, limited, tally.skip(f"no file system can be mounted here: {error}")]
    try:
        levels(town, options, tally, mount)
    finally:
        mount.unmount()
    return [mute, limited, tally]


def unheard(town, tally):
    """Who cannot tell what is wrong still does the rest: a log on a full disk stops nobody."""
    for where in "2>/dev/full", "2>&-":
        place = town.place.copy("unheard")
        mixed = [*json.loads((place.path / "batch.json").read_text()), {"creditCode": "x"}]
        place.write("mixed.json", mixed)
        run = place.run("issue", "mixed.json", "--out", "codes", before=["sh", "-c", f'exec "$@" {where}', "sh"])
        said = acknowledged(run.out).licences
        tally.ran(True, len(said))
        if run.code != 65:
            tally.fault("other", f"issue {where}, a row of it refused: exit code {run.code}, not 65", run.command + f" {where}")
        if not (place.path / "codes/errors.csv").exists():
            tally.fault("other", f"issue {where}, a row of it refused: no errors.csv", run.command + f" {where}")
        for key in set(place.registry().rows) - set(town.truth) - set(said):
            tally.fault("other", f"issue {where}: {key} is recorded and was not acknowledged, though nobody killed it",
                        run.command + f" {where}")
        place.remove()


def levels(town, options, tally, mount):
    rng = random.Random(f"disk {options.seed}")
    if options.short:
        spares = [0, 40_000, 100_000, 200_000, 500_000] if mount else [0, 100_000]
    else:
        spares = [0] + sorted(rng.randrange(1_200_000) for _ in range(120))
    for number, spare in enumerate(spares):
        try:
            level(town, options, tally, mount, number, spare)
        except Exception as error:  # noqa: BLE001: what the harness trips over is a finding, too
            tally.fault("other", f"{spare} bytes left: {type(error).__name__}: {error}")
            if mount:
                mount.free()


def level(town, options, tally, mount, number, spare):
    tools = town.place.tools
    place = town.place.copy("limited")
    if mount:
        elsewhere = Place(tools, mount.path / f"{number}")
        place.path.rename(tools.scratch / "moving")
        subprocess.run(["cp", "-a", tools.scratch / "moving", elsewhere.path], check=True)
        Place(tools, tools.scratch / "moving").remove()
        place = elsewhere
    # A name that a business of the town has would be refused, and rightly.
    taken = {application["name"] for application in town.applications}
    items = [item for item in applications(tools, 150, options.seed + 50 + number) if item["name"] not in taken]
    place.write("full.json", items)
    before = dict(town.truth)
    wanted = {(item["creditCode"], 1): "valid" for item in items}
    limit = None if mount else (place.home / "licet.sqlite").stat().st_size + spare
    with daemon(place) as ask:
        if mount:
            mount.fill(spare)
        issue = place.run("issue", "full.json", "--out", "codes", limit=limit, terminal=True)
        revoke = place.run("revoke", town.codes[6], "--reason", "试验", limit=limit, terminal=True)
        publish = place.run("publish", "--to", "publication", limit=limit, terminal=True)
        said = acknowledged(issue.out).licences
        acts = acknowledged(revoke.out).acts
        tally.ran(any(run.code != 0 for run in (issue, revoke, publish)), len(said) + len(acts))
        for run in issue, revoke, publish:
            clear(run, spare, tally, issue.code != 0)
        # Verification goes on: by this machine's verifier, whatever it can remember, and by the daemon.
        verdicts = place.verify(f"codes/{town.codes[8]}-v1.png", f"codes/{town.codes[0]}-v1.png")
        if list(verdicts.values()) != ["valid", "revoked"]:
            tally.fault("verdict", f"{spare} bytes left: verify says {verdicts}")
        answer = ask(place.digits(f"codes/{town.codes[8]}-v1.png"))
        if answer != "valid":
            tally.fault("verdict", f"{spare} bytes left: licetd says {answer}")
        if place.run("show", town.codes[8], limit=limit).code != 0:
            tally.note("times not even `licet show` works")
        if mount:
            mount.free()
    registry = place.registry()
    for key, path in said.items():
        if key not in registry.rows or not (place.path / path).is_file():
            tally.fault("lost", f"{spare} bytes left: {key} was acknowledged")
    for key in set(before) - set(registry.rows):
        tally.fault("lost", f"{spare} bytes left: {key} was there before")
    if acts and registry.rows[town.codes[6], 1].status != "revoked":
        tally.fault("lost", f"{spare} bytes left: the revocation was acknowledged")
    resume(town, place, tally, spare, wanted, before)
    if mount or not tally.total:
        place.remove()


def clear(run, spare, tally, was_refused):
    """A command that could not do its work says that it is the disk."""
    if run.code == 0:
        return
    words = ("full", "no space", "too large")
    if run.code < 0 or run.code >= 128:
        tally.fault("other", f"{spare} bytes left: {run.command} ended by a signal ({run.code}): {run.error[-200:]}")
    elif not any(word in run.error.lower() for word in words):
        tally.fault("other", f"{spare} bytes left: unclear ({run.code}): {run.error.strip()[-300:]!r}", run.command)
    elif run.code != 74:
        tally.fault("other", f"{spare} bytes left: exit code {run.code}, not 74: {run.error.strip()[-200:]!r}", run.command)


def resume(town, place, tally, spare, wanted, before):
    """With room again the same commands complete, and nothing is missing."""
    for words in ("issue", "full.json", "--out", "codes"), ("revoke", town.codes[6], "--reason", "试验"), \
            ("publish", "--to", "publication"):
        run = place.run(*words)
        if run.code != 0 and not (words[0] == "revoke" and "is not possible" in run.error):
            tally.fault("other", f"{spare} bytes left: {words[0]} cannot be resumed ({run.code}): {run.error[-300:]}")
    truth = {**before, **wanted, (town.codes[6], 1): "revoked"}
    if place.registry().statuses != truth:
        tally.fault("lost", f"{spare} bytes left: resuming ends in another set")
    doctor = place.run("doctor")
    if doctor.code != 0:
        tally.fault("other", f"{spare} bytes left: doctor: {(doctor.out + doctor.error)[-300:]}")
    found = place.verify("codes")
    for path, verdict in pictures(truth).items():
        if found.get(path) != verdict:
            tally.fault("verdict", f"{spare} bytes left: {path} is {found.get(path)}, in truth {verdict}")
    tally.note("temporary files left behind", len(place.litter()))


@contextmanager
def daemon(place):
    """A licetd that reads the publication and remembers on the same disk; a function that asks it."""
    log = place.tools.folder("licetd.out")
    with log.open("wb") as out:
        process = subprocess.Popen([place.tools.licetd, "--publication", "publication", "--root", place.home / "root.crt",
                                    "--state", "verifier", "--listen", "127.0.0.1:0"], cwd=place.path, env=place.environment, stdout=out, stderr=out)
    try:
        address = await_line(log, r"^licetd listening on (\S+)$", process)

        def ask(digits):
            request = urllib.request.Request(f"{address}/L/{digits}", headers={"Accept": "application/json"})
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)["verdict"]

        yield ask
    finally:
        process.terminate()
        process.wait(20)
