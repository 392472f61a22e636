# SPDX-License-Identifier: Apache-2.0
"""The built program on a platform whose objects are in a bucket, and that bucket with nobody's eyes but ours.

Environment:
    MALLOW         the program
    MALLOW_PYTHON  the Python of the environment that Tests/edxval/venv.sh makes
"""
import atexit
import functools
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
from pathlib import Path

import boto3
from botocore.config import Config

from server import REGION
from servers import Servers

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "process"))
import program  # noqa: E402
from fleet import make_fleet  # noqa: E402
from program import ProgramTests, Result, Site, required, wait_until  # noqa: E402, F401

PREFIX = "video-transcripts/"
OPEN = ("open", "stored", "watched")
PLANTED = {
    f"{PREFIX}0123456789abcdef0123456789abcdef.srt": b"1\n00:00:01,000 --> 00:00:02,000\nsomebody's own\n",
    f"{PREFIX}notes.txt": b"not a transcript",
    f"{PREFIX}": b"",
    "video-images/cover.png": b"\x89PNG",
}


@functools.cache
def shared(name):
    """The one server of its kind that all tests share: started when it is first asked for, ended with the tests."""
    servers = Servers(name)
    atexit.register(servers.__exit__, None, None, None)
    servers.__enter__()
    return servers


def surroundings(**changes):
    """What the program finds in its environment: no credentials, proxy or cloud, and the changes; None takes away."""
    kept = {
        name: value for name, value in os.environ.items()
        if not name.startswith("AWS_") and not name.lower().endswith("_proxy")
    }
    wanted = {**kept, "AWS_EC2_METADATA_DISABLED": "true", "SWIFT_BACKTRACE": "enable=no", **changes}
    return {name: value for name, value in wanted.items() if value is not None}


def keys_of(server, **changes):
    return surroundings(AWS_ACCESS_KEY_ID=server.access_key, AWS_SECRET_ACCESS_KEY=server.secret_key, **changes)


def store_url(bucket, location, endpoint, accept=""):
    place = f"{bucket}/{location}" if location else bucket
    return f"s3://{place}?endpoint={endpoint}&region={REGION}&addressing=path" + (f"&accept={accept}" if accept else "")


class Bucket:
    """What is really there under one location of a bucket: asked of the server itself, by a client that is not ours."""

    def __init__(self, server, bucket, location):
        self.name, self.location = bucket, location
        self.root = f"{location}/" if location else ""
        self.client = boto3.client(
            "s3", endpoint_url=server.endpoint, region_name=REGION, aws_access_key_id=server.access_key,
            aws_secret_access_key=server.secret_key,
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, proxies={},
                          retries={"total_max_attempts": 5}, request_checksum_calculation="when_required",
                          response_checksum_validation="when_required"),
        )

    def put(self, objects):
        for key, body in objects.items():
            self.client.put_object(Bucket=self.name, Key=self.root + key, Body=body)

    def etags(self):
        """Key without the location → ETag."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=self.root)
        return {o["Key"].removeprefix(self.root): o["ETag"] for page in pages for o in page.get("Contents", [])}

    def get(self, key):
        return self.client.get_object(Bucket=self.name, Key=self.root + key)["Body"].read()

    def fetch(self, folder, leaving_out=()):
        """Copies every object into a folder, which then is what a directory store would be."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for key in self.etags().keys() - set(leaving_out):
            path = folder / key
            if key.endswith("/"):
                path.mkdir(parents=True, exist_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self.get(key))


