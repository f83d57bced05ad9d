"""What a trial came to, and the table of all."""

import re
import threading
from collections import Counter

# What may go wrong, and the heading of its column.
FAULTS = {
    "lost": "lost",  # acknowledged, and not in the registry or not drawn
    "doubled": "doubled",  # a version or a list entry that two licences have
    "unrecorded": "unrecorded",  # signed, and not in the registry
    "verdict": "wrong verdict",  # a verdict that the truth does not bear out
    "late": "late",  # acknowledged after a failed fsync, or before the fsync that it needs
    "other": "other",  # doctor, resuming, crashes, half-done acts, unclear messages
}
SHOWN = 12


class Tally:
    """The figures of one trial."""

    def __init__(self, row, name):
        self.row, self.name = row, name
        self.runs = self.struck = self.acknowledged = 0
        self.faults = Counter()
        self.findings = []
        self.notes = Counter()
        self.skipped = None
        self.lock = threading.Lock()

    def ran(self, struck=False, acknowledged=0):
        with self.lock:
            self.runs += 1
            self.struck += struck
            self.acknowledged += acknowledged

    def fault(self, kind, text, again=""):
        with self.lock:
            self.faults[kind if kind in FAULTS else "other"] += 1
            self.findings.append((kind, text, again))

    def note(self, text, count=1):
        with self.lock:
            self.notes[text] += count

    def skip(self, reason):
        self.skipped = reason
        return self

    @property
    def total(self):
        return sum(self.faults.values())


def tell(tally):
    """Prints the findings, those that differ in numbers and names alone as one."""
    alike = {}
    for kind, text, again in tally.findings:
        alike.setdefault((kind, re.sub(r"/\S*|[0-9A-Z]{18}|\b0x\w+|\d+", "…", text)[:120]), []).append((text, again))
    for (kind, _), found in list(alike.items())[:SHOWN]:
        text, again = found[0]
        print(f"\n{tally.row} {tally.name}: {kind}: {text}" + (f" (and {len(found) - 1} like it)" if len(found) > 1 else "")
              + (f"\n    again: {again}" if again else ""))
    if len(alike) > SHOWN:
        print(f"\n{tally.row} {tally.name}: … and {len(alike) - SHOWN} kinds more")


def table(tallies):
    """Prints the table, the notes and the first findings; the number of faults."""
    headings = ["row", "trial", "runs", "struck", "acknowledged", *FAULTS.values()]
    lines = [headings]
    for tally in tallies:
        if tally.skipped:
            lines.append([tally.row, tally.name, "skipped"] + [""] * (len(headings) - 3))
        else:
            figures = [tally.runs, tally.struck, tally.acknowledged, *(tally.faults[kind] for kind in FAULTS)]
            lines.append([tally.row, tally.name, *(f"{figure:,}" for figure in figures)])
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    for line in lines:
        cells = [cell.ljust(width) if column < 2 else cell.rjust(width)
                 for column, (cell, width) in enumerate(zip(line, widths))]
        print("  ".join(cells).rstrip())
    for tally in tallies:
        if tally.skipped:
            print(f"\n{tally.row} {tally.name}: skipped, {tally.skipped}")
        elif tally.notes:
            print(f"\n{tally.row} {tally.name}: " + ", ".join(f"{count:,} {text}" for text, count in tally.notes.items()))
        tell(tally)
    return sum(tally.total for tally in tallies)
