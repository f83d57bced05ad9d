"""The three algorithms of licence codes, made and verified in plain Python from their standards: it shares nothing with Licet.

ECDSA on P-256 with SHA-256 (FIPS 186-5), Ed25519 (RFC 8032), and SM2 with SM3 (GB/T 32918, GB/T 32905). An algorithm goes by its number
in byte 0 of a code. A private key is an integer, or the 32 bytes of Ed25519; a public one is a point (x, y), or the 32 bytes of Ed25519.
Nothing here takes the same time for every secret: it is for vectors, whose keys everybody has.
"""
import hashlib
import hmac

ES256, EDDSA, SM2 = 0, 1, 2
NAMES = ["ES256", "EdDSA", "SM2"]
COSE = [-7, -8, -65538]  # the identifiers of COSE
SIZE = 64  # bytes of a signature of each
# What stands before the 64 or 32 bytes of the key in a SubjectPublicKeyInfo of X.509.
INFO = [bytes.fromhex(text) for text in (
    "3059301306072a8648ce3d020106082a8648ce3d03010703420004", "302a300506032b6570032100", "3059301306072a8648ce3d020106082a811ccf5501822d03420004")]


def info(algorithm, key):
    """The SubjectPublicKeyInfo of a public key."""
    return INFO[algorithm] + (key if algorithm == EDDSA else b"".join(c.to_bytes(32, "big") for c in key))


def of_info(data):
    """The algorithm and the public key of a SubjectPublicKeyInfo."""
    algorithm = next(number for number, start in enumerate(INFO) if data.startswith(start))
    key = data[len(INFO[algorithm]):]
    return algorithm, key if algorithm == EDDSA else (int.from_bytes(key[:32], "big"), int.from_bytes(key[32:], "big"))


# MARK: Curves y² = x³ − 3x + b

class Curve:
    def __init__(self, p, b, n, g):
        self.p, self.b, self.n, self.g = p, b, n, g

    def doubled(self, point):
        x, y, z = point
        if not y:
            return (1, 1, 0)
        p = self.p
        delta, gamma = z * z % p, y * y % p
        beta, alpha = x * gamma % p, 3 * (x - delta) * (x + delta) % p
        new = (alpha * alpha - 8 * beta) % p
        return (new, (alpha * (4 * beta - new) - 8 * gamma * gamma) % p, 2 * y * z % p)

    def added(self, one, other):
        if not one[2] or not other[2]:
            return other if other[2] else one
        (x1, y1, z1), (x2, y2, z2), p = one, other, self.p
        s1, s2 = z1 * z1 % p, z2 * z2 % p
        u1, u2, v1, v2 = x1 * s2 % p, x2 * s1 % p, y1 * z2 * s2 % p, y2 * z1 * s1 % p
        if u1 == u2:
            return self.doubled(one) if v1 == v2 else (1, 1, 0)
        h, r = u2 - u1, v2 - v1
        h2 = h * h % p
        h3, v = h * h2 % p, u1 * h2 % p
        x = (r * r - h3 - 2 * v) % p
        return (x, (r * (v - x) - v1 * h3) % p, h * z1 * z2 % p)

    def affine(self, pairs):
        """Σ scalar · point, or (None, None) for the point at infinity."""
        points = [(scalar, (*point, 1)) for scalar, point in pairs]
        total = (1, 1, 0)
        for bit in range(255, -1, -1):
            total = self.doubled(total)
            for scalar, point in points:
                if scalar >> bit & 1:
                    total = self.added(total, point)
        if not total[2]:
            return None, None
        inverse = pow(total[2], -1, self.p)
        return total[0] * inverse ** 2 % self.p, total[1] * inverse ** 3 % self.p

    def split(self, signature):
        """r and s of a raw signature, or None where one is not in 1 ≤ r, s < n."""
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        return (r, s) if len(signature) == SIZE and 0 < r < self.n and 0 < s < self.n else None


P256 = Curve(  # FIPS 186-5 and SP 800-186, section 3.2.1.3
    2 ** 256 - 2 ** 224 + 2 ** 192 + 2 ** 96 - 1, 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5))
