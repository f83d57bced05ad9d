"""Holds slow connections to a daemon, opens each again as it is closed, and prints as JSON how long each was let live.

usage: slow.py PORT COUNT SECONDS PATH

Runs as a process of its own, so that what measures honest clients is not held up by it.
"""

import asyncio
import json
import resource
import socket
import sys
import time

# One in 25 does not read: what such a client asks for costs work, and this is about slowness.
KINDS = ["silent", "dripping head", "dripping body", "not reading"]
HEAD = "POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
ESTABLISHED = "01"


def open_on_the_other_side(port):
    """The ports of clients whose connections the daemon has open: a client that does not read is not told of their end."""
    found = set()
    with open("/proc/net/tcp") as table:
        next(table)
        for line in table:
            _, local, remote, state, *_ = line.split()
            if state == ESTABLISHED and int(local.partition(":")[2], 16) == port:
                found.add(int(remote.partition(":")[2], 16))
    return found


class Slow:
    def __init__(self, port, path, end):
        self.port, self.path, self.end = port, path, end
        self.lived = {kind: [] for kind in KINDS}
        self.open = set()
        self.errors = 0

    async def watch(self):
        """Looks once in a while which connections are still there."""
        while time.monotonic() < self.end + 40:
            self.open = await asyncio.to_thread(open_on_the_other_side, self.port)
            await asyncio.sleep(0.5)

    async def hold(self, kind, delay):
        """One after the other, until it is time; not all begin at once, or most of a life would be waiting to be accepted."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(delay)
        while time.monotonic() < self.end:
            connection = socket.socket()
            connection.setblocking(False)
            if kind == "not reading":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            try:
                async with asyncio.timeout(30):
                    await loop.sock_connect(connection, ("127.0.0.1", self.port))
                start = time.monotonic()
                await getattr(self, kind.replace(" ", "_"))(loop, connection)
                self.lived[kind].append(time.monotonic() - start)
            except (OSError, TimeoutError):
                self.errors += 1
                await asyncio.sleep(0.2)
            finally:
                connection.close()

    async def drip(self, loop, connection, first, drop):
        """Sends a byte a second until the other side has had enough."""
        try:
            await loop.sock_sendall(connection, first)
            ended = asyncio.create_task(self.silent(loop, connection))
            while not ended.done():
                await asyncio.wait([ended], timeout=1)
                if not ended.done():
                    await loop.sock_sendall(connection, drop)
        except OSError:
            pass

    async def silent(self, loop, connection):
        try:
            while await loop.sock_recv(connection, 4_096):
                pass
        except OSError:
            pass

    async def dripping_head(self, loop, connection):
        await self.drip(loop, connection, (HEAD + "X-A: ").encode(), b"a")

    async def dripping_body(self, loop, connection):
        await self.drip(loop, connection, (HEAD + "Content-Length: 10000\r\n\r\n").encode(), b" ")

    async def not_reading(self, loop, connection):
        """Asks for more than buffers hold, and takes none of it."""
        port = connection.getsockname()[1]
        request = f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        try:
            async with asyncio.timeout(3):
                await loop.sock_sendall(connection, request * 150)
        except TimeoutError:
            pass
        except OSError:
            return
        await asyncio.sleep(1)
        while port in self.open:
            await asyncio.sleep(0.25)


async def main():
    port, count, seconds, path = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8_192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    slow = Slow(port, path, time.monotonic() + seconds)
    watching = asyncio.create_task(slow.watch())
    tasks = [asyncio.create_task(slow.hold(KINDS[number % 3 if number % 25 else 3], 5 * number / count)) for number in range(count)]
    print("begun", flush=True)
    done, pending = await asyncio.wait(tasks, timeout=seconds + 45)
    watching.cancel()
    print(json.dumps({"lived": slow.lived, "errors": slow.errors, "unclosed": len(pending)}), flush=True)
    for task in pending:
        task.cancel()


asyncio.run(main())
