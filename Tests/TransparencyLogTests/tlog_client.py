#!/usr/bin/env python3
"""Checker of tiled transparency logs, written from the C2SP specifications.

Specifications cited below:

  tlog-tiles        https://c2sp.org/tlog-tiles
  tlog-checkpoint   https://c2sp.org/tlog-checkpoint
  signed-note       https://c2sp.org/signed-note
  tlog-cosignature  https://c2sp.org/tlog-cosignature
  tlog-proof        https://c2sp.org/tlog-proof
  tlog-witness      https://c2sp.org/tlog-witness
  RFC 6962 s. 2.1   Merkle tree hash, audit path, consistency proof
  RFC 9162 s. 2.1.3.2 and 2.1.4.2   verification of both proofs
  RFC 8032 s. 5.1   Ed25519

Only the standard library is used. Exit status: 0 checked and right,
1 wrong (the reason is on stderr), 2 wrong usage.
"""

import argparse
import base64
import binascii
import gzip
import hashlib
import http.client
import io
import json
import os
import re
import sys
import urllib.error
import urllib.request
import zlib
from typing import NamedTuple

TILE_WIDTH = 256                      # tlog-tiles, "Merkle Tree"
MAX_LEVEL = 63                        # tlog-tiles, "Merkle Tree"
MAX_NOTE = 1 << 20                    # signed-note asks for some limit
MAX_BUNDLE = TILE_WIDTH * (2 + 0xFFFF)
MAX_PROOF_LINES = 63                  # tlog-witness, "add-checkpoint"
MAX_INTEGER = (1 << 63) - 1

TYPE_ED25519 = 0x01                   # signed-note, "Signature types"
TYPE_COSIGNATURE = 0x04

PROOF_HEADER = b"c2sp.org/tlog-proof@v1"


class Failure(Exception):
    """Something checked is wrong; the message says what."""


def require(condition, reason):
    """Raise Failure with the reason unless the condition holds."""
    if not condition:
        raise Failure(reason)


# --------------------------------------------------------------------------
# Encodings
# --------------------------------------------------------------------------

def b64_encode(data):
    """Standard base64 (RFC 4648, section 4) as str."""
    return base64.b64encode(data).decode("ascii")


def b64_decode(text, what):
    """Strict base64: alphabet, padding, and zero pad bits are all checked."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise Failure(f"{what}: not base64") from None
    require(b64_encode(data) == text, f"{what}: base64 is not canonical")
    return data


def hash_from_b64(text, what):
    """A SHA-256 hash in base64."""
    value = b64_decode(text, what)
    require(len(value) == 32, f"{what}: a hash of {len(value)} bytes, not 32")
    return value


def parse_decimal(text, what):
    """ASCII decimal, no sign, no leading zeroes, below 2^63."""
    require(re.fullmatch(r"0|[1-9][0-9]{0,18}", text) is not None,
            f"{what}: not a plain decimal number: {text[:40]!r}")
    value = int(text)
    require(value <= MAX_INTEGER, f"{what}: number too large: {text}")
    return value


# --------------------------------------------------------------------------
# Ed25519 (RFC 8032, section 5.1)
# --------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
IDENTITY = (0, 1, 1, 0)               # extended coordinates X, Y, Z, T


def ed_add(a, b):
    """Point addition in extended coordinates (RFC 8032, 5.1.4)."""
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    aa = (y1 - x1) * (y2 - x2) % P
    bb = (y1 + x1) * (y2 + x2) % P
    cc = 2 * t1 * t2 * D % P
    dd = 2 * z1 * z2 % P
    e, f, g, h = bb - aa, dd - cc, dd + cc, bb + aa
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def ed_multiply(scalar, point):
    """Double-and-add; not constant time."""
    result = IDENTITY
    while scalar:
        if scalar & 1:
            result = ed_add(result, point)
        point = ed_add(point, point)
        scalar >>= 1
    return result


def ed_equal(a, b):
    """Equality of the points, whatever their Z."""
    return ((a[0] * b[2] - b[0] * a[2]) % P == 0
            and (a[1] * b[2] - b[1] * a[2]) % P == 0)


def ed_recover_x(y, sign):
    """The x of a point with this y, or None (RFC 8032, 5.1.3)."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_M1 % P
    if (x * x - square) % P:
        return None
    if x == 0 and sign:
        return None
    return P - x if x & 1 != sign else x


def ed_decode(data):
    """Decode a point, or None if it is no canonical point (5.1.3)."""
    if len(data) != 32:
        return None
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    x = ed_recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def ed_encode(point):
    """Encode a point (5.1.2)."""
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = ed_recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def ed_hash(*parts):
    """SHA-512 of the parts as a little-endian number modulo L."""
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L


def ed_secret(seed):
    """Secret scalar and prefix of a 32-byte private key (5.1.5)."""
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little")
    scalar &= (1 << 254) - 8
    scalar |= 1 << 254
    return scalar, digest[32:]


def ed_public(seed):
    """Public key of a 32-byte private key (5.1.5)."""
    return ed_encode(ed_multiply(ed_secret(seed)[0], BASE))


def ed_sign(seed, message):
    """Sign (5.1.6). For test logs: not constant time."""
    scalar, prefix = ed_secret(seed)
    public = ed_public(seed)
    r = ed_hash(prefix, message)
    big_r = ed_encode(ed_multiply(r, BASE))
    s = (r + ed_hash(big_r, public, message) * scalar) % L
    return big_r + s.to_bytes(32, "little")


def ed_verify(public, message, signature):
    """Verify (5.1.7), with the check [S]B = R + [k]A."""
    if len(signature) != 64:
        return False
    a, r = ed_decode(public), ed_decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    k = ed_hash(signature[:32], public, message)
    return ed_equal(ed_multiply(s, BASE), ed_add(r, ed_multiply(k, a)))


