# SPDX-License-Identifier: Apache-2.0
"""A proxy that lets through only what Amazon would: test servers forgive what Amazon does not.

    verifier.py --to http://127.0.0.1:PORT --access-key KEY --secret-key KEY [--region us-east-1] [--token T] [--port 0]

Checked from the request as it was received: the signature of the raw target and of the signed headers; that host,
content-type and every x-amz-* header is signed; that x-amz-content-sha256 is there and is the body's; the date within
15 minutes; the scope; the session token, if there is one. Refusals are S3 errors that show the canonical request.
"""
import argparse
import signal
import sys
from xml.sax.saxutils import escape

from http_plumbing import Proxy, error
from signature import Keys, Refused, verify, without_token


class Verifier(Proxy):
    """`refusals` holds each refused request as (method, target, what was wrong), `passed` counts the others."""

    def __init__(self, upstream, keys, port=0, said=None):
        super().__init__(upstream, port)
        self.keys, self.said = keys, said
        self.refusals, self.passed = [], 0

    async def answer(self, request):
        try:
            verify(request, self.keys)
        except Refused as refused:
            return self._refusal(request, refused)
        self.passed += 1
        return await self.forward(without_token(request, self.keys) if self.keys.token else request)

    def _refusal(self, request, refused):
        self.refusals.append((request.method, request.target, f"{refused}"))
        if self.said is not None:
            print(request.method, request.target, refused, refused.canonical, sep="\n    ", file=self.said, flush=True)
        canonical = f"<CanonicalRequest>{escape(refused.canonical)}</CanonicalRequest>" if refused.canonical else ""
        return error(refused.status, refused.code, escape(refused.message), canonical)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--to", "--access-key", "--secret-key"):
        parser.add_argument(name, required=True)
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--token", default="", help="a session token that requests may carry")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    keys = Keys(given.access_key, given.secret_key, given.region, given.token)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    with Verifier(given.to, keys, given.port, said=sys.stderr) as verifier:
        print(verifier.endpoint, flush=True)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
    print(f"{verifier.passed} passed, {len(verifier.refusals)} refused", flush=True)


if __name__ == "__main__":
    main()
