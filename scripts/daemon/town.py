"""What all trials of the daemon share: an authority with licences of every verdict, the daemon, and what is asked of it."""

import argparse
import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

REPOSITORY = Path(__file__).resolve().parent.parent.parent
APPLICATIONS = REPOSITORY / "templates/applications"
DIVISION = "341181"
JSON = {"Accept": "application/json"}


class Tally:
    """Counts what was looked at, and tells what does not hold."""

    def __init__(self, name):
        self.name, self.done, self.faults, self.skipped = name, 0, [], []

    def check(self, holds, rule):
        self.done += 1
        if not holds:
            self.faults.append(rule)
            print(f"{self.name}: fault: {rule}", file=sys.stderr)
        return bool(holds)

    def equal(self, found, wanted, rule):
        return self.check(found == wanted, f"{rule}: {found!r} where {wanted!r} should be")

    def skip(self, what, reason):
        self.skipped.append(what)
        print(f"{self.name}: skipped: {what}: {reason}", file=sys.stderr)

    def end(self):
        """Prints the sum; the status to exit with."""
        print(f"{self.done} checks, {len(self.faults)} faults" + (f", {len(self.skipped)} skipped" if self.skipped else ""))
        return 1 if self.faults else 0


def arguments(description, example):
    """A parser that has what every trial is told."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog=f"example: {example}")
    parser.add_argument("--licet", type=Path, required=True, metavar="BIN", help="the program licet")
    parser.add_argument("--licetd", type=Path, required=True, metavar="BIN", help="the program licetd")
    parser.add_argument("--keep", action="store_true", help="leave what was made")
    return parser


@contextlib.contextmanager
def scratch(name, keep=False):
    """A folder that goes at the end."""
    folder = Path(tempfile.mkdtemp(prefix=f"licet-{name}."))
    # Those without privileges look into it too.
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        if keep:
            print(f"what was made is in {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def program(name):
    """The path of a program that a trial cannot do without."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    found = shutil.which(name)
    if not found:
        print(f"{name} is missing; on Debian, apt-get install the package that has it", file=sys.stderr)
        sys.exit(69)
    return found


# MARK: - The authority


class Authority:
    """An authority with one office, its licences and its publication."""

    def __init__(self, licet, folder):
        self.licet, self.folder = Path(licet).resolve(), Path(folder)
        self.passphrase = self.folder / "passphrase"

    @property
    def publication(self):
        return self.folder / "publication"

    @property
    def root(self):
        return self.folder / "home/root.crt"

    def run(self, *words, check=True):
        words = [str(self.licet), *map(str, words)]
        if words[1] not in ("inspect", "verify", "list", "show"):
            words += ["--passphrase-file", str(self.passphrase)]
        environment = dict(os.environ, LICET_HOME=str(self.folder / "home"), XDG_STATE_HOME=str(self.folder / "seen"),
                           LICET_OFFICER="trial", LANG="C.UTF-8", LC_ALL="C.UTF-8")
        done = subprocess.run(words, cwd=self.folder, env=environment, capture_output=True, text=True)
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def found(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.passphrase.write_text("a passphrase for trials\n")
        self.passphrase.chmod(0o600)
        self.run("authority", "create", "--name", "安徽省市场监督管理局", "--verify-address", "https://lic.example.cn")
        self.run("office", "add", DIVISION, "--name", "天长市市场监督管理局", "--name-en", "Tianchang Market Regulation")
        self.cheapen()
        return self

    def cheapen(self):
        """Encrypts the key files again with the least of scrypt: else most of the time goes into opening them."""
        again = self.folder / "passphrase-again"
        shutil.copy(self.passphrase, again)
        for key in (self.folder / "home").rglob("*.key"):
            cheap = key.with_suffix(".cheap")
            subprocess.run(["openssl", "pkcs8", "-topk8", "-in", key, "-out", cheap, "-passin", f"file:{self.passphrase}", "-passout",
                            f"file:{again}", "-scrypt", "-scrypt_N", "16", "-scrypt_r", "1", "-scrypt_p", "1"],
                           check=True, capture_output=True)
            cheap.chmod(0o600)
            cheap.rename(key)

    def issue(self, *applications, out="codes", profile="full"):
        """Draws them; the pictures."""
        done = self.run("issue", *applications, "--out", out, "--profile", profile)
        return [self.folder / name for name in re.findall(r": (\S+\.png)", done.stdout)]

    def publish(self, *words):
        self.run("publish", "--to", "publication", *words)

    def digits(self, picture):
        return json.loads(self.run("inspect", picture, "--json").stdout)["digits"]

    def copy(self, folder):
        shutil.copytree(self.folder, folder, symlinks=True)
        return Authority(self.licet, folder)

    def sign(self, message, verifying):
        """A raw ES256 signature by the key that has signed `verifying`, a pair of message and raw signature."""
        for key in sorted((self.folder / "home/keys").glob("*.key")):
            secret = ["-passin", f"file:{self.passphrase}"]
            public = subprocess.run(["openssl", "pkey", "-in", key, *secret, "-pubout"], capture_output=True)
            with tempfile.TemporaryDirectory() as place:
                place = Path(place)
                (place / "public").write_bytes(public.stdout)
                (place / "signature").write_bytes(der(verifying[1]))
                (place / "message").write_bytes(verifying[0])
                told = subprocess.run(["openssl", "dgst", "-sha256", "-verify", place / "public", "-signature",
                                       place / "signature", place / "message"], capture_output=True)
                if told.returncode != 0:
                    continue
                (place / "message").write_bytes(message)
                done = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key, *secret, place / "message"],
                                      capture_output=True, check=True)
                return raw(done.stdout)
        raise RuntimeError("no key of the authority has signed this")


