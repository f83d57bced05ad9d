"""How large the symbols of Licet are, beside those of other encodings of the same licences: `bench --size`."""
import itertools
import json
import math
import os
import statistics
import subprocess
import sys
from pathlib import Path

import rivals
from applications import Applications, Wording
from registrations import Registrations

WORDING = Path(__file__).resolve().parent.parent / "Tests" / "Wording"
VERIFY_ADDRESS = "https://lic.licet.example"
PREFIX = VERIFY_ADDRESS.upper() + "/L/"  # 28 characters, as where the goals were set
GOALS = {"p10": 9, "median": 10, "p90": 14, "area": 0.46, "core": 0.99}


def quantile(values, share):
    """The nearest-rank quantile."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def spread(values):
    return [quantile(values, 0.1), quantile(values, 0.5), quantile(values, 0.9), max(values)]


def area(version):
    """Modules of a symbol, quiet zone left out."""
    return (17 + 4 * version) ** 2


class Size:
    """Issues the same applications in both profiles, one home each, and measures what was drawn.

    licet: the path of the command. folder: a scratch folder, which the caller removes.
    """

    def __init__(self, licet, folder):
        self.licet, self.folder = licet, folder
        self.passphrase = folder / "passphrase"
        self.passphrase.write_text("a passphrase of the bench\n")
        self.passphrase.chmod(0o600)
        self.versions = {}

    def run(self, profile, *arguments):
        environment = dict(os.environ, LICET_HOME=str(self.folder / profile / "home"), LICET_OFFICER="bench", LANG="C.UTF-8",
                           XDG_STATE_HOME=str(self.folder / profile / "state"))
        done = subprocess.run([self.licet, *map(str, arguments)], capture_output=True, text=True, env=environment)
        if done.returncode != 0 and not done.stdout.startswith("{"):
            sys.exit(f"bench: licet {' '.join(map(str, arguments))} exited with {done.returncode}:\n{done.stderr[-2000:]}")
        return done.stdout

    def issue(self, applications, profile):
        """QR version by credit code, of the pictures drawn."""
        secret = ("--passphrase-file", self.passphrase)
        (self.folder / profile).mkdir()
        file, pictures = self.folder / profile / "applications.json", self.folder / profile / "codes"
        file.write_text(json.dumps(applications, ensure_ascii=False), "utf-8")
        self.run(profile, "authority", "create", "--name", "Bench", "--verify-address", VERIFY_ADDRESS, *secret)
        self.run(profile, "office", "add", "100000", "--name", "Bench", *secret)
        print(f"issuing {len(applications):,} licences, profile {profile} …", file=sys.stderr)
        report = json.loads(self.run(profile, "issue", file, "--profile", profile, "--out", pictures, "--json", *secret))
        if report["refused"]:
            print(f"bench: {len(report['refused'])} refused and left out, the first: {report['refused'][0]['reason']}", file=sys.stderr)
        for number, row in enumerate(report["issued"]):
            self.check(row["file"], row["symbolVersion"], profile, read_back=number < 20)
        return {row["creditCode"]: row["symbolVersion"] for row in report["issued"]}

    def check(self, picture, version, profile, read_back):
        """The picture has the side of that version; of a few, its text is measured as a rival's is."""
        with open(picture, "rb") as file:
            side = int.from_bytes(file.read(24)[16:20], "big")
        if side % (17 + 4 * version + 8):
            sys.exit(f"bench: {picture} is {side} pixels wide: no symbol of version {version}")
        if read_back:
            digits = json.loads(self.run(profile, "inspect", picture, "--json"))["digits"]
            if rivals.version_of([("alphanumeric", PREFIX), ("numeric", digits)]) != version:
                sys.exit(f"bench: {picture} is version {version}, which its {len(digits)} digits do not need")

    def measure(self, applications):
        """Measures every encoding; answers the applications that both profiles issued."""
        full, core = self.issue(applications, "full"), self.issue(applications, "core")
        issued = {item["creditCode"]: item for item in applications if item.get("creditCode") in full.keys() & core.keys()}
        if not issued:
            sys.exit("bench: nothing was issued, nothing to measure")
        crude = rivals.crude_dictionary(Wording(WORDING).counted)
        encodings = {
            "HCERT": lambda item: rivals.hcert(item, prefix=PREFIX),
            "HCERT, prefix HC1:": rivals.hcert,
            "SMART Health Card": lambda item: rivals.smart_health_card(item, prefix=PREFIX),
            "SMART Health Card, prefix shc:/": rivals.smart_health_card,
            "integer keys, DEFLATE, digits": lambda item: rivals.integer_keys(item, prefix=PREFIX),
            "the same, crude dictionary": lambda item: rivals.integer_keys(item, prefix=PREFIX, dictionary=crude)}
        for name, encode in encodings.items():
            # 41: too long for any symbol.
            self.versions[name] = [rivals.version_of(encode(item)) or 41 for item in issued.values()]
        self.versions["Licet, full"] = [full[code] for code in issued]
        self.versions["Licet, core"] = [core[code] for code in issued]
        return list(issued.values())

    def ratio(self, name):
        """The median, over all licences, of a symbol's area by its HCERT symbol's."""
        return statistics.median(area(own) / area(rival) for own, rival in zip(self.versions[name], self.versions["HCERT"]))

    def report(self):
        print(f"{'level M, prefix of ' + str(len(PREFIX)) + ' characters':34}{'QR version':^24}{'median area,':>14}{'of HCERT’s,':>13}{'licence by':>12}")
        print(f"{'unless another is named':34}{'p10':>6}{'median':>7}{'p90':>5}{'max':>5} {'modules':>14}{'medians':>13}{'licence':>12}")
        base = area(quantile(self.versions["HCERT"], 0.5))
        for name, versions in self.versions.items():
            p10, median, p90, most = spread(versions)
            print(f"{name:34}{p10:6}{median:7}{p90:5}{most:5} {area(median):14,}{area(median) / base:13.2f}{self.ratio(name):12.2f}")
        self.report_goals()

    def report_goals(self):
        p10, median, p90, _ = spread(self.versions["Licet, full"])
        core = statistics.mean(version <= 10 for version in self.versions["Licet, core"])
        found = self.ratio("Licet, full")
        for text, met in (
                (f"full, median version {median}, goal ≤ {GOALS['median']}", median <= GOALS["median"]),
                (f"full, p90 version {p90}, goal ≤ {GOALS['p90']}", p90 <= GOALS["p90"]),
                (f"full, p10 version {p10}, goal ≤ {GOALS['p10']}", p10 <= GOALS["p10"]),
                (f"full, {found:.3f} of HCERT’s area licence by licence, goal ≤ {GOALS['area']}", found <= GOALS["area"]),
                (f"core, {core:.2%} within version 10, goal ≥ {GOALS['core']:.0%}", core >= GOALS["core"])):
            print(f"{'met' if met else 'not met':8} {text}")


