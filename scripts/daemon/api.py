#!/usr/bin/env python3
"""Holds a running licetd to its OpenAPI description, and to the manners of HTTP that such a description cannot tell.

Makes a throw-away authority with licences of every verdict, starts licetd over its publication, and lets schemathesis ask for
everything that the description names, with every check that it has and with real codes among the made-up ones. Then come
requests that no client library sends: see manners.py. The status is 0 only when nothing is amiss.

schemathesis, openapi-spec-validator and Pillow come from PyPI into a virtual environment, which --venv keeps for the next time.
"""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

sys.dont_write_bytecode = True
import bombs  # noqa: E402
import manners  # noqa: E402
import town  # noqa: E402

HERE = Path(__file__).resolve().parent
WANTED = ["schemathesis>=4.32", "openapi-spec-validator>=0.9", "pillow>=11"]


def environment(folder):
    """The programs of a virtual environment that has what is wanted."""
    programs = folder / "bin"
    if not (programs / "schemathesis").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([programs / "pip", "install", "--quiet", "--disable-pip-version-check", *WANTED], check=True)
    return programs


def absent(daemon, authority):
    """What the daemon has no route for yet."""
    picture = authority.picture_of["valid"].read_bytes()
    probes = {"GET /": ("GET", "/", None), "POST /": ("POST", "/", None), "GET /metrics": ("GET", "/metrics", None),
              "POST /v1/verify/batch": ("POST", "/v1/verify/batch", None), "GET /openapi.yaml": ("GET", "/openapi.yaml", None),
              "image/png": ("POST", "/v1/verify", "image/png", picture),
              "image/jpeg": ("POST", "/v1/verify", "image/jpeg", bombs.jpeg(64, 64))}
    return [name for name, probe in probes.items() if not daemon.has(*probe)]


def properties(tally, daemon, authority, place, programs, options):
    """What schemathesis makes of it."""
    file = place / "openapi.yaml"
    answer = daemon.ask("GET", "/openapi.yaml")
    source = town.REPOSITORY / "Sources/VerifierService/openapi.yaml"
    file.write_bytes(answer.body if answer.status == 200 else source.read_bytes())
    tally.check(file.read_bytes() == source.read_bytes(), "the description that is served is that of the sources")
    valid = subprocess.run([programs / "openapi-spec-validator", file], capture_output=True, text=True)
    tally.equal(valid.returncode, 0, f"openapi-spec-validator: {valid.stdout}{valid.stderr}".strip())

    # In a folder of its own: schemathesis keeps what it found beside where it runs.
    (place / "run").mkdir()
    # That a photo shows a code, or a text is one, is nothing that a schema can say.
    (place / "run/schemathesis.toml").write_text('[[operations]]\ninclude-name = "POST /"\n'
                                                 'checks.positive_data_acceptance.expected-statuses = ["3xx", "415", "422"]\n')
    command = [programs / "schemathesis", "run", file, "--url", f"http://127.0.0.1:{daemon.port}", "--checks", "all",
               "--phases", "examples,coverage,fuzzing", "--mode", "all", "--max-examples", str(options.examples),
               "--seed", str(options.seed), "--continue-on-failure", "--request-timeout", "20",
               "--suppress-health-check", "all", "--no-color"]
    done = subprocess.run(command, cwd=place / "run", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=dict(os.environ, SCHEMATHESIS_HOOKS=str(HERE / "description_hooks.py"), COLUMNS="140",
                                   LICET_TRIAL=str(place / "trial.json"), PYTHONDONTWRITEBYTECODE="1"))
    print(done.stdout)
    tally.equal(done.returncode, 0, "schemathesis finds no violation")
    met = Counter((place / "met").read_text().split())
    print("verdicts met: " + ", ".join(f"{word} {count}" for word, count in met.most_common()) + "\n")
    tally.equal((set(authority.digits_of) - {"core"} | {"malformed"}) - set(met), set(), "every verdict was met")
    tally.check(daemon.ask("GET", "/healthz").status == 200, "the daemon is alive after schemathesis")


def main():
    parser = town.arguments(__doc__, "scripts/daemon/api.py --licet .build/debug/licet --licetd .build/debug/licetd --venv ~/.cache/licet-venv")
    parser.add_argument("--venv", type=Path, metavar="DIR", help="where the virtual environment is kept (default: nowhere)")
    parser.add_argument("--examples", type=int, default=100, metavar="N", help="made-up requests an operation (100)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="other requests (1)")
    parser.add_argument("--unfinished", action="store_true", help="routes that are described and not there are no fault")
    parser.add_argument("--only", choices=["description", "manners"], help="one half")
    options = parser.parse_args()
    tally = town.Tally("api")
    with town.scratch("api", options.keep) as place:
        authority = town.Town(options.licet, place / "town").found()
        register = ["--register", authority.folder / "home/licet.sqlite"]
        with town.Daemon(options.licetd, authority, state=place / "state", words=register) as daemon:
            missing = absent(daemon, authority)
            for name in missing:
                tally.skip(name, "not there yet") if options.unfinished else tally.check(False, f"{name} is described and not there")
            if options.only != "manners":
                authority.tell(place / "trial.json", missing)
                programs = environment((options.venv or place / "venv").absolute())
                properties(tally, daemon, authority, place, programs, options)
            if options.only != "description":
                manners.look(tally, daemon, authority)
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
