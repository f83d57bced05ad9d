"""How a server must treat what no client library sends: sockets, bytes, and what the standards say of them."""

import json
import re
import time

import town

PROBLEM = "application/problem+json"


class Wire:
    """A connection on which every byte counts."""

    def __init__(self, daemon, timeout=8):
        self.socket = daemon.connect(timeout)
        self.rest = b""

    def send(self, *parts):
        for part in parts:
            try:
                self.socket.sendall(part if isinstance(part, bytes) else part.encode())
            except OSError:
                break
        return self

    def _more(self):
        try:
            part = self.socket.recv(65_536)
        except OSError:
            part = b""
        self.rest += part
        return part

    def answer(self, method="GET"):
        """The next answer; None where the connection ends without one."""
        while b"\r\n\r\n" not in self.rest:
            if not self._more():
                return None
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        status = int(lines[0].split()[1])
        bodyless = method == "HEAD" or status in (204, 304) or status < 200
        length = 0 if bodyless else int(fields.get("content-length", 0))
        body = b""
        if not bodyless and fields.get("transfer-encoding") == "chunked":
            body = self._chunks()
        while len(self.rest) < length and self._more():
            pass
        if length:
            body, self.rest = self.rest[:length], self.rest[length:]
        return town.Answer(status, fields, body)

    def _chunks(self):
        body = b""
        while True:
            while b"\r\n" not in self.rest:
                if not self._more():
                    return body
            size, _, self.rest = self.rest.partition(b"\r\n")
            size = int(size, 16)
            while len(self.rest) < size + 2 and self._more():
                pass
            body, self.rest = body + self.rest[:size], self.rest[size + 2:]
            if size == 0:
                return body

    def answers(self, most=9):
        """All that come until the connection ends."""
        found = []
        while len(found) < most and (answer := self.answer()):
            found.append(answer)
        return found

    def ends(self, seconds=3):
        """Whether the other side closes within so many seconds, after what it still sends."""
        self.socket.settimeout(seconds)
        try:
            while self.socket.recv(65_536):
                pass
        except TimeoutError:
            return False
        except OSError:
            pass
        return True

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def get(path, *fields, version="1.1", method="GET"):
    return "\r\n".join([f"{method} {path} HTTP/{version}", *(fields or ["Host: localhost"]), "", ""])


def post(body, *fields, path="/v1/verify"):
    return get(path, "Host: localhost", "Content-Type: application/json", *fields, method="POST") + body


QUESTION = '{"code": "LICET:1"}'
SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"


def is_problem(answer, status=None):
    """Whether an answer is a problem document that says of itself what it is."""
    if answer is None or answer.headers.get("content-type") != PROBLEM:
        return False
    document = answer.json
    return set(document) - {"publication"} == {"type", "title", "status", "detail"} and \
        document["status"] == answer.status == (status or answer.status) and answer.headers.get("x-content-type-options") == "nosniff"


# MARK: - What everybody may ask


def heads(tally, daemon, authority):
    """HEAD is GET without the body."""
    code = f"/L/{authority.digits_of['valid']}"
    paths = [code, "/L/1", "/healthz", "/publication/trust-list", "/publication/status/341181-1", "/publication/log/checkpoint",
             "/openapi.yaml", "/nothing", "/publication/status/999999-1"]
    for path in paths:
        for fields in [], ["Accept: application/json"]:
            with Wire(daemon) as wire:
                whole = wire.send(get(path, "Host: localhost", *fields)).answer()
                head = wire.send(get(path, "Host: localhost", *fields, method="HEAD")).answer("HEAD")
                after = wire.send(get("/healthz")).answer()
            # An age in a sentence grows by a digit in the meantime.
            vary = {"date"} | ({"content-length"} if path == code else set())
            same = head and {name: value for name, value in head.headers.items() if name not in vary} == \
                {name: value for name, value in whole.headers.items() if name not in vary}
            tally.check(head and head.status == whole.status and same, f"HEAD {path[:40]} {fields}: the status and fields of GET, "
                        f"{whole.status} {whole.headers} and {head and head.status} {head and head.headers}")
            tally.check(after and after.status == 200 and after.json == {"alive": True}, f"HEAD {path[:40]}: no body follows")