# --------------------------------------------------------------------------
# Signed notes and checkpoints
# --------------------------------------------------------------------------

class Key(NamedTuple):
    """A verifier key: name, 32-bit ID as 4 bytes, type, public key."""
    name: str
    key_id: bytes
    kind: int
    public: bytes


class Signature(NamedTuple):
    """A signature line of a note."""
    name: str
    key_id: bytes
    value: bytes


class Checkpoint(NamedTuple):
    """A checkpoint; text is what is signed, raw the whole note."""
    origin: str
    size: int
    root: bytes
    text: bytes
    signatures: list
    raw: bytes


def is_key_name(name):
    """signed-note, "Format": non-empty, no Unicode spaces, no plus."""
    return (name != "" and "+" not in name
            and not any(c.isspace() or c < " " for c in name))


def make_key_id(name, kind, public):
    """signed-note, "Signatures": SHA-256(name || 0x0A || type || key)[:4]."""
    data = name.encode("utf-8") + b"\n" + bytes([kind]) + public
    return hashlib.sha256(data).digest()[:4]


def format_vkey(name, kind, public):
    """signed-note, "Verifier keys"."""
    key_id = make_key_id(name, kind, public).hex()
    return f"{name}+{key_id}+{b64_encode(bytes([kind]) + public)}"


def parse_vkey(text, kind):
    """signed-note, "Verifier keys", for an Ed25519 key of the given type."""
    parts = text.split("+", 2)        # base64 may itself contain a plus
    require(len(parts) == 3, f"vkey: not name+id+key: {text!r}")
    name, key_id, material = parts
    require(is_key_name(name), f"vkey: bad key name {name!r}")
    require(re.fullmatch(r"[0-9a-f]{8}", key_id) is not None,
            f"vkey: bad key ID {key_id!r}")
    data = b64_decode(material, "vkey")
    require(data[:1] == bytes([kind]),
            f"vkey {name}: signature type 0x{data[:1].hex()}, not 0x{kind:02x}")
    require(len(data) == 33, f"vkey {name}: key of {len(data) - 1} bytes, not 32")
    require(ed_decode(data[1:]) is not None, f"vkey {name}: not an Ed25519 point")
    require(make_key_id(name, kind, data[1:]).hex() == key_id,
            f"vkey {name}: key ID does not belong to the key")
    return Key(name, bytes.fromhex(key_id), kind, data[1:])


def parse_signature_line(line):
    """signed-note, "Format": em dash, space, name, space, base64."""
    parts = line.split(" ")
    require(len(parts) == 3 and parts[0] == "\u2014",
            f"signature line is malformed: {line[:60]!r}")
    require(is_key_name(parts[1]), f"signature line: bad key name {parts[1]!r}")
    data = b64_decode(parts[2], "signature line")
    require(len(data) > 4, "signature line: too short")
    return Signature(parts[1], data[:4], data[4:])


def parse_signature_lines(text):
    """One or more newline-terminated signature lines."""
    require(text.endswith("\n"), "note does not end in a newline")
    return [parse_signature_line(line) for line in text[:-1].split("\n")]


def decode_note_text(raw):
    """signed-note, "Format": valid UTF-8, no control characters but newline."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Failure("note is not UTF-8") from None
    require(not any(c < " " and c != "\n" for c in text),
            "note contains a control character")
    return text


def parse_note(raw):
    """signed-note, "Format": (text, signatures) split at the last empty line."""
    require(len(raw) <= MAX_NOTE, "note is too large")
    text = decode_note_text(raw)
    split = text.rfind("\n\n")
    require(split >= 0, "note has no empty line before its signatures")
    return text[:split + 1], parse_signature_lines(text[split + 2:])


def parse_checkpoint(raw):
    """tlog-checkpoint, "Note text": origin, size, root, extension lines."""
    text, signatures = parse_note(raw)
    lines = text[:-1].split("\n")
    require(len(lines) >= 3, "checkpoint has fewer than three lines")
    require(all(lines), "checkpoint has an empty line in its text")
    size = parse_decimal(lines[1], "checkpoint size")
    root = hash_from_b64(lines[2], "checkpoint root")
    return Checkpoint(lines[0], size, root, text.encode("utf-8"), signatures, raw)


def verify_note_signature(key, text, value):
    """A plain signature (signed-note) or a cosignature (tlog-cosignature)."""
    if key.kind == TYPE_ED25519:
        return ed_verify(key.public, text, value)
    if len(value) != 8 + 64:
        return False
    timestamp = int.from_bytes(value[:8], "big")
    if timestamp > MAX_INTEGER:
        return False
    message = f"cosignature/v1\ntime {timestamp}\n".encode("ascii") + text
    return ed_verify(key.public, message, value[8:])


def is_signed_by(key, checkpoint):
    """Whether the key signed; a failing signature of a known key is fatal.

    signed-note, "Signatures": a line belongs to the key if both its name and
    its key ID match; if such a line fails to verify, the note is rejected.
    """
    mine = [s.value for s in checkpoint.signatures
            if (s.name, s.key_id) == (key.name, key.key_id)]
    for value in mine:
        require(verify_note_signature(key, checkpoint.text, value),
                f"signature of {key.name} does not verify")
    return bool(mine)


def check_witnesses(checkpoint, witnesses, quorum):
    """Names of the witnesses that cosigned; at least quorum of them.

    Witnesses are counted by public key, since one key must not serve two
    cosigners (tlog-cosignature, "Ed25519 signed message").
    """
    signed = {w.public: w.name for w in witnesses if is_signed_by(w, checkpoint)}
    if quorum is None:
        quorum = len({w.public for w in witnesses})
    require(len(signed) >= quorum,
            f"{len(signed)} cosignatures of named witnesses, {quorum} are needed")
    return sorted(signed.values())


def open_checkpoint(raw, log_key, origin=None):
    """Parse a checkpoint, and check its origin and the log's signature."""
    checkpoint = parse_checkpoint(raw)
    expected = log_key.name if origin is None else origin
    require(checkpoint.origin == expected,
            f"checkpoint origin is {checkpoint.origin!r}, not {expected!r}")
    require(is_signed_by(log_key, checkpoint),
            f"checkpoint is not signed by {log_key.name}+{log_key.key_id.hex()}")
    return checkpoint


