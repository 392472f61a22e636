# SPDX-License-Identifier: Apache-2.0
"""A proxy in front of an S3 server that makes faults, the same ones for the same seed.

    proxy.py --to http://127.0.0.1:PORT --seed S [--faults KIND,...] [--share 0.1] [--streak 2] [--port 0]

Prints its own address as the first line of standard output, serves until SIGTERM or SIGINT (with --until-eof: until its
standard input ends), and then prints how many faults of each kind there were, as JSON. Kinds:

    503, 500        not forwarded (503 SlowDown, now and then with Retry-After: 0)
    403-expired     not forwarded: ExpiredToken
    404             not forwarded: not S3's words, but those of a balancer whose server is away
    409             not forwarded: ConditionalRequestConflict, for conditional PUTs alone
    412             forwarded, and answered PreconditionFailed although the write landed, for conditional PUTs alone
    reset-before    TCP reset, not forwarded
    reset-after     forwarded, then TCP reset instead of the answer
    delay           0.05 to 0.3 s before forwarding
    truncate        the body of a GET ends early and the connection closes
    corrupt         one byte of an object's body is changed on its way to the client
    corrupt-upload  one byte of a PUT's body is changed on its way to the server

Which request meets which fault depends on the seed, on how many requests of the same method came before, and on
--streak alone: after that many faults in a row on one target the next request for it gets through.
"""
import argparse
import asyncio
import json
import random
import signal
import sys
from collections import Counter

from http_plumbing import Proxy, ResetConnection, Response, error

FAULTS = ("503", "500", "403-expired", "404", "409", "412", "reset-before", "reset-after", "delay", "truncate", "corrupt",
          "corrupt-upload")


def possible(kind, request):
    """Whether the kind makes sense for the request."""
    is_object = "/" in request.path.strip("/")
    conditional = request.method == "PUT" and (request.get("if-none-match") or request.get("if-match"))
    match kind:
        case "409" | "412":
            return bool(conditional)
        case "corrupt-upload":
            return request.method == "PUT" and bool(request.body)
        case "truncate":
            return request.method == "GET"
        case "corrupt":
            # A listing carries no checksum, so no client could notice.
            return request.method == "GET" and is_object
        case _:
            return True


def flipped(body, chance):
    """The body with one bit of one byte changed."""
    changed = bytearray(body)
    changed[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    return bytes(changed)


class FaultProxy(Proxy):
    """`counts` holds the faults by kind, `made` each of them as (method, ordinal, target, kind)."""

    def __init__(self, upstream, seed, faults=FAULTS, share=0.1, streak=2, port=0):
        super().__init__(upstream, port)
        if unknown := set(faults) - set(FAULTS):
            raise ValueError(f"no such faults: {', '.join(sorted(unknown))}")
        self.seed, self.faults, self.share, self.streak = seed, tuple(faults), share, streak
        self.requests, self.counts, self.made = Counter(), Counter(), []
        self._in_a_row = Counter()

    def choose(self, request, ordinal):
        """(kind or None, the source of the fault's other choices)."""
        chance = random.Random(f"{self.seed}/{request.method}/{ordinal}")
        kinds = [kind for kind in self.faults if possible(kind, request)]
        hit = chance.random() < self.share
        return (chance.choice(kinds) if hit and kinds else None), chance

    async def answer(self, request):
        ordinal = self.requests[request.method]
        self.requests[request.method] += 1
        kind, chance = self.choose(request, ordinal)
        if kind is None or self._in_a_row[request.target] >= self.streak:
            self._in_a_row.pop(request.target, None)
            return await self.forward(request)
        if kind == "delay":
            self._in_a_row.pop(request.target, None)
        else:
            self._in_a_row[request.target] += 1
        return await self._fault(kind, request, chance, ordinal)

    def _count(self, kind, request, ordinal):
        self.counts[kind] += 1
        self.made.append((request.method, ordinal, request.target, kind))

    async def _fault(self, kind, request, chance, ordinal):
        """A fault is counted when it is made: what the server refuses by itself is passed on and is none."""
        if kind in ("412", "truncate", "corrupt"):
            response = await self.forward(request)
            if not 200 <= response.status < 300 or (kind != "412" and not response.body):
                return response
            self._count(kind, request, ordinal)
            return self._spoiled(kind, response, chance)
        self._count(kind, request, ordinal)
        match kind:
            case "503":
                wait = [("Retry-After", "0")] if chance.random() < 0.5 else []
                return error(503, "SlowDown", "Please reduce your request rate.", headers=wait)
            case "500":
                return error(500, "InternalError", "We encountered an internal error. Please try again.")
            case "403-expired":
                return error(403, "ExpiredToken", "The provided token has expired.")
            case "404":
                return Response([("Content-Type", "text/plain")], b"404 page not found\n", 404, "Not Found")
            case "409":
                return error(409, "ConditionalRequestConflict", "A conflicting conditional operation is under way.")
            case "reset-before":
                raise ResetConnection(kind)
            case "reset-after":
                await self.forward(request)
                raise ResetConnection(kind)
            case "delay":
                await asyncio.sleep(chance.uniform(0.05, 0.3))
            case "corrupt-upload":
                request.body = flipped(request.body, chance)
        return await self.forward(request)

    @staticmethod
    def _spoiled(kind, response, chance):
        if kind == "412":
            return error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
        if kind == "truncate":
            response.cut = chance.randrange(len(response.body))
        else:
            response.body = flipped(response.body, chance)
        return response


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", required=True)
    parser.add_argument("--seed", required=True)
    parser.add_argument("--faults", default=",".join(FAULTS))
    parser.add_argument("--share", type=float, default=0.1)
    parser.add_argument("--streak", type=int, default=2)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--until-eof", action="store_true", help="end when standard input ends")
    given = parser.parse_args()
    faults = [kind for kind in given.faults.split(",") if kind]
    if not given.until_eof:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    with FaultProxy(given.to, given.seed, faults, given.share, given.streak, given.port) as proxy:
        print(proxy.endpoint, flush=True)
        if given.until_eof:
            sys.stdin.buffer.read()
        else:
            signal.sigwait({signal.SIGTERM, signal.SIGINT})
    print(json.dumps({"requests": proxy.requests, "faults": proxy.counts}), flush=True)


if __name__ == "__main__":
    main()
