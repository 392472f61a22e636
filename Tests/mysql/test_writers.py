# SPDX-License-Identifier: Apache-2.0
"""Authors change transcripts through edx-val's own API while the program migrates the same ones.

Each (video, language) belongs to one author, so that the authors' logs alone say what was written last; the program knows
nothing of that. MALLOW_SEED draws other fleets and other authors.
"""
import contextlib
import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import unittest
from collections import Counter
from pathlib import Path

from mysql_site import DatabaseTests

import fleet  # beside program, where mysql_site leads
from author import read_rows
from program import EDXVAL, TIMEOUT, call, wait_until

SEED = int(os.environ.get("MALLOW_SEED", "2018"))
COURSES, VIDEOS, TRANSCRIPTS = 4, 10, 5
AUTHORS, PAUSE = 3, 0.04
AUTHOR = Path(__file__).resolve().parent / "author.py"
# One request of Studio's: a transaction that stays open, until a line comes, between its first transcripts and its last.
REQUEST = """
import json, sys, read_back
catalog, store, video, before, after = sys.argv[1:]
read_back.start_django(catalog, store)
from django.core.files.base import ContentFile
from django.db import transaction
from edxval.api import create_video, create_video_transcript

def create(languages):
    for language in json.loads(languages):
        text = f"1\\n00:00:01,000 --> 00:00:02,000\\ntheirs in {language}\\n\\n"
        create_video_transcript(video, language, "srt", ContentFile(text.encode()))

create_video({"edx_video_id": video, "client_video_id": "theirs", "status": "external", "duration": 0,
              "encoded_videos": [], "courses": []})
with transaction.atomic():
    create(before)
    print("open", flush=True)
    sys.stdin.readline()
    create(after)
print("committed", flush=True)
"""