# --------------------------------------------------------------------------
# Merkle tree (RFC 6962, section 2.1)
# --------------------------------------------------------------------------

def leaf_hash(entry):
    """RFC 6962, 2.1: SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    """RFC 6962, 2.1: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split_point(n):
    """The largest power of two smaller than n, for n > 1."""
    return 1 << ((n - 1).bit_length() - 1)


def tree_hash(leaves, lo, hi):
    """MTH(D[lo:hi]) by the definition; the depth is at most log2(hi - lo)."""
    if hi == lo:
        return hashlib.sha256(b"").digest()
    if hi - lo == 1:
        return leaves[lo]
    k = lo + split_point(hi - lo)
    return node_hash(tree_hash(leaves, lo, k), tree_hash(leaves, k, hi))


def perfect_hash(hashes):
    """Root over a power of two of hashes, folding pairs row by row."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


def inclusion_proof(index, lo, hi, mth):
    """RFC 6962, 2.1.1: PATH(index - lo, D[lo:hi]); mth(a, b) is MTH(D[a:b])."""
    if hi - lo == 1:
        return []
    k = lo + split_point(hi - lo)
    if index < k:
        return inclusion_proof(index, lo, k, mth) + [mth(k, hi)]
    return inclusion_proof(index, k, hi, mth) + [mth(lo, k)]


def consistency_proof(old, size, mth):
    """RFC 6962, 2.1.2: PROOF(old, D[size]); empty for an empty old tree."""
    if old == 0 or old == size:
        return []
    return subproof(old, 0, size, True, mth)


def subproof(m, lo, hi, whole, mth):
    """RFC 6962, 2.1.2: SUBPROOF(m - lo, D[lo:hi], whole)."""
    if m == hi:
        return [] if whole else [mth(lo, hi)]
    k = lo + split_point(hi - lo)
    if m <= k:
        return subproof(m, lo, k, whole, mth) + [mth(k, hi)]
    return subproof(m, k, hi, False, mth) + [mth(lo, k)]


def verify_inclusion(leaf, index, size, root, path):
    """RFC 9162, 2.1.3.2."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def verify_consistency(first, first_root, second, second_root, path):
    """RFC 9162, 2.1.4.2, with the trivial cases of equal and empty trees."""
    if first > second:
        return False
    if first == second:
        return not path and first_root == second_root
    if first == 0:
        return not path and first_root == tree_hash([], 0, 0)
    if not path:
        return False
    if first & (first - 1) == 0:
        path = [first_root] + path
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return fr == first_root and sr == second_root and sn == 0


# --------------------------------------------------------------------------
# Tiles and bundles (tlog-tiles)
# --------------------------------------------------------------------------

def tile_path(level, n, width):
    """tlog-tiles, "Merkle Tree": path of a tile; level may be "entries"."""
    elements = [f"{n % 1000:03d}"]
    while n >= 1000:
        n //= 1000
        elements.insert(0, f"x{n % 1000:03d}")
    suffix = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(elements)}{suffix}"


TILE_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})"
                       r"(?:\.p/([1-9][0-9]{0,2}))?")


def parse_tile_path(path):
    """(level, n, width) of a tile path, or None if it is not a right one."""
    match = TILE_PATH.fullmatch(path)
    if match is None or len(path) > 200:
        return None
    level = match[1] if match[1] == "entries" else int(match[1])
    n = int(re.sub(r"[x/]", "", match[2]))
    width = TILE_WIDTH if match[3] is None else int(match[3])
    if tile_path(level, n, width) != path:      # .p/256, needless x000
        return None
    return None if level != "entries" and level > MAX_LEVEL else (level, n, width)


def level_count(level, size):
    """How many hashes a tree has at a tile level: floor(size / 256^level)."""
    return size if level == "entries" else size >> (8 * level)


def tile_width(level, n, size):
    """Width of tile n at a level in a tree of the size; 0 or less if absent."""
    return min(TILE_WIDTH, level_count(level, size) - n * TILE_WIDTH)


def tiles_of_level(level, size):
    """(n, width) of every tile of a level, the partial one last."""
    full, rest = divmod(level_count(level, size), TILE_WIDTH)
    for n in range(full):
        yield n, TILE_WIDTH
    if rest:
        yield full, rest


def parse_bundle(data, width, path):
    """tlog-tiles, "Log entries": width entries, each behind a uint16 length."""
    entries, at = [], 0
    for _ in range(width):
        require(at + 2 <= len(data), f"{path}: holds fewer than {width} entries")
        end = at + 2 + int.from_bytes(data[at:at + 2], "big")
        require(end <= len(data), f"{path}: last entry is cut short")
        entries.append(data[at + 2:end])
        at = end
    require(at == len(data), f"{path}: {len(data) - at} bytes follow the last entry")
    return entries


# --------------------------------------------------------------------------
# Sources
# --------------------------------------------------------------------------

