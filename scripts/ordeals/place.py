"""A home with what belongs to it, and the commands that are run on it."""

import contextlib
import errno
import json
import os
import pty
import re
import resource
import shlex
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from types import SimpleNamespace

SCRIPTS = Path(__file__).resolve().parent.parent
DIVISION = "341181"
# What a command says once it is done.
ISSUED = re.compile(r"^([0-9A-Z]{18}) v(\d+)(?: \(as before, [^)]*\)| says all that already)?: ([^,;\n]+\.png)", re.M)
ACTED = re.compile(r"^([0-9A-Z]{18}) v(\d+) is .+ now; next", re.M)
PUBLISHED = re.compile(r"^(publication\S*/\S+)$", re.M)
WRITTEN = re.compile(r"^\d+ files? written", re.M)
# Words by which a person learns that it is the disk.
DISK_WORDS = re.compile(r"disk|input/output|i/o|no space|too large|written|cannot be (made|opened|read)", re.I)


class Tools:
    """The programs, a scratch folder, and how often they ran."""

    def __init__(self, binaries, scratch):
        self.licet, self.licetd = Path(binaries) / "licet", Path(binaries) / "licetd"
        self.scratch = Path(scratch)
        self.passphrase = self.scratch / "passphrase"
        if not self.passphrase.exists():
            self.passphrase.write_text("a passphrase for torture\n")
            self.passphrase.chmod(0o600)
        self.count = 0
        self.lock = threading.Lock()
        self.help = subprocess.run([self.licet, "--help"], capture_output=True, text=True).stdout

    def has(self, command):
        return re.search(rf"^  {command}\b", self.help, re.M) is not None

    def folder(self, name):
        with self.lock:
            self.count += 1
            return self.scratch / f"{self.count:06}-{name}"


def applications(tools, count, seed):
    """Invented applications, each with a credit code of its own."""
    made = subprocess.run([SCRIPTS / "make-applications", "--count", str(count), "--seed", str(seed), "--division",
                           DIVISION, "--out", "-"], check=True, capture_output=True, text=True)
    return json.loads(made.stdout)


