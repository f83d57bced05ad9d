#!/usr/bin/env python3
"""Looks at the verifier daemon's pages with a real browser: every verdict, both languages, three windows.

usage: python3 scripts/daemon/pages.py --licet BIN --licetd BIN --screenshots DIR

Makes a throw-away authority with licences in every state, starts licetd over it, and drives Debian's chromium without JavaScript.
Checked are: nothing in the console, nothing fetched from elsewhere, no sideways scrolling, under 30 KB, the switch of language,
the keyboard, the forms (PNG, JPEG, typed), print, and axe-core's rules in light and dark. Playwright, axe-core and Pillow come from
PyPI into a throw-away environment. The status is 0 only when nothing was found.

example: python3 scripts/daemon/pages.py --licet .build/debug/licet --licetd .build/debug/licetd --screenshots /tmp/pages
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGES = ["playwright", "axe-playwright-python", "pillow"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--licet", required=True, type=Path)
    parser.add_argument("--licetd", required=True, type=Path)
    parser.add_argument("--screenshots", required=True, type=Path, metavar="DIR")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--environment", type=Path, metavar="DIR", help="keep the Python environment here (default: throw it away)")
    return parser.parse_args()


def in_environment(options):
    """Runs this script again with the packages it needs."""
    with tempfile.TemporaryDirectory(prefix="licet-pages.") as scratch:
        folder = options.environment or Path(scratch) / "environment"
        python = folder / "bin/python"
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES], check=True)
        place = Path(scratch) / "authority"
        place.mkdir()
        again = {**os.environ, "LICET_PAGES_PLACE": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run([python, __file__, *sys.argv[1:]], env=again).returncode


def main():
    options = arguments()
    place = os.environ.get("LICET_PAGES_PLACE")
    if place is None:
        return in_environment(options)
    from pages_looking import look
    return look(options, Path(place))


if __name__ == "__main__":
    sys.exit(main())
