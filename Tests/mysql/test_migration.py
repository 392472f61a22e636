# SPDX-License-Identifier: Apache-2.0
"""The program on a real MariaDB whose tables edx-val's own migrations made."""
import contextlib
import json
import os
import random
import select
import socket
import subprocess
import threading
import unittest

from mysql_site import DatabaseTests

import fleet  # beside program, where mysql_site leads
from loopback import LoopbackPort
from program import wait_until

COURSES, VIDEOS, TRANSCRIPTS = 6, 10, 3
KILLS = 30


class Cutter(LoopbackPort):
    """Hands on what comes to one port to the server's, and cuts connections on which the n-th COMMITs were sent.

    The server gets them; who sent them never hears of it.
    """

    def __init__(self, port, commits):
        self.server, self.commits, self.seen, self.cut = port, set(commits), 0, 0
        self.lock = threading.Lock()
        self.listen()

    def serve(self, near):
        with near, socket.create_connection(("127.0.0.1", self.server)) as far, contextlib.suppress(OSError):
            while True:
                for ready in select.select([near, far], [], [])[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    if ready is near and data[4:] == b"\x03COMMIT" and self.is_due():
                        far.sendall(data)
                        return
                    (far if ready is near else near).sendall(data)

    def is_due(self):
        with self.lock:
            self.seen += 1
            due = self.seen in self.commits
            self.cut += due
            return due


class MigrationTests(DatabaseTests):
    def setUp(self):
        super().setUp()
        self.exports = self.folder / "fleet"
        self.total = fleet.make_fleet(self.exports, COURSES, VIDEOS, TRANSCRIPTS)
        self.site = self.mysql_site(self.exports)

    def assert_whole(self):
        self.assert_clean(self.site)
        rows = self.site.rows("SELECT transcript FROM edxval_videotranscript")
        self.assertEqual(self.total, len(rows))
        self.assertEqual({name for name, in rows}, self.site.objects().keys(), "orphans, or rows without an object")
        self.assertEqual(COURSES, len(self.site.flags()))

    def test_no_run_begins_on_a_store_without_the_objects_that_the_catalog_names(self):
        self.assert_exit(0, self.site.call("run", "--all"))
        there, = [c for c in self.site.call("doctor", "--json").json["checks"] if c["name"] == "store: objects"]
        self.assertEqual("all 16 objects that the catalog's newest rows name are there", there["measured"])
        self.site.store.rename(self.folder / "elsewhere")
        self.site.store.mkdir()  # what it would be mounted on
        self.site.ledger = self.folder / "new.ledger"
        refused = self.site.call("run", "--all")
        self.assertEqual(1, refused.exit)
        self.assertIn(f"none of the 16 objects that the catalog's newest rows name is at file:{self.site.store.resolve()}", refused.err)
        self.assertEqual([], [*self.site.store.iterdir()])

    def test_edx_val_reads_every_row_that_a_run_commits(self):
        self.assert_exit(0, self.site.call("run", "--all"))
        self.assert_whole()
        read = self.site.read_back()
        self.assert_exit(0, read)
        readable, unreadable = json.loads(read.out.splitlines()[-1])
        self.assertEqual((self.total, 0), (readable, unreadable))
        before = self.site.objects()
        self.assert_exit(0, self.site.call("run", "--all"))
        self.assertEqual(before, self.site.objects(), "run again, it writes nothing")
        self.assert_exit(0, self.site.call("verify", "--deep"))

    def test_commits_whose_answer_is_lost_are_settled_by_reading(self):
        cutter = Cutter(self.database.port, commits=(3, 4, 11, 20, 21, 22, 40))
        self.addCleanup(cutter.close)
        self.site.port = cutter.port
        self.assert_exit(0, self.site.call("run", "--all", "--concurrency", "8"))
        self.assertEqual(7, cutter.cut)
        self.assert_whole()

    def test_a_row_of_an_author_wins_over_ours(self):
        self.assert_exit(0, self.site.call("discover", "--source", f"olx:{self.exports}", "--store",
                                           f"file:{self.site.store}", "--catalog", self.site.endpoint))
        plan = self.site.call("plan", "--json").json
        video = plan["courses"][0]["videos"][0]
        language = video["transcripts"][0]["language"]
        with self.site.connect() as connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO edxval_video (created, edx_video_id, client_video_id, duration, status) "
                           "VALUES (now(6), %s, 'theirs', 1, 'upload')", [video["edx_video_id"]])
            cursor.execute(
                "INSERT INTO edxval_videotranscript (created, modified, video_id, transcript, language_code, provider, "
                "file_format) VALUES (now(6), now(6), %s, 'theirs.srt', %s, 'Custom', 'srt')",
                [cursor.lastrowid, language])
        self.site.store.mkdir(exist_ok=True)
        (self.site.store / "theirs.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\ntheirs\n\n")
        self.assert_exit(0, self.site.call("run", "--all"))
        rows = self.site.rows("SELECT transcript FROM edxval_videotranscript WHERE transcript = 'theirs.srt'")
        self.assertEqual([("theirs.srt",)], rows)
        self.assertEqual(self.total, len(self.site.rows("SELECT id FROM edxval_videotranscript")))

    def is_paused(self, child):
        """As it says itself, maybe since an earlier kill."""
        said = child.out.read_text()
        return said.count("the run waits for the video catalog and resumes by itself") \
            > said.count("the video catalog answers again: it was out from")

    def test_a_server_that_is_killed_thirty_times_is_waited_for_each_time(self):
        """One run goes on through all of it: what the catalog's outages cost is time, and no course a retry."""
        seed = int(os.environ.get("MALLOW_SEED", "1"))
        chance = random.Random(seed)
        child = self.site.start("run", "--all", "--json", "--concurrency", "8", "--limit-puts", "4")
        for kill in range(KILLS):
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(0.1 + 1.5 * chance.random())
            self.assertIsNone(child.poll(), f"the run was over after {kill} of {KILLS} kills (seed {seed})")
            self.database.child.end(9)
            if kill % 10 == 9:
                # Longer than a restart: the run says what it waits for.
                wait_until(lambda: self.is_paused(child), "the run is paused for the catalog", 60)
            self.database.start()
        child.wait(240)
        events = [json.loads(line) for line in child.out.read_text().splitlines()]
        summary = events[-1]
        self.assertEqual((0, 0), (child.returncode, summary["retries"]), f"seed {seed}: {summary}")
        self.assert_whole()
        print(f"\n  {KILLS} kills of MariaDB, {summary['rollbacks']} rollbacks, "
              f"{summary['seconds']:.0f} s", flush=True)
        self.assert_exit(0, self.site.call("verify", "--deep"))


if __name__ == "__main__":
    unittest.main()
