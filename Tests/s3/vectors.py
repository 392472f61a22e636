# SPDX-License-Identifier: Apache-2.0
"""Requests with the signatures that botocore gives them, for whoever writes a signer of his own.

    vectors.py            prints them as a JSON array, one vector a line
    vectors.py --write    writes them to signatures.json
    vectors.py --check    compares signatures.json with a fresh computation

Each is also checked with signature.py, and the examples of Amazon's documentation with the published signatures.
A vector holds what a signer is given (method, scheme, host, path and query pairs not encoded, headers, payload, keys,
region, date; a query value of null is an absent one) and what it must arrive at (url, signedHeaders, signature,
canonicalRequestSHA256, authorization).
"""
import argparse
import datetime
import hashlib
import json
import sys
import urllib.parse
from pathlib import Path
from unittest import mock

import botocore.auth
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import signature
from http_plumbing import Request
from vector_matrix import matrix

FILE = Path(__file__).with_name("signatures.json")
SAFE = "-_.~"
FORMAT = "%Y%m%dT%H%M%SZ"


def quoted(text, safe=SAFE):
    return urllib.parse.quote(text, safe=safe)


def url_of(given):
    pairs = [quoted(name) if value is None else f"{quoted(name)}={quoted(value)}" for name, value in given["query"]]
    query = "?" + "&".join(pairs) if pairs else ""
    return f"{given['scheme']}://{given['host']}{quoted(given['path'], '/' + SAFE)}{query}"


def with_signature(given):
    """The vector's inputs together with what botocore makes of them."""
    now = datetime.datetime.strptime(given["date"], FORMAT)
    url, payload = url_of(given), given["payload"].encode()
    request = AWSRequest(given["method"], url, headers=dict(given["headers"]), data=payload)
    request.context["timestamp"] = given["date"]
    credentials = Credentials(given["accessKey"], given["secretKey"], given["token"])
    signer = S3SigV4Auth(credentials, "s3", given["region"])
    if "Date" in request.headers:
        # Botocore signs either date; Amazon's example carries both, so it is taken through the steps one by one.
        request.headers["X-Amz-Date"] = given["date"]
        request.headers["X-Amz-Content-SHA256"] = signer.payload(request)
        canonical = signer.canonical_request(request)
        hexadecimal = signer.signature(signer.string_to_sign(request, canonical), request)
        signer._inject_signature_to_request(request, hexadecimal)
    else:
        with mock.patch.object(botocore.auth, "get_current_datetime", lambda: now):
            signer.add_auth(request)
        unsigned = {name: value for name, value in request.headers.items() if name != "Authorization"}
        canonical = signer.canonical_request(AWSRequest(given["method"], url, headers=unsigned, data=payload))
    authorization = request.headers["Authorization"]
    vector = {
        **given,
        "payloadSHA256": request.headers["X-Amz-Content-SHA256"],
        "url": url,
        "signedHeaders": authorization.partition("SignedHeaders=")[2].partition(",")[0],
        "signature": authorization.rpartition("=")[2],
        "canonicalRequestSHA256": hashlib.sha256(canonical.encode()).hexdigest(),
        "authorization": authorization,
    }
    check(vector, request, now)
    return vector


def check(vector, signed, now):
    """Raises when the strict verifier's own computation or the documentation differs."""
    target = vector["url"].partition("://")[2].partition("/")[2]
    headers = [("Host", vector["host"]), *signed.headers.items()]
    received = [(name, value.encode().decode("latin-1")) for name, value in headers]
    request = Request(received, vector["payload"].encode(), vector["method"], "/" + target)
    keys = signature.Keys(vector["accessKey"], vector["secretKey"], vector["region"], vector["token"] or "")
    canonical = signature.verify(request, keys, now.replace(tzinfo=datetime.UTC))
    if signature.sha256(canonical.encode("latin-1")) != vector["canonicalRequestSHA256"]:
        raise AssertionError(f"{vector['name']}: two canonical requests")
    if vector.get("published") not in (None, vector["signature"]):
        raise AssertionError(f"{vector['name']}: botocore differs from what Amazon published")


def text():
    """Pure ASCII, so that no editor can change how a name is composed."""
    lines = [json.dumps(with_signature(given), separators=(",", ":")) for given in matrix()]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    fresh = text()
    if given.write:
        FILE.write_text(fresh)
    elif given.check:
        if FILE.read_text() != fresh:
            sys.exit(f"{FILE.name} is not what botocore computes now; vectors.py --write makes it anew")
        print(f"{len(json.loads(fresh))} vectors, all as botocore computes them")
    else:
        print(fresh, end="")


if __name__ == "__main__":
    main()
