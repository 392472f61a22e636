# SPDX-License-Identifier: Apache-2.0
"""Sends single S3 requests that botocore signed, with nothing added, retried or interpreted on the way."""
import hashlib
import http.client
import urllib.parse
from dataclasses import dataclass

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SAFE = "-_.~"


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def code(self):
        """The `<Code>` of an S3 error body, or an empty text."""
        return self.body.partition(b"<Code>")[2].partition(b"</Code>")[0].decode()

    def header(self, name):
        """The header's value as it was sent, whatever the case of its name; None when absent."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)


class Requester:
    """One endpoint and one pair of keys, path style addressing."""

    def __init__(self, endpoint, access_key, secret_key, region="us-east-1", token=None, timeout=30):
        self.endpoint, self.region, self.timeout = endpoint, region, timeout
        self.credentials = Credentials(access_key, secret_key, token)

    def url(self, path, query=()):
        """`path` is not encoded and begins with the bucket; an absent value of a query pair is sent as `name=`."""
        encoded = urllib.parse.quote(path, safe="/" + SAFE)
        pairs = "&".join(f"{urllib.parse.quote(k, safe=SAFE)}={urllib.parse.quote(v, safe=SAFE)}" for k, v in query)
        return f"{self.endpoint}/{encoded}" + (f"?{pairs}" if pairs else "")

    def signed(self, method, path, query=(), headers=None, body=b"", payload_hash=None):
        """The URL and every header of the request, `Authorization` included."""
        request = AWSRequest(method, self.url(path, query), headers=headers or {}, data=body)
        signer = S3SigV4Auth(self.credentials, "s3", self.region)
        digest = payload_hash or hashlib.sha256(body).hexdigest()
        signer.payload = lambda _: digest
        signer.add_auth(request)
        return request.url, dict(request.headers.items())

    def send(self, method, path, query=(), headers=None, body=b"", payload_hash=None):
        """Signs and sends on a connection of its own. Raises what the socket raises."""
        url, signed = self.signed(method, path, query, headers, body, payload_hash)
        return self.send_as_is(method, url, signed, body)

    def send_as_is(self, method, url, headers, body=b""):
        """Sends these very headers: what was changed in them since they were signed stays changed."""
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=self.timeout)
        try:
            target = url.split(parts.netloc, 1)[1]
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value.encode() if isinstance(value, str) else value)
            if body or method in ("PUT", "POST"):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()