def methods(tally, daemon, authority):
    """Another method is refused with what is allowed."""
    allowed = {"/L/1": "GET, HEAD", "/l/1": "GET, HEAD", "/v1/verify": "POST", "/healthz": "GET, HEAD", "/readyz": "GET, HEAD",
               "/publication/trust-list": "GET, HEAD", "/publication/log/tile/0/000": "GET, HEAD", "/openapi.yaml": "GET, HEAD"}
    if daemon.has("POST", "/v1/verify/batch"):
        allowed["/v1/verify/batch"] = "POST"
    if daemon.has("GET", "/metrics"):
        allowed["/metrics"] = "GET, HEAD"
    if daemon.has("GET", "/"):
        allowed["/"] = "GET, HEAD, POST"
    for path, allow in allowed.items():
        if path == "/openapi.yaml" and not daemon.has("GET", path):
            continue
        for method in "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "BREW":
            if method in allow.split(", "):
                continue
            with Wire(daemon) as wire:
                answer = wire.send(get(path, "Host: localhost", "Content-Length: 0", method=method)).answer(method)
            if method == "BREW" and answer and answer.status in (400, 501):
                continue
            told = answer and (answer.status, sorted(answer.headers.get("allow", "").split(", ")))
            tally.equal(told, (405, sorted(allow.split(", "))), f"{method} {path}")
            tally.check(method == "HEAD" or is_problem(answer, 405), f"{method} {path}: a problem")
    with Wire(daemon) as wire:
        answer = wire.send("CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n").answer()
    tally.check(answer and 400 <= answer.status < 600, f"CONNECT is refused: {answer}")
    with Wire(daemon) as wire:
        answer = wire.send("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n").answer()
    tally.check(answer and answer.status in (200, 204, 400, 404, 405, 501), f"OPTIONS *: {answer}")


def unknown(tally, daemon, authority):
    """What is not there is a problem, and tells nothing."""
    for path in "/nothing", "/v1", "/v1/", "/v1/verify/", "/L", "/L/", "/L/1/2", "/publication", "/publication/", "/healthz/", "/HEALTHZ", \
            "/publication/../healthz", "/publication/status/..%2f..%2fetc", "//healthz", "/%2e%2e/etc/passwd", "/nothing?x=1", \
            "/publication/log/tile/0/000.p/999", "/v1/licences/91110000600037341L":
        with Wire(daemon) as wire:
            answer = wire.send(get(path)).answer()
        tally.check(is_problem(answer, 404), f"GET {path}: a problem of 404, not {answer}")
    for path in "/L/%", "/L/%zz", "/L/%ff", "/L/1%00", "/healthz?%", "/L/\u00e9":
        with Wire(daemon) as wire:
            answer = wire.send(get(path)).answer()
        tally.check(answer and answer.status in (200, 400, 404), f"GET {path}: {answer}")


def conditional(tally, daemon, authority):
    """Who has it is sent nothing."""
    for path in "trust-list", "status/341181-1", "issued/341181-1", "log/checkpoint":
        path = f"/publication/{path}"
        first = daemon.ask("GET", path)
        tag = first.headers["etag"]
        for known in tag, f"W/{tag}", f'"other", {tag}', "*", f'"a,b",{tag}':
            with Wire(daemon) as wire:
                answer = wire.send(get(path, "Host: localhost", f"If-None-Match: {known}")).answer()
                after = wire.send(get("/healthz")).answer()
            tally.check(answer and answer.status == 304 and answer.headers.get("etag") == tag
                        and answer.headers.get("cache-control") == first.headers["cache-control"], f"{path} with {known[:20]}: {answer}")
            tally.check(after and after.status == 200, f"{path} with {known[:20]}: nothing follows a 304")
        tally.equal(daemon.ask("GET", path, headers={"If-None-Match": '"other"'}).status, 200, f"{path} with another tag")
        with Wire(daemon) as wire:
            head = wire.send(get(path, "Host: localhost", f"If-None-Match: {tag}", method="HEAD")).answer("HEAD")
        tally.equal(head and head.status, 304, f"HEAD {path} with its tag")
        ranged = daemon.ask("GET", path, headers={"Range": "bytes=1-2"})
        tally.check((ranged.status, ranged.body) == (200, first.body), f"{path}: no part of a file")
    if daemon.has("GET", "/openapi.yaml"):
        tag = daemon.ask("GET", "/openapi.yaml").headers["etag"]
        tally.equal(daemon.ask("GET", "/openapi.yaml", headers={"If-None-Match": tag}).status, 304, "/openapi.yaml with its tag")


