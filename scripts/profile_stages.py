"""Groups the stacks that perf recorded of `licet issue` into the stages of issuing; for scripts/bench --profile."""

import collections
import re

# From the innermost frame outwards, the first that matches names the stage.
STAGES = [(name, re.compile(pattern)) for name, pattern in [
    ("pictures: fsync, rename", r"DurableFile"),
    ("read back: ZXing", r"licet_zxing_read"),
    ("read back: PNG, modules", r"licet_png_read_bits|SymbolReader|PrintedA0|PrintedSymbol"),
    ("draw: PNG", r"licet_png_write|6Symbol0A3PNG|SymbolPNG"),
    ("draw: QR", r"QRcode_encodeInput|6QRCodeV|QRMold|QRCodewords|MaskPenalty|ModuleGrid"),
    ("shortest stream", r"DeflateEncoder|MatchFinder|DeflateBlock|TextCodingO(8shortest|7encoded)|CompactTextO7encoded"),
    ("digits", r"DigitText"),
    ("code read back", r"6ClaimsV6packed6coding|TextCodingO7decoded"),
    ("verify", r"PublicKeyC8verifies|EVP_DigestVerify"),
    ("sign", r"PrivateKeyC9signature|EVP_DigestSign"),
    ("rules before signing", r"9Authority4LintV|10LintedCode|7Certificate"),
    ("registry, SQLite", r"4GRDB|8Registry|sqlite3"),
    ("key opened (scrypt, once)", r"PKCS8_decrypt|EVP_PBE_scrypt|encryptedPEM|8KeyRingC|KeyRing"),
    ("applications: parse, review", r"ApplicationFile|ApplicationJSON|ApplicationCSV|IssueBatchV4read|7Licence11Application|7Licence"),
]]
# OpenSSL's scrypt leaves no frames to follow; it is all that this library does outside the stages above.
LONELY = "key opened (scrypt, once)"


def stage(frames):
    for frame in frames:
        for name, pattern in STAGES:
            if pattern.search(frame):
                return name
    return LONELY if "libcrypto" in frames[0] else "all else"


def report(stacks, frequency, licences):
    """Prints each stage's share and its microseconds of processor time a licence."""
    counts, leaves = collections.Counter(), collections.defaultdict(collections.Counter)
    for block in stacks.split("\n\n"):
        frames = [line.strip().partition(" ")[2] for line in block.splitlines()[1:] if line.strip()]
        if frames:
            name = stage(frames)
            counts[name] += 1
            leaves[name][re.search(r"\(([^()]*)\)$", frames[0]).group(1).rsplit("/")[-1]] += 1
    total = sum(counts.values())
    print(f"\n{'processor time of a batch':32}{'share':>8}{'µs each':>10}  mostly in")
    for name, count in counts.most_common():
        where = ", ".join(library for library, _ in leaves[name].most_common(2))
        print(f"{name:32}{count / total:8.1%}{1e6 * count / frequency / licences:10.1f}  {where}")
    print(f"{'altogether':32}{1:8.0%}{1e6 * total / frequency / licences:10.1f}")
