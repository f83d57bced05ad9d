#!/usr/bin/env python3
"""Looks whether templates/hosting/licetd.service is sealed, and whether licetd can live in it.

  what `systemd-analyze security` and `systemd-analyze verify` say of the unit
  every system call that licetd makes is one that the unit allows (strace)
  as many open files as the unit allows are enough for all connections
  licetd runs as nobody, with the unit's filter of system calls, its limits, and nothing to write to but its state

The last three need root, strace and libseccomp; without root they are left out.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
import town  # noqa: E402

HERE = Path(__file__).resolve().parent
UNIT = town.REPOSITORY / "templates/hosting/licetd.service"
WORST = 1.5


def settings(name):
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(), re.M)


def sets():
    """The system calls of each group that systemd knows."""
    told = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager"], capture_output=True, text=True, check=True).stdout
    found, group = {}, None
    for line in told.splitlines():
        if line.startswith("@"):
            group = found.setdefault(line.strip(), [])
        elif line.startswith("    ") and not line.strip().startswith("#") and group is not None:
            group.append(line.strip())
    return found


def allowed():
    """What is left of all system calls by the lines of the unit, in their order."""
    groups = sets()

    def members(name):
        if not name.startswith("@"):
            return {name}
        return set().union(*(members(inner) for inner in groups[name]))

    calls = members("@default")
    for line in settings("SystemCallFilter"):
        named = set().union(*(members(word) for word in line.lstrip("~").split()))
        # What systemd itself needs to start a program is never taken away.
        calls = calls - (named - members("@default")) if line.startswith("~") else calls | named
    return calls


def analysis(tally, place, licetd):
    told = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", UNIT], capture_output=True, text=True)
    score = float(re.search(r"exposure level for \S+ ([\d.]+)", told.stdout)[1])
    print(f"systemd-analyze security: {score}")
    for line in told.stdout.splitlines():
        if line.startswith("✗"):
            print("  " + re.sub(r"\s{2,}", "  ", line))
    tally.check(score <= WORST, f"the exposure is {score}, more than {WORST}")
    tally.equal(told.stderr, "", "systemd-analyze security has nothing to complain of")
    file = place / UNIT.name
    file.write_text(UNIT.read_text().replace("=/usr/bin/licetd ", f"={licetd} "))
    told = subprocess.run(["systemd-analyze", "verify", "--man=no", file], capture_output=True, text=True)
    own = [line for line in told.stderr.splitlines() if UNIT.name in line]
    tally.equal(own, [], "systemd-analyze verify has nothing to complain of")
    for name, value in {"Type": "notify", "DynamicUser": "yes", "StateDirectory": "licetd", "ProtectSystem": "strict",
                        "CapabilityBoundingSet": "", "ExecReload": "/bin/kill -HUP $MAINPID"}.items():
        tally.equal(settings(name), [value], f"{name}=")


def day(tally, daemon, authority, publication, what):
    """What a daemon lives through: verdicts, files, a new publication, too much, and a lost folder."""
    for word, digits in authority.digits_of.items():
        wanted = "valid" if word == "core" else word
        tally.equal(daemon.verdict(digits), wanted, f"{what}: the verdict on what is {wanted}")
    tally.equal(daemon.ask("GET", "/readyz").status, 200, f"{what}: readiness")
    for path in "trust-list", "log/checkpoint", "log/tile/0/000.p/1", "status/341181-1", "nothing":
        daemon.ask("GET", f"/publication/{path}")
    tally.equal(daemon.ask("POST", "/v1/verify", bytes(70_000), {"Content-Type": "application/json"}).status, 413, f"{what}: too much")
    answer = daemon.ask("POST", "/v1/verify", authority.picture_of["valid"].read_bytes(), {"Content-Type": "image/png"})
    tally.equal(answer.status, 200, f"{what}: a picture")
    connections = [daemon.connect() for _ in range(300)]
    tally.equal(daemon.ask("GET", "/healthz").status, 200, f"{what}: beside 300 connections")
    for connection in connections:
        connection.close()
    gone = publication.with_name("gone")
    publication.rename(gone)
    tally.check(town.until(lambda: daemon.ask("GET", "/readyz").status == 503, 5) is not None, f"{what}: red when the folder is lost")
    gone.rename(publication)
    tally.check(town.until(lambda: daemon.ask("GET", "/readyz").status == 200, 5) is not None, f"{what}: green again")


def roomy(tally, authority, options, place):
    """With as many open files as the unit allows, the daemon has all the connections that it is set to, and files beside them."""
    for files, is_enough in (settings("LimitNOFILE")[0], True), ("1024", False):
        with town.Daemon(options.licetd, authority, state=place / "roomy", before=["prlimit", f"--nofile={files}:{files}"]) as daemon:
            tally.equal("limit of open files is too low" not in daemon.said(), is_enough, f"{files} open files are enough")


def copied(authority, place):
    """The publication and the root certificate as everybody may read them."""
    site = place / "site"
    site.mkdir()
    site.chmod(0o755)
    shutil.copytree(authority.publication, site / "publication")
    shutil.copy(authority.root, site / "root.crt")
    for path in site.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return site


def traced(tally, authority, options, place, calls):
    """All system calls that licetd makes are allowed."""
    site, trace = copied(authority, place), place / "trace"
    with town.Daemon(options.licetd, authority, publication=site / "publication", root=site / "root.crt", state=place / "state",
                     before=["strace", "-f", "-qq", "-o", trace]) as daemon:
        day(tally, daemon, authority, site / "publication", "under strace")
        os.kill(daemon.pid, 15)
        daemon.process.wait(15)
    made = set(re.findall(r"^\d+ +(\w+)\(", trace.read_text(errors="replace"), re.M)) - {"execve"}
    print(f"licetd makes {len(made)} different system calls: {' '.join(sorted(made))}")
    tally.equal(sorted(made - calls), [], "system calls that the unit does not allow")
    shutil.rmtree(site)


def sealed(tally, authority, options, place, calls):
    """licetd under the filter, as nobody, without anything to write to."""
    site, state = copied(authority, place), place / "sealed"
    state.mkdir(mode=0o700)
    shutil.chown(state, "nobody")
    names = place / "calls"
    # The program is started from within the filter, which systemd does likewise.
    names.write_text("\n".join(sorted(calls | {"execve"})))
    program = place / "licetd"
    shutil.copy(options.licetd, program)
    with town.Daemon(program, authority, publication=site / "publication", root=site / "root.crt", state=state / "licetd",
                     before=["unshare", "--mount", "--ipc", "--uts", sys.executable, HERE / "sealed.py", names, state, "nobody"]) as daemon:
        status = Path(f"/proc/{daemon.process.pid}/status").read_text()
        tally.check("\nSeccomp:\t2\n" in status and "\nNoNewPrivs:\t1\n" in status and "\nCapEff:\t0000000000000000\n" in status,
                    "sealed: with a filter and without rights")
        day(tally, daemon, authority, site / "publication", "sealed")
        written = [path for path in state.rglob("*") if path.is_file()]
        tally.check(written, "sealed: what was the newest is kept")
        print(f"sealed, as nobody: {daemon.memory()['VmRSS'] / 2**20:.0f} MiB, wrote {[str(path.relative_to(state)) for path in written]}")
        daemon.process.terminate()
        tally.equal(daemon.process.wait(12), 0, "sealed: the exit code on SIGTERM")
    shutil.rmtree(site)


def main():
    options = town.arguments(__doc__, "scripts/daemon/unit.py --licet .build/debug/licet --licetd .build/debug/licetd").parse_args()
    town.program("systemd-analyze")
    tally = town.Tally("unit")
    with town.scratch("unit", options.keep) as place:
        analysis(tally, place, options.licetd.resolve())
        calls = allowed()
        if os.geteuid() != 0 or not shutil.which("strace"):
            tally.skip("system calls, and a run as nobody", "needs root and strace")
            return tally.end()
        authority = town.Town(options.licet, place / "town").found()
        roomy(tally, authority, options, place)
        traced(tally, authority, options, place, calls)
        if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
            tally.skip("a run as nobody", "no mount namespaces here")
        else:
            sealed(tally, authority, options, place, calls)
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
