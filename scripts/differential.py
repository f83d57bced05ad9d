"""Codes for two decoders that share nothing, and how their answers differ; see `scripts/fuzz --differential`.

Codes are packed by a third program (Tests/LicenceCodeTests/second_packer.py), from random claims and from invented applications, and
spoiled on one layer each: text, digits, packed bytes, single fields, texts before compression, DEFLATE streams, further claims.
"""
import collections
import functools
import hashlib
import os
import random
import subprocess
import sys
import time
import zlib
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY / "scripts"), str(REPOSITORY / "Tests/LicenceCodeTests")]
import second_decoder as second  # noqa: E402
import second_packer as packer  # noqa: E402
import second_signatures as signatures  # noqa: E402
from applications import Applications, Wording  # noqa: E402
from registrations import Registrations  # noqa: E402
from second_packer import Deflater, number  # noqa: E402

BATCH = 5_000  # codes that both decoders are given at a time
SCRATCH = REPOSITORY / ".build-differential"
EDGES = [0, 1, 2, 3, 15, 16, 23, 24, 30, 31, 99, 127, 128, 200, 255, 256, 300, 512, 1_023, 1_024, 8_000, 8_001, 16_383, 16_384, 65_535,
    65_536,
         1_000_000, 1_000_001, 2_097_151, 2_097_152, 3_000_000, 3_000_001, (1 << 24) - 1, 1 << 24, (1 << 32) - 1, 1 << 32, 5_824_860,
         165_089,
         (1 << 62) - 1, 1 << 62, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, 1 << 64, 1 << 70]
FORBIDDEN = [chr(c) for c in (0x1, 0x9, 0xA, 0x1F, 0x7F, 0x85, 0x9F, 0xAD, 0x600, 0x61C, 0x180E, 0x200B, 0x200F, 0x2028, 0x2029, 0x202E,
        0x2064, 0x2066, 0xFEFF,
                              0xFFF9, 0x110BD, 0x1BCA0, 0x1D173, 0xE0001, 0xE007F)]
ALPHABETS = [  # scalars of a text, by ranges
    [(0x20, 0x7E)], [(0x4E00, 0x9FFF)], [(0x4E00, 0x9FFF)], [(0x3400, 0x4DBF), (0x20000, 0x2A6DF)], [(0xA0, 0x24F), (0x300, 0x36F)],
    [(0x2000, 0x200A), (0x3000, 0x30FF), (0xFF00, 0xFFEF)], [(0xE000, 0xF8FF), (0x100000, 0x10FFFD)],
    [(0xAC00, 0xD7A3), (0x1F300, 0x1F6FF)]]
TEXT_LIMITS = {"name": 200, "type": 100, "representative": 200, "address": 300, "scope": 8_000}
STRATEGIES = [zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE, zlib.Z_FIXED]


@functools.cache
def applications():
    """Sources of invented applications, which take long to make."""
    wording = Wording(REPOSITORY / "Tests/Wording")
    return [made(wording, 1, "100000") for made in (Applications, Registrations)]