def der(signature):
    """The DER form of r and s."""
    def integer(part):
        part = part.lstrip(b"\0") or b"\0"
        part = (b"\0" if part[0] & 0x80 else b"") + part
        return b"\x02" + bytes([len(part)]) + part
    body = integer(signature[:32]) + integer(signature[32:])
    return b"\x30" + bytes([len(body)]) + body


def raw(signature):
    """r and s of a DER signature, 32 bytes each."""
    length = signature[3]
    r, s = signature[4:4 + length], signature[6 + length:]
    return b"".join(int.from_bytes(part, "big").to_bytes(32, "big") for part in (r, s))


class Town(Authority):
    """An authority with licences in every status, and what each code must be taken for.

    `digits_of` has the digits, and `picture_of` the picture, by verdict.
    """

    def found(self):
        super().found()
        files = [item for item in sorted(APPLICATIONS.glob("*.json")) if not item.name.startswith(("branch", "partnership"))][:9]
        stranger = self.copy(self.folder.parent / "stranger")
        other = Authority(self.licet, self.folder.parent / "other").found()
        pictures = self.issue(*files[:8])
        core = self.issue(files[8], profile="core")[0]
        acts = {"suspend": "suspended", "dormant": "dormant", "revoke": "revoked", "cancel": "cancelled", "annul": "annulled"}
        self.picture_of = {"valid": pictures[0]}
        for picture, (act, word) in zip(pictures[1:], acts.items()):
            self.run(act, credit_code(picture), "--reason", "试验")
            self.picture_of[word] = picture
        self.run("change", credit_code(pictures[6]), "--set", "address=安徽省滁州市天长市新街1号", "--reason", "住所变更", "--out", "codes")
        self.picture_of["superseded"] = pictures[6]
        # Signed by the office's own key and never issued, and by a key of another with the same number.
        self.picture_of["not_issued"] = stranger.issue(APPLICATIONS / "partnership.json")[0]
        self.picture_of["forged"] = other.issue(APPLICATIONS / "partnership.json")[0]
        self.digits_of = {word: self.digits(picture) for word, picture in self.picture_of.items()}
        self.digits_of["core"] = self.digits(core)
        self.publish()
        return self

    def tell(self, file, missing):
        """Writes what a program in another environment asks with."""
        pictures = sorted(map(str, self.picture_of.values()))
        credit_codes = sorted({credit_code(picture) for picture in pictures})
        file.write_text(json.dumps({"digits": self.digits_of, "pictures": pictures, "creditCodes": credit_codes, "missing": missing,
                                    "met": str(file.with_name("met"))}))


def credit_code(picture):
    return Path(picture).name[:18]


# MARK: - The daemon


class Daemon:
    """A running licetd."""

    def __init__(self, licetd, authority, state=None, words=(), before=(), environment=None, publication=None, root=None):
        self.log = tempfile.TemporaryFile()
        command = [*map(str, before), str(Path(licetd).resolve()), "--publication", str(publication or authority.publication),
                   "--root", str(root or authority.root), "--listen", "127.0.0.1:0"]
        if state:
            command += ["--state", str(state)]
        self.process = subprocess.Popen([*command, *map(str, words)], stdout=subprocess.PIPE, stderr=self.log,
                                        env=dict(os.environ, **(environment or {})))
        line = self.process.stdout.readline().decode()
        found = re.fullmatch(r"licetd listening on http://127\.0\.0\.1:(\d+)\n", line)
        if not found:
            self.process.wait(10)
            raise RuntimeError(f"licetd does not start: {line}{self.said()}")
        self.port = int(found[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(12)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def said(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    @property
    def pid(self):
        """Of licetd itself, where something else has started it."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        name = Path(f"/proc/{self.process.pid}/comm").read_text().strip()
        return int(children[0]) if children and name != "licetd" else self.process.pid

    def memory(self):
        """VmRSS, VmHWM and the like, in bytes."""
        text = Path(f"/proc/{self.pid}/status").read_text()
        return {name: int(size) * 1024 for name, size in re.findall(r"^(\w+):\s+(\d+) kB$", text, re.M)}

    def forget_peak(self):
        """From here on VmHWM is counted; returns what it begins with."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")
        return self.memory()["VmRSS"]

    def peak(self):
        return self.memory()["VmHWM"]

    def connect(self, timeout=20):
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def ask(self, method, path, body=None, headers=None, timeout=20):
        return ask(self.port, method, path, body, headers, timeout)

    def verdict(self, digits):
        return self.ask("GET", f"/L/{digits}", headers=JSON).json["verdict"]

    def has(self, method, path, kind=None, body=b""):
        """Whether there is such a route by now, and it takes a body of this kind."""
        status = self.ask(method, path, body if method == "POST" else None, {"Content-Type": kind} if kind else {}).status
        return status not in (404, 405) and not (kind and status == 415)


def ask(port, method, path, body=None, headers=None, timeout=20):
    """Status, headers (names in lower case) and body of the answer to one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


class Answer(SimpleNamespace):
    def __init__(self, status, headers, body):
        super().__init__(status=status, headers=headers, body=body)

    @property
    def json(self):
        return json.loads(self.body)


def until(holds, seconds, pause=0.02):
    """How long it takes until something holds, in seconds; None where it takes longer."""
    start = time.monotonic()
    while (passed := time.monotonic() - start) < seconds:
        if holds():
            return passed
        time.sleep(pause)
    return None