class FolderSource:
    """A log laid out in a folder."""

    def __init__(self, root):
        self.root = root

    def get(self, path, limit):
        """Bytes of a file, or None if there is none."""
        try:
            with open(os.path.join(self.root, path), "rb") as file:
                data = file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        require(len(data) <= limit, f"{path}: more than {limit} bytes")
        return data

    def tile_files(self):
        """Paths of all files under tile/, with forward slashes."""
        top = os.path.join(self.root, "tile")
        if os.path.lexists(top) and not os.path.isdir(top):
            yield "tile"
        for folder, _, names in os.walk(top):
            relative = os.path.relpath(folder, self.root).replace(os.sep, "/")
            for name in sorted(names):
                yield f"{relative}/{name}"


class HttpSource:
    """A log behind an http(s) URL prefix."""

    def __init__(self, prefix):
        self.prefix = prefix.rstrip("/")
        self.complained = set()

    def get(self, path, limit):
        """Body of a resource, or None for 404 Not Found and 410 Gone."""
        headers = {"Accept-Encoding": "gzip, identity"}
        request = urllib.request.Request(f"{self.prefix}/{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                self.note_content_type(path, response.headers.get("Content-Type"))
                return self.read_body(path, response, limit)
        except urllib.error.HTTPError as error:
            error.close()
            require(error.code in (404, 410), f"{path}: HTTP status {error.code}")
            return None

    def read_body(self, path, response, limit):
        """Body after undoing Content-Encoding: gzip (tlog-tiles, "Log entries")."""
        data = response.read(limit + 1)
        encoding = response.headers.get("Content-Encoding", "identity").lower()
        if encoding == "gzip":
            try:
                data = gzip.GzipFile(fileobj=io.BytesIO(data)).read(limit + 1)
            except (OSError, EOFError, zlib.error) as error:
                raise Failure(f"{path}: broken gzip: {error}") from None
        else:
            require(encoding == "identity", f"{path}: Content-Encoding {encoding}")
        require(len(data) <= limit, f"{path}: more than {limit} bytes")
        return data

    def note_content_type(self, path, found):
        """Warn once of a Content-Type that differs from tlog-tiles, "APIs"."""
        wanted = "application/octet-stream"
        if path == "checkpoint":
            wanted = "text/plain; charset=utf-8"
        same = (found or "").replace(" ", "").lower() == wanted.replace(" ", "")
        if not same and (wanted, found) not in self.complained:
            self.complained.add((wanted, found))
            print(f"warning: {path}: Content-Type {found!r}, not {wanted!r}",
                  file=sys.stderr)

    def tile_files(self):
        """A server cannot be listed."""
        return None


def open_source(text):
    """A folder or an http(s) URL prefix."""
    if re.match(r"https?://", text):
        return HttpSource(text)
    require(os.path.isdir(text), f"no such folder: {text}")
    return FolderSource(text)


def fetch(source, path, limit):
    """A resource that must be there."""
    data = source.get(path, limit)
    require(data is not None, f"{path}: missing")
    return data


def fetch_checkpoint(source):
    """tlog-tiles, "Checkpoints"."""
    return fetch(source, "checkpoint", MAX_NOTE)


def fetch_bundle(source, n, width):
    """Entries of one bundle."""
    path = tile_path("entries", n, width)
    return parse_bundle(fetch(source, path, MAX_BUNDLE), width, path)


def fetch_tile(source, level, n, width):
    """Hashes of one tile, of exactly the given width."""
    path = tile_path(level, n, width)
    data = fetch(source, path, 32 * TILE_WIDTH)
    require(len(data) == 32 * width,
            f"{path}: {len(data)} bytes, not {32 * width}")
    return [data[i:i + 32] for i in range(0, len(data), 32)]


def fetch_entries(source, size, start=0):
    """Entries start...size - 1, bundle by bundle."""
    for n, width in tiles_of_level("entries", size):
        if (n + 1) * TILE_WIDTH > start:
            entries = fetch_bundle(source, n, width)
            yield from entries[max(0, start - n * TILE_WIDTH):]


class TileTree:
    """Subtree hashes of a tree of a given size, from its tiles alone."""

    def __init__(self, source, size):
        self.source, self.size, self.cache = source, size, {}

    def tile(self, level, n):
        """Hashes of a tile in this tree."""
        if (level, n) not in self.cache:
            width = tile_width(level, n, self.size)
            self.cache[level, n] = fetch_tile(self.source, level, n, width)
        return self.cache[level, n]

    def mth(self, lo, hi):
        """MTH(D[lo:hi]) for a range that RFC 6962's splitting produces.

        Perfect subtrees of height h come from tile level h // 8; in a tile
        the levels between are rebuilt by hashing (tlog-tiles, "Merkle Tree").
        """
        if hi == lo:
            return tree_hash([], 0, 0)
        width = hi - lo
        if width & (width - 1):
            k = lo + split_point(width)
            return node_hash(self.mth(lo, k), self.mth(k, hi))
        level, rest = divmod(width.bit_length() - 1, 8)
        n, offset = divmod(lo >> (8 * level), TILE_WIDTH)
        return perfect_hash(self.tile(level, n)[offset:offset + (1 << rest)])


# --------------------------------------------------------------------------
# audit
# --------------------------------------------------------------------------

def all_levels(leaves):
    """Hashes of every tile level: level 0 the leaves, then roots of full tiles."""
    levels = [leaves]
    while len(levels[-1]) >= TILE_WIDTH:
        below = levels[-1]
        levels.append([perfect_hash(below[i:i + TILE_WIDTH])
                       for i in range(0, len(below) - TILE_WIDTH + 1, TILE_WIDTH)])
    return levels


def compare_tile(source, levels, level, n, width):
    """Compare a stored tile byte for byte with the recomputed hashes."""
    path = tile_path(level, n, width)
    data = fetch(source, path, 32 * TILE_WIDTH)
    at = n * TILE_WIDTH
    wanted = b"".join(levels[level][at:at + width])
    require(len(data) == len(wanted),
            f"{path}: {len(data)} bytes, not {len(wanted)}")
    require(data == wanted, f"{path}: differs from the recomputed hashes")


def compare_all_tiles(source, levels, size):
    """Compare every tile the tree must have; returns how many."""
    count = 0
    for level in range(len(levels)):
        for n, width in tiles_of_level(level, size):
            compare_tile(source, levels, level, n, width)
            count += 1
    return count


def compare_old_partial(source, levels, level, n, width):
    """Check a partial tile or bundle left from a smaller tree."""
    if level != "entries":
        compare_tile(source, levels, level, n, width)
        return
    at = n * TILE_WIDTH
    hashes = [leaf_hash(entry) for entry in fetch_bundle(source, n, width)]
    require(hashes == levels[0][at:at + width],
            f"{tile_path(level, n, width)}: differs from the log's entries")


def check_tile_file(source, path, levels, size):
    """Refuse a file under tile/ that has no place in a tree of the size.

    tlog-tiles, "Partial Tiles": partial tiles of smaller trees may remain;
    wider ones, tiles further right, and tiles at empty levels may not.
    """
    parsed = parse_tile_path(path)
    require(parsed is not None, f"{path}: not a tile path")
    level, n, width = parsed
    widest = tile_width(level, n, size)
    require(widest > 0, f"{path}: no such tile in a tree of size {size}")
    require(width <= widest,
            f"{path}: a tree of size {size} has only width {widest} here")
    if width < widest:
        compare_old_partial(source, levels, level, n, width)


def check_absent(source, levels, size):
    """Refuse tiles that must not be there.

    In a folder every file is looked at. From a server only the full tiles
    of the first empty level are asked for, because clients must not fetch
    arbitrary partial tiles (tlog-tiles, "Partial Tiles").
    """
    paths = source.tile_files()
    if paths is not None:
        for path in paths:
            check_tile_file(source, path, levels, size)
        return
    empty = [level for level in range(len(levels) + 1)
             if level_count(level, size) == 0]
    for level in empty + (["entries"] if size == 0 else []):
        path = tile_path(level, 0, TILE_WIDTH)
        require(source.get(path, MAX_BUNDLE) is None,
                f"{path}: served, but its level must be empty")


def audit(source, log_key, witnesses, quorum, origin=None):
    """Check a whole log; returns the summary."""
    checkpoint = open_checkpoint(fetch_checkpoint(source), log_key, origin)
    cosigners = check_witnesses(checkpoint, witnesses, quorum)
    size = checkpoint.size
    leaves = [leaf_hash(entry) for entry in fetch_entries(source, size)]
    root = tree_hash(leaves, 0, len(leaves))
    require(root == checkpoint.root,
            f"root of the entries is {b64_encode(root)},"
            f" the checkpoint has {b64_encode(checkpoint.root)}")
    levels = all_levels(leaves)
    tiles = compare_all_tiles(source, levels, size)
    check_absent(source, levels, size)
    return {"size": size, "root": b64_encode(root), "entries": len(leaves),
            "tiles": tiles, "cosignatures": cosigners}


# --------------------------------------------------------------------------
# Proofs (tlog-proof) and requests (tlog-witness)
# --------------------------------------------------------------------------

class Proof(NamedTuple):
    """A parsed tlog-proof."""
    extra: bytes
    index: int
    path: list
    checkpoint: bytes


def format_proof(index, path, checkpoint):
    """tlog-proof, "Format", without extra data."""
    lines = [PROOF_HEADER.decode("ascii"), f"index {index}"]
    lines += [b64_encode(value) for value in path]
    return "\n".join(lines).encode("ascii") + b"\n\n" + checkpoint


def parse_proof(raw):
    """tlog-proof, "Format"."""
    head, separator, checkpoint = raw.partition(b"\n\n")
    require(separator, "proof has no empty line before its checkpoint")
    lines = decode_note_text(head).split("\n")
    require(lines.pop(0) == PROOF_HEADER.decode("ascii"), "proof: wrong first line")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = b64_decode(lines.pop(0)[len("extra "):], "extra data")
        require(extra, "proof: an extra line without data")
    require(lines and lines[0].startswith("index "), "proof: no index line")
    index = parse_decimal(lines.pop(0)[len("index "):], "proof index")
    path = [hash_from_b64(line, "proof line") for line in lines]
    return Proof(extra, index, path, checkpoint)


def prove(source, log_key, index, origin=None):
    """A tlog-proof for an entry, checked before it is returned."""
    checkpoint = open_checkpoint(fetch_checkpoint(source), log_key, origin)
    size = checkpoint.size
    require(index < size, f"no entry {index} in a tree of size {size}")
    n, offset = divmod(index, TILE_WIDTH)
    entry = fetch_bundle(source, n, tile_width("entries", n, size))[offset]
    path = inclusion_proof(index, 0, size, TileTree(source, size).mth)
    require(verify_inclusion(leaf_hash(entry), index, size, checkpoint.root, path),
            f"the tiles do not prove entry {index} under the checkpoint")
    return format_proof(index, path, checkpoint.raw)


def check_proof(raw, log_key, entry, witnesses, quorum, origin=None):
    """Verify a tlog-proof for an entry; returns a summary."""
    proof = parse_proof(raw)
    checkpoint = open_checkpoint(proof.checkpoint, log_key, origin)
    cosigners = check_witnesses(checkpoint, witnesses, quorum)
    require(verify_inclusion(leaf_hash(entry), proof.index, checkpoint.size,
                             checkpoint.root, proof.path),
            "the inclusion proof does not verify")
    return {"index": proof.index, "size": checkpoint.size,
            "root": b64_encode(checkpoint.root), "cosignatures": cosigners}


def check_consistency(source, log_key, old_raw, origin=None):
    """Prove an old checkpoint consistent with the current one; a summary."""
    new = open_checkpoint(fetch_checkpoint(source), log_key, origin)
    old = open_checkpoint(old_raw, log_key, origin)
    require(old.size <= new.size,
            f"the old checkpoint has size {old.size}, the current one {new.size}")
    proof = consistency_proof(old.size, new.size, TileTree(source, new.size).mth)
    require(verify_consistency(old.size, old.root, new.size, new.root, proof),
            "the checkpoints are not consistent")
    return {"old": old.size, "new": new.size,
            "proof": [b64_encode(value) for value in proof]}


def witness_request(source, checkpoint, old):
    """tlog-witness, "add-checkpoint": old size, proof, empty line, checkpoint.

    An old size above the checkpoint's has no proof; it is sent with none, so
    that the answer of a witness to it can be seen.
    """
    proof = []
    if old < checkpoint.size:
        tree = TileTree(source, checkpoint.size)
        proof = consistency_proof(old, checkpoint.size, tree.mth)
    require(len(proof) <= MAX_PROOF_LINES, "too many proof lines")
    lines = [f"old {old}"] + [b64_encode(value) for value in proof]
    return "\n".join(lines).encode("ascii") + b"\n\n" + checkpoint.raw


def post(url, body):
    """POST; (status, Content-Type, body), for error statuses too."""
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    request = urllib.request.Request(url, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return (response.status, response.headers.get("Content-Type"),
                    response.read(MAX_NOTE))
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get("Content-Type"), error.read(MAX_NOTE)


def check_witness_answer(checkpoint, body, witnesses, quorum):
    """tlog-witness, "add-checkpoint": signature lines for the checkpoint."""
    lines = parse_signature_lines(decode_note_text(body))
    check_witnesses(checkpoint._replace(signatures=lines), witnesses, quorum)


# --------------------------------------------------------------------------
# make
# --------------------------------------------------------------------------

def sign_checkpoint(name, seed, text):
    """A note with one Ed25519 signature (signed-note)."""
    key_id = make_key_id(name, TYPE_ED25519, ed_public(seed))
    value = b64_encode(key_id + ed_sign(seed, text.encode("utf-8")))
    return f"{text}\n\u2014 {name} {value}\n".encode("utf-8")


def write_file(folder, path, data):
    """Write a new file, with its folders."""
    full = os.path.join(folder, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "xb") as file:
        file.write(data)


def make_log(folder, size, seed_text):
    """Write a test log of entries "entry 0"... to an empty folder; its vkey."""
    os.makedirs(folder, exist_ok=True)
    require(not os.listdir(folder), f"{folder} is not empty")
    entries = [f"entry {i}".encode("ascii") for i in range(size)]
    levels = all_levels([leaf_hash(entry) for entry in entries])
    for n, width in tiles_of_level("entries", size):
        part = entries[n * TILE_WIDTH:n * TILE_WIDTH + width]
        data = b"".join(len(e).to_bytes(2, "big") + e for e in part)
        write_file(folder, tile_path("entries", n, width), data)
    for level, hashes in enumerate(levels):
        for n, width in tiles_of_level(level, size):
            data = b"".join(hashes[n * TILE_WIDTH:n * TILE_WIDTH + width])
            write_file(folder, tile_path(level, n, width), data)
    name, seed = "example.com/log", hashlib.sha256(seed_text.encode("utf-8")).digest()
    root = b64_encode(tree_hash(levels[0], 0, size))
    write_file(folder, "checkpoint",
               sign_checkpoint(name, seed, f"{name}\n{size}\n{root}\n"))
    return format_vkey(name, TYPE_ED25519, ed_public(seed))


# --------------------------------------------------------------------------
# selftest
# --------------------------------------------------------------------------

KNOWN_ROOTS = {
    1: "2zQm6HgGjSjSabbIcXIyLOU3K2V1bQeJAB00g19gHAM=",
    256: "goUV0DPBnYyQHzfsy4rtkZZncDSG+NL/8c9wQDIcXbE=",
    257: "HtoEmkNR2G92JSvX7At3Rq11t/oDFq1fVB29pFijEsQ=",
    300: "hOE+weA3FVrmGXV1mbLNIa2lpWXg/ZsxOcDDxsG4rak=",
    70000: "Gkzfy2Y3SgwNy+9JrL1JdtE+6GT7PLJB/JQ8rQTwL34=",
}

RFC8032_VECTORS = [                   # RFC 8032, section 7.1, TEST 1 to 3
    ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
]


def flip_bit(data, bit):
    """A copy of the bytes with one bit flipped."""
    bit %= 8 * len(data)
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)


def decimal_leaves(n):
    """Leaf hashes of the entries "0", "1", ..."""
    return [leaf_hash(str(i).encode("ascii")) for i in range(n)]


def damaged_paths(path):
    """The path with each hash flipped in a bit, one short, and one long."""
    for i, value in enumerate(path):
        yield path[:i] + [flip_bit(value, 37 * i + 5)] + path[i + 1:]
    if path:
        yield path[:-1]
    yield path + [tree_hash([], 0, 0)]


def selftest_roots():
    """Known roots, by the definition and by folding tiles."""
    require(tree_hash([], 0, 0) == hashlib.sha256(b"").digest(), "empty root")
    for n, wanted in KNOWN_ROOTS.items():
        leaves = decimal_leaves(n)
        require(b64_encode(tree_hash(leaves, 0, n)) == wanted, f"root of {n}")
        levels = all_levels(leaves)
        tree = TileTree(None, n)
        for level, hashes in enumerate(levels):
            for i, width in tiles_of_level(level, n):
                at = i * TILE_WIDTH
                tree.cache[level, i] = hashes[at:at + width]
        require(b64_encode(tree.mth(0, n)) == wanted, f"root of {n} from tiles")


def selftest_inclusion(limit=40):
    """Every index of every size; damaged proofs must fail."""
    leaves = decimal_leaves(limit)
    for size in range(1, limit + 1):
        root = tree_hash(leaves, 0, size)
        for i in range(size):
            path = inclusion_proof(i, 0, size, lambda a, b: tree_hash(leaves, a, b))
            what = f"inclusion {i} of {size}"
            require(verify_inclusion(leaves[i], i, size, root, path), what)
            bad = [verify_inclusion(leaves[i], i, size, root, p)
                   for p in damaged_paths(path)]
            bad.append(verify_inclusion(flip_bit(leaves[i], i), i, size, root, path))
            bad.append(verify_inclusion(leaves[i], i, size, flip_bit(root, i), path))
            bad.append(verify_inclusion(leaves[i], i + size, size, root, path))
            bad += [verify_inclusion(leaves[i], j, size, root, path)
                    for j in range(size) if j != i]
            require(not any(bad), f"{what}: a damaged proof verifies")


def selftest_consistency(limit=40):
    """Every pair of sizes; damaged proofs must fail."""
    leaves = decimal_leaves(limit)
    roots = [tree_hash(leaves, 0, n) for n in range(limit + 1)]
    for n in range(limit + 1):
        for m in range(n + 1):
            path = consistency_proof(m, n, lambda a, b: tree_hash(leaves, a, b))
            what = f"consistency {m} to {n}"
            require(verify_consistency(m, roots[m], n, roots[n], path), what)
            bad = [verify_consistency(m, roots[m], n, roots[n], p)
                   for p in damaged_paths(path)]
            bad.append(verify_consistency(m, flip_bit(roots[m], n), n, roots[n], path))
            if m > 0:                 # an empty tree says nothing of the new one
                bad.append(verify_consistency(m, roots[m], n, flip_bit(roots[n], m), path))
            if m < n:
                bad.append(verify_consistency(n, roots[n], m, roots[m], path))
            require(not any(bad), f"{what}: a damaged proof verifies")


def selftest_ed25519():
    """RFC 8032, section 7.1; flipped bits and S + L must fail."""
    for seed, public, message, signature in RFC8032_VECTORS:
        seed, public, message, signature = map(
            bytes.fromhex, (seed, public, message, signature))
        require(ed_public(seed) == public, "Ed25519 public key")
        require(ed_sign(seed, message) == signature, "Ed25519 signature")
        require(ed_verify(public, message, signature), "Ed25519 verification")
        s = int.from_bytes(signature[32:], "little") + L
        bad = [flip_bit(signature, bit) for bit in (0, 200, 255, 256, 400, 511)]
        bad += [signature[:32] + s.to_bytes(32, "little"), signature[:63], b""]
        require(not any(ed_verify(public, message, x) for x in bad),
                "a damaged Ed25519 signature verifies")
        require(not ed_verify(public, message + b"x", signature),
                "Ed25519 verifies another message")


def selftest_paths():
    """tlog-tiles: naming, and the examples of sizes 70,000 and 256."""
    require(tile_path(0, 1234067, 256) == "tile/0/x001/x234/067", "tile path")
    require(tile_path(63, 999, 1) == "tile/63/999.p/1", "tile path")
    require(tile_path("entries", 1000, 255) == "tile/entries/x001/000.p/255", "path")
    for wrong in ("tile/00/000", "tile/64/000", "tile/0/x000/000", "tile/0/000.p/0",
                  "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/001/000",
                  "tile/0/00", "tile/0/x001", "tile/-1/000", "tile/0/000\n"):
        require(parse_tile_path(wrong) is None, f"accepts {wrong!r}")
    right = [("entries", 1234067, 256), (5, 70, 200), (0, 1000, 1), (1, 1000000, 256)]
    for parts in right:
        require(parse_tile_path(tile_path(*parts)) == parts, f"refuses {parts}")
    widths = [[w for _, w in tiles_of_level(level, 70000)] for level in range(4)]
    require(widths == [[256] * 273 + [112], [256, 17], [1], []], "tiles of 70,000")
    widths = [[w for _, w in tiles_of_level(level, 256)] for level in range(3)]
    require(widths == [[256], [1], []], "tiles of 256")


def selftest_notes():
    """signed-note: the vkey example, and signatures of made keys."""
    parse_vkey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
               TYPE_ED25519)
    seed, name = bytes(range(32)), "example.com/log"
    text = f"{name}\n1\n{KNOWN_ROOTS[1]}\n"
    raw = sign_checkpoint(name, seed, text)
    key = parse_vkey(format_vkey(name, TYPE_ED25519, ed_public(seed)), TYPE_ED25519)
    require(open_checkpoint(raw, key).size == 1, "checkpoint size")
    public = ed_public(seed)
    witness = Key("w", make_key_id("w", TYPE_COSIGNATURE, public), TYPE_COSIGNATURE, public)
    stamp = (1679315147).to_bytes(8, "big")
    value = stamp + ed_sign(seed, b"cosignature/v1\ntime 1679315147\n" + text.encode())
    line = f"\u2014 w {b64_encode(witness.key_id + value)}\n".encode("utf-8")
    require(check_witnesses(parse_checkpoint(raw + line), [witness], 1) == ["w"],
            "cosignature")


