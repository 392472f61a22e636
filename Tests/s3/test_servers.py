# SPDX-License-Identifier: Apache-2.0
"""What the tests of the S3 store rely on in each server, so that a newer server's change is seen here first."""
import base64
import hashlib
import os
import select
import subprocess
import sys
import unittest
from pathlib import Path

from server import BUCKET
from servers import Servers
from signed_request import Requester

HERE = Path(__file__).parent
BODY = b"1\n00:00:00,000 --> 00:00:01,000\nhello\n"


def checksum(body):
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


class ServerTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.servers = cls.enterClassContext(Servers("seaweedfs", "moto", "rclone"))

    def each(self):
        for name in self.servers.names:
            with self.subTest(name):
                yield name, self.servers[name].requester().send

    def test_object_and_its_metadata(self):
        for _, send in self.each():
            headers = {"content-type": "application/x-subrip", "x-amz-meta-video": "v-1"}
            self.assertEqual(send("PUT", f"{BUCKET}/a b/\u65e5+%.srt", (), headers, BODY).status, 200)
            answer = send("GET", f"{BUCKET}/a b/\u65e5+%.srt")
            self.assertEqual(answer.body, BODY)
            self.assertEqual(answer.header("content-type"), "application/x-subrip")
            self.assertEqual(answer.header("x-amz-meta-video"), "v-1")
            self.assertEqual(answer.header("etag"), f'"{hashlib.md5(BODY).hexdigest()}"')

    def test_wrong_secret_and_unknown_key_are_refused(self):
        for name, _ in self.each():
            server = self.servers[name]
            wrong = Requester(server.endpoint, server.access_key, "wrong").send("GET", f"{BUCKET}/a")
            unknown = Requester(server.endpoint, "NOBODY", "wrong").send("GET", f"{BUCKET}/a")
            self.assertEqual((wrong.status, wrong.code), (403, "SignatureDoesNotMatch"))
            self.assertEqual((unknown.status, unknown.code), (403, "InvalidAccessKeyId"))

    def test_conditional_put(self):
        for name, send in self.each():
            key, once = f"{BUCKET}/conditional", {"if-none-match": "*"}
            self.assertEqual(send("PUT", key, (), once, b"first").status, 200)
            second = send("PUT", key, (), once, b"second")
            self.assertEqual(second.status, 200 if name == "rclone" else 412)
            self.assertEqual(send("GET", key).body, b"second" if name == "rclone" else b"first")

    def test_wrong_checksum(self):
        for name, send in self.each():
            key = f"{BUCKET}/checksum"
            answer = send("PUT", key, (), {"x-amz-checksum-sha256": checksum(b"other")}, BODY)
            expected = (400, "BadDigest") if name == "seaweedfs" else (200, "")
            self.assertEqual((answer.status, answer.code), expected)
            self.assertEqual(send("HEAD", key).status, 404 if name == "seaweedfs" else 200)

    def test_checksum_is_given_back(self):
        for name, send in self.each():
            key = f"{BUCKET}/given-back"
            send("PUT", key, (), {"x-amz-checksum-sha256": checksum(BODY)}, BODY)
            answer = send("HEAD", key, (), {"x-amz-checksum-mode": "ENABLED"})
            expected = None if name == "moto" else checksum(BODY)
            self.assertEqual(answer.header("x-amz-checksum-sha256"), expected)

    def test_conditional_delete(self):
        for name, send in self.each():
            key, right = f"{BUCKET}/deleted", f'"{hashlib.md5(BODY).hexdigest()}"'
            send("PUT", key, (), {}, BODY)
            wrong = send("DELETE", key, (), {"if-match": '"0000"'})
            self.assertEqual(wrong.status, 204 if name == "rclone" else 412)
            self.assertEqual(send("DELETE", key, (), {"if-match": right}).status, 204)
            self.assertEqual(send("HEAD", key).status, 404)

    def test_unknown_bucket_is_not_made(self):
        for _, send in self.each():
            answer = send("PUT", "nobody-made-this/a", (), {}, BODY)
            self.assertEqual((answer.status, answer.code), (404, "NoSuchBucket"))

    def test_server_comes_back_with_its_data(self):
        for name in ("seaweedfs", "rclone"):
            for end in (self.servers.stop, self.servers.kill):
                with self.subTest(name, end=end.__name__):
                    send = self.servers[name].requester().send
                    self.assertEqual(send("PUT", f"{BUCKET}/kept", (), {}, BODY).status, 200)
                    end(name)
                    with self.assertRaises(ConnectionRefusedError):
                        send("GET", f"{BUCKET}/kept")
                    self.servers.start(name)
                    self.assertEqual(send("GET", f"{BUCKET}/kept").body, BODY)
                    self.assertEqual(send("PUT", f"{BUCKET}/kept", (), {}, b"new").status, 200)


class CommandTests(unittest.TestCase):
    """servers.py as a program; rclone alone, because it starts at once."""

    command = [sys.executable, "-B", HERE / "servers.py", "--only", "rclone", "--"]

    def test_exit_code_and_environment(self):
        script = 'echo "$MALLOW_S3_RCLONE $MALLOW_S3_BUCKET"; exit 7'
        done = subprocess.run([*self.command, "sh", "-c", script], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 7, done.stderr)
        self.assertRegex(done.stdout, r"^http://127\.0\.0\.1:\d+ transcripts$")

    def test_nothing_outlives_a_killed_program(self):
        child = subprocess.Popen([*self.command, "sh", "-c", 'echo $$; exec sleep 600'], stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL, text=True)
        with child:
            sleeper = int(child.stdout.readline())
            children = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
            handles = [os.pidfd_open(int(pid)) for pid in children]
            self.assertIn(str(sleeper), children)
            self.assertEqual(len(children), 2)
            child.kill()
            for handle in handles:
                self.assertTrue(self.ends(handle), f"one of {children} lives")

    @staticmethod
    def ends(handle, seconds=10):
        """A descriptor of a process becomes readable when the process ends."""
        try:
            return bool(select.select([handle], [], [], seconds)[0])
        finally:
            os.close(handle)


if __name__ == "__main__":
    unittest.main()
