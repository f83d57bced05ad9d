#!/usr/bin/env python3
"""Writes the worked example of the article: one licence, and every byte of its code explained.

The licence is packed by second_packer and signed with the key of RFC 6979, so that the same article and dictionary give the same
section. With --check nothing is written: it fails where the article says something else.
"""
import argparse
import hashlib
import re
import sys
from pathlib import Path

import second_decoder as second
import second_signatures as signatures
from second_decoder import ALPHABET, cbor
from second_packer import OUR_KEY, OUR_KEYS, Maker, claims_map, digits_of, public_key
from second_signatures import EDDSA, SM2

LICENCE = {
    "creditCode": "92341181MAEXT75NXE", "version": 1, "kind": "individual_business", "name": "天长市𣲘水理发店", "type": "个体工商户",
    "representative": "王小明", "established": "2024-05-06", "composition": "personal", "address": "安徽省滁州市天长市平安路12号",
    "scope": "理发服务；化妆品零售", "issued": "2026-11-24", "list": 1, "index": 4711}
ISSUER = 2
OTHERS = {EDDSA: 3, SM2: 4}  # the numbers of the other algorithms' keys
HERE = Path(__file__).resolve().parent
ARTICLE = HERE.parent.parent / "Sources/LicenceCode/LicenceCode.docc/Specification.md"
LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258]
DISTANCES = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193,
             12289, 16385, 24577]


def spaced(data, width=32):
    """Hexadecimal in lines."""
    text = data.hex()
    return "\n".join(text[start:start + 2 * width] for start in range(0, len(text), 2 * width))