def selftest():
    """Run every part; the first wrong answer raises Failure."""
    for part in (selftest_roots, selftest_inclusion, selftest_consistency,
                 selftest_ed25519, selftest_paths, selftest_notes):
        part()
        print(f"ok {part.__name__.removeprefix('selftest_')}")


# --------------------------------------------------------------------------
# Command line
# --------------------------------------------------------------------------

def read_file(path):
    """Bytes of a file named on the command line."""
    with open(path, "rb") as file:
        return file.read()


def log_key(args):
    """The log's key of the command line."""
    return parse_vkey(args.vkey, TYPE_ED25519)


def witness_keys(args):
    """The witnesses' keys of the command line."""
    return [parse_vkey(text, TYPE_COSIGNATURE) for text in args.witness]


def write_bytes(data):
    """Write bytes to stdout as they are."""
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def run_audit(args):
    """Sub-command audit."""
    print(json.dumps(audit(open_source(args.source), log_key(args),
                           witness_keys(args), args.quorum, args.origin)))


def run_consistency(args):
    """Sub-command consistency."""
    print(json.dumps(check_consistency(open_source(args.source), log_key(args),
                                       read_file(args.oldcheckpoint), args.origin)))


def run_prove(args):
    """Sub-command prove."""
    write_bytes(prove(open_source(args.source), log_key(args), args.index, args.origin))