CURVE_SM2 = Curve(  # GB/T 32918.5
    0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF,
    0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93,
    0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123,
    (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
     0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0))


def nonce(key, digest, n):
    """The first k of RFC 6979 with HMAC-SHA-256 for a group of order n; its second is needed once in 2^32 times."""
    def mac(secret, *parts):
        return hmac.digest(secret, b"".join(parts), "sha256")
    secret, value = bytes(32), b"\1" * 32
    seed = key.to_bytes(32, "big") + (int.from_bytes(digest, "big") % n).to_bytes(32, "big")
    for step in (b"\0", b"\1"):
        secret = mac(secret, value, step, seed)
        value = mac(secret, value)
    return int.from_bytes(mac(secret, value), "big")


# MARK: ECDSA

def es256_sign(key, message):
    digest = hashlib.sha256(message).digest()
    k = nonce(key, digest, P256.n)
    r = P256.affine([(k, P256.g)])[0] % P256.n
    s = pow(k, -1, P256.n) * (int.from_bytes(digest, "big") + r * key) % P256.n
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def es256_verifies(key, message, signature):
    if not (parts := P256.split(signature)):
        return False
    r, s = parts
    e, inverse = int.from_bytes(hashlib.sha256(message).digest(), "big"), pow(s, -1, P256.n)
    x, _ = P256.affine([(e * inverse % P256.n, P256.g), (r * inverse % P256.n, key)])
    return x is not None and x % P256.n == r


# MARK: SM3 and SM2

def sm3(message):
    """GB/T 32905, section 5."""
    def turned(word, count):
        return (word << count % 32 | word >> -count % 32) & 0xFFFFFFFF
    state = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    padded = message + b"\x80" + bytes(-(len(message) + 9) % 64) + (8 * len(message)).to_bytes(8, "big")
    for start in range(0, len(padded), 64):
        w = [int.from_bytes(padded[at:at + 4], "big") for at in range(start, start + 64, 4)]
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ turned(w[j - 3], 15)
            w.append(x ^ turned(x, 15) ^ turned(x, 23) ^ turned(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = state
        for j in range(64):
            twelve = turned(a, 12)
            ss1 = turned(twelve + e + turned(0x79CC4519 if j < 16 else 0x7A879D8A, j) & 0xFFFFFFFF, 7)
            ff, gg = (a ^ b ^ c, e ^ f ^ g) if j < 16 else (a & b | a & c | b & c, e & f | ~e & g)
            tt1 = ff + d + (ss1 ^ twelve) + (w[j] ^ w[j + 4]) & 0xFFFFFFFF
            tt2 = gg + h + ss1 + w[j] & 0xFFFFFFFF
            a, b, c, d, e, f, g, h = tt1, a, turned(b, 9), c, tt2 ^ turned(tt2, 9) ^ turned(tt2, 17), e, turned(f, 19), g
        state = [old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h))]
    return b"".join(word.to_bytes(4, "big") for word in state)


IDENTIFIER = b"1234567812345678"


def sm2_z(key, identifier=IDENTIFIER):
    """Z of GB/T 32918.2, section 5.5: what stands before each message."""
    numbers = [CURVE_SM2.p - 3, CURVE_SM2.b, *CURVE_SM2.g, *key]
    return sm3((8 * len(identifier)).to_bytes(2, "big") + identifier + b"".join(c.to_bytes(32, "big") for c in numbers))


def sm2_sign_digest(key, digest):
    """A signature of e itself (GB/T 32918.2, section 6.1, steps A3 to A7)."""
    n, e = CURVE_SM2.n, int.from_bytes(digest, "big")
    k = nonce(key, digest, n)
    r = (e + CURVE_SM2.affine([(k, CURVE_SM2.g)])[0]) % n
    s = pow(1 + key, -1, n) * (k - r * key) % n
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def sm2_sign(key, message):
    return sm2_sign_digest(key, sm3(sm2_z(public_key(SM2, key)) + message))