def invented(count, seed, manner):
    """Applications over the whole country, and a line that says what they are."""
    made = Registrations if manner == "counted" else Applications
    words = "like counted registrations, a third of their phrases in no count" if manner == "counted" else "like today's, counted wording only"
    applications = list(itertools.islice(made(Wording(WORDING), seed, "100000"), count))
    return applications, f"{count:,} invented licences, seed {seed}: {words}"


def read(path):
    """The JSON array of applications in a file."""
    try:
        applications = json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        sys.exit(f"bench: {path}: {error.strerror}")
    except ValueError as error:
        sys.exit(f"bench: {path}: no JSON: {error}")
    if not isinstance(applications, list) or not all(isinstance(item, dict) for item in applications):
        sys.exit(f"bench: {path}: expected a JSON array of applications")
    return applications, f"licences of {path}"


def measure(licet, folder, applications, title):
    size = Size(licet, folder)
    issued = size.measure(applications)
    print(f"{title}; {len(issued):,} measured")
    for field in ("name", "scope"):
        lengths = [len(item[field]) for item in issued]
        print(f"{field}: {min(lengths)} to {max(lengths)} characters, p10 / median / p90 {' / '.join(map(str, spread(lengths)[:3]))}")
    print("rival signatures are stand-ins of an ES256 signature's size; all licences by one office for the whole country\n")
    size.report()