class WritersTests(DatabaseTests):
    """`source` is what is to be stored, (video, language) → SHA-256, worked out without the program."""

    def setUp(self):
        super().setUp()
        self.exports = self.folder / "fleet"
        self.total = fleet.make_fleet(self.exports, COURSES, VIDEOS, TRANSCRIPTS, seed=SEED)
        self.site = self.mysql_site(self.exports)
        self.site.store.mkdir()
        self.source = {
            (video["edx_video_id"], transcript["language"]): transcript["sha256"]
            for course in call([sys.executable, EDXVAL / "oracle.py", self.exports]).json["courses"]
            for video in course["videos"] for transcript in video["transcripts"]
        }
        self.authors = []

    def test_what_authors_write_meanwhile_is_what_is_there(self):
        with self.subTest(seed=SEED):
            self.begin_authors()
            wait_until(lambda: len(self.log("wrote")) >= 10, "authors wrote before the run")
            began = time.time()
            run = self.site.start("run", "--all", "--json", "--limit-puts", "60", "--concurrency", "8")
            self.assertIn(run.wait(TIMEOUT), (0, 1, 3), run.err.read_text())
            ended = time.time()
            self.end_authors()
            during = [entry for entry in self.log() if began < entry["began"] and entry["ended"] < ended]
            self.assert_they_met(during)
            self.assert_authors_won()
            self.assert_laws()
            # Authors rest: what they stood in the way of comes now, and what they deleted comes again.
            self.assert_exit(0, self.site.call("run", "--all"))
            self.assert_authors_won()
            self.assert_laws()
            self.assert_complete()

    def test_a_request_that_stays_open_longer_than_a_lock_is_waited_for_costs_no_retry(self):
        video, languages = self.begin_request(lambda languages: (languages[-1:], []))
        run = self.site.start("run", "--all", "--json")
        with self.site.connect() as connection, connection.cursor() as cursor:
            # Milliseconds of waits that are over: the commit's first has ended at its limit of ten seconds.
            waited = "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_time'"
            wait_until(lambda: cursor.execute(waited) and int(cursor.fetchone()[1]) > 9000, "a lock was not given", every=0.2)
        self.assertEqual({}, {key: row for key, row in self.by_key().items() if key[0] == video}, "a video in part")
        self.end_request()
        self.assert_request_won(run, video, languages)
        self.assertNotIn('"to":"retrying"', run.out.read_text())
        for words in ("the run waits for the video catalog: no call has come back since ", "the video catalog answers again: "):
            self.assertIn(words, run.out.read_text())

    def test_a_request_that_needs_what_a_commit_has_and_the_other_way_round_is_a_deadlock_that_passes(self):
        # It has changed more than the commit, which is therefore the one that the server takes back, and made again.
        video, languages = self.begin_request(lambda languages: (languages[1:], languages[:1]))
        run = self.site.start("run", "--all", "--json")
        with self.site.connect() as connection, connection.cursor() as cursor:
            waiting = "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"
            # The server brings that table up to date for who has not read it for a tenth of a second.
            wait_until(lambda: cursor.execute(waiting) and cursor.fetchone()[0], "the commit waits for it", every=0.2)
            deadlocks = "SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'"
            before = cursor.execute(deadlocks) and int(cursor.fetchone()[1])
            self.end_request()
            wait_until(lambda: cursor.execute(deadlocks) and int(cursor.fetchone()[1]) > before, "a deadlock", every=0.2)
        self.assert_request_won(run, video, languages)
        self.assertNotIn('"to":"retrying"', run.out.read_text())

    # One author's request

    def begin_request(self, split):
        """`split` parts a video's languages, in the order in which the program inserts them, in what comes before the line
        and what after it.
        """
        video = min(video for video, _ in self.source)
        before, after = split(sorted(language for key, language in self.source if key == video))
        self.request = subprocess.Popen(
            [sys.executable, "-B", "-c", REQUEST, self.site.endpoint, self.site.store, video, json.dumps(before), json.dumps(after)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=EDXVAL, env=self.site.environment)
        self.addCleanup(self.request.stdout.close)
        self.addCleanup(self.end_author, self.request)
        self.assertEqual(b"open\n", self.request.stdout.readline())
        return video, [*before, *after]

    def end_request(self):
        self.request.stdin.write(b"\n")
        self.request.stdin.flush()
        self.assertEqual(b"committed\n", self.request.stdout.readline())

    def assert_request_won(self, run, video, languages):
        self.assertEqual(0, run.wait(TIMEOUT), run.err.read_text())
        found = self.by_key()
        self.assertEqual(self.source.keys(), found.keys())
        for key, row in found.items():
            if key[0] == video and key[1] in languages:
                self.assertIn(f"theirs in {key[1]}\n", (self.site.store / row["transcript"]).read_text())
            else:
                self.assertEqual(self.source[key], row["sha256"], key)
        self.assertEqual({row["transcript"] for row in found.values()}, self.site.objects().keys(), "orphans")
        self.assertEqual(COURSES, len(self.site.flags()))
        self.assert_exit(0, self.site.call("verify", "--deep"))

    # Authors

    def begin_authors(self):
        chance = random.Random(SEED)
        owned = [[] for _ in range(AUTHORS + 1)]
        for key in sorted(self.source):
            chance.choice(owned).append(key)
        for number, keys in enumerate(owned[1:]):  # what comes first is the program's alone
            file = self.folder / f"keys.{number}"
            file.write_text(json.dumps(keys))
            out, err = (self.folder / f"author.{number}.{name}" for name in ("out", "err"))
            with out.open("wb") as log, err.open("wb") as words:
                author = subprocess.Popen(
                    [sys.executable, "-B", AUTHOR, self.site.endpoint, self.site.store, file, f"{SEED}.{number}", f"{PAUSE}"],
                    stdin=subprocess.PIPE, stdout=log, stderr=words, env=self.site.environment)
            author.out, author.err = out, err
            self.addCleanup(self.end_author, author)
            self.authors.append(author)
        for author in self.authors:
            wait_until(lambda author=author: author.out.read_bytes().startswith(b"ready\n") or author.poll() is not None,
                       "an author is ready")
        for author in self.authors:
            author.stdin.write(b"go\n")
            author.stdin.flush()

    def end_author(self, author):
        with contextlib.suppress(OSError):
            author.stdin.close()
        try:
            return author.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            author.kill()
            return author.wait()

    def end_authors(self):
        for author in self.authors:
            self.assertEqual(0, self.end_author(author), author.err.read_text())

    def log(self, *outcomes):
        """What all authors did, in the order in which it was over."""
        entries = []
        for author in self.authors:
            whole = author.out.read_text().rpartition("\n")[0].splitlines()[1:]
            entries += [json.loads(line) for line in whole]
        return sorted((e for e in entries if not outcomes or e["outcome"] in outcomes), key=lambda e: e["ended"])

    def histories(self):
        """(video, language) → what its author did to it."""
        histories = {}
        for entry in self.log():
            if entry["change"] != "video":
                histories.setdefault((entry["video"], entry["language"]), []).append(entry)
        return histories

    def theirs(self):
        """(video, language) → the row as its author left it, where an author was the last to write it."""
        rows = {}
        for key, history in self.histories().items():
            for entry in history:
                if entry["outcome"] == "wrote":
                    rows[key] = entry["row"]
                elif entry["outcome"] == "deleted":
                    rows.pop(key, None)
        return rows

    def written(self):
        """The SHA-256 of everything that authors sent to the store."""
        return {entry["sha256"] for entry in self.log() if "sha256" in entry}

    # What lies there

    def rows(self):
        with self.site.connect() as connection, connection.cursor() as cursor:
            return read_rows(cursor, self.site.store)

    def by_key(self):
        return {(row["edx_video_id"], row["language_code"]): row for row in self.rows()}

    def digests(self):
        return {name: hashlib.sha256(data).hexdigest() for name, data in self.site.objects().items()}

    # What must hold

    def assert_they_met(self, during):
        """Neither came too late for the other: else all that follows proves nothing."""
        (gave_way,), = self.ledger(
            "SELECT count(*) FROM intent WHERE state = 'removed' AND owner IN"
            " (SELECT owner FROM intent WHERE state = 'committed')")
        ours = {name for name, in self.ledger("SELECT object FROM intent WHERE state = 'committed'")}
        met = Counter(entry["change"] for entry in during if entry["loaded"] in ours)
        met["taken"] = sum(entry["outcome"] == "taken" for entry in during)
        met["gave way"] = gave_way
        print(f"\n  seed {SEED}: {len(during)} changes during the run, of these of rows of ours: {dict(met)}", file=sys.stderr)
        for kind in ("put", "delete", "provider", "gave way"):
            self.assertGreater(met[kind], 0, f"{kind}: {met}")

    def ledger(self, query):
        with contextlib.closing(sqlite3.connect(self.site.ledger)) as ledger:
            return ledger.execute(query).fetchall()

    def assert_authors_won(self):
        found = self.by_key()
        for key, row in self.theirs().items():
            self.assertEqual(row, found.get(key), f"{key}: {self.histories()[key]}")
        for key, history in self.histories().items():
            for entry in history:
                if entry["outcome"] == "wrote":
                    # Read back at once: already then nobody had put anything else there.
                    self.assertEqual(entry.get("sha256", entry["row"]["sha256"]), entry["row"]["sha256"], f"{key}: {entry}")

    def assert_laws(self):
        rows, theirs, histories = self.rows(), self.theirs(), self.histories()
        keys = Counter((row["edx_video_id"], row["language_code"].lower()) for row in rows)
        self.assertEqual([], [key for key, count in keys.items() if count > 1], "there twice")
        found = self.by_key()
        for key, row in found.items():
            if key not in theirs:
                ours = {"sha256": self.source[key], "provider": "Custom"}
                self.assertEqual(ours, {name: row[name] for name in ours}, f"{key}: {histories.get(key)}")
        ours = {video for video, language in found.keys() - theirs.keys()}
        for key in self.source.keys() - found.keys():
            last = [e["outcome"] for e in histories.get(key, []) if e["outcome"] in ("wrote", "deleted", "taken")][-1:]
            self.assertNotEqual(["taken"], last, f"{key}: our row was there, and nobody but its author may delete it")
            if key[0] in ours:
                self.assertEqual(["deleted"], last, f"{key}: a video in part")
        self.assert_no_orphan_of_ours({row["transcript"] for row in rows})

    def assert_no_orphan_of_ours(self, named):
        """Of what no row names, edx-val's API leaves two kinds behind.

        An author's object: it is stored before its row is inserted, which may fail, and an update leaves the old one. And
        an object of ours, when an author updated the row that we had committed: deleting it would be an effect on what is
        migrated for good, so it stays too. An author's delete takes our object with it.
        """
        digests, written = self.digests(), self.written()
        unnamed = {name for name, digest in digests.items() if name not in named and digest not in written}
        replaced = {
            entry["loaded"] for entry in self.log("wrote")
            if entry["change"] == "put" and entry["loaded"] and digests.get(entry["loaded"]) not in written
        }
        self.assertEqual(replaced, unnamed, "orphans, or objects of ours that were removed after their commit")

    def assert_complete(self):
        """The oracle takes what authors left as what was there before, and everything else for ours."""
        found, theirs, digests, written = self.by_key(), self.theirs(), self.digests(), self.written()
        self.assertEqual(self.source.keys(), found.keys())
        self.site.copy()
        seeded = self.folder / "seeded.sqlite"
        shutil.copyfile(self.site.catalog, seeded)
        videos = {entry["video"] for entry in self.log("wrote") if entry["change"] == "video"}
        for video, name in self.site.rows("SELECT edx_video_id, client_video_id FROM edxval_video"):
            self.assertEqual("theirs" if video in videos else "external-video", name, video)
        with contextlib.closing(sqlite3.connect(seeded)) as file, file:
            file.execute(f"DELETE FROM edxval_videotranscript WHERE id NOT IN ({marks(theirs)})",
                         [row["id"] for row in theirs.values()])
            videos |= {video for video, _ in theirs}
            file.execute(f"DELETE FROM edxval_video WHERE edx_video_id NOT IN ({marks(videos)})", [*videos])
            file.execute("DELETE FROM video_config_coursevideotranscriptenabledflag")
        named = {row["transcript"] for key, row in found.items() if key not in theirs}
        before = self.folder / "seeded"
        for name in digests.keys() - named:
            (before / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.site.store / name, before / name)
        self.assert_clean(self.site, "--seeded-catalog", seeded, "--seeded-store", before)
        self.assertEqual(COURSES, len(self.site.flags()))
        self.assertEqual([], self.ledger("SELECT * FROM intent WHERE state NOT IN ('committed', 'removed')"))
        read = self.site.read_back()
        self.assert_exit(0, read)
        self.assertEqual([self.total, 0], json.loads(read.out.splitlines()[-1]))
        self.assert_exit(0, self.site.call("verify", "--deep"))
        objects = self.site.objects()
        self.assert_exit(0, self.site.call("run", "--all"))
        self.assertEqual((objects, found), (self.site.objects(), self.by_key()), "run again, it writes nothing")


def marks(values):
    return ", ".join("?" * len(values))


if __name__ == "__main__":
    unittest.main()
