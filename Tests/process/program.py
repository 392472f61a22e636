# SPDX-License-Identifier: Apache-2.0
"""Runs the built program as a process of its own, in a temporary folder, and reads what it left there.

Environment:
    MALLOW         the program
    MALLOW_PYTHON  the Python of the environment that Tests/edxval/venv.sh makes
"""
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
EDXVAL = REPOSITORY / "Tests" / "edxval"
SAMPLE = REPOSITORY / "sample-data"
TIMEOUT = 120


def required(variable):
    """A test that cannot run is a failure: a suite that skips in silence proves nothing."""
    value = os.environ.get(variable)
    if not value or not os.access(value, os.X_OK):
        raise AssertionError(f"{variable} must name an executable file, and is {value!r}")
    return str(Path(value).absolute())


def wait_until(condition, what, seconds=60, every=0.005):
    """The condition's first true value; it looks again and again, so no test depends on a guessed delay.

    `what` may be a function, for what is known only when it failed.
    """
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s still not: {what() if callable(what) else what}")
        time.sleep(every)
    return value


def is_stopped(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0] == "T"


@dataclass
class Result:
    exit: int
    out: str
    err: str

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def json(self):
        return json.loads(self.out)


class Site:
    """One platform in one folder: catalog, object store and ledger, and the program pointed at them."""

    def __init__(self, folder, source):
        self.folder, self.source = Path(folder), Path(source)
        self.catalog, self.store = self.folder / "edxval.sqlite", self.folder / "objects"
        self.ledger = self.folder / "mallow.ledger"
        self.children = []

    def command(self, name, *arguments):
        ends = ["--ledger", f"{self.ledger}"]
        if name in ("plan", "run", "verify", "recover", "compare", "doctor"):
            ends += ["--source", f"olx:{self.source}", "--store", f"file:{self.store}"]
            ends += ["--catalog", f"sqlite:{self.catalog}"]
        return [required("MALLOW"), name, *ends, *arguments]

    def call(self, name, *arguments, timeout=TIMEOUT):
        return call(self.command(name, *arguments), timeout)

    def start(self, name, *arguments, out=None, **options):
        """A child that is waited for at the end of the test whatever happens; its output goes to files."""
        number = len(self.children)
        out = out or (self.folder / f"out.{number}").open("wb")
        err = (self.folder / f"err.{number}").open("wb")
        child = subprocess.Popen(
            self.command(name, *arguments), stdin=subprocess.DEVNULL, stdout=out, stderr=err, **options
        )
        child.out, child.err = self.folder / f"out.{number}", self.folder / f"err.{number}"
        for stream in (out, err):
            if hasattr(stream, "close"):
                stream.close()
        self.children.append(child)
        return child

    def end(self):
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.wait(TIMEOUT)

    # What lies there

    def oracle(self, *arguments):
        return call([sys.executable, EDXVAL / "oracle.py", self.source, self.catalog, self.store, *arguments])

    def read_back(self, *arguments):
        python = required("MALLOW_PYTHON")
        return call([python, "-B", EDXVAL / "read_back.py", self.catalog, self.store, *arguments])

    def rows(self, query):
        """Rows of a copy of the catalog: SQLite would heal a killed writer's journal if it opened the original."""
        if not self.catalog.exists():
            return []
        with tempfile.TemporaryDirectory() as scratch:
            for suffix in ("", "-wal", "-journal"):
                part = self.catalog.with_name(self.catalog.name + suffix)
                if part.exists():
                    shutil.copyfile(part, Path(scratch) / part.name)
            connection = sqlite3.connect(Path(scratch) / self.catalog.name)
            try:
                return connection.execute(query).fetchall()
            finally:
                connection.close()

    def transcripts(self):
        """(video, language) → (format, SHA-256 of the object behind the row, or None where there is none)."""
        if not self.rows("SELECT 1 FROM sqlite_master WHERE name = 'edxval_videotranscript'"):
            return {}
        query = """SELECT v.edx_video_id, t.language_code, t.file_format, t.transcript
                   FROM edxval_videotranscript t LEFT JOIN edxval_video v ON v.id = t.video_id"""
        return {(video, code): (kind, self.digest(name)) for video, code, kind, name in self.rows(query)}

    def flags(self):
        return sorted(self.rows("SELECT course_id, enabled FROM video_config_coursevideotranscriptenabledflag"))

    def digest(self, name):
        path = self.store / name
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None

    def objects(self):
        files = {p.relative_to(self.store).as_posix(): p for p in self.store.rglob("*") if p.is_file()}
        return {key: path.read_bytes() for key, path in files.items() if not key.startswith(".mallow/")}


def inventory(folder):
    """Path → SHA-256 of every file in a folder, and every row of those that are SQLite's."""
    found = {}
    for path in sorted(Path(folder).rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes()
        found[path.relative_to(folder).as_posix()] = hashlib.sha256(content).hexdigest()
        if content.startswith(b"SQLite format 3\0") and not Path(f"{path}-wal").exists():
            connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
            found[path.relative_to(folder).as_posix() + " rows"] = list(connection.iterdump())
            connection.close()
    return found


def call(command, timeout=TIMEOUT, **options):
    done = subprocess.run(
        [str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, **options
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


class ProgramTests(unittest.TestCase):
    """Gives each test its own folder, and cleans up after it."""

    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mallow-process-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def site(self, name, source):
        (self.folder / name).mkdir()
        site = Site(self.folder / name, source)
        self.addCleanup(site.end)
        return site

    def assert_exit(self, expected, result):
        self.assertEqual(expected, result.exit, f"\n{result.out[-1500:]}\n{result.err[-1500:]}")

    def assert_clean(self, site, *arguments):
        self.assert_exit(0, site.oracle(*arguments))