def run_check(args):
    """Sub-command check."""
    print(json.dumps(check_proof(read_file(args.proof), log_key(args),
                                 read_file(args.entryfile), witness_keys(args),
                                 args.quorum, args.origin)))


def run_entries(args):
    """Sub-command entries."""
    source = open_source(args.source)
    size = parse_checkpoint(fetch_checkpoint(source)).size
    for entry in fetch_entries(source, size, args.start):
        print(entry.hex())


def run_submit(args):
    """Sub-command submit."""
    source, key, witnesses = open_source(args.source), log_key(args), witness_keys(args)
    raw = fetch_checkpoint(source)
    if args.unchecked:
        checkpoint = parse_checkpoint(raw)
    else:
        checkpoint = open_checkpoint(raw, key, args.origin)
    body = witness_request(source, checkpoint, args.old)
    status, kind, answer = post(args.url.rstrip("/") + "/add-checkpoint", body)
    write_bytes(f"{status}\n".encode("ascii") + answer)
    print(f"Content-Type: {kind}", file=sys.stderr)
    require(status == 200, f"the witness answered {status}")
    check_witness_answer(checkpoint, answer, witnesses, args.quorum)


def run_selftest(_):
    """Sub-command selftest."""
    selftest()


def run_make(args):
    """Sub-command make."""
    print(make_log(args.dir, args.n, args.seed))