def sm2_verifies(key, message, signature):
    """GB/T 32918.2, section 7.1."""
    if not (parts := CURVE_SM2.split(signature)):
        return False
    (r, s), n = parts, CURVE_SM2.n
    t = (r + s) % n
    if t == 0:
        return False
    x, _ = CURVE_SM2.affine([(s, CURVE_SM2.g), (t, key)])
    return x is not None and (int.from_bytes(sm3(sm2_z(key) + message), "big") + x) % n == r


# MARK: Ed25519 (RFC 8032, sections 5.1 and 6)

ED_P, ED_L = 2 ** 255 - 19, 2 ** 252 + 27742317777372353535851937790883648493
ED_D = -121665 * pow(121666, -1, ED_P) % ED_P


def ed_added(one, other):
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % ED_P, (one[1] + one[0]) * (other[1] + other[0]) % ED_P
    c, d = 2 * one[3] * other[3] * ED_D % ED_P, 2 * one[2] * other[2] % ED_P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % ED_P, g * h % ED_P, f * g % ED_P, e * h % ED_P


def ed_times(scalar, point):
    result = (0, 1, 1, 0)
    for bit in bin(scalar)[2:]:
        result = ed_added(result, result)
        if bit == "1":
            result = ed_added(result, point)
    return result


def ed_encoded(point):
    inverse = pow(point[2], -1, ED_P)
    x, y = point[0] * inverse % ED_P, point[1] * inverse % ED_P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def ed_decoded(data):
    """The point of 32 bytes, or None where there is none or the form is not its only one (section 5.1.3)."""
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    if y >= ED_P:
        return None
    square = (y * y - 1) * pow(ED_D * y * y + 1, -1, ED_P) % ED_P
    x = pow(square, (ED_P + 3) // 8, ED_P)
    if x * x % ED_P != square:
        x = x * pow(2, (ED_P - 1) // 4, ED_P) % ED_P
    if x * x % ED_P != square or x == 0 and sign:
        return None
    x = ED_P - x if x & 1 != sign else x
    return x, y, 1, x * y % ED_P


ED_BASE = ed_decoded((4 * pow(5, -1, ED_P) % ED_P).to_bytes(32, "little"))


def ed_number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def ed_secret(key):
    """The scalar and the prefix of a private key (section 5.1.5)."""
    digest = hashlib.sha512(key).digest()
    return int.from_bytes(digest[:32], "little") & (1 << 254) - 8 | 1 << 254, digest[32:]


def eddsa_sign(key, message, dom=b""):
    """`dom` stands before what is digested in the variants with a context or a prehash (section 5.1)."""
    scalar, prefix = ed_secret(key)
    public, r = public_key(EDDSA, key), ed_number(dom, prefix, message) % ED_L
    start = ed_encoded(ed_times(r, ED_BASE))
    return start + ((r + ed_number(dom, start, public, message) * scalar) % ED_L).to_bytes(32, "little")


def eddsa_verifies(key, message, signature):
    """Section 5.1.7, with the equation without cofactor: [S]B − [k]A must be R, byte by byte."""
    point, s = ed_decoded(key), int.from_bytes(signature[32:], "little")
    if len(signature) != SIZE or point is None or s >= ED_L:
        return False
    k = ed_number(signature[:32], key, message) % ED_L
    negative = (ED_P - point[0], point[1], 1, ED_P - point[3])
    return ed_encoded(ed_added(ed_times(s, ED_BASE), ed_times(k, negative))) == signature[:32]


# MARK: By algorithm

def public_key(algorithm, key):
    if algorithm == EDDSA:
        return ed_encoded(ed_times(ed_secret(key)[0], ED_BASE))
    curve = P256 if algorithm == ES256 else CURVE_SM2
    return curve.affine([(key, curve.g)])


def sign(algorithm, key, message):
    return (es256_sign, eddsa_sign, sm2_sign)[algorithm](key, message)


def verifies(algorithm, key, message, signature):
    """Whether the raw signature of 64 bytes is one of `message` by this public key."""
    return (es256_verifies, eddsa_verifies, sm2_verifies)[algorithm](key, message, signature)
