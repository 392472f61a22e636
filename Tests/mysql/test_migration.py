# SPDX-License-Identifier: Apache-2.0
"""The program on a real MariaDB whose tables edx-val's own migrations made."""
import contextlib
import json
import random
import select
import socket
import threading
import unittest

from mysql_site import DatabaseTests

import fleet  # beside program, where mysql_site leads
from loopback import LoopbackPort

COURSES, VIDEOS, TRANSCRIPTS = 6, 10, 3
OPEN = ("open", "stored", "watched")


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

    def test_a_server_that_is_killed_now_and_then_costs_no_row(self):
        chance = random.Random(1)
        child = self.site.start("run", "--all", "--json", "--concurrency", "4", "--limit-puts", "30")
        kills = 0
        while child.poll() is None and kills < 4:
            with contextlib.suppress(Exception):
                child.wait(0.4 + chance.random())
            if child.poll() is None:
                self.database.child.end(9)
                self.database.start()
                kills += 1
        child.wait(120)
        self.assertGreaterEqual(kills, 3, "the run was over before it was disturbed")
        for _ in range(3):
            if self.site.call("run", "--all").exit == 0:
                break
        self.assert_whole()
        self.assert_exit(0, self.site.call("verify", "--deep"))


if __name__ == "__main__":
    unittest.main()
