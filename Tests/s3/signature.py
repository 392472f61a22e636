# SPDX-License-Identifier: Apache-2.0
"""AWS Signature Version 4 for S3, from what AWS documents, computed from a request as it was received."""
import datetime
import hashlib
import hmac
import urllib.parse
from dataclasses import dataclass

ALGORITHM = "AWS4-HMAC-SHA256"
SAFE = "-_.~"


class Refused(Exception):
    """The status and S3 code to answer with; `canonical` is what the signature should have covered."""

    def __init__(self, status, code, message, canonical=""):
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message, self.canonical = status, code, message, canonical


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def encoded(text, safe=SAFE):
    """Percent-encoding taken off once and put on once, upper case, so that every spelling becomes the same."""
    return urllib.parse.quote_from_bytes(urllib.parse.unquote_to_bytes(text.encode("latin-1")), safe=safe)


def canonical_query(query):
    """Sorted by encoded name, then value; an absent value is an empty one; in a query `+` stands for a blank."""
    pairs = [part.replace("+", "%20").partition("=") for part in query.split("&") if part]
    return "&".join(f"{name}={value}" for name, value in sorted((encoded(n), encoded(v)) for n, _, v in pairs))


def canonical_request(request, signed, payload_hash):
    """No dot segments are resolved and no slashes joined in the path: S3 keys may contain them."""
    lines = [request.method, encoded(request.path, "/" + SAFE), canonical_query(request.query)]
    lines += [name + ":" + ",".join(" ".join(value.split()) for value in request.all(name)) for name in signed]
    return "\n".join([*lines, "", ";".join(signed), payload_hash])


def signature(secret, date, region, canonical):
    """`date` is that of x-amz-date; the canonical request's bytes are those received."""
    scope = f"{date[:8]}/{region}/s3/aws4_request"
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = "\n".join([ALGORITHM, date, scope, sha256(canonical.encode("latin-1"))])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


@dataclass
class Keys:
    access_key: str
    secret_key: str
    region: str = "us-east-1"
    # A request may carry this session token, and no other.
    token: str = ""


@dataclass
class Authorization:
    access_key: str
    scope: list
    signed: list
    signature: str

    @classmethod
    def of(cls, request):
        """Raises Refused for a header that is not of the documented form."""
        kind, _, fields = request.get("authorization").partition(" ")
        if not kind:
            raise Refused(403, "AccessDenied", "there is no Authorization header")
        found = dict(part.strip().partition("=")[::2] for part in fields.split(","))
        access_key, *scope = found.get("Credential", "").split("/")
        signed = found.get("SignedHeaders", "").split(";")
        if kind != ALGORITHM or len(scope) != 4 or set(found) != {"Credential", "SignedHeaders", "Signature"}:
            raise Refused(400, "AuthorizationHeaderMalformed", "not the documented form")
        if signed != sorted({name.lower() for name in signed}):
            raise Refused(400, "AuthorizationHeaderMalformed", "SignedHeaders are not lower case, sorted and single")
        return cls(access_key, scope, signed, found["Signature"])


def verify(request, keys, now=None):
    """Returns the canonical request when everything holds; raises Refused at the first thing that does not."""
    given = Authorization.of(request)
    if given.access_key != keys.access_key:
        raise Refused(403, "InvalidAccessKeyId", "unknown access key")
    token = request.get("x-amz-security-token", None)
    if token is not None and token != keys.token:
        raise Refused(400, "InvalidToken", "unknown session token")
    _verify_headers(request, given.signed)
    _verify_date(request, given.scope, keys.region, now)
    payload_hash = request.get("x-amz-content-sha256")
    canonical = canonical_request(request, given.signed, payload_hash)
    expected = signature(keys.secret_key, request.get("x-amz-date"), keys.region, canonical)
    if not hmac.compare_digest(expected, given.signature):
        raise Refused(403, "SignatureDoesNotMatch", "the signature is not that of this request", canonical)
    if payload_hash != sha256(request.body):
        message = f"the body's SHA-256 is {sha256(request.body)}"
        raise Refused(400, "XAmzContentSHA256Mismatch", message, canonical)
    return canonical


def _verify_headers(request, signed):
    received = {name.lower() for name, _ in request.headers}
    must = {name for name in received if name.startswith("x-amz-")} | ({"content-type"} & received) | {"host"}
    if unsigned := must - set(signed):
        raise Refused(403, "AccessDenied", f"headers present but not signed: {', '.join(sorted(unsigned))}")
    if absent := set(signed) - received:
        raise Refused(403, "SignatureDoesNotMatch", f"headers signed but not present: {', '.join(sorted(absent))}")
    if needed := {"x-amz-date", "x-amz-content-sha256"} - received:
        raise Refused(400, "InvalidRequest", f"missing: {', '.join(sorted(needed))}")


def _verify_date(request, scope, region, now):
    date = request.get("x-amz-date")
    try:
        moment = datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.UTC)
    except ValueError:
        raise Refused(403, "AccessDenied", "x-amz-date is not of the documented form") from None
    if scope != [date[:8], region, "s3", "aws4_request"]:
        raise Refused(400, "AuthorizationHeaderMalformed", f"the scope is {'/'.join(scope)}")
    if abs((now or datetime.datetime.now(datetime.UTC)) - moment) > datetime.timedelta(minutes=15):
        raise Refused(403, "RequestTimeTooSkewed", "the time of the request is more than 15 minutes off")


def without_token(request, keys):
    """Signs the verified request anew without its session token, for a server that knows only the keys."""
    given = Authorization.of(request)
    signed = [name for name in given.signed if name != "x-amz-security-token"]
    dropped = ("x-amz-security-token", "authorization")
    request.headers = [(name, value) for name, value in request.headers if name.lower() not in dropped]
    canonical = canonical_request(request, signed, request.get("x-amz-content-sha256"))
    fresh = signature(keys.secret_key, request.get("x-amz-date"), keys.region, canonical)
    credential = "/".join([given.access_key, *given.scope])
    fields = f"Credential={credential}, SignedHeaders={';'.join(signed)}, Signature={fresh}"
    request.headers.append(("Authorization", f"{ALGORITHM} {fields}"))
    return request