def natural(text):
    """argparse type: a non-negative decimal number."""
    try:
        return parse_decimal(text, "number")
    except Failure as error:
        raise argparse.ArgumentTypeError(str(error)) from None


SOURCE_HELP = "folder or http(s) URL prefix where checkpoint and tile/ lie"
VKEY_HELP = "the log's key, name+hexkeyid+base64(0x01||key)"


def add_witness_options(parser):
    """--witness and --quorum."""
    parser.add_argument("--witness", metavar="VKEY", action="append", default=[],
                        help="a witness's key, name+hexkeyid+base64(0x04||key);"
                             " may be repeated")
    parser.add_argument("--quorum", metavar="N", type=natural,
                        help="how many named witnesses must have cosigned"
                             " (default: all of them)")


def add_origin_option(parser):
    """--origin."""
    parser.add_argument("--origin", help="expected origin line of the checkpoint"
                                         " (default: the name in the log's key)")


def build_parser():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name, run, text, *arguments):
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        for argument, settings in arguments:
            sub.add_argument(argument, **settings)
        return sub

    source = ("source", {"metavar": "SOURCE", "help": SOURCE_HELP})
    vkey = ("vkey", {"metavar": "VKEY", "help": VKEY_HELP})

    sub = command("audit", run_audit,
                  "check a whole log: signatures, entries, every tile, root",
                  source, vkey)
    add_witness_options(sub)
    add_origin_option(sub)

    sub = command("consistency", run_consistency,
                  "prove from tiles that the log extends an old checkpoint",
                  source, vkey,
                  ("oldcheckpoint", {"metavar": "OLDCHECKPOINT",
                                     "help": "file with the old checkpoint"}))
    add_origin_option(sub)

    sub = command("prove", run_prove, "print a tlog-proof for an entry", source, vkey,
                  ("index", {"metavar": "INDEX", "type": natural,
                             "help": "index of the entry, from 0"}))
    add_origin_option(sub)

    sub = command("check", run_check, "verify a tlog-proof for an entry",
                  ("proof", {"metavar": "PROOF", "help": "file with the tlog-proof"}),
                  vkey,
                  ("entryfile", {"metavar": "ENTRYFILE",
                                 "help": "file with the entry's raw bytes"}))
    add_witness_options(sub)
    add_origin_option(sub)

    sub = command("entries", run_entries,
                  "print each entry as a line of hex (nothing is verified)", source)
    sub.add_argument("--from", dest="start", metavar="N", type=natural, default=0,
                     help="index of the first entry to print (default: 0)")

    sub = command("submit", run_submit,
                  "send the checkpoint to a witness; print status and body",
                  ("url", {"metavar": "URL", "help": "submission prefix of the witness"}),
                  vkey, source,
                  ("old", {"metavar": "OLD", "type": natural,
                           "help": "size of the witness's latest checkpoint"}))
    add_witness_options(sub)
    add_origin_option(sub)
    sub.add_argument("--unchecked", action="store_true",
                     help="send the checkpoint even if the log's signature is wrong")

    command("selftest", run_selftest, "run the known-answer tests")

    command("make", run_make, "write a test log and print its vkey",
            ("dir", {"metavar": "DIR", "help": "new or empty folder"}),
            ("n", {"metavar": "N", "type": natural, "help": "number of entries"}),
            ("seed", {"metavar": "SEED", "help": "text whose SHA-256 is the private key"}))
    return parser


def main():
    """Run the command line; the exit status."""
    args = build_parser().parse_args()
    try:
        args.run(args)
    except (Failure, OSError, ValueError, http.client.HTTPException) as error:
        print(f"{args.command}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
