# SPDX-License-Identifier: Apache-2.0
"""That the fault proxy and the strict verifier do what they say, seen by boto3 and by single signed requests."""
import base64
import hashlib
import time
import unittest

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

import vectors
from http_plumbing import Request
from proxy import FAULTS, FaultProxy
from server import BUCKET
from servers import SESSION_TOKEN, Servers
from signed_request import Requester

BODY = b"1\n00:00:00,000 --> 00:00:01,000\nhello\n"
ONCE = {"if-none-match": "*"}
SERVERS = None


def setUpModule():
    global SERVERS
    SERVERS = unittest.enterModuleContext(Servers("seaweedfs"))


def client(endpoint, secret=None, token=None):
    server = SERVERS["seaweedfs"]
    plain = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
    return boto3.client(
        "s3", endpoint_url=endpoint, aws_access_key_id=server.access_key, region_name="us-east-1", config=plain,
        aws_secret_access_key=secret or server.secret_key, aws_session_token=token,
    )


class VerifierTests(unittest.TestCase):
    def setUp(self):
        self.strict = SERVERS.strict
        self.strict.said = None
        self.requester = SERVERS["seaweedfs"].requester(self.strict.endpoint)

    def changed(self, change, body=BODY):
        """A correctly signed PUT whose headers and body are changed after that."""
        url, headers = self.requester.signed("PUT", f"{BUCKET}/changed", (), {"x-amz-meta-a": "1"}, BODY)
        return self.requester.send_as_is("PUT", url, change(headers), body)

    def test_right_signatures_pass(self):
        for token in (None, SESSION_TOKEN):
            with self.subTest(token=token):
                s3 = client(self.strict.endpoint, token=token)
                key = f"video transcripts/{bool(token)}/\u65e5\u672c+%=.srt"
                s3.put_object(Bucket=BUCKET, Key=key, Body=BODY, IfNoneMatch="*", Metadata={"note": "two  blanks"})
                self.assertEqual(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read(), BODY)
                self.assertEqual(s3.list_objects_v2(Bucket=BUCKET, Prefix=key)["KeyCount"], 1)
                s3.delete_object(Bucket=BUCKET, Key=key)

    def test_wrong_secret_is_refused(self):
        with self.assertRaises(ClientError) as refused:
            client(self.strict.endpoint, secret="wrong").put_object(Bucket=BUCKET, Key="a", Body=BODY)
        self.assertEqual(refused.exception.response["Error"]["Code"], "SignatureDoesNotMatch")

    def test_changed_requests_are_refused(self):
        cases = {
            "XAmzContentSHA256Mismatch": self.changed(lambda given: given, BODY.swapcase()),
            "SignatureDoesNotMatch": self.changed(lambda given: {**given, "x-amz-meta-a": "2"}),
            "AccessDenied": self.changed(lambda given: {**given, "x-amz-meta-b": "unsigned"}),
            "AuthorizationHeaderMalformed": self.changed(
                lambda given: {**given, "Authorization": given["Authorization"].replace("us-east-1", "us-east-2")}
            ),
            "InvalidToken": Requester(
                self.strict.endpoint, self.requester.credentials.access_key, self.requester.credentials.secret_key,
                token="another",
            ).send("PUT", f"{BUCKET}/changed", (), {}, BODY),
        }
        for code, answer in cases.items():
            with self.subTest(code):
                self.assertEqual(answer.code, code)
                self.assertIn(answer.status, (400, 403))
                self.assertNotIn(self.requester.credentials.secret_key.encode(), answer.body)
        self.assertIn(b"<CanonicalRequest>PUT\n", cases["SignatureDoesNotMatch"].body)
        self.assertEqual(SERVERS["seaweedfs"].requester().send("HEAD", f"{BUCKET}/changed").status, 404)

    def test_signed_payload_hash_must_be_the_bodys(self):
        other = hashlib.sha256(b"other").hexdigest()
        answer = self.requester.send("PUT", f"{BUCKET}/hash", (), {}, BODY, other)
        self.assertEqual((answer.status, answer.code), (400, "XAmzContentSHA256Mismatch"))

    def test_old_dates_are_refused(self):
        url, headers = self.requester.signed("GET", f"{BUCKET}/a")
        day = time.strftime("%Y%m%d", time.gmtime(time.time() - 2 * 86400))
        headers["Authorization"] = headers["Authorization"].replace(headers["X-Amz-Date"][:8], day)
        headers["X-Amz-Date"] = f"{day}T000000Z"
        self.assertEqual(self.requester.send_as_is("GET", url, headers).code, "RequestTimeTooSkewed")