class Place:
    """A folder with `home`, `codes`, `publication`, and what a verifier remembers in `state`."""

    def __init__(self, tools, path):
        self.tools, self.path = tools, Path(path)

    @property
    def home(self):
        return self.path / "home"

    @property
    def codes(self):
        return self.path / "codes"

    @property
    def environment(self):
        return dict(os.environ, LICET_HOME=str(self.home), XDG_STATE_HOME=str(self.path / "state"),
                    LICET_OFFICER="torture", LANG="C.UTF-8", LC_ALL="C.UTF-8", LICET_ROOT=str(self.home / "root.crt"))

    def command(self, *words):
        """The words of a command that writes, with the passphrase where one is asked for."""
        words = [str(word) for word in words]
        if words[0] not in ("list", "show", "doctor", "verify", "inspect", "backup"):
            words += ["--passphrase-file", str(self.tools.passphrase)]
        return [str(self.tools.licet), *words]

    def copy(self, name):
        """The same once more, elsewhere."""
        copy = Place(self.tools, self.tools.folder(name))
        shutil.copytree(self.path, copy.path, symlinks=True)
        return copy

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)

    # MARK: - Running

    def run(self, *words, before=(), terminal=False, limit=None, timeout=300):
        """Runs a command to its end; exit code, standard output, standard error."""
        return self.wait(self.start(*words, before=before, terminal=terminal, limit=limit), timeout)

    def start(self, *words, before=(), terminal=False, limit=None):
        """Starts a command; with `terminal` its output comes line by line, as a person sees it."""
        command = [*map(str, before), *self.command(*words)]
        error = tempfile.TemporaryFile(dir=self.tools.scratch)
        master, out = pty.openpty() if terminal else (None, tempfile.TemporaryFile(dir=self.tools.scratch))
        bound = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None
        process = subprocess.Popen(command, cwd=self.path, env=self.environment, stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=error, start_new_session=True, preexec_fn=bound)
        said = []
        reader = None
        if terminal:
            os.close(out)
            reader = threading.Thread(target=self._read, args=(master, said))
            reader.start()
        return SimpleNamespace(process=process, command=command, out=out, error=error, reader=reader, said=said)

    @staticmethod
    def _read(master, said):
        while True:
            try:
                part = os.read(master, 65_536)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                break
            if not part:
                break
            said.append(part)
        os.close(master)

    @staticmethod
    def wait(run, timeout=300):
        try:
            code = run.process.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(run.process.pid, 9)
            run.process.wait()
            code = -99
        if run.reader:
            run.reader.join()
            out = b"".join(run.said).replace(b"\r\n", b"\n")
        else:
            run.out.seek(0)
            out = run.out.read()
            run.out.close()
        run.error.seek(0)
        error = run.error.read()
        run.error.close()
        return SimpleNamespace(code=code, out=out.decode(errors="replace"), error=error.decode(errors="replace"),
                               command=shlex.join(run.command))

    def must(self, *words):
        run = self.run(*words)
        if run.code != 0:
            raise RuntimeError(f"{run.command} in {self.path}: exit code {run.code}\n{run.out}{run.error}")
        return run

    # MARK: - Making

    def found(self):
        """An authority with one office, whose key files cost nothing to open."""
        self.path.mkdir(parents=True)
        self.must("authority", "create", "--name", "安徽省市场监督管理局", "--verify-address", "https://lic.example.cn")
        self.must("office", "add", DIVISION, "--name", "天长市市场监督管理局")
        self.cheapen()
        return self

    def cheapen(self):
        """Encrypts the key files again with the least of scrypt: else most of the time goes into opening them."""
        secret = f"file:{self.tools.passphrase}"
        again = self.tools.scratch / "passphrase-again"
        shutil.copy(self.tools.passphrase, again)
        for key in self.home.rglob("*.key"):
            cheap = key.with_suffix(".cheap")
            subprocess.run(["openssl", "pkcs8", "-topk8", "-in", key, "-out", cheap, "-passin", secret, "-passout",
                            f"file:{again}", "-scrypt", "-scrypt_N", "16", "-scrypt_r", "1", "-scrypt_p", "1"],
                           check=True, capture_output=True)
            cheap.chmod(0o600)
            cheap.rename(key)

    def write(self, name, items):
        (self.path / name).write_text(json.dumps(items, ensure_ascii=False), encoding="utf-8")
        return name

    # MARK: - Reading

    def registry(self):
        """What the registry says, read by another program from a copy, so that nothing is mended by reading."""
        return Registry(self.home / "licet.sqlite", self.tools.scratch)

    def inspect(self, picture):
        """What a picture carries; None when it cannot be read."""
        run = self.run("inspect", picture, "--json")
        return json.loads(run.out) if run.code == 0 else None

    def digits(self, picture):
        return self.inspect(picture)["digits"]

    def verify(self, *inputs, fresh=True, publication="publication"):
        """Verdicts by input; with `fresh` by a verifier that has seen nothing before."""
        if fresh:
            shutil.rmtree(self.path / "state", ignore_errors=True)
        run = self.run("verify", *inputs, "--publication", publication, "--json")
        if run.code < 0:
            raise RuntimeError(f"{run.command}: ended by signal {-run.code}")
        with contextlib.suppress(json.JSONDecodeError):
            # One input alone is answered over several lines.
            return {str(inputs[0]): json.loads(run.out)["verdict"]}
        documents = [json.loads(line) for line in run.out.splitlines()]
        return {document["input"]: document["verdict"] for document in documents}

    def litter(self):
        """Temporary files that nobody takes away."""
        return [path for path in self.path.rglob("*.tmp")]


class Registry:
    """The tables of a registry, as they stand on the disk."""

    def __init__(self, path, scratch):
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            copy = Path(folder) / "licet.sqlite"
            shutil.copy(path, copy)
            log = path.with_name("licet.sqlite-wal")
            if log.exists():
                shutil.copy(log, copy.with_name("licet.sqlite-wal"))
            database = sqlite3.connect(copy)
            try:
                self.integrity = [line for line, in database.execute("PRAGMA integrity_check") if line != "ok"]
                self.rows = {}
                self.doubled = []
                entries = set()
                digests = set()
                query = "SELECT creditCode, version, status, office, list, entry, digest FROM licence NOT INDEXED"
                for code, version, status, office, number, entry, digest in database.execute(query):
                    if (code, version) in self.rows:
                        self.doubled.append(f"{code} v{version}")
                    if (office, number, entry) in entries:
                        self.doubled.append(f"entry {entry} of {office}-{number}")
                    if digest in digests:
                        self.doubled.append(f"digest {digest.hex()}")
                    entries.add((office, number, entry))
                    digests.add(digest)
                    self.rows[code, version] = SimpleNamespace(
                        status=status, list=number, index=entry, digest=bytes(digest).hex())
                self.acts = [tuple(row) for row in database.execute(
                    "SELECT creditCode, version, kind FROM act WHERE creditCode IS NOT NULL ORDER BY id")]
            finally:
                database.close()

    @property
    def statuses(self):
        return {key: row.status for key, row in self.rows.items()}


def await_line(path, pattern, process, seconds=15):
    """Waits until a file has a line; its first group."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        found = re.search(pattern, path.read_text(errors="replace"), re.M)
        if found:
            return found[1]
        time.sleep(0.05)
    raise RuntimeError(f"{path.name} never said {pattern}: {path.read_text(errors='replace')[-500:]}")
