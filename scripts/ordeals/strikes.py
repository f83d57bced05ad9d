"""System calls that change something: finding them, and striking at one of them with strace."""

import re
import subprocess
from collections import Counter
from types import SimpleNamespace

CALLS = ["write", "writev", "pwrite64", "pwritev", "fsync", "fdatasync", "sync_file_range", "rename", "renameat",
         "renameat2", "unlink", "unlinkat", "ftruncate", "truncate", "fallocate", "mkdir", "mkdirat", "open", "openat", "creat",
         "link", "linkat", "symlink", "symlinkat", "chmod", "fchmod", "fchmodat"]
SYNCS = {"fsync", "fdatasync"}
LINE = re.compile(r"^(?:\d+ +)?(\w+)\((.*)$")
ACKNOWLEDGED = re.compile(r'^1(?:<[^>]*>)?(?:\(deleted\))?, "(?:[0-9A-Z]{18} v\d+|publication|\d+ files? written|\d+ issued)')
PATH = re.compile(r"^\d+<([^>]*)>")
# Which process may use which processor: on one of them work goes in one order, and the n-th call is always the same.
ALONE = ["taskset", "--cpu-list"]


def strace(log, processor, extra=()):
    """The words before a command that has it traced.

    Not with --seccomp-bpf, which would be quicker: with it strace 6.1 injects no signals.
    """
    return [*ALONE, str(processor), "strace", "-f", "-y", "-s", "200", "-o", str(log), "-e",
            "trace=" + ",".join("?" + call for call in CALLS), *extra]


def kill(point):
    return ["-e", f"inject={point.call}:signal=SIGKILL:when={point.number}"]


def fail(point, error, count=""):
    """`count` is "" for this call alone, "+" for all that follow of its kind."""
    return ["-e", f"inject={point.call}:error={error}:when={point.number}{count}"]


def break_disk(point, error):
    """From this point on every call fails but `write`, which is spared so that what is said can be heard."""
    words = []
    for call in CALLS:
        if call != "write" or point.call == "write":
            number = point.before[call] + 1
            words += ["-e", f"inject=?{call}:error={error}:when={number}+"]
    return words


def brief(words):
    """The words of an injection, of many only those that matter."""
    short = " ".join(words)
    return short if len(words) <= 2 else re.sub(r"-e inject=\?(?!openat|pwrite|fsync|fdatasync|rename|unlink|ftruncate|mkdir|write:)\S+ ?", "", short)


def points(log):
    """Each call of a traced run that changes something, with its number among those of its kind."""
    found = []
    counts = Counter()
    for line in log.read_text(errors="replace").splitlines():
        match = LINE.match(line)
        if not match:
            continue
        call, rest = match.groups()
        before = Counter(counts)
        counts[call] += 1
        if call in ("open", "openat") and not re.search(r"O_CREAT|O_WRONLY|O_RDWR", rest):
            continue
        if "anon_inode" in rest or re.search(r'"/(dev|proc|sys)/', rest):
            continue
        found.append(SimpleNamespace(call=call, number=counts[call], before=before, what=rest[:120]))
    for point in found:
        point.total = counts[point.call]
    return found


def chosen(found, rng, share):
    """All points, or the more telling ones and a share of the many writes of pages."""
    if share >= 1:
        return found
    many = [point for point in found if point.call == "pwrite64"]
    few = [point for point in found if point.call != "pwrite64"]
    number = max(1, round(len(found) * share))
    picked = rng.sample(few, min(len(few), max(1, round(number * 0.75))))
    picked += rng.sample(many, min(len(many), max(0, number - len(picked))))
    return picked


def struck(log):
    """Whether the call that was meant was reached."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return "(INJECTED)" in text or "killed by SIGKILL" in text


def legible(log):
    """Whether strace could read what was written: of a program that hides its memory only root can."""
    return any(ACKNOWLEDGED.match(match[2]) for line in log.read_text(errors="replace").splitlines()
               if (match := LINE.match(line)) and match[1] == "write")


def injected(log):
    """The calls that were struck, each with what it was called with; threads may have moved the n-th call to another one."""
    matches = (LINE.match(line) for line in log.read_text(errors="replace").splitlines() if "(INJECTED)" in line)
    return [match.groups() for match in matches if match]


def late(log):
    """What was acknowledged after an fsync had failed.

    SQLite syncs the home's folder without looking at the outcome; Licet then does so once more by itself, and stops when that fails.
    """
    failed = place = None
    for line in log.read_text(errors="replace").splitlines():
        match = LINE.match(line)
        if not match:
            continue
        call, rest = match.groups()
        if call in SYNCS and "(INJECTED)" in rest:
            path = PATH.match(rest)
            place = path[1] if not failed and path and path[1].endswith("/home") else None
            failed = failed or f"{call}({rest[:90]}"
        elif place and call in SYNCS and (path := PATH.match(rest)) and path[1] == place:
            failed = place = None
        elif failed and call == "write" and ACKNOWLEDGED.match(rest):
            return f"after {failed}: {rest[:90]}"
    return None


def unsynced(log, folder):
    """What was acknowledged before all that it rests on was synced."""
    dirty = {}
    found = []
    for line in log.read_text(errors="replace").splitlines():
        match = LINE.match(line)
        if not match:
            continue
        call, rest = match.groups()
        path = PATH.match(rest)
        if call == "write" and ACKNOWLEDGED.match(rest):
            found += [f"{name} ({why}) before {rest[:80]}" for name, why in dirty.items()]
        elif call in ("write", "pwrite64") and path and path[1].startswith(str(folder)) and not path[1].endswith("-shm"):
            dirty[path[1]] = "written"
        elif call in SYNCS and path:
            dirty.pop(path[1], None)
        elif call == "rename":
            names = re.findall(r'"([^"]*)"', rest)
            if len(names) == 2:
                name = names[1] if names[1].startswith("/") else f"{folder}/{names[1]}"
                dirty[name.rpartition("/")[0]] = "renamed into"
    return found


def works():
    """Why strace cannot be used here; None when it can."""
    try:
        tried = subprocess.run(["strace", "-f", "-y", "-e", "trace=write", "-e", "inject=write:error=EIO:when=1", "sh", "-c",
                                "echo x || exit 9"], capture_output=True, text=True)
    except FileNotFoundError as error:
        return f"{error.filename} is missing: scripts/setup torture"
    if tried.returncode == 9:
        return None
    return "strace cannot trace here: " + tried.stderr.strip().splitlines()[-1] if tried.stderr else "strace cannot inject here"
