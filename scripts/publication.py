"""Measures lists, the log and whole publications; for scripts/bench --publication."""

import json
import statistics
import subprocess
import sys


def output(program, *arguments):
    """What the program prints; how far it is goes on to standard error."""
    done = subprocess.run([program, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"bench: {program} {' '.join(map(str, arguments))} exited with {done.returncode}")
    return done.stdout


def lines(program, *arguments):
    """The JSON objects that the program prints, one a line."""
    return [json.loads(line) for line in output(program, *arguments).splitlines()]


def size(count):
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{count / 1e3:,.1f} kB"


def verdict(is_met):
    return "met" if is_met else "not met"


def one_list(bench, program, options):
    """A list of 1,048,576 entries beside plain C over the same bytes, in turn."""
    packed, limit = bench.folder / "packed", bench.build_limit("list", "crypto", "z")
    rounds, limits = [], []
    for _ in range(options.rounds):
        rounds += lines(program, "list", packed)
        limits.append(float(output(limit, packed)))
    at = {name: statistics.median(figures[name] for figures in rounds) for name in rounds[0]}
    total, plain = at["status in all ms"], statistics.median(limits)
    print(f"\n{'a status list of 1,048,576 entries':44}{'Licet':>12}{'limit':>12}  {'':6}{'of limit':>8}  the limit is")
    print(f"{'built, compressed and signed':44}{total:12,.1f}{plain:12,.1f}  {'ms':6}{plain / total:8.2f}  C, without building it")
    for stage in ("build", "zlib", "sign"):
        print(f"  {stage:42}{at[f'status {stage} ms']:12,.1f}  {'':12}ms")
    print(f"{verdict(total <= 300):8} in all {total:,.0f} ms, goal ≤ 300")
    print(f"\n{'the same bytes at another setting of zlib':44}{'ms':>12}{'bytes':>12}")
    print(f"{'  run lengths, which lists are made with':44}{at['status zlib ms']:12,.1f}{at['status bytes']:12,.0f}  with claims and signature")
    for name in ("level 9", "level 6", "level 1", "Huffman only"):
        print(f"  {name:42}{at[f'status zlib {name} ms']:12,.1f}{at[f'status zlib {name} bytes']:12,.0f}")
    print(f"\n{'':24}{'bytes':>12}{'in memory':>12}{'made, ms':>12}{'read, ms':>12}{'look-ups/s':>14}")
    for kind in ("status", "issued"):
        print(f"{kind + ' list':24}{at[f'{kind} bytes']:12,.0f}{at[f'{kind} memory']:12,.0f}{at[f'{kind} in all ms']:12,.1f}"
              f"{at[f'{kind} read ms']:12,.1f}{at[f'{kind} look-ups/s']:14,.0f}")


def country(program, licences):
    at = lines(program, "country", licences)[0]
    each = lambda name: at[name] / at["licences"]  # noqa: E731
    print(f"\na country of {at['licences']:,.0f} licences: {at['offices']:,.0f} offices, the largest with {at['largest office']:,.0f}; "
          f"{at['lists']:,.0f} pairs of lists")
    rows = [("status lists", size(at["status bytes"]), f"{each('status bytes'):.2f} bytes a licence, made in {at['status lists s']:,.1f} s"),
            ("issued lists", size(at["issued bytes"]), f"{each('issued bytes'):.2f} bytes a licence, made in {at['issued lists s']:,.1f} s"),
            ("trust list", size(at["trust list bytes"]), f"{size(at['trust list gzip bytes'])} with gzip"),
            ("log, tiles of hashes", size(at["log tile bytes"]), f"{at['log tiles']:,.0f} tiles of {at['log entries']:,.0f} entries"),
            ("log, bundles of entries", size(at["log bundle bytes"]), f"{at['log bundles']:,.0f} bundles, {size(at['log bundle gzip bytes'])} with gzip"),
            ("memory of a verifier", size(at["verifier bytes"]), f"{each('verifier bytes'):.1f} bytes a licence; all lists read in {at['read s']:,.2f} s")]
    if "bundle bytes" in at:
        rows.append(("one file for offline use", size(at["bundle bytes"]), f"{at['bundle files']:,.0f} files, {size(at['bundle log bytes'])} of the log; "
                     f"read and believed in {at['bundle load s']:.2f} s"))
    for name, amount, more in rows:
        print(f"  {name:30}{amount:>16}   {more}")
    if "bundle bytes" in at:
        goal = 12 * at["licences"]
        print(f"{verdict(at['bundle bytes'] <= goal):8} one file of {size(at['bundle bytes'])}, goal ≤ {size(goal)}")


def day(program, licences, *list_size):
    rows = lines(program, "day", licences, *list_size)
    print(f"\na day of {rows[0]['licences']:,} licences, 0.15 % of them touched; lists of {rows[0]['listSize']:,} entries, {rows[0]['lists']:,} pairs")
    print(f"  {'acts are spread':18}{'a day':>6}{'status lists':>14}{'':>10}{'issued lists':>14}{'':>10}{'log entries':>12}{'a reader fetches':>18}"
          f"{'a day':>12}")
    for row in rows:
        print(f"  {row['spread']:18}{row['publicationsADay']:6}{row['statusLists']:14,.1f}{size(row['statusBytes']):>10}{row['issuedLists']:14,.1f}"
              f"{size(row['issuedBytes']):>10}{row['logEntries']:12,.0f}{size(row['fetchedBytes']):>18}"
              f"{size(row['fetchedBytes'] * row['publicationsADay']):>12}")
    first = rows[0]
    print(f"  beside it lists that did not change are signed anew each half of seven days: {first['renewedIssuedLists']:,.1f} issued lists a day, "
          f"{size(first['renewedIssuedBytes'])}")
    for row in rows[:3]:
        print(f"  the log in a year, {row['publicationsADay']} publications a day: {row['logEntriesAYear']:,.0f} entries, {size(row['logBytesAYear'])}, "
              f"{size(row['logGzipBytesAYear'])} with gzip")
    print(f"  the acts of a day alone, as the log tells them: {size(first['actBytes'])}")


def measure(bench, options):
    program = bench.bin / "licet-publication-bench"
    one_list(bench, program, options)
    country(program, options.licences)
    day(program, options.licences)
