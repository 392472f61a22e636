# SPDX-License-Identifier: Apache-2.0
"""The inputs of the signature vectors: keys, queries, headers, methods and hosts that signers get wrong."""
import base64
import hashlib

BUCKET = "transcripts"
DATE = "20240229T235959Z"
ACCESS_KEY, SECRET_KEY = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE//token+with/signs=="
SUBTITLE = "1\n00:00:00,000 --> 00:00:01,000\nd\u00e9j\u00e0 vu\n"

KEYS = {
    "plain": "video-transcripts/0f1e2d3c-en.srt",
    "blanks": "a  b c.srt",
    "plus equals percent": "a+b=c%20d%.srt",
    "unreserved": "~.-_aZ09",
    "sub-delimiters": "a(b)!c*d'e$f&g,h;i",
    "colon at question hash": "a:b@c?d#e",
    "quotes and brackets": "\"<>\\^`{|}[]",
    "composed": "caf\u00e9.srt",
    "decomposed": "cafe\u0301.srt",
    "japanese": "\u65e5\u672c\u8a9e/\u5b57\u5e55.srt",
    "emoji": "\U0001f600\U0001f469\u200d\U0001f680.srt",
    "double slash": "x//z",
    "dot segments": "a/../b/./c",
    "leading slash": "/lead/trail/",
    "control": "tab\tline",
    "1024 bytes": "\u00e9" * 412 + "/" + "k" * 199,
}

QUERIES = {
    "first page": [("list-type", "2"), ("prefix", "video-transcripts/")],
    "unsorted": [("prefix", "a b"), ("max-keys", "1000"), ("list-type", "2"), ("encoding-type", "url")],
    "next page": [("list-type", "2"), ("prefix", "l/"), ("continuation-token", "1/ab+cd/ef==")],
    "start after": [("list-type", "2"), ("start-after", "x/\u00e9 +%.srt"), ("encoding-type", "url")],
    "empty values": [("prefix", ""), ("delimiter", ""), ("list-type", "2")],
    "valueless": [("versioning", None)],
    "location": [("location", "")],
    "same name twice": [("tag", "b"), ("tag", "a"), ("tag", "a b")],
    "names in byte order": [("a", "1"), ("A", "2"), ("a-b", "3"), ("a.b", "4"), ("a_b", "5"), ("ab", "6")],
}

HOSTS = [
    ("https", "s3.eu-central-1.amazonaws.com", "path"),
    ("https", f"{BUCKET}.s3.eu-central-1.amazonaws.com", "virtual"),
    ("http", "127.0.0.1:9000", "path"),
    ("http", f"{BUCKET}.localhost:9000", "virtual"),
]


def checksum(body):
    return base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()


def header_sets(body):
    meta = [("x-amz-meta-mallow-sha256", hashlib.sha256(body.encode()).hexdigest())]
    put = [("content-type", "application/x-subrip"), ("if-none-match", "*"), ("x-amz-checksum-sha256", checksum(body))]
    return {
        "no headers": [],
        "content type": [("content-type", "text/plain; charset=utf-8")],
        "conditional": [("if-none-match", "*")],
        "checksum": [("x-amz-checksum-sha256", checksum(body)), ("x-amz-sdk-checksum-algorithm", "SHA256")],
        "metadata": [("x-amz-meta-b", "two  blanks, a comma"), ("x-amz-meta-a-b", "1"), ("x-amz-meta-a", "="), *meta],
        "put set": [*put, *meta],
        "replace": [("content-type", "text/vtt"), ("if-match", f'"{hashlib.md5(body.encode()).hexdigest()}"'), *meta],
    }


def vector(name, method, place, key="", query=(), headers=(), payload="", region="eu-central-1", token=None):
    scheme, host, addressing = place
    bucket = f"/{BUCKET}" if addressing == "path" else ""
    path = f"{bucket}/{key}" if key or not bucket else bucket
    return {
        "name": name, "method": method, "scheme": scheme, "host": host, "addressing": addressing,
        "bucket": BUCKET, "key": key, "path": path, "query": [list(pair) for pair in query],
        "headers": [list(pair) for pair in headers], "payload": payload, "date": DATE, "region": region,
        "accessKey": ACCESS_KEY, "secretKey": SECRET_KEY, "token": token,
    }


def matrix():
    """Every vector's inputs, in an order that stays."""
    yield from published()
    for label, key in KEYS.items():
        for place in HOSTS[1:]:
            for method in ("GET", "HEAD", "DELETE", "PUT"):
                body = SUBTITLE if method == "PUT" else ""
                headers = header_sets(body)["put set"] if body else ()
                token = TOKEN if place[2] == "virtual" and method in ("PUT", "HEAD") else None
                name = f"{method} {label}, {place[2]}, {place[0]}"
                yield vector(name, method, place, key, (), headers, body, token=token)
    for label, query in QUERIES.items():
        for place in HOSTS:
            for token in (None, TOKEN):
                name = f"list {label}, {place[2]}, {place[0]}{', token' if token else ''}"
                yield vector(name, "GET", place, "", query, token=token)
    for label in ("plain", "plus equals percent", "decomposed", "double slash"):
        for body in ("", SUBTITLE):
            for kind, headers in header_sets(body).items():
                name = f"PUT {label}, {kind}, {'text' if body else 'empty'}"
                yield vector(name, "PUT", HOSTS[0], KEYS[label], (), headers, body)
    for region in ("us-east-1", "auto", "cn-north-1"):
        for method in ("GET", "PUT"):
            for token in (None, TOKEN):
                name = f"{method} in {region}{', token' if token else ''}"
                yield vector(name, method, HOSTS[3], KEYS["plain"], region=region, token=token)
    ranged = [("range", "bytes=0-9"), ("x-amz-checksum-mode", "ENABLED")]
    for method in ("GET", "HEAD"):
        yield vector(f"{method} with checksum mode", method, HOSTS[1], KEYS["plain"], (), ranged)
    yield vector("DELETE if-match", "DELETE", HOSTS[2], KEYS["emoji"], (), [("if-match", '"0123456789abcdef"')])
    body = "<Delete><Object><Key>a</Key></Object></Delete>"
    yield vector("POST delete", "POST", HOSTS[2], "", [("delete", None)], [("content-type", "application/xml")], body)


def published():
    """The examples of "Signature Calculations for the Authorization Header" in Amazon's S3 documentation."""
    place = ("https", "examplebucket.s3.amazonaws.com", "virtual")
    put_headers = [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")]
    examples = [
        ("GET object", "GET", "test.txt", [], [("Range", "bytes=0-9")], "",
         "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        ("PUT object", "PUT", "test$file.text", [], put_headers, "Welcome to Amazon S3.",
         "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        ("GET bucket lifecycle", "GET", "", [("lifecycle", None)], [], "",
         "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("list objects", "GET", "", [("max-keys", "2"), ("prefix", "J")], [], "",
         "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ]
    for name, method, key, query, headers, payload, expected in examples:
        given = vector(f"published: {name}", method, place, key, query, headers, payload, region="us-east-1")
        yield {**given, "bucket": "examplebucket", "date": "20130524T000000Z", "published": expected}
