"""A server of HTTP that behaves as well and as badly as the tests ask.

Arguments: a folder with server.crt and server.key. Prints its ports on one line: plain, over TLS, silent.
Ends when its standard input does, and takes the folder with it.
"""

import gzip
import http.server
import itertools
import shutil
import socket
import ssl
import sys
import threading
import time
import urllib.parse

folder = sys.argv[1]
numbers = itertools.count(1)
zeros = gzip.compress(bytes(64 << 20))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.number = next(numbers)

    def log_message(self, *_):
        pass

    def reply(self, status, body=b"", length=True, **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        if length is True:
            self.send_header("Content-Length", str(len(body)))
        elif length:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def chunks(self, parts, pause=0.0, **fields):
        self.send_response(200)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in parts:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            time.sleep(pause)
        self.wfile.write(b"0\r\n\r\n")

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        name, _, rest = url.path[1:].partition("/")
        asked = dict(urllib.parse.parse_qsl(url.query))
        try:
            getattr(self, "get_" + name)(rest, asked)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True

    def get_plain(self, *_):
        if self.headers["If-None-Match"] == '"v1"':
            self.reply(304, ETag='"v1"', length=False)
        else:
            self.reply(200, b"plain", ETag='"v1"')

    def get_weak(self, *_):
        if self.headers["If-None-Match"] == 'W/"v2"':
            self.reply(304, length=False)
        else:
            self.reply(200, b"weak", ETag='W/"v2"')

    def get_304(self, *_):
        self.reply(304, length=False)

    def get_tag(self, rest, asked):
        self.reply(200, b"tagged", ETag=asked.get("tag") or '"' + "x" * (int(rest) - 2) + '"')

    def get_status(self, rest, asked):
        self.reply(int(rest), b"x" * int(asked.get("size", "5")))

    def get_endless(self, rest, _):
        self.send_response(int(rest))
        self.end_headers()
        while True:
            self.wfile.write(bytes(65536))

    def get_size(self, rest, asked):
        body = b"x" * int(rest)
        if asked["length"] == "yes":
            self.reply(200, body)
        else:
            self.chunks([body[i : i + 1000] for i in range(0, len(body), 1000)])

    def get_flood(self, *_):
        self.chunks(itertools.repeat(bytes(65536)))

    def get_announced(self, rest, _):
        """Says how much will come, and sends nothing of it."""
        self.reply(200, length=int(rest))
        time.sleep(20)

    def get_gzip(self, *_):
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            self.reply(200, gzip.compress(b"packed " * 1000), Content_Encoding="gzip", ETag='"packed"')
        else:
            self.reply(200, b"packed " * 1000)

    def get_small(self, *_):
        """A byte, which takes twenty when packed."""
        self.reply(200, gzip.compress(b"x"), Content_Encoding="gzip")

    def get_bomb(self, *_):
        self.reply(200, zeros, Content_Encoding="gzip")

    def get_cutzip(self, rest, _):
        """Packed bytes without the last `rest` ones, in an answer that is whole."""
        packed = gzip.compress(bytes(range(256)) * 40)
        self.reply(200, packed[: len(packed) - int(rest)], Content_Encoding="gzip")

    def get_nozip(self, *_):
        self.reply(200, Content_Encoding="gzip")

    def get_wrongzip(self, *_):
        packed = bytearray(gzip.compress(b"x" * 1000))
        packed[-5] ^= 1
        self.reply(200, bytes(packed), Content_Encoding="gzip")

    def get_members(self, *_):
        """Two members, a byte a chunk."""
        packed = gzip.compress(b"one ") + gzip.compress(b"two")
        self.chunks([packed[i : i + 1] for i in range(len(packed))], Content_Encoding="gzip")

    def get_badzip(self, *_):
        self.reply(200, b"this is no gzip at all", Content_Encoding="gzip")

    def get_encoded(self, rest, asked):
        framing = {"Transfer-Encoding": asked["framing"]} if "framing" in asked else {}
        self.reply(200, b"x" * 100, Content_Encoding=urllib.parse.unquote(rest), **framing)

    def get_drip(self, *_):
        self.chunks([b"x"] * 20, pause=1)

    def get_driphead(self, *_):
        for byte in b"HTTP/1.1 200 OK\r\n" + b"x" * 20:
            self.wfile.write(bytes([byte]))
            time.sleep(1)

    def get_stall(self, *_):
        time.sleep(20)
        self.close_connection = True

    def get_hops(self, rest, _):
        count = int(rest)
        self.reply(302, b"elsewhere", Location="/plain" if count == 1 else f"/hops/{count - 1}")

    def get_slowhops(self, *_):
        time.sleep(0.7)
        self.reply(302, Location="/slowhops")

    def get_to(self, rest, asked):
        self.reply(int(rest), b"elsewhere", Location=asked["where"])

    def get_nowhere(self, *_):
        self.reply(302, b"elsewhere")

    def get_cut(self, rest, _):
        if rest == "chunked":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n")
        elif rest == "length":
            self.reply(200, b"short", length=100)
        elif rest == "head":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nETag: ")
        elif rest == "redirect":
            self.wfile.write(b"HTTP/1.1 302 OK\r\nLocation: /plain\r\n")
        elif rest == "unchanged":
            self.wfile.write(b"HTTP/1.1 304 Not Modified\r\nX: ")
        elif rest == "early":
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        elif rest == "open":
            self.reply(200, b"short", length=False)
        self.close_connection = True

    def get_head(self, rest, _):
        self.send_response(200)
        for number in range(int(rest) // 1000):
            self.send_header(f"X-{number}", "x" * 1000)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"head")

    def get_continues(self, rest, _):
        for _ in range(int(rest)):
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nETag: \"early\"\r\n\r\n")
        self.reply(200, b"at last")

    def get_trailer(self, *_):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: ETag\r\n\r\n")
        self.wfile.write(b"4\r\nbody\r\n0\r\nETag: \"late\"\r\n\r\n")

    def get_garbage(self, *_):
        self.wfile.write(b"\x00\xff this is not HTTP\r\n\r\n")
        self.close_connection = True

    def get_cookie(self, *_):
        self.reply(200, b"cookie", Set_Cookie="secret=1; Path=/")

    def get_fields(self, *_):
        self.reply(200, str(self.headers).encode())

    def get_challenge(self, *_):
        self.reply(401, WWW_Authenticate='Basic realm="x"')

    def get_number(self, rest, _):
        self.reply(200, str(self.number).encode())
        if rest == "hangup":
            self.close_connection = True

    def do_POST(self):
        if self.path == "/hangup":
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = self.headers["Content-Type"]
        if self.path == "/redirect":
            self.reply(307, b"elsewhere", Location="/200", Content_Type=kind)
        elif self.path == "/204":
            self.reply(204, length=False)
        elif self.path == "/cut":
            self.reply(200, b"short", length=100)
            self.close_connection = True
        else:
            self.reply(int(self.path[1:]), body, Content_Type=kind)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, context=None):
        self.context = context
        super().__init__(("127.0.0.1", 0), Handler)

    def finish_request(self, request, client_address):
        # Here, and not where connections are accepted: a handshake that hangs must not stop the others.
        if self.context:
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, *_):
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{folder}/server.crt", f"{folder}/server.key")
servers = [Server(), Server(context)]
for server in servers:
    threading.Thread(target=server.serve_forever, daemon=True).start()
# Takes connections, as the system does by itself, and never says a word.
silent = socket.create_server(("127.0.0.1", 0))
print(*[server.server_port for server in servers], silent.getsockname()[1], flush=True)
sys.stdin.read()
shutil.rmtree(folder)