class Bits:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        value = 0
        for index in range(count):
            value |= (self.data[self.at // 8] >> self.at % 8 & 1) << index
            self.at += 1
        return value

    def code(self, count):
        """Huffman codes come from their highest bit on."""
        value = 0
        for _ in range(count):
            value = value << 1 | self.take(1)
        return value

    def symbol(self):
        value = self.code(7)
        if value < 24:
            return 256 + value
        value = value << 1 | self.code(1)
        if value < 192:
            return value - 48
        if value < 200:
            return value - 192 + 280
        return (value << 1 | self.code(1)) - 400 + 144


def tokens(stream, dictionary):
    """What a stream in fixed codes consists of: (first bit, bits, what it is, the bytes it gives)."""
    bits, output, rows = Bits(stream), bytearray(dictionary), []
    assert bits.take(3) == 0b011, "one last block in fixed codes"
    rows.append((0, 3, "last block, fixed codes", b""))
    while True:
        start = bits.at
        symbol = bits.symbol()
        if symbol < 256:
            output.append(symbol)
            rows.append((start, bits.at - start, f"literal `{symbol:02x}`", bytes([symbol])))
        elif symbol == 256:
            rows.append((start, bits.at - start, "end of block", b""))
            if bits.at % 8:
                rows.append((bits.at, -bits.at % 8, "unused, all 0", b""))
            return rows
        else:
            index = symbol - 257
            length = LENGTHS[index] + bits.take(0 if index < 8 or index == 28 else index // 4 - 1)
            place = bits.code(5)
            distance = DISTANCES[place] + bits.take(0 if place < 4 else place // 2 - 1)
            copy = bytes(output[len(output) - distance + offset] for offset in range(length))
            output += copy
            rows.append((start, bits.at - start, f"copy {length} bytes from {distance:,} before", copy))


def table(rows, *heads):
    return "\n".join(["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)] + ["| " + " | ".join(row) + " |" for row in rows])


def code(data):
    return f"`{data.hex()}`"


def fields_table(parts, licence):
    text = licence["creditCode"]
    body = 0
    for character in text[8:16]:
        body = body * 31 + ALPHABET.index(character)
    number_of_kind = int.from_bytes(parts["code"], "big")
    age = int(parts["age"][0] & 0x7F) << 7 | parts["age"][1]
    what = {
        "first": "version 1, algorithm 0 (ES256), text coding 2",
        "key": f"issuer number {ISSUER}",
        "bits": "flags: 3, the composition is personal",
        "code": f"N = {number_of_kind:,} = ((1 · 900,000 + {int(text[2:8]) - 100_000:,}) · 31⁸ + {body:,}) · 2 + 0: class 1, an individual "
                f"business (`92`); division `{text[2:8]}`; body `{text[8:16]}`; character 17 is its check, `{text[16]}`; character 18 is "
                f"`{text[17]}`",
        "age": f"{age} days from the establishment, 2024-05-06, to the day of issue",
        "index": f"index {licence['index']:,}",
        "texts": "the texts, a DEFLATE stream, below",
    }
    issued = int(parts["issued"][0] & 0x7F) << 7 | parts["issued"][1]
    what["issued"] = f"{issued} = 2 · {issued // 2}: {issued // 2} days after 2026-01-01, which is {licence['issued']}"
    return table([(code(value), what[name]) for name, value in parts.items()], "bytes", "what")


def texts_table(compact, layout):
    """A row for each text: its characters with their bytes."""
    rows, names = [], ["name", "type", "representative", "address", "scope"]
    for name, text in zip(names, layout.characters(compact).split("\0")):
        pieces = [f"`{layout_bytes.hex()}` {character}" for character, layout_bytes in zip(text, pieces_of(text, layout))]
        rows.append((name, " ".join(pieces)))
    return table(rows, "text", "its characters")


def pieces_of(text, layout):
    compact = Maker(layout).compact
    return [compact.character(character) for character in text]


def cbor_table(claims):
    names = ["credit code", "version", "kind", "name", "type", "representative", "capital", "established", "term", "address", "scope",
             "composition", "location", "issued", "list", "index"]
    rows = [(code(cbor(claims)[:1]), f"a map of {len(claims)} pairs")]
    for key, value in claims.items():
        shown = value if isinstance(value, str) else f"{value:,}"
        if names[key] in ("established", "issued"):
            shown += f", {LICENCE[names[key]]}"
        rows.append((code(cbor(key) + cbor(value)), f"{key}, {names[key]}: {shown}"))
    return table(rows, "bytes", "what")


def stream_table(stream, layout):
    shown, rows = b"", []
    for start, count, what, given in tokens(stream, layout.dictionary):
        shown += given
        rows.append((f"{start}–{start + count - 1}" if count > 1 else str(start), what, code(given) if given else ""))
    return table(rows, "bits", "what", "gives"), shown


def section(layout):
    maker = Maker(layout)
    parts = maker.fields(LICENCE, issuer=ISSUER)
    packed = b"".join(parts.values())
    claims, _ = claims_map(LICENCE)
    signature = maker.signature(packed, cbor(claims), issuer=ISSUER)
    digits = digits_of(packed + signature)
    read = layout.read(digits)
    x, y = public_key(OUR_KEY)
    stream, compact = stream_table(parts["texts"], layout)
    protected = cbor({1: -7, 3: "application/licet-claims+cbor", 4: bytes([ISSUER]), 16: "application/licet-licence+cose",
                      -65537: hashlib.sha256(packed).digest()})
    payload = cbor(claims)
    message = b"\x84\x6aSignature1" + cbor(protected) + b"\x40" + cbor(payload)
    digest, _ = read.rebuild()
    assert digest == hashlib.sha256(message).digest(), "the second decoder finds another digest"
    sections = [
        "The licence of an invented hairdresser, issued as key 2 of a trust list. The key is the one of RFC 6979, appendix A.2.5, which "
        "everybody has; its point is",
        f"```\nx = {x:064x}\ny = {y:064x}\n```",
        f"The text of the symbol, at {len(packed) + 64} bytes:",
        f"```\nLICET:\n{wrapped(digits)}\n```",
        "(one line, without spaces). Its digits are the number of these bytes:",
        f"```\n{spaced(packed + signature)}\n```",
        f"The last 64 are the signature. The first {len(packed)} are packed:",
        fields_table(parts, LICENCE),
        f"The stream, {len(parts['texts'])} bytes, lowest bit first, gives {len(compact)} bytes of compact text:",
        stream,
        "which are these texts, with `00` between them:",
        texts_table(compact, layout),
        f"The claims, {len(payload)} bytes of CBOR:",
        cbor_table(claims),
        f"The protected header, {len(protected)} bytes:",
        f"```\n{spaced(protected)}\n```",
        f"of which the last 32 are the SHA-256 of the packed bytes. What is signed, {len(message)} bytes: `84` an array of four, `6a` and "
        f"`Signature1`, {code(cbor(protected)[:2])} and the header, `40` nothing external, {code(cbor(payload)[:3] if len(payload) > 255 else cbor(payload)[:2])} "
        "and the claims. Its SHA-256 is the digest of the licence:",
        f"```\n{digest.hex()}\n```",
        "### The same licence in the other algorithms",
        "Nothing differs but byte 0, the issuer number, and what follows from them: the header, the digest and the signature.",
        *others(layout, maker, parts, claims),
    ]
    return digits, "\n\n".join(sections)


def others(layout, maker, parts, claims):
    """The licence under a key of each other algorithm."""
    for algorithm, issuer in OTHERS.items():
        packed = b"".join(maker.fields(LICENCE, issuer=issuer, algorithm=algorithm).values())
        key, payload = public_key(OUR_KEYS[algorithm], algorithm), cbor(claims)
        signature = maker.signature(packed, payload, issuer, algorithm=algorithm)
        message = maker.to_be_signed(packed, payload, issuer, algorithm)
        read = layout.read(digits_of(packed + signature))
        assert read.is_signed(algorithm, key) and read.to_be_signed == message, "the second decoder finds another message"
        changed = parts["first"] + parts["key"]
        assert packed[2:] == b"".join(parts.values())[2:], "only byte 0 and the issuer number differ"
        if algorithm == EDDSA:
            yield (f"**EdDSA**, as key {issuer}; it is the one of RFC 8032, section 7.1, test 1. Byte 0 is {code(packed[:1])} instead of {code(changed[:1])}, the issuer number "
                   f"{code(packed[1:2])}, and the header begins `a50127`.")
            shown = f"A      = {key.hex()}\n"
        else:
            yield (f"**SM2**, as key {issuer}; it is the one of GB/T 32918.5, appendix A. Byte 0 is {code(packed[:1])}, the issuer number {code(packed[1:2])}, and the header "
                   "begins `a5013a00010001`. Its k was made as RFC 6979 makes it, with HMAC-SHA-256, n of SM2, and e for the digest; a verifier need not know.")
            z = signatures.sm2_z(key)
            shown = (f"x      = {key[0]:064x}\ny      = {key[1]:064x}\nZ      = {z.hex()}\n"
                     f"e      = {signatures.sm3(z + message).hex()}\n")
        names = ("R", "S") if algorithm == EDDSA else ("r", "s")
        halves = "".join(f"{name}      = {half.hex()}\n" for name, half in zip(names, (signature[:32], signature[32:])))
        yield f"```\n{shown}digest = {read.rebuild()[0].hex()}\n{halves}```"
        yield f"```\nLICET:\n{wrapped(digits_of(packed + signature))}\n```"


def wrapped(text, width=76):
    return "\n".join(text[start:start + width] for start in range(0, len(text), width))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog="example: worked_example.py --check")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the article says something else")
    options = parser.parse_args()
    article = ARTICLE.read_text("utf-8")
    digits, made = section(second.Layout(HERE / "Vectors/dictionary-1.bin", ARTICLE))
    start = article.index("## A worked example\n") + len("## A worked example\n")
    end = article.index("## A verifier in Python")
    now = f"{article[:start]}\n{made}\n\n{article[end:]}"
    now = re.sub(r'(?<=DIGITS = \(\n)(    "\d+"\n)+', "".join(f'    "{line}"\n' for line in wrapped(digits).split("\n")), now)
    if options.check:
        sys.exit(0 if now == article else "the worked example of the article is not what this script makes")
    ARTICLE.write_text(now, "utf-8")


if __name__ == "__main__":
    main()