# MARK: - What a proxy in front might read otherwise


def alone(tally, daemon, name, request, refused=True):
    """One request whose end is in doubt: refused and the connection closed, or answered once, and what is hidden behind it never."""
    start = time.monotonic()
    with Wire(daemon, timeout=4) as wire:
        found = wire.send(request).answers()
        statuses = [answer.status for answer in found]
    seconds = time.monotonic() - start
    tally.check(404 not in statuses, f"{name}: what was smuggled was taken for a request: {statuses}")
    if refused:
        tally.check(len(statuses) == 1 and 400 <= statuses[0] < 600, f"{name}: refused once and closed, not {statuses} after {seconds:.1f} s")
        tally.check(seconds < 3, f"{name}: closed at once, not after {seconds:.1f} s")
        tally.check(found and is_problem(found[0]), f"{name}: a problem, not {found and found[0].body}")
    else:
        tally.check(statuses in ([], [200], [400], [200, 400]), f"{name}: {statuses}")


def smuggling(tally, daemon, authority):
    length = len(QUESTION)
    chunked = f"{length:x}\r\n{QUESTION}\r\n0\r\n\r\n"
    te = "Transfer-Encoding: chunked"
    doubtful = {
        "Content-Length and Transfer-Encoding": post(chunked + SMUGGLED, f"Content-Length: {len(chunked)}", te),
        "Transfer-Encoding and Content-Length": post(chunked + SMUGGLED, te, "Content-Length: 4"),
        "two lengths that differ": post(QUESTION + SMUGGLED, f"Content-Length: {length}", "Content-Length: 0"),
        "two lengths in one": post(QUESTION + SMUGGLED, f"Content-Length: {length}, 0"),
        "a length with a sign": post(QUESTION + SMUGGLED, f"Content-Length: +{length}"),
        "a length below zero": post(QUESTION + SMUGGLED, "Content-Length: -1"),
        "a length in hexadecimal": post(QUESTION + SMUGGLED, f"Content-Length: 0x{length:x}"),
        "a length beyond all numbers": post(QUESTION + SMUGGLED, "Content-Length: 18446744073709551617"),
        "an empty length": post(QUESTION + SMUGGLED, "Content-Length:"),
        "a length with a space": post(QUESTION + SMUGGLED, "Content-Length: 1 9"),
        "a space before the colon": post(chunked + SMUGGLED, f"Content-Length: {length}", "Transfer-Encoding : chunked"),
        "a tab before the colon": post(QUESTION + SMUGGLED, "Content-Length\t: 0", f"Content-Length: {length}"),
        "chunked twice": post(chunked + SMUGGLED, te, te),
        "chunked and then identity": post(chunked + SMUGGLED, "Transfer-Encoding: chunked, identity"),
        "identity": post(QUESTION + SMUGGLED, "Transfer-Encoding: identity", f"Content-Length: {length}"),
        "an unknown coding": post(chunked + SMUGGLED, "Transfer-Encoding: xchunked"),
        "a coding in quotes": post(chunked + SMUGGLED, 'Transfer-Encoding: "chunked"'),
        "a vertical tab before the coding": post(chunked + SMUGGLED, "Transfer-Encoding: \x0bchunked"),
        "gzip and then chunked": post(chunked, "Transfer-Encoding: gzip, chunked"),
        "a chunk size that is none": post("zz\r\n" + QUESTION + "\r\n0\r\n\r\n" + SMUGGLED, te),
        "a chunk size below zero": post("-1\r\n" + QUESTION + "\r\n0\r\n\r\n" + SMUGGLED, te),
        "a chunk size in 0x": post(f"0x{length:x}\r\n{QUESTION}\r\n0\r\n\r\n" + SMUGGLED, te),
        "a chunk size beyond all numbers": post(f"1000000000000000{length:x}\r\n{QUESTION}\r\n0\r\n\r\n" + SMUGGLED, te),
        "a chunk size with a space before": post(f" {length:x}\r\n{QUESTION}\r\n0\r\n\r\n" + SMUGGLED, te),
        "a chunk that is longer than its size": post(f"{length - 1:x}\r\n{QUESTION}\r\n0\r\n\r\n" + SMUGGLED, te),
        "a chunk that ends in LF alone": post(f"{length:x}\n{QUESTION}\n0\n\n" + SMUGGLED, te),
        "an empty chunk size": post(f"\r\n{QUESTION}\r\n0\r\n\r\n" + SMUGGLED, te),
        "a chunk extension with LF": post(f"{length:x};a\nb\r\n{QUESTION}\r\n0\r\n\r\n" + SMUGGLED, te),
        "a field with NUL": get("/healthz", "Host: localhost", "X-A: a\0b"),
        "a field with CR": get("/healthz", "Host: localhost", "X-A: a\rb"),
        "a field with a bare CR before a field": get("/healthz", "Host: localhost", "X-A: a\rContent-Length: 5"),
        "a folded field": get("/healthz", "Host: localhost", "X-A: a", " folded"),
        "a folded coding": post(chunked + SMUGGLED, "Transfer-Encoding:\r\n chunked", f"Content-Length: {length}"),
        "a folded first field": "GET /healthz HTTP/1.1\r\n Host: localhost\r\n\r\n",
        "a name with NUL": get("/healthz", "Host: localhost", "X\0A: a"),
        "a name with a space": get("/healthz", "Host: localhost", "X A: a"),
        "a name in brackets": get("/healthz", "Host: localhost", "X(A): a"),
        "an empty name": get("/healthz", "Host: localhost", ": a"),
        "a line without a colon": get("/healthz", "Host: localhost", "nothing"),
        "no host": get("/healthz", "X-A: a"),
        "two hosts": get("/healthz", "Host: localhost", "Host: elsewhere"),
        "a host with a space": get("/healthz", "Host: local host"),
        "a target with a space": get("/healthz x"),
        "a target with a tab": get("/healthz\tx"),
        "a target without a slash": get("healthz"),
        "no target": "GET HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "a method in brackets": get("/healthz", method="G(T"),
        "HTTP/3.7": get("/healthz", version="3.7"),
        "HTTP/1.2x": get("/healthz", version="1.2x"),
        "HTTP/0.9": "GET /healthz\r\n\r\n",
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
        "HTTP/2 without asking": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "noise": bytes(range(1, 256)) + b"\r\n\r\n",
        "a field of 100 KB": get("/healthz", "Host: localhost", "X-A: " + "a" * 100_000),
        "a field of 40 KB": get("/healthz", "Host: localhost", "X-A: " + "a" * 40_000),
        "3,000 fields": get("/healthz", "Host: localhost", *(f"X-{number}: a" for number in range(3_000))),
        "200 fields": get("/healthz", "Host: localhost", *(f"X-{number}: a" for number in range(200))),
        "1 MB of trailers": post(f"{length:x}\r\n{QUESTION}\r\n0\r\n" + "X-A: aaaaaaaa\r\n" * 70_000 + "\r\n", te),
    }
    for name, request in doubtful.items():
        alone(tally, daemon, name, request)
    for name in "a field of 100 KB", "a field of 40 KB", "3,000 fields", "200 fields":
        with Wire(daemon, timeout=4) as wire:
            tally.equal([answer.status for answer in wire.send(doubtful[name]).answers()], [431], f"{name}: told as such")
    # Either way is right, as long as there is one answer and nothing is taken from the body.
    alone(tally, daemon, "two lengths alike", post(QUESTION, f"Content-Length: {length}", f"Content-Length: {length}", "Connection: close"), refused=False)
    alone(tally, daemon, "chunked and HTTP/1.0", post(chunked + SMUGGLED, te).replace("HTTP/1.1", "HTTP/1.0", 1), refused=False)
    alone(tally, daemon, "a length in HTTP/1.0 and no end", post(QUESTION, "Content-Length: 19").replace("HTTP/1.1", "HTTP/1.0", 1), refused=False)


# MARK: - How connections live


def connections(tally, daemon, authority):
    with Wire(daemon) as wire:
        answer = wire.send("GET /healthz HTTP/1.0\r\n\r\n").answer()
        tally.check(answer and answer.status == 200, f"HTTP/1.0 without a host: {answer}")
        tally.check(wire.ends(2), "HTTP/1.0: closed after the answer")
    with Wire(daemon) as wire:
        answer = wire.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").answer()
        said = (answer.headers.get("connection") or "").lower() if answer else None
        again = wire.send("GET /healthz HTTP/1.0\r\n\r\n").answer() if said == "keep-alive" else None
        tally.check(answer and (said != "keep-alive" or again), f"HTTP/1.0 and keep-alive: {answer and answer.headers}")
    with Wire(daemon) as wire:
        answer = wire.send(get("/healthz", "Host: localhost", "Connection: close")).answer()
        tally.check(answer and answer.status == 200 and wire.ends(2), "Connection: close closes")
        tally.equal((answer.headers.get("connection") or "").lower(), "close", "Connection: close is said")
    with Wire(daemon) as wire:
        answer = wire.send(get("http://elsewhere.example/healthz", "Host: localhost")).answer()
        tally.check(answer and answer.status == 200, f"a target in absolute form: {answer}")
    with Wire(daemon) as wire:
        wire.send("".join(get(f"/publication/status/{number:06}-1") + get("/healthz") for number in range(40)))
        statuses = [answer.status if (answer := wire.answer()) else None for _ in range(80)]
        tally.equal(statuses, [404, 200] * 40, "80 requests at once are answered in their order")
    with Wire(daemon) as wire:
        wire.send("".join(post(QUESTION, f"Content-Length: {len(QUESTION)}") + get("/healthz") for _ in range(20)))
        bodies = ["verdict" in answer.json if (answer := wire.answer()) else None for _ in range(40)]
        tally.equal(bodies, [True, False] * 20, "bodies among them as well")
    with Wire(daemon) as wire:
        wire.send("\r\n\r\n" + get("/healthz"))
        tally.check((answer := wire.answer()) and answer.status == 200, f"empty lines before a request: {answer}")
    with Wire(daemon) as wire:
        for byte in get("/healthz").encode():
            wire.send(bytes([byte]))
        tally.check((answer := wire.answer()) and answer.status == 200, f"byte by byte: {answer}")
    with Wire(daemon) as wire:
        chunks = "".join(f"1;name=value\r\n{character}\r\n" for character in QUESTION)
        wire.send(post(chunks + "0\r\nX-Trailer: a\r\n\r\n", "Transfer-Encoding: chunked"))
        tally.check((answer := wire.answer()) and answer.status == 200, f"a chunk a byte, with extensions and a trailer: {answer}")
        tally.check((answer := wire.send(get("/healthz")).answer()) and answer.status == 200, f"and on the same connection: {answer}")


def expectations(tally, daemon, authority):
    expect = "Expect: 100-continue"
    with Wire(daemon) as wire:
        first = wire.send(post("", f"Content-Length: {len(QUESTION)}", expect)).answer()
        tally.check(first and first.status == 100, f"100-continue is answered with 100: {first}")
        final = wire.send(QUESTION).answer()
        tally.check(final and final.status == 200 and "verdict" in final.json, f"and then with the verdict: {final}")
    with Wire(daemon) as wire:
        first = wire.send(post("", "Content-Length: 17000000", expect)).answer()
        tally.check(first and first.status == 413, f"100-continue for too much: 413 and no 100: {first}")
    with Wire(daemon) as wire:
        first = wire.send(get("/v1/verify", "Host: localhost", "Content-Type: text/plain", "Content-Length: 19", expect, method="POST")).answer()
        tally.check(first and first.status == 415, f"100-continue for another media type: 415 and no 100: {first}")
    with Wire(daemon) as wire:
        first = wire.send(post(QUESTION, f"Content-Length: {len(QUESTION)}", "Expect: tea")).answer()
        tally.check(first and first.status in (200, 417), f"another expectation: {first}")


def bodies(tally, daemon, authority):
    for status, request in {
        413: post("", "Content-Length: 65537"),
        415: get("/v1/verify", "Host: localhost", "Content-Type: text/plain", "Content-Length: 0", method="POST"),
        400: post("{", "Content-Length: 1"),
        414: get("/L/" + "1" * 17_000),
    }.items():
        with Wire(daemon) as wire:
            answer = wire.send(request).answer()
        tally.check(is_problem(answer, status), f"a problem of {status}, not {answer}")
    with Wire(daemon) as wire:
        wire.send(get("/v1/verify", "Host: localhost", "Content-Type: application/json", "Content-Length: 60000", method="POST") + "{")
    with Wire(daemon) as wire:
        answer = wire.send(get("/healthz", "Host: localhost", "Content-Length: 5") + "hello" + get("/readyz")).answer()
        tally.check(answer and answer.status == 200, f"GET with a body: {answer}")
        tally.check((answer := wire.answer()) and "faults" in answer.json, f"and what follows it: {answer}")
    for name in "date", "content-type", "content-length":
        tally.check(daemon.ask("GET", "/healthz").headers.get(name), f"an answer has {name}")
    for path in "/L/1", "/healthz", "/nothing", "/publication/trust-list":
        tally.check(re.fullmatch(r"licet\S*|", daemon.ask("GET", path).headers.get("server", "")), f"{path}: no names of libraries")


def old(tally, daemon, authority):
    """HTTP/1.0 knows no chunks: an answer without a length ends with the connection (RFC 9112, section 6.3)."""
    lines = QUESTION + "\n" + QUESTION + "\n"
    for fields in (), ("Connection: keep-alive",):
        with Wire(daemon) as wire:
            answer = wire.send(get("/v1/verify/batch", "Host: localhost", "Content-Type: application/x-ndjson", f"Content-Length: {len(lines)}", *fields,
                                   version="1.0", method="POST") + lines).answer()
            if not tally.check(answer and answer.status == 200, f"a batch by HTTP/1.0: {answer}"):
                continue
            while wire._more():
                pass
            tally.check("transfer-encoding" not in answer.headers, f"HTTP/1.0 has no transfer coding: {answer.headers}")
            verdicts = [json.loads(line).get("verdict") for line in wire.rest.decode().splitlines()]
            tally.equal(verdicts, ["malformed", "malformed"], "the lines of a batch by HTTP/1.0")
    with Wire(daemon) as wire:
        first = wire.send(get("/healthz", "Host: localhost", "Connection: keep-alive", version="1.0")).answer()
        second = wire.send(get("/healthz", "Host: localhost", version="1.0")).answer()
        tally.check(first and second and wire.ends(), "HTTP/1.0 keeps a connection where both want it, and ends it else")


def look(tally, daemon, authority):
    """Every rule, and that the daemon is none the worse for it."""
    for part in heads, methods, unknown, conditional, smuggling, connections, expectations, bodies, old:
        part(tally, daemon, authority)
        tally.check(daemon.process.poll() is None, f"the daemon is alive after {part.__name__}")
    tally.equal(daemon.verdict(authority.digits_of["valid"]), "valid", "the verdict afterwards")