class BucketSite(Site):
    """`store` is a folder as it is for other sites: the copy that `fetch` makes of what the bucket holds."""

    def __init__(
        self, folder, source, server, location, bucket="transcripts", endpoint=None, accept="", environment=None
    ):
        super().__init__(folder, source)
        self.bucket = Bucket(server, bucket, location)
        self.environment = environment or keys_of(server)
        self.raw_url = store_url(bucket, location, server.endpoint)
        self.url = store_url(bucket, location, endpoint or server.endpoint, accept)

    def command(self, name, *arguments):
        line = super().command(name, *arguments)
        return [self.url if word == f"file:{self.store}" else word for word in line]

    def call(self, name, *arguments, timeout=program.TIMEOUT, **environment):
        return program.call(self.command(name, *arguments), timeout, env={**self.environment, **environment})

    def start(self, name, *arguments, **options):
        return super().start(name, *arguments, **{"env": self.environment, **options})

    def run(self, *arguments):
        """A run that is drained when it only waits until lost PUTs cannot arrive any more: nobody here has the minute."""
        return self.impatient(self.start("run", *arguments))

    def impatient(self, child):
        """The end of a run that goes on already, in the same way."""
        wait_until(lambda: child.poll() is not None or self.waits_for_lost_puts(), "the run's end", program.TIMEOUT, 0.1)
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
        return Result(child.wait(program.TIMEOUT), child.out.read_text(), child.err.read_text())

    def waits_for_lost_puts(self):
        if not self.ledger.exists():
            return False
        connection = sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True)
        try:
            reasons = connection.execute("SELECT reason FROM run WHERE ended IS NULL ORDER BY id DESC LIMIT 1").fetchall()
        except sqlite3.OperationalError:
            return False  # it is being made, or busy
        finally:
            connection.close()
        return bool(reasons) and reasons[0][0].startswith("waits until")

    def fetch(self):
        self.bucket.fetch(self.store)

    def read_back(self, *arguments):
        """Through the real edx-val, from the bucket itself."""
        python = required("MALLOW_PYTHON")
        line = [python, "-B", program.EDXVAL / "read_back.py", self.catalog, self.raw_url, *arguments]
        return program.call(line, env=self.environment)

    def ledger_rows(self, query):
        """Rows of a copy of the ledger."""
        if not self.ledger.exists():
            return []
        with tempfile.TemporaryDirectory() as scratch:
            for suffix in ("", "-wal"):
                part = self.ledger.with_name(self.ledger.name + suffix)
                if part.exists():
                    shutil.copyfile(part, Path(scratch) / part.name)
            connection = sqlite3.connect(Path(scratch) / self.ledger.name)
            try:
                return connection.execute(query).fetchall()
            finally:
                connection.close()

    def intents(self):
        """Object → (state, SHA-256, size)."""
        if not self.ledger_rows("SELECT 1 FROM sqlite_master WHERE name = 'intent'"):
            return {}
        rows = self.ledger_rows("SELECT object, state, sha256, size FROM intent")
        return {key: tuple(rest) for key, *rest in rows}

    def named(self):
        """Every object that a row of the catalog names."""
        if not self.rows("SELECT 1 FROM sqlite_master WHERE name = 'edxval_videotranscript'"):
            return set()
        return {name for (name,) in self.rows("SELECT transcript FROM edxval_videotranscript")}

    def status(self):
        return self.call("status", "--json").json


class BucketTests(ProgramTests):
    """Each test has a location of its own in the one bucket."""

    def bucket_site(self, source, server, name="site", **options):
        (self.folder / name).mkdir()
        location = options.pop("location", f"{self.id().rpartition('.')[2]}/{name}")
        site = BucketSite(self.folder / name, source, server, location, **options)
        self.addCleanup(site.end)
        return site

    def fleet(self, courses=2, videos=3, transcripts=2, seed=1, name="fleet"):
        make_fleet(self.folder / name, courses, videos, transcripts, seed)
        return self.folder / name

    def assert_whole(self, site, videos, *arguments):
        """The run is over and proven: the bucket holds what the export asks for and nothing else of ours."""
        site.fetch()
        self.assert_clean(site, *arguments)
        self.assertEqual({"verified": videos}, site.status()["totals"]["videos"])
        self.assertEqual([], [key for key, (state, *_) in site.intents().items() if state in OPEN], "open intents")


def minute_later(site):
    """Turns back the ledger's clock, rather than wait until a lost PUT can no longer arrive."""
    connection = sqlite3.connect(site.ledger)
    with connection:
        connection.execute("UPDATE intent SET written = written - 61 WHERE state = 'watched'")
    connection.close()
