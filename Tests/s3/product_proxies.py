# SPDX-License-Identifier: Apache-2.0
"""Proxies for the tests of the program: one that knows which PUTs landed, one whose faults are planned, one that can be
shut for a while, one that takes session tokens for as long as they are good; and a host that gives out credentials.
"""
import asyncio
import collections
import datetime
import json
import time
import urllib.parse

from http_plumbing import Proxy, Response, error
from processes import free_ports
from proxy import FaultProxy
from signature import Keys, without_token


CANARY = "mallow-canary-"


class RecordingProxy(FaultProxy):
    """A fault proxy that keeps which PUTs and DELETEs the server itself answered well, and all that was asked for."""

    def __init__(self, upstream, seed, **options):
        super().__init__(upstream, seed, **options)
        self.written, self.deleted, self.targets = [], [], collections.defaultdict(list)

    async def answer(self, request):
        # What a run tries the store with before it begins is no part of what is counted or planned.
        if CANARY in request.target:
            return await super().forward(request)
        self.targets[request.method].append(request.target)
        return await super().answer(request)

    async def forward(self, request):
        response = await super().forward(request)
        if 200 <= response.status < 300 and request.method in ("PUT", "DELETE"):
            landed = self.written if request.method == "PUT" else self.deleted
            landed.append(urllib.parse.unquote(request.path))
        return response

    def keys_written(self, bucket):
        """Keys of a `Bucket`, one for each PUT that landed."""
        root = f"/{bucket.name}/{bucket.root}"
        return [path.removeprefix(root) for path in self.written if path.startswith(root)]


class PlannedProxy(RecordingProxy):
    """`plan(method, ordinal)` says which fault meets the n-th request of a method, or None."""

    def __init__(self, upstream, plan):
        super().__init__(upstream, "planned", streak=1 << 30)
        self.plan = plan

    def choose(self, request, ordinal):
        _, chance = super().choose(request, ordinal)
        return self.plan(request.method, ordinal), chance


class BusyProxy(RecordingProxy):
    """Refuses one PUT, and asks to be left alone for some seconds; `puts` is when each PUT came, `asked` when it did."""

    def __init__(self, upstream, refusing, seconds, pace):
        super().__init__(upstream, "busy", faults=(), share=0)
        self.refusing, self.seconds, self.pace = refusing, seconds, pace
        self.puts, self.asked = [], None

    async def answer(self, request):
        if request.method == "PUT" and CANARY not in request.target:
            self.puts.append(time.monotonic())
            if len(self.puts) == self.refusing:
                self.asked = time.monotonic()
                return error(503, "SlowDown", "Please reduce your request rate.",
                             headers=[("Retry-After", str(self.seconds))])
        await asyncio.sleep(self.pace)
        return await super().answer(request)


class OnceASecondProxy(RecordingProxy):
    """Takes one write a second at a key, as some services do; what it refuses counts, too."""

    def __init__(self, upstream):
        super().__init__(upstream, "once a second", faults=(), share=0)
        self.writes, self.refused = {}, 0

    async def answer(self, request):
        if request.method in ("PUT", "DELETE"):
            now = time.monotonic()
            last = self.writes.get(request.path)
            self.writes[request.path] = now
            if last is not None and now - last < 1:
                self.refused += 1
                return error(429, "TooManyRequests", "Reduce your concurrent request rate for the same object.")
        return await super().answer(request)


class GatedProxy(RecordingProxy):
    """One whose port can be shut, so that who comes is refused, until it is opened again on the same port.

    `pace` is how many seconds each request waits before it is passed on.
    """

    def __init__(self, upstream, pace=0.0):
        # Such a port is free again when it is wanted back.
        super().__init__(upstream, "gate", faults=(), share=0, port=free_ports(1)[0])
        self.pace, self.is_shut = pace, False
        self._busy = set()

    async def answer(self, request):
        self._busy.add(asyncio.current_task())
        try:
            await asyncio.sleep(self.pace)
            return await super().answer(request)
        finally:
            self._busy.discard(asyncio.current_task())
            if self.is_shut:
                request.headers.append(("Connection", "close"))

    def shut(self, cutting=False):
        """Requests under way are answered yet, or with `cutting` cut off."""
        asyncio.run_coroutine_threadsafe(self._shut(cutting), self._loop).result(20)

    async def _shut(self, cutting):
        self.is_shut = True
        self._server.close()
        ended = [task for task in self._connections if cutting or task not in self._busy]
        for task in ended:
            task.cancel()
        await asyncio.gather(*ended, return_exceptions=True)

    def open(self):
        self.is_shut = False
        listening = asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 20, backlog=512)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result(20)


class CredentialHost(Proxy):
    """Gives out credentials as a container's host does, with a session token that is another one each time.

    `lifetime` is in seconds; after `most` times it gives the same ones as the last time.
    """

    def __init__(self, server, lifetime=3600, most=1 << 30):
        super().__init__("http://127.0.0.1:9")
        self.server, self.lifetime, self.most, self.given = server, lifetime, most, 0

    @property
    def token(self):
        return f"session//token+{min(self.given, self.most)}=="

    async def answer(self, request):
        if request.method != "GET" or request.path != "/credentials":
            return error(404, "NoSuchKey", "nothing is there")
        self.given += 1
        end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=self.lifetime)
        body = {
            "AccessKeyId": self.server.access_key, "SecretAccessKey": self.server.secret_key, "Token": self.token,
            "Expiration": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return Response([("Content-Type", "application/json")], json.dumps(body).encode(), 200, "OK")

    @property
    def environment(self):
        return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self.endpoint}/credentials"}


class TokenProxy(RecordingProxy):
    """Refuses requests with a token for which `expired(token, how many requests came)`, and passes on those without one
    and the others, signed anew for a server that knows of no tokens."""

    def __init__(self, server, expired):
        super().__init__(server.endpoint, "tokens", faults=(), share=0)
        self.keys, self.expired = Keys(server.access_key, server.secret_key), expired
        self.came, self.refused, self.tokens = 0, 0, []

    async def answer(self, request):
        token = request.get("x-amz-security-token")
        if CANARY in request.target:
            return await super().answer(without_token(request, self.keys) if token else request)
        self.came += 1
        if token and (not self.tokens or self.tokens[-1] != token):
            self.tokens.append(token)
        if self.expired(token, self.came):
            self.refused += 1
            return error(403, "ExpiredToken", "The provided token has expired.")
        return await super().answer(without_token(request, self.keys) if token else request)