class ProxyTests(unittest.TestCase):
    def setUp(self):
        self.server = SERVERS["seaweedfs"]
        self.direct = self.server.requester().send
        self.key = f"{BUCKET}/{self.id()}"

    def through(self, *faults, share=1, **options):
        proxy = self.enterContext(FaultProxy(self.server.endpoint, "seed", faults, share, **options))
        return proxy, self.server.requester(proxy.endpoint).send

    def test_without_faults_nothing_is_changed(self):
        proxy, _ = self.through(share=0)
        s3 = client(proxy.endpoint)
        s3.put_object(Bucket=BUCKET, Key="through", Body=BODY * 5000, IfNoneMatch="*")
        self.assertEqual(s3.get_object(Bucket=BUCKET, Key="through")["Body"].read(), BODY * 5000)
        self.assertEqual(s3.head_object(Bucket=BUCKET, Key="through")["ContentLength"], len(BODY) * 5000)
        self.assertEqual(sum(proxy.counts.values()), 0)

    def test_answers_that_are_not_forwarded(self):
        codes = {"503": (503, "SlowDown"), "500": (500, "InternalError"), "403-expired": (403, "ExpiredToken"),
                 "409": (409, "ConditionalRequestConflict")}
        for kind, expected in codes.items():
            with self.subTest(kind):
                proxy, send = self.through(kind)
                answer = send("PUT", self.key, (), ONCE, BODY)
                self.assertEqual((answer.status, answer.code), expected)
                self.assertEqual(proxy.counts, {kind: 1})
                self.assertEqual(self.direct("HEAD", self.key).status, 404)

    def test_412_although_the_write_landed(self):
        _, send = self.through("412")
        answer = send("PUT", self.key, (), ONCE, BODY)
        self.assertEqual((answer.status, answer.code), (412, "PreconditionFailed"))
        self.assertEqual(self.direct("GET", self.key).body, BODY)
        self.assertEqual(send("PUT", f"{self.key}-plain", (), {}, BODY).status, 200)

    def test_reset_before_and_after(self):
        for kind, status in {"reset-before": 404, "reset-after": 200}.items():
            with self.subTest(kind):
                _, send = self.through(kind)
                with self.assertRaises(ConnectionResetError):
                    send("PUT", self.key, (), {}, BODY)
                self.assertEqual(self.direct("HEAD", self.key).status, status)

    def test_delay(self):
        _, send = self.through("delay")
        begun = time.monotonic()
        self.assertEqual(send("PUT", self.key, (), {}, BODY).status, 200)
        self.assertGreater(time.monotonic() - begun, 0.05)

    def test_truncated_and_corrupt_bodies(self):
        self.direct("PUT", self.key, (), {}, BODY)
        _, send = self.through("truncate")
        with self.assertRaises(Exception) as short:
            send("GET", self.key)
        self.assertEqual(type(short.exception).__name__, "IncompleteRead")
        self.assertTrue(BODY.startswith(short.exception.partial))
        _, send = self.through("corrupt")
        body = send("GET", self.key).body
        self.assertEqual(sum(a != b for a, b in zip(body, BODY, strict=True)), 1)

    def test_corrupt_upload_is_found_by_the_checksum(self):
        _, send = self.through("corrupt-upload")
        headers = {"x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(BODY).digest()).decode()}
        self.assertEqual(send("PUT", self.key, (), headers, BODY).status, 400)
        self.assertEqual(self.direct("HEAD", self.key).status, 404)

    def test_same_seed_same_faults(self):
        def faults(seed):
            made = FaultProxy(self.server.endpoint, seed, FAULTS, 0.3)
            put = Request([("If-None-Match", "*")], BODY, "PUT", f"/{BUCKET}/a")
            get = Request([], b"", "GET", f"/{BUCKET}/a")
            return [made.choose(request, ordinal)[0] for request in (put, get) for ordinal in range(500)]

        self.assertEqual(faults("1"), faults("1"))
        self.assertNotEqual(faults("1"), faults("2"))
        self.assertEqual(set(faults("1")), {None, *FAULTS})

    def test_streak_is_bounded(self):
        proxy, send = self.through("503", streak=2)
        statuses = [send("GET", self.key).status for _ in range(6)]
        self.assertEqual(statuses, [503, 503, 404, 503, 503, 404])
        self.assertEqual(proxy.counts, {"503": 4})

    def test_dead_server_is_a_reset(self):
        SERVERS.kill("seaweedfs")
        try:
            _, send = self.through(share=0)
            with self.assertRaises(ConnectionResetError):
                send("GET", self.key)
        finally:
            SERVERS.start("seaweedfs")


class VectorTests(unittest.TestCase):
    def test_file_is_what_botocore_computes(self):
        self.assertEqual(vectors.FILE.read_text(), vectors.text())

    def test_names_are_single(self):
        names = [given["name"] for given in vectors.matrix()]
        self.assertEqual(len(names), len(set(names)))


if __name__ == "__main__":
    unittest.main()
