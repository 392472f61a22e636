# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 messages read and written whole, and a proxy on a thread of its own for subclasses to meddle in.

Messages keep their headers as they came, in order and case, because a signature covers them.
"""
import asyncio
import contextlib
import socket
import struct
import threading
import urllib.parse
from dataclasses import dataclass, field

LIMIT = 1 << 20
HOP_BY_HOP = ("transfer-encoding", "connection", "keep-alive")


class ResetConnection(Exception):
    """Raised to answer with a TCP reset."""


@dataclass
class Message:
    headers: list = field(default_factory=list)
    body: bytes = b""

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name]

    def get(self, name, default=""):
        """`name` in lower case."""
        return next(iter(self.all(name)), default)

    def head(self, first_line):
        lines = [first_line, *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


@dataclass
class Request(Message):
    """A request whose target is as raw as it came; text is Latin-1, so every byte survives."""

    method: str = "GET"
    target: str = "/"

    @property
    def path(self):
        return self.target.partition("?")[0]

    @property
    def query(self):
        return self.target.partition("?")[2]


@dataclass
class Response(Message):
    status: int = 200
    reason: str = ""
    # How many bytes of the body are sent before the connection is closed; None for all and no closing.
    cut: int | None = None


def error(status, code, message, extra="", headers=()):
    """An S3 error as a server would send it; `extra` is XML."""
    inner = f"<Code>{code}</Code><Message>{message}</Message>{extra}"
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'
    return Response([("Content-Type", "application/xml"), *headers], body.encode(), status, code)


async def _head(reader):
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = [line.partition(":") for line in lines[1:] if line]
    return lines[0], [(name.strip(), value.strip()) for name, _, value in pairs]


async def read_request(reader, writer):
    """The next request of a connection; None when the client has closed it."""
    try:
        line, headers = await _head(reader)
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise
        return None
    method, target, _ = line.split(" ")
    request = Request(headers, b"", method, target)
    if request.get("transfer-encoding"):
        raise ValueError("requests with Transfer-Encoding are not understood here")
    if request.get("expect").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    request.body = await reader.readexactly(int(request.get("content-length", "0")))
    return request


async def read_response(reader, method):
    """The final response: interim ones are passed over; a chunked body is put together."""
    status = 100
    while status < 200:
        line, headers = await _head(reader)
        _, number, *reason = line.split(" ", 2)
        status = int(number)
    response = Response(headers, b"", status, "".join(reason))
    if method == "HEAD" or status in (204, 304):
        return response
    if response.get("transfer-encoding").lower() == "chunked":
        while size := int((await reader.readline()).split(b";")[0], 16):
            response.body += await reader.readexactly(size)
            await reader.readexactly(2)
    elif length := response.get("content-length"):
        response.body = await reader.readexactly(int(length))
    else:
        response.body = await reader.read()
    return response


def response_bytes(response, method):
    """The response with a true Content-Length, or the server's own where no body may follow."""
    bare = method == "HEAD" or response.status in (204, 304)
    drop = HOP_BY_HOP if bare else (*HOP_BY_HOP, "content-length")
    headers = [(name, value) for name, value in response.headers if name.lower() not in drop]
    if not bare:
        headers.append(("Content-Length", str(len(response.body))))
    if response.cut is not None:
        headers.append(("Connection", "close"))
    head = Message(headers).head(f"HTTP/1.1 {response.status} {response.reason}")
    return head if bare else head + response.body[: response.cut]


def reset(writer):
    """Closes so that TCP sends RST and keeps no waiting port."""
    with contextlib.suppress(OSError):
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


class Proxy:
    """Listens on a loopback port while the context lasts; each request goes through `answer`, in the loop's thread."""

    def __init__(self, upstream, port=0):
        parts = urllib.parse.urlsplit(upstream)
        self.upstream = (parts.hostname, parts.port)
        self.port = port
        self._connections = set()

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    async def answer(self, request):
        """The response to a request; ResetConnection for none."""
        return await self.forward(request)

    async def forward(self, request):
        """Sends the request as it is, Host included, on a connection of its own."""
        writer = None
        try:
            reader, writer = await asyncio.open_connection(*self.upstream, limit=LIMIT)
            writer.write(request.head(f"{request.method} {request.target} HTTP/1.1") + request.body)
            return await read_response(reader, request.method)
        except (OSError, EOFError) as end:
            raise ResetConnection(f"the server: {end}") from end
        finally:
            if writer is not None:
                reset(writer)

    async def _serve(self, reader, writer):
        self._connections.add(asyncio.current_task())
        try:
            while (request := await read_request(reader, writer)) is not None:
                response = await self.answer(request)
                writer.write(response_bytes(response, request.method))
                await writer.drain()
                if response.cut is not None or request.get("connection").lower() == "close":
                    break
            writer.close()
        except (ResetConnection, OSError, EOFError, ValueError, asyncio.CancelledError):
            reset(writer)
        finally:
            self._connections.discard(asyncio.current_task())

    def __enter__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        listening = asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=LIMIT, backlog=512)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *error):
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self):
        self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