class Codes:
    """An endless source of codes; the same seed gives the same ones."""

    def __init__(self, layout, seed):
        self.rng = random.Random(f"differential {seed}")
        self.maker = packer.Maker(layout)
        self.frequent = layout.frequent
        self.applications = applications()
        for source in self.applications:
            source.rng, source.number, source.seed = random.Random(f"applications {seed}"), 0, seed
            source.names.clear()
        self.licences = [self.application() for _ in range(300)]

    def __iter__(self):
        return self

    def __next__(self):
        if self.rng.random() < 0.05:
            self.licences[self.rng.randrange(len(self.licences))] = self.application()
        make = self.rng.choices(
            [self.valid, self.changed_text, self.changed_digits, self.changed_bytes, self.changed_field, self.changed_texts,
                self.changed_stream,
             self.changed_further], [25, 5, 6, 16, 16, 12, 12, 8])[0]
        return make()

    # MARK: Licences

    def application(self):
        """An invented application as a licence."""
        made = next(self.rng.choice(self.applications))
        item = {key: value for key, value in made.items() if key in (
            "creditCode", "kind", "name", "type", "representative", "established", "address", "scope", "term", "capital", "composition")}
        item |= {"version": 1, "list": 1, "index": self.rng.randrange(1 << 24), "issued": made["established"]}
        return self.varied(item)

    def licence(self):
        if self.rng.random() < 0.6:
            return self.varied(self.rng.choice(self.licences))
        texts = {key: self.text(limit) for key, limit in TEXT_LIMITS.items()}
        established = self.date()
        return self.varied({"creditCode": self.credit_code(), "version": 1, "kind": self.rng.choice(second.KINDS), **texts,
                "established": established,
                            "issued": min(second.LAST_DAY, established + self.below(3_000_000)), "list": 1, "index": self.below(1 << 24)})

    def varied(self, licence):
        """The licence with some of its claims drawn anew."""
        rng, licence = self.rng, dict(licence)
        draws = {
            "version": lambda: 1 + self.below(1_000_000), "list": lambda: 1 + self.below(65_535), "index": lambda: self.below(1 << 24),
            "creditCode": self.credit_code, "kind": lambda: rng.choice(second.KINDS), "capital": self.capital,
            "term": lambda: self.term(licence),
            "location": lambda: {"microLatitude": self.within(90_000_000), "microLongitude": self.within(180_000_000)},
            "composition": lambda: rng.choice(second.COMPOSITIONS), "further": self.further, "core": lambda: None}
        for key in draws:
            if rng.random() < 0.12:
                licence[key] = draws[key]()
        if "core" in licence:
            del licence["core"]
            scope = licence.pop("scope", "x")
            licence |= {"scopeLength": len(scope), "scopeDigest": hashlib.sha256(scope.encode()).hexdigest()}
        return licence

    def below(self, bound):
        """A number below `bound`, small ones and the ends more often."""
        rng = self.rng
        return min(bound - 1, rng.choice([0, bound - 1, rng.randrange(bound), rng.randrange(1 << rng.randrange(1,
                            bound.bit_length() + 1))]))

    def within(self, bound):
        return self.rng.choice([-1, 1]) * self.below(bound + 1)

    def date(self):
        rng = self.rng
        return rng.choice([second.FIRST_DAY, second.LAST_DAY, rng.randrange(second.FIRST_DAY, second.LAST_DAY + 1),
                rng.randrange(10_000, 21_000)])

    def term(self, licence):
        established = packer.day(licence["established"])
        first = min(max(established + self.within(3_000_000), second.FIRST_DAY), second.LAST_DAY)
        return {"from": first} | ({"to": min(first + self.below(3_000_001), second.LAST_DAY)} if self.rng.random() < 0.6 else {})

    def capital(self):
        rng, digits, scale = self.rng, str(self.below(10 ** 18)), self.rng.randrange(7)
        digits = (digits.rstrip("0") or "0") + "0" * rng.randrange(18) if rng.random() < 0.5 else digits
        digits = digits[:18].rjust(scale + 1, "0")
        amount = f"{digits[:len(digits) - scale]}.{digits[len(digits) - scale:]}" if scale else digits
        return {"amount": amount, "currency": "CNY" if rng.random() < 0.6 else "".join(rng.choices("ABCNYZUSD", k=3))}

    def credit_code(self):
        rng = self.rng
        start = rng.choice(["91", "92", "93"] if rng.random() < 0.9 else [a + b for a,
                seconds in second.CATEGORIES.items() for b in seconds])
        division = "100000" if rng.random() < 0.1 else f"{rng.choice(sorted(second.PROVINCES))}{rng.randrange(10_000):04}"
        body = "".join(rng.choices(second.ALPHABET, k=8))
        text = packer.credit_code(start, division, body, rng.choice(second.ALPHABET) if rng.random() < 0.2 else None)
        return text if rng.random() < 0.9 else text[:17] + rng.choice(second.ALPHABET)

    def text(self, limit):
        rng = self.rng
        length = rng.choice([1, 2, limit if limit < 1_000 or rng.random() < 0.05 else 9, rng.randrange(1, min(limit, 60)),
                rng.randrange(1, 12)])
        kinds = rng.choices(ALPHABETS + [None], k=rng.randrange(1, 4))
        result = []
        for _ in range(length):
            ranges = rng.choice(kinds)
            result.append(chr(rng.randint(*rng.choice(ranges))) if ranges else rng.choice(self.frequent))
        text = "".join(result)
        return "店" * length if second.FORBIDDEN.search(text) else text

    # MARK: Layers

    def compressed(self, plain, dictionary):
        """A stream that some writer could have made."""
        rng = self.rng
        if rng.random() < 0.03:
            return packer.one_block(plain[:300], dictionary, rng.random() < 0.5) if len(plain) <= 300 else Deflater().stored(plain).bytes
        if rng.random() < 0.05:
            cut = rng.randrange(len(plain) + 1)
            return Deflater().stored(plain[:cut], False).block(b"", final=False).stored(plain[cut:]).bytes
        options = dict(zdict=dictionary) if dictionary and rng.random() < 0.9 else {}
        writer = zlib.compressobj(rng.choice([0, 1, 6, 9, 9]), zlib.DEFLATED, -rng.choice([9, 12, 15, 15, 15]), rng.randrange(1, 10),
            rng.choice(STRATEGIES), **options)
        if rng.random() < 0.8:
            return writer.compress(plain) + writer.flush()
        cut = rng.randrange(len(plain) + 1)
        return writer.compress(plain[:cut]) + writer.flush(rng.choice([zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH,
                    zlib.Z_BLOCK])) + writer.compress(plain[cut:]) + writer.flush()

    def fields(self, licence=None):
        rng = self.rng
        issuer = rng.choice([1, 127, 128, 300, 16_383, 16_384, 2_097_151, 1 + rng.randrange(2_097_151)])
        self.coding = rng.choices([0, 1, 2], [2, 2, 5])[0]
        algorithm = rng.choice([signatures.ES256, signatures.EDDSA, signatures.SM2])
        return self.maker.fields(licence or self.licence(), self.coding, issuer, deflate=self.compressed, algorithm=algorithm)

    def code(self, fields):
        return self.stated(b"".join(fields.values()) + self.rng.randbytes(64))

    def stated(self, data):
        return self.rng.choice(["", "LICET:", "HTTPS://LIC.EXAMPLE.CN/L/"]) + packer.digits_of(data)

    def bytes(self):
        return b"".join(self.fields().values()) + self.rng.randbytes(64)

    def valid(self):
        return self.code(self.fields())

    def changed_text(self):
        rng = self.rng
        scheme = rng.choice(["https://", "HTTPS://", "http://", "Http://", "ftp://", "https:/", "https:///", "//", "", "licet:", "LICET:",
                "Licet:", "LICET", "LICET: "])
        host = rng.choice(["lic.example.cn", "LIC.EXAMPLE.CN", "localhost:8787", "[::1]", "user@host", "例子.中国", "", "h", "h?x=", "h#",
                "h/a/b", "h//", "L", "\u0130"])
        path = rng.choice(["/L/", "/l/", "/L/", "/L", "/LL/", "/X/", "/", "", "/L//", "/L/L/", "/L/?", "/L/#", "/a/L/", "/\u216c/",
                "/L\u0301/", "?/L/", "#/L/"])
        digits = packer.digits_of(self.bytes())
        if rng.random() < 0.3:
            at = rng.randrange(len(digits))
            digits = digits[:at] + rng.choice(["", " ", "0", "\u0661", "１", "O", "-", "\0", "/", ".", "²", "\u0301", "e",
                    "\x1c"]) + digits[at + rng.randrange(2):]
        tail = rng.choice([""] * 12 + [" ", "/", "?a=1", "#a", "\0", "\u0301", "\u2028", "=", "0"])
        if rng.random() < 0.02:
            digits = digits * rng.randrange(5, 30)
        prefix = rng.choice([scheme + host + path, scheme + path, scheme])
        if rng.random() < 0.01:
            prefix += "a" * rng.randrange(7_000, 9_000) + "/L/"
        return prefix + digits + tail

    def changed_digits(self):
        rng, digits = self.rng, packer.digits_of(self.bytes())
        for _ in range(rng.randrange(1, 4)):
            at, size = rng.randrange(len(digits)), rng.choice([0, 1, 1, 1, 2, 30])
            digits = digits[:at] + "".join(rng.choices("0123456789", k=rng.choice([size, size, 0, 1]))) + digits[at + size:]
        return rng.choice(["", "LICET:"]) + digits

    def changed_bytes(self):
        rng, data = self.rng, bytearray(self.bytes())
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            at = min(rng.randrange(len(data)), rng.choice([len(data), len(data), 40, 20]) - 1)
            way = rng.randrange(8)
            if way < 3:
                data[at] ^= 1 << rng.randrange(8)
            elif way == 3:
                data[at] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)])
            elif way == 4:
                data[at:at] = rng.randbytes(rng.randrange(1, 4))
            elif way == 5:
                del data[at:at + rng.randrange(1, 4)]
            elif way == 6:
                del data[at:len(data) - rng.choice([64, 64, rng.randrange(len(data))])]
            else:
                data[at:at] = data[at:at + rng.randrange(1, 20)] * rng.choice([1, 1, 5])
            if not data:
                data = bytearray(b"\x10")
        return self.stated(bytes(data))

    def changed_field(self):
        """One field with another number, in another form, or with other bytes."""
        rng, fields = self.rng, self.fields()
        name = rng.choice([name for name in fields if name != "texts"])
        old, way = fields[name], rng.randrange(8)
        if way < 3:
            value = rng.choice([rng.choice(EDGES), max(0, rng.choice(EDGES) + rng.randrange(-3, 4)),
                    packer.signed(self.date() - second.FIRST_ISSUE)])
            if name == "capital" and rng.random() < 0.8:
                new = old[:1] + number(value) + old[1 + rng.randrange(len(old)):]
            elif name in ("scope", "further"):
                new = number(value) + old[-32 if name == "scope" else 1:]
            else:
                new = number(value)
            fields[name] = new + (number(rng.choice(EDGES)) if name == "term" and rng.random() < 0.7 else b"")
        elif way == 3:
            fields[name] = b"\x80" * rng.randrange(1, 3) + old
        elif way == 4:
            fields[name] = number(int.from_bytes(old, "big"), rng.randrange(1, 11))
        elif way == 5:
            fields[name] = rng.randbytes(rng.choice([len(old), len(old), max(0, len(old) - 1), len(old) + 1]))
        elif way == 6:
            fields[name] = bytes([old[0] ^ 1 << rng.randrange(8)]) + old[1:]
        elif name == "code":
            value = rng.randrange(1 << 64) if rng.random() < 0.3 else int.from_bytes(old[:8], "big") ^ 1 << rng.randrange(64)
            fields[name] = (value & (1 << 64) - 1).to_bytes(8, "big") + rng.choice([b"", bytes([rng.randrange(40)])])
        else:
            flags = packer.flags_of(fields) ^ 1 << rng.randrange(12)
            fields["bits"] = number(flags)
        return self.code(fields)

    def changed_texts(self):
        """Texts that are wrong before they are compressed."""
        rng = self.rng
        fields = self.fields()
        texts = [self.rng.choice(self.licences).get(key, "x") for key in packer.TEXTS]
        way = rng.randrange(9)
        place = rng.randrange(5)
        if way == 0:
            at = rng.randrange(len(texts[place]) + 1)
            texts[place] = texts[place][:at] + rng.choice(FORBIDDEN) + texts[place][at:]
        elif way == 1:
            texts[place] = (texts[place] * 9_000)[:list(TEXT_LIMITS.values())[place] + rng.randrange(-1, 2)]
        elif way == 2:
            texts[place] = ""
        elif way == 3:
            texts[place:place + 1] = rng.choice([[], ["x", "y"], [texts[place], ""]])
        elif way == 4:
            texts[place] = self.text(list(TEXT_LIMITS.values())[place])
        if rng.random() < 0.2:
            texts.insert(0, self.credit_code() if rng.random() < 0.7 else "".join(rng.choices(second.ALPHABET + "IOSVZa店",
                        k=rng.choice([17, 18, 18, 18, 19]))))
            fields["code"] = bytes([rng.randrange(8)])
            fields["bits"] = number(packer.flags_of(fields) | second.CREDIT_CODE)
        plain = bytearray(self.maker.plain(texts, self.coding))
        if way > 4 and plain:
            for _ in range(rng.randrange(1, 3)):
                at = rng.randrange(len(plain))
                plain[at:at + rng.randrange(2)] = rng.choice([
                    rng.randbytes(1), rng.randbytes(2), b"\0", b"\1" + rng.randbytes(2), b"\2\0" + rng.randbytes(2),
                    b"\2\2" + rng.randbytes(2),
                    b"\1\xd8\0", b"\1\0" + rng.randbytes(1), b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80",
                    rng.choice(self.frequent).encode("utf-16-be"),
                    chr(rng.randrange(0x4E00, 0xA000)).encode("utf-16-be")])
            if rng.random() < 0.1:
                del plain[rng.randrange(len(plain)):]
        plain = bytes(plain)
        fields["texts"] = plain if self.coding == 0 else self.compressed(plain, self.maker.dictionary if self.coding == 2 else b"")
        return self.code(fields)

    def changed_stream(self):
        rng, fields = self.rng, self.fields()
        data = bytearray(fields["texts"])
        way = rng.randrange(10)
        if way < 4 and data:
            for _ in range(rng.choice([1, 1, 2])):
                at = rng.randrange(8 * len(data))
                at = rng.choice([at, at, at % 40, 8 * len(data) - 1 - at % 12])
                if at < 8 * len(data):
                    data[at // 8] ^= 1 << at % 8
        elif way == 4:
            data = data[:rng.randrange(len(data) + 1)] if rng.random() < 0.5 else data[:-1]
        elif way == 5:
            data += rng.choice([b"\0", b"\xff", bytes(data), rng.randbytes(2), b"\1\0\0\xff\xff", b"\3\0"])
        elif way == 6:
            size = rng.choice([49_150, 49_151, 49_152, 49_153, 49_160, 100_000, 2_000_000])
            data = bytearray(self.compressed((b"A" * 300 if rng.random() < 0.5 else b"A\0B\0C\0D\0") + b"E" * size, b""))[:2_900]
        elif way == 7 and data:
            data[-1] |= 1 << rng.randrange(8)
        elif way == 8:
            data = bytearray(rng.randbytes(rng.randrange(60)))
            if data:
                data[0] = data[0] & 0xF8 | rng.choice([1, 3, 5, 0, 2, 4])
        else:
            fields["first"] = bytes([0x10 | rng.randrange(3)])
        fields["texts"] = bytes(data)
        return self.code(fields)

    # MARK: Further claims

    def changed_further(self):
        rng, licence = self.rng, self.licence()
        licence["further"] = self.further()
        data = bytearray(bytes.fromhex(licence["further"]))
        for _ in range(rng.choice([0, 1, 1, 2])):
            at = rng.randrange(len(data) + 1)
            data[at:at + rng.randrange(3)] = rng.choice([b"", rng.randbytes(1), rng.randbytes(2), data[at:at + 6], self.item(2),
                    bytes([rng.randrange(8) << 5 | rng.randrange(32)])])
        licence["further"] = bytes(data).hex()
        return self.code(self.fields(licence))

    def further(self):
        rng = self.rng
        keys = {16 + self.below(rng.choice([8, 300, 1 << 20, (1 << 63) - 16])) for _ in range(rng.randrange(1, 4))}
        return b"".join(second.head(0, key) + self.item(3) for key in sorted(keys)).hex()

    def item(self, depth):
        """A random item, deterministic for the most part."""
        rng = self.rng
        kind = rng.randrange(8 if depth else 4)
        if kind < 2:
            return second.head(kind, self.below(rng.choice([24, 256, 70_000, 1 << 64])))
        if kind < 4:
            content = rng.randbytes(rng.choice([0, 1, 5, 30])) if kind == 2 else self.text(12).encode()
            return second.head(kind, len(content)) + content
        if kind == 4:
            return second.head(4, count := rng.randrange(4)) + b"".join(self.item(depth - 1) for _ in range(count))
        if kind == 5:
            keys = sorted({self.item(0) for _ in range(rng.randrange(4))})
            return second.head(5, len(keys)) + b"".join(key + self.item(depth - 1) for key in keys)
        if kind == 6:
            return second.head(6, self.below(1 << 32)) + self.item(depth - 1)
        level, levels = rng.choice([(b"\x81", 1), (b"\xa1\0", 1), (b"\xc1", 1), (b"\xa1", 1)]), rng.choice([1, 3, 12, 13, 14, 15, 16, 17,
                40])
        return level[0] * levels + b"\0" * (levels + 1 if level[0] == b"\xa1" else 1)


# MARK: Comparing

class Comparison:
    """What came of some codes."""

    def __init__(self):
        self.codes, self.accepted, self.refused = 0, 0, collections.Counter()
        self.disagreements, self.kinds = [], []

    def add(self, code, ours, theirs):
        self.codes += 1
        if ours.startswith("ok"):
            self.accepted += 1
        else:
            self.refused[ours.removeprefix("refused ")] += 1
        if ours != theirs:
            both = ours.startswith("refused") and theirs.startswith("refused")
            (self.kinds if both else self.disagreements).append((code, ours, theirs))

    def __iadd__(self, other):
        self.codes, self.accepted = self.codes + other.codes, self.accepted + other.accepted
        self.refused += other.refused
        self.disagreements += other.disagreements
        self.kinds += other.kinds
        return self


layout = None


def prepare(dictionary, specification):
    """Reads the format's files, once a process."""
    global layout
    layout = second.Layout(dictionary, specification)


def answer(text):
    try:
        digest, cose = layout.read(text).rebuild()
    except second.Refused as refusal:
        return f"refused {refusal.kind}"
    return f"ok {digest.hex()} {hashlib.sha256(cose).hexdigest()}"


def compare(program, seed, count):
    """Both decoders' answers to so many codes."""
    source = Codes(layout, seed)
    # Codes go to the other decoder as lines.
    codes = [code.replace("\n", "\v").replace("\r", "\v") for code in (next(source) for _ in range(count))]
    given = "\n".join(codes).encode("utf-8") + b"\n"
    result = subprocess.run([program], input=given, stdout=subprocess.PIPE, check=True)
    answers = result.stdout.decode().splitlines()
    comparison = Comparison()
    if len(answers) != count:
        raise RuntimeError(f"{program} answered {len(answers)} of {count} codes with seed {seed}")
    for code, theirs in zip(codes, answers):
        comparison.add(code, answer(code), theirs)
    return comparison


# MARK: The run

def build():
    print("building the decoder …", file=sys.stderr)
    command = ["swift", "build", "--quiet", "-c", "release", "--scratch-path", SCRATCH, "--product", "licet-differential"]
    if subprocess.run(command, cwd=REPOSITORY, env=dict(os.environ, LICET_FUZZ="1")).returncode != 0:
        sys.exit(70)
    return SCRATCH / "release/licet-differential"


def sizes(options, start):
    """How many codes the next batch has, until there are enough or time is up."""
    left = options.codes
    while left != 0 if options.codes else time.monotonic() - start < options.seconds:
        size = min(BATCH, left) if options.codes else BATCH
        yield size
        left = left - size if options.codes else None


def run(options):
    """Compares the decoders; whether they agree on everything."""
    program = build()
    files = (REPOSITORY / "Tests/LicenceCodeTests/Vectors/dictionary-1.bin", options.specification)
    start, total, pending = time.monotonic(), Comparison(), collections.deque()

    def collect():
        nonlocal total
        total += pending.popleft().result()
        print(f"{total.codes:,} codes, {total.codes / (time.monotonic() - start):,.0f}/s, {len(total.disagreements)} disagreements, "
              f"{len(total.kinds)} of kind", file=sys.stderr)

    with ProcessPoolExecutor(options.jobs, initializer=prepare, initargs=files) as pool:
        for batch, size in enumerate(sizes(options, start)):
            pending.append(pool.submit(compare, program, f"{options.seed}/{batch}", size))
            if len(pending) > options.jobs:
                collect()
        while pending:
            collect()
    print(f"{total.codes:,} codes in {time.monotonic() - start:.0f} s, seed {options.seed}\n{total.accepted:>9,} accepted")
    for kind, count in total.refused.most_common():
        print(f"{count:>9,} refused: {kind}")
    print(f"{len(total.disagreements):>9,} disagreements\n{len(total.kinds):>9,} refused by both for different kinds of reasons")
    found = total.disagreements + total.kinds
    if found:
        path = SCRATCH / "disagreements" / f"{options.seed}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{ours}\t{theirs}\t{code}\n" for code, ours, theirs in found), encoding="utf-8")
        pairs = collections.Counter((ours[:32], theirs[:32]) for _, ours, theirs in found)
        for (ours, theirs), count in pairs.most_common(20):
            print(f"{count:>9,} times the second decoder says {ours}, the first {theirs}")
        print(f"found: {path.relative_to(REPOSITORY)}")
    return not found
