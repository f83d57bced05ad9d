"""Small inputs that become large when they are unpacked."""

import struct
import zlib

MIB = 1 << 20


def zeros(size, raw=False):
    """A zlib stream, or a raw one, that unpacks to so many zero bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15 if raw else 15)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(size // MIB)) + packer.compress(bytes(size % MIB)) + packer.flush()


# MARK: - A licence code


def number(data, at):
    """Reads a number of the packed code; the number and where it ends."""
    value = 0
    while True:
        value = value << 7 | data[at] & 0x7F
        at += 1
        if not data[at - 1] & 0x80:
            return value, at


def code(digits, stream):
    """A code whose texts are a raw DEFLATE stream, with the fields before them from a real one, as digits."""
    value = int(digits)
    data = value.to_bytes((value.bit_length() + 7) // 8, "big")
    _, at = number(data, 1)
    flags, at = number(data, at)
    at += 1 if flags >> 8 & 1 else 8
    for _ in range(3 + (flags >> 6 & 1) + (flags >> 7 & 1)):
        _, at = number(data, at)
    if flags & 1:
        currency = data[at] & 0x80
        _, at = number(data, at + 1)
        at += 2 if currency else 0
    if flags >> 1 & 1:
        term, at = number(data, at)
        if term % 2:
            _, at = number(data, at)
    at += 7 if flags >> 2 & 1 else 0
    if flags >> 5 & 1 or flags >> 9 & 1:
        raise ValueError("another code will do")
    # Algorithm as it was; coding 1: a stream without a dictionary.
    bomb = bytes([data[0] & 0xFC | 1]) + data[1:at] + stream + data[-64:]
    return decimal(int.from_bytes(bomb, "big"))


def decimal(value):
    """Digits of a number of any size; Python refuses to write long ones."""
    import sys
    sys.set_int_max_str_digits(0)
    return str(value)


# MARK: - A status list


def head(major, value):
    """The head of a CBOR item."""
    for size, low in (0, 24), (1, 1 << 8), (2, 1 << 16), (4, 1 << 32):
        if value < low:
            return bytes([major << 5 | (value if size == 0 else 23 + size.bit_length())]) + value.to_bytes(size, "big")[:size]
    raise ValueError("too large")


def status_list(file, stream, authority):
    """The list once more, one number later, with another zlib stream, signed by the key that has signed it."""
    protected_end = file.index(b"\xa0\x58", 3)
    protected = file[2:protected_end]
    payload_at = protected_end + 1
    length = file[payload_at + 1] if file[payload_at] == 0x58 else struct.unpack(">H", file[payload_at + 1:payload_at + 3])[0]
    payload_at += 2 if file[payload_at] == 0x58 else 3
    payload, signature = file[payload_at:payload_at + length], file[-64:]

    def to_be_signed(payload):
        return b"\x84\x6aSignature1" + protected + b"\x40" + head(2, len(payload)) + payload

    before, after = payload.split(b"\x63lst", 1)
    size = {0x58: lambda: (after[1], 2), 0x59: lambda: (struct.unpack(">H", after[1:3])[0], 3)}[after[0]]()
    rest = after[size[0] + size[1]:]
    sequence = rest.rindex(b"\x3a\x00\x01\x00\x00") + 5
    if rest[sequence] >= 23:
        raise ValueError("the sequence number has grown")
    rest = rest[:sequence] + bytes([rest[sequence] + 1]) + rest[sequence + 1:]
    bomb = before + b"\x63lst" + head(2, len(stream)) + stream + rest
    signed = authority.sign(to_be_signed(bomb), (to_be_signed(payload), signature))
    return file[:protected_end + 1] + head(2, len(bomb)) + bomb + b"\x58\x40" + signed


# MARK: - Pictures


def png(width, height, depth=8, colour=0):
    """A PNG of nothing but black."""
    line = 1 + (width * depth * {0: 1, 2: 3, 6: 4}[colour] + 7) // 8
    packer = zlib.compressobj(9)
    packed = [packer.compress(bytes(line)) for _ in range(height)]
    return _png(width, height, depth, colour, b"".join(packed) + packer.flush())


def _png(width, height, depth, colour, packed):
    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)) \
        + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def marks(side, module=24):
    """A white PNG with sixty corner marks of a QR code, so that it is searched in every way, and in vain."""
    def line(row):
        modules = "0000000" if row > 6 else "1111111" if row in (0, 6) else "1000001" if row in (1, 5) else "1011101"
        return b"".join((b"\0" if cell == "1" else b"\xff") * module for cell in modules)
    step = side // 8
    packer, packed = zlib.compressobj(1), []
    for y in range(side):
        number, row = divmod(y, step)
        cell = line(row // module).ljust(step, b"\xff")
        packed.append(packer.compress(bytes(1) + (cell * (8 if number < 7 else 4 if number < 8 else 0)).ljust(side, b"\xff")))
    return _png(side, side, 8, 0, b"".join(packed) + packer.flush())


def jpeg(width, height, whole=True, progressive=False):
    """A grey JPEG, two bits or one a block of 64 pixels; broken off at its beginning where it is not `whole`."""
    def segment(marker, content):
        return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content
    one_code = bytes([1] + [0] * 15) + b"\0"
    blocks = ((width + 7) // 8) * ((height + 7) // 8)
    return b"\xff\xd8" + segment(0xDB, b"\0" + b"\1" * 64) \
        + segment(0xC2 if progressive else 0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0") \
        + segment(0xC4, b"\0" + one_code) + segment(0xC4, b"\x10" + one_code) + segment(0xDA, b"\1\1\0\0\0\0" if progressive else b"\1\1\0\0\x3f\0") \
        + bytes(blocks // 4 + 1 if whole else 100) + b"\xff\xd9"
