#!/usr/bin/env python3
"""Starts nginx with templates/hosting/nginx-licetd.conf before a licetd, and looks whether it does what it says.

TLS and HTTP/2, what is public and what is not, limits of bodies, what clients say of themselves, rates, the log without codes, and
lines that stream. What licetd would be told is looked at with a server in its place that writes down every request.

Needs nginx, openssl and curl. What takes a route that licetd does not have yet is left out and named.
"""

import base64
import hashlib
import http.server
import json
import os
import pwd
import re
import socket
import ssl
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
import town  # noqa: E402

CONFIGURATION = town.REPOSITORY / "templates/hosting/nginx-licetd.conf"
NAME = "lic.example.cn"


class Listener(http.server.ThreadingHTTPServer):
    """Stands in for licetd, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self):
        self.requests = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                outer.requests.append((self.command, self.path, self.headers.items(), len(body), self.client_address[1]))
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Proxy:
    """nginx with the shipped site before a port, as long as it is entered."""

    def __init__(self, place, upstream, lenient=False, strangers=False):
        self.place = place
        place.mkdir()
        self.port, self.plain = town.free_port(), town.free_port()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                        f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", place / "key.pem", "-out", place / "crt.pem"],
                       check=True, capture_output=True)
        site = CONFIGURATION.read_text()
        for old, new in {
            "    listen 80;": f"    listen 127.0.0.1:{self.plain};",
            "    listen [::]:80;\n": "",
            "    listen 443 ssl http2;": f"    listen 127.0.0.1:{self.port} ssl http2;",
            "    listen [::]:443 ssl http2;\n": "",
            "    server 127.0.0.1:8787;": f"    server 127.0.0.1:{upstream};",
            f"/etc/ssl/certs/{NAME}.pem;": f"{place}/crt.pem;",
            f"/etc/ssl/private/{NAME}.key;": f"{place}/key.pem;",
            "/var/log/nginx/licetd.log": f"{place}/access.log",
            "/var/log/nginx/licetd-error.log": f"{place}/error.log",
            **({"rate=20r/s": "rate=9999r/s", "rate=2r/s": "rate=9999r/s"} if lenient else {}),
            **({"        allow 127.0.0.1;\n": "", "        allow ::1;\n": ""} if strangers else {}),
        }.items():
            if site.count(old) != 1:
                raise SystemExit(f"proxy: {CONFIGURATION} should have {old.strip()!r} once")
            site = site.replace(old, new)
        (place / "site.conf").write_text(site)
        paths = "\n".join(f"    {kind}_temp_path {place}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (place / "nginx.conf").write_text(f"daemon off;\nmaster_process off;\npid {place}/pid;\nevents {{ worker_connections 256; }}\n"
                                          f"http {{\n{paths}\n    default_type text/html;\n    include {place}/site.conf;\n}}\n")
        options = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam("nobody")
            options = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            for path in [place, *place.iterdir()]:
                os.chown(path, account.pw_uid, account.pw_gid)
        self.process = subprocess.Popen(["nginx", "-p", place, "-e", place / "start.log", "-c", place / "nginx.conf"], **options)
        if town.until(self.is_there, 10) is None:
            raise SystemExit(f"proxy: nginx does not start: {(place / 'start.log').read_text()}")

    def is_there(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def curl(self, path, *words, scheme="https"):
        """Status, headers and body by curl, which speaks HTTP/2."""
        port = self.port if scheme == "https" else self.plain
        head = self.place / "head"
        done = subprocess.run(["curl", "--silent", "--show-error", "--max-time", "30", "--cacert", self.place / "crt.pem", "--resolve",
                               f"{NAME}:{port}:127.0.0.1", "--path-as-is", "--dump-header", head, "--write-out", "\n%{http_code} %{http_version}",
                               *words, f"{scheme}://{NAME}:{port}{path}"], capture_output=True)
        body, _, last = done.stdout.rpartition(b"\n")
        status, version = last.decode().split()
        fields = dict(re.findall(r"^([\w-]+): (.*?)\r?$", head.read_text().lower(), re.M))
        answer = town.Answer(int(status), fields, body)
        answer.version = version
        return answer

    def tls(self):
        """A connection for HTTP/1.1 on which every byte counts."""
        context = ssl.create_default_context(cafile=self.place / "crt.pem")
        return context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), 30), server_hostname=NAME)

    def log(self):
        return (self.place / "access.log").read_text()


def problem(tally, answer, status, what):
    tally.equal(answer.status, status, what)
    tally.equal(answer.headers.get("content-type"), "application/problem+json", f"{what}: a problem")
    tally.check(answer.headers.get("strict-transport-security"), f"{what}: HSTS")


BROWSER = ["-H", "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"]


def page(tally, answer, status, what):
    """A page in both languages that fetches nothing, and whose style its policy allows."""
    tally.equal(answer.status, status, what)
    tally.equal(answer.headers.get("content-type"), "text/html; charset=utf-8", f"{what}: a page")
    for name in "strict-transport-security", "x-content-type-options", "referrer-policy", "cache-control":
        tally.check(answer.headers.get(name), f"{what}: {name}")
    policy = answer.headers.get("content-security-policy") or ""
    style = re.search(rb"<style>(.*?)</style>", answer.body, re.S)
    digest = base64.b64encode(hashlib.sha256(style[1] if style else b"").digest()).decode()
    # Fields come in lower case from `curl`.
    tally.check(f"'sha256-{digest}'".lower() in policy and "default-src 'none'" in policy, f"{what}: the policy allows its style: {policy}")
    tally.check("执照".encode() in answer.body and b"licence" in answer.body, f"{what}: both languages")
    tally.check(b"/refused/" not in answer.body and b"script" not in answer.body, f"{what}: nothing of the inside")


def people(tally, proxy):
    """Who comes with a browser gets a page, of nginx or of licetd."""
    for path in "/nothing", "/metrics/", "/L/1/2", "/refused/page/503", "/refused/problem/404":
        page(tally, proxy.curl(path, *BROWSER), 404, f"GET {path} with a browser")
        problem(tally, proxy.curl(path, "-H", "Accept: text/html, application/json"), 404, f"GET {path} by a program that would take both")
    passed = proxy.curl("/publication/status/999999-9?lang=en", *BROWSER)
    tally.equal((passed.status, passed.headers.get("content-language")), (404, "en"), "licetd's own page for 404")
    photo = proxy.place / "photo"
    photo.write_bytes(bytes(17_000_000))
    for version in "--http2", "--http1.1":
        refused = proxy.curl("/?lang=en", version, *BROWSER, "-F", f"photo=@{photo};type=image/jpeg")
        tally.equal((refused.status, b"<form" in refused.body), (413, True), f"a photo of 17 MB gets licetd's page with {version}")
    photo.write_bytes(bytes(18 << 20))
    for version in "--http2", "--http1.1":
        page(tally, proxy.curl("/", version, *BROWSER, "-F", f"photo=@{photo};type=image/jpeg"), 413, f"a photo of 18 MiB with {version}")
        sent = proxy.curl("/v1/verify", version, "-H", "Content-Type: image/jpeg", "--data-binary", f"@{photo}")
        problem(tally, sent, 413, f"18 MiB by a program with {version}")
    photo.unlink()


def public(tally, proxy, daemon, authority):
    """What everybody sees, as licetd says it."""
    digits = authority.digits_of["revoked"]
    for version in "--http2", "--http1.1":
        answer = proxy.curl(f"/L/{digits}", version, "-H", "Accept: application/json")
        tally.equal((answer.status, answer.version), (200, "2" if version == "--http2" else "1.1"), f"a verdict with {version}")
        tally.equal(answer.json["verdict"], "revoked", f"the verdict with {version}")
        tally.equal(answer.headers.get("strict-transport-security"), "max-age=63072000", "HSTS")
        tally.equal(answer.headers.get("server"), "nginx", "no version of nginx")
    answer = proxy.curl("/v1/verify", "--json", json.dumps({"code": digits}))
    tally.equal((answer.status, answer.json.get("verdict")), (200, "revoked"), "POST /v1/verify")
    answer = proxy.curl(f"/L/{digits}?lang=en", "-H", "Accept: text/html")
    tally.check(b"<html lang=\"en\"" in answer.body and answer.headers.get("content-security-policy"), "the page with its policy")
    trust = proxy.curl("/publication/trust-list")
    tally.check(trust.body == (authority.publication / "trust-list").read_bytes(), "the trust list, byte for byte")
    tally.equal(proxy.curl("/publication/trust-list", "-H", f"If-None-Match: {trust.headers['etag']}").status, 304, "with its tag")
    tally.equal(proxy.curl("/healthz").status, 200, "/healthz")
    tally.equal(proxy.curl("/readyz").status, 200, "/readyz for an operator on this machine")
    for path in "/nothing", "/metrics/", "//metrics/", "/readyz/", "/%2fmetrics", "/./nothing", "/L/1/2", "/publication/../nothing", "/v1/":
        problem(tally, proxy.curl(path), 404, f"GET {path}")
    tally.check(b"metric" not in proxy.curl("//readyz/").body, "no way round")
    for path in "/publication/%2e%2e/readyz", "/publication/..%2freadyz", "/publication//../readyz/", "/v1/licences/../../metrics/":
        tally.equal(proxy.curl(path).status, 404, f"GET {path}")
    moved = proxy.curl(f"/L/{digits}", scheme="http")
    tally.equal((moved.status, moved.headers.get("location")), (308, f"https://{NAME}/l/{digits}"), "http leads to https")
    tally.equal(proxy.curl("/v1/verify").status, 405, "405 of licetd")


def operators(tally, proxy):
    """/readyz and /metrics are not there for whoever is not allowed."""
    with proxy:
        for path in "/readyz", "/metrics", "//readyz", "/%72eadyz", "/readyz/", "/readyz?x=1":
            problem(tally, proxy.curl(path), 404, f"{path} for others")
        tally.equal(proxy.curl("/healthz").status, 200, "/healthz for others")


def fields(tally, place):
    """What a client says of itself goes no further, and connections are used again."""
    with_spoof = ["-H", "Forwarded: for=6.6.6.6;proto=http;host=evil", "-H", "X-Forwarded-For: 6.6.6.6", "-H", "X-Real-IP: 6.6.6.6",
                  "-H", "X-Forwarded-Proto: http", "-H", "X-Forwarded-Host: evil", "-H", "Via: 1.1 evil", "-H", "Cookie: a=b",
                  "-H", "Authorization: Basic eA=="]
    listener = Listener()
    with Proxy(place, listener.server_port) as proxy:
        for version in "--http2", "--http1.1":
            for path in "/L/123", "/healthz", "/publication/trust-list", "/v1/verify", "/v1/verify/batch", "/":
                words = ["-X", "POST", "-d", "{}"] if path.startswith("/v1") else []
                listener.requests.clear()
                answer = proxy.curl(path, version, *with_spoof, *words)
                if not tally.equal((answer.status, len(listener.requests)), (200, 1), f"{path} with {version} is passed on"):
                    continue
                told = [(name.lower(), value) for name, value in listener.requests[0][2]]
                names = [name for name, _ in told]
                tally.equal([value for name, value in told if name == "forwarded"], ["for=127.0.0.1;proto=https"], f"{path}: Forwarded")
                for name in "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip", "via", "cookie", "authorization":
                    tally.check(name not in names, f"{path}: {name} goes no further")
                tally.check("6.6.6.6" not in str(told) and "evil" not in str(told), f"{path}: nothing made up goes through: {told}")
                tally.equal([value for name, value in told if name == "host"], [NAME], f"{path}: the host")
        listener.requests.clear()
        for number in range(20):
            proxy.curl(f"/L/{number}1")
        tally.check(len({port for *_, port in listener.requests}) <= 3, "connections to licetd are used again")

        listener.requests.clear()
        big = place / "big"
        for path, limit, method in ("/", 17 << 20, "POST"), ("/v1/verify", 16 << 20, "POST"), ("/v1/verify/batch", 8 << 20, "POST"), \
                ("/publication/trust-list", 64 << 10, "PUT"), ("/healthz", 64 << 10, "POST"):
            for size, status in (limit - 100, 200), (limit + 1, 413):
                big.write_bytes(bytes(size))
                answer = proxy.curl(path, "-X", method, "--data-binary", f"@{big}", "-H", "Content-Type: image/png", "-H", "Expect:")
                tally.equal(answer.status, status, f"{method} {path} with {size:,} bytes")
        big.unlink()
        statuses = [proxy.curl("/L/1").status for _ in range(3)]
        tally.equal(statuses, [200] * 3, "a few requests")
        tally.check("Forwarded" not in proxy.log(), "the log")
    with Proxy(place.with_name("rates"), listener.server_port) as proxy:
        statuses = many(proxy, 150)
        tally.check(statuses.count(200) >= 60 and statuses.count(429) >= 30 and set(statuses) == {200, 429},
                    f"150 requests at once: {statuses.count(200)} answered, {statuses.count(429)} refused with 429")
        refused = many(proxy, 150, "Accept: text/html\r\n", whole=True)
        tally.check(b"HTTP/1.1 429" in refused and b"\r\nRetry-After: 1\r\n" in refused, "429 says when to come again")
        tally.check("请求过于频繁".encode() in refused and b"problem+json" not in refused, "429 is a page for a browser")
    with Proxy(place.with_name("methods"), listener.server_port) as proxy:
        statuses = many(proxy, 150, "Content-Length: 0\r\n", path="/v1/verify", method="POST")
        lines = proxy.log().splitlines()
        tally.equal(sum('"POST /v1/verify" 429' in line for line in lines), statuses.count(429), "what is refused is in the log by its own method")
        tally.check(429 in statuses and not any('"GET' in line for line in lines), "no line has another method")
    with Proxy(place.with_name("front"), listener.server_port) as proxy:
        # The page with the form is no photo, and a network has many phones.
        statuses = many(proxy, 40, path="/")
        tally.equal(statuses.count(200), 40, "40 times the front page at once")
    with Proxy(place.with_name("away"), town.free_port()) as proxy:
        answer = proxy.curl("/L/1")
        problem(tally, answer, 503, "licetd is away")
        tally.check(answer.headers.get("retry-after"), "503 says when to come again")
        answer = proxy.curl("/L/1", *BROWSER)
        page(tally, answer, 503, "licetd is away, with a browser")
        tally.equal(answer.headers.get("retry-after"), "2", "the page says when to come again")


def many(proxy, count, fields="", whole=False, path="/L/1", method="GET"):
    """The statuses, or the `whole` answers, of requests on one connection, one after another without waiting."""
    with proxy.tls() as wire:
        wire.sendall(f"{method} {path} HTTP/1.1\r\nHost: {NAME}\r\n{fields}\r\n".encode() * (count - 1)
                     + f"{method} {path} HTTP/1.1\r\nHost: {NAME}\r\n{fields}Connection: close\r\n\r\n".encode())
        answers = b""
        while part := wire.recv(65_536):
            answers += part
    return answers if whole else [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3})", answers)]


def smuggling(tally, proxy):
    """What could be read in two ways does not get through."""
    for name, lines in {
        "both lengths": "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "two lengths": "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "a field with NUL": "X-A: a\0b\r\n\r\n",
        "a space before the colon": "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "no host": None,
    }.items():
        with proxy.tls() as wire:
            head = "POST /v1/verify HTTP/1.1\r\n" + (f"Host: {NAME}\r\nContent-Type: application/json\r\n{lines}" if lines else "\r\n")
            wire.sendall(head.encode())
            wire.settimeout(15)
            try:
                status = int((wire.recv(4_096) or b"x 400").split()[1])
            except OSError:
                status = 400
        tally.equal(status, 400, f"{name} is refused")


def streaming(tally, proxy, daemon, authority):
    """The first verdict is there before the last code was sent."""
    if not daemon.has("POST", "/v1/verify/batch"):
        return tally.skip("streaming of a batch", "no such route yet")
    line = json.dumps({"code": authority.digits_of["valid"]}).encode() + b"\n"
    with proxy.tls() as wire:
        wire.sendall(f"POST /v1/verify/batch HTTP/1.1\r\nHost: {NAME}\r\nContent-Type: application/x-ndjson\r\n"
                     "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n".encode())
        answer, early = b"", 0
        wire.settimeout(10)
        for number in range(5):
            wire.sendall(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            try:
                while answer.count(b'"verdict":"valid"') <= number:
                    answer += wire.recv(65_536)
                early += 1
            except TimeoutError:
                break
        wire.sendall(b"0\r\n\r\n")
        while part := wire.recv(65_536):
            answer += part
    tally.equal(early, 5, "verdicts that came before the next code was sent")
    tally.equal(answer.count(b'"verdict":"valid"'), 5, "verdicts in all")


def logged(tally, proxy, authority):
    """No code is in a log, however its path is spelt, and no credit code that somebody asked about."""
    digits = authority.digits_of["valid"][:60]
    for path in f"/L/{digits}", f"/%4C/{digits}", f"/x/../L/{digits}", f"//L/{digits}", f"/?code={digits}", f"/{digits}", f"/publication/{digits}", \
            f"/publication/log/{digits}", f"/v1/verify/{digits}", "/v1/licences/91341181MA2QW7K3XM":
        proxy.curl(path, "--path-as-is", "-e", f"https://{NAME}/L/{digits}")
    text = proxy.log() + "".join(path.read_text() for path in proxy.place.glob("*.log"))
    tally.check("/L/*" in text and '"GET /healthz"' in text, "requests are in the log")
    for word, digits in authority.digits_of.items():
        tally.check(digits[:40] not in text, f"the code that is {word} is not in the log")
    tally.check(not re.search(r"\d{30}", text), "nothing like a code is in the log")
    tally.check("91341181" not in text and "/v1/licences/*" in text, "no credit code that was asked about is in the log")
    tally.check(not re.search(r"\[(warn|alert|crit|emerg)\]", text), f"nginx complains: {text[-500:]}")


def main():
    options = town.arguments(__doc__, "scripts/daemon/proxy.py --licet .build/debug/licet --licetd .build/debug/licetd").parse_args()
    for name in "nginx", "openssl", "curl":
        town.program(name)
    tally = town.Tally("proxy")
    with town.scratch("proxy", options.keep) as place:
        authority = town.Town(options.licet, place / "town").found()
        with town.Daemon(options.licetd, authority) as daemon, Proxy(place / "nginx", daemon.port, lenient=True) as proxy:
            public(tally, proxy, daemon, authority)
            people(tally, proxy)
            smuggling(tally, proxy)
            streaming(tally, proxy, daemon, authority)
            operators(tally, Proxy(place / "strangers", daemon.port, strangers=True))
            logged(tally, proxy, authority)
        fields(tally, place / "fields")
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
