# SPDX-License-Identifier: Apache-2.0
"""From a MongoDB into a bucket and MariaDB, with all that a platform keeps in them, on real servers: what learners get after it,
and that engine and servers may be killed at any moment of it.

MALLOW_SEED changes the moments.
"""
import contextlib
import os
import random
import signal
import subprocess
import unittest
import uuid

from mongo_platform import INDEX, MongoPlatform

from courses import SPLIT, split_course  # beside the server, where mongo_platform leads
from database import running_database
from olx import exports
from program import SAMPLE, TIMEOUT, ProgramTests, wait_until
from server import running_mongo
from strict_reader import videos
from synthetic import Fleet, old_fleet, split_fleet
from wanted import Wanted

FLEET = Fleet(courses=12, videos=12, transcripts=2, orphans=1, videoalphas=2, drafts=2, longest=300_000)
OLD_FLEET = Fleet(courses=1, videos=12, transcripts=2, orphans=1, videoalphas=2, drafts=2, seed=2)
WRITES = ("insert", "update", "delete", "findAndModify", "createIndexes", "create", "drop")
CANARY = "video-transcripts/mallow-canary-"
SEED = int(os.environ.get("MALLOW_SEED", "1"))
KILLS = 10
OUTAGES = {2: "mongo", 4: "database", 7: "mongo"}
"""Before which kills of the engine a server is killed, too."""
SLOWLY = ("--limit-puts", "20")
"""So that there is something left to do at the last kill."""


class MongoMigrationTests(ProgramTests):
    """One MongoDB and one MariaDB for all tests, which may kill both; each test begins with what no run has seen."""

    @classmethod
    def setUpClass(cls):
        cls.mongo = cls.enterClassContext(running_mongo(auth=True, tls=True, replica_set="rs7"))
        cls.database = cls.enterClassContext(running_database())
        fleets = [*split_fleet(FLEET), *old_fleet(OLD_FLEET)]
        cls.courses = [*map(split_course, exports(SAMPLE / "courses")), *fleets]
        cls.wanted = Wanted(SAMPLE / "courses", fleets)

    def tearDown(self):
        self.assertNotIn("Traceback", self.mongo.log.read_text())

    def platform(self, name="site", is_indexed=True, courses=None):
        """What nothing can be made of is waived before the first run, so that every course may come to its end."""
        self.mongo.reset()
        (self.folder / name).mkdir()
        courses = courses or self.courses
        platform = MongoPlatform(self.folder / name, self.mongo, self.database.port, courses, is_indexed)
        self.addCleanup(platform.end)
        self.assert_exit(0, platform.call("discover"))
        for course, usage_key, language, reason in self.wanted.left_behind:
            if course in {stored.key for stored in courses}:
                which = ["--video", usage_key, *(["--language", language] if language else [])]
                self.assert_exit(0, platform.call("waive", "--course", course, *which, "--reason", reason))
        return platform

    # What must hold

    def lacking(self, stored):
        """Usage key → the id that is to be given to it, of each video that has transcripts and no id."""
        return {key: str(uuid.uuid5(uuid.NAMESPACE_URL, key)) for key, video in videos(stored).items()
                if self.wanted.transcripts.get(key)
                and not any((said.get("edx_video_id") or "").strip() for said in (video.published, video.draft) if said)}

    def assert_learners_get_everything(self, platform):
        """By the ids that both heads hold now, the real edx-val finds the contentstore's bytes; and it has nothing else."""
        expected, unseen = {}, dict(self.wanted.transcripts)
        for stored in platform.courses:
            lacking = self.lacking(stored)
            for usage_key, ids in platform.ids(stored).items():
                if usage_key in lacking:
                    self.assertEqual({lacking[usage_key]}, set(ids), usage_key)
                for language, digest in unseen.pop(usage_key, {}).items():
                    # Two runs of a course that share an id may differ: the first that is migrated counts.
                    expected.setdefault((ids[0].strip(), language), set()).add(digest)
        self.assertEqual({}, unseen)
        found = platform.read_back()
        self.assertEqual(set(), expected.keys() ^ found.keys())
        self.assertEqual({}, {key: digest for key, digest in found.items() if digest not in expected[key]})

    def assert_heads_moved(self, platform):
        """Of the courses that held too few ids, and of no other."""
        in_split = [stored for stored in platform.courses if stored.form == SPLIT]
        moved = {stored.key for stored in in_split if self.lacking(stored)}
        for stored in in_split:
            before, now = stored[INDEX][0], platform.document(stored)
            if stored.key in moved:
                self.assertNotEqual(before["versions"], now["versions"], stored.key)
                self.assertGreater(now["last_update"], before["last_update"], stored.key)
            else:
                self.assertEqual(before, now)
            if platform.index:
                self.assertEqual(platform.indexed_heads(stored), now["versions"], stored.key)
        if platform.index:
            self.assert_index_tells(platform.index, moved)

    def assert_index_tells(self, index, moved):
        """Of each move once, as the platform itself would."""
        rows, changes = index.rows(), index.changes()
        self.assertEqual(moved, changes.keys())
        for key, row in rows.items():
            if key not in moved:
                self.assertEqual(index.made[key], row)
                continue
            self.assertGreater(row["last_update"], index.made[key]["last_update"])
            kept = [(change["history_type"], {name: change[name] for name in row}) for change in changes[key]]
            self.assertEqual([("~", row)], kept)

    def assert_whole(self, platform):
        # A kill while a run tries the bucket may leave there what it tried with. It is no transcript, and nobody removes it.
        there = {key for key in platform.side.keys() if not key.startswith(CANARY)}
        named = set(platform.side.named())
        self.assertEqual((set(), set()), (there - named, named - there), "objects without a row, and rows without an object")
        self.assert_exit(0, platform.call("verify", "--deep"))
        settled = platform.call("recover", "--json")
        self.assert_exit(0, settled)
        self.assertEqual({"absent": 0, "committed": 0, "open": [], "undone": 0}, settled.json)

    def assert_run_again_writes_nothing(self, platform):
        objects, tables = platform.side.objects(), platform.side.tables()
        self.mongo.reset()
        self.assert_exit(0, platform.call("run", "--all"))
        self.assertEqual({}, {command: count for command in WRITES if (count := self.mongo.count(command))})
        self.assertEqual(objects, platform.side.objects())
        self.assertEqual(tables, platform.side.tables())

    def assert_done(self, platform):
        self.assertEqual(sorted((stored.key, 1) for stored in platform.courses if videos(stored)), platform.flags())
        self.assert_whole(platform)
        self.assert_heads_moved(platform)
        self.assert_run_again_writes_nothing(platform)

    def assert_same_state(self, expected, found):
        """But for the bytes of transcripts that two runs of a course share and do not agree on."""
        for state in (expected, found):
            for key in self.wanted.disputed:
                state["transcripts"][key] = state["transcripts"][key][0]
        for name in expected:
            self.assertEqual(expected[name], found[name], name)

    # From end to end

    def test_on_a_release_that_reads_its_heads_in_sql(self):
        platform = self.platform()
        self.assert_exit(0, platform.call("run", "--all"))
        self.assert_learners_get_everything(platform)
        self.assert_done(platform)

    def test_on_an_older_release(self):
        platform = self.platform(is_indexed=False)
        self.assert_exit(0, platform.call("run", "--all"))
        self.assert_learners_get_everything(platform)
        self.assert_done(platform)

    # Killed

    def test_killed_again_and_again_it_ends_where_one_ends_that_was_not(self):
        reference = self.platform("reference")
        self.assert_exit(0, reference.call("run", "--all"))
        expected = reference.state()
        platform = self.platform("killed")
        chance = random.Random(SEED)
        for kill in range(KILLS):
            child = platform.start("--all", *SLOWLY)
            if kill in OUTAGES:
                self.restart(getattr(self, OUTAGES[kill]), child, chance)
            self.rest(child, chance.uniform(0.05, 1.2))
            self.assertIsNone(child.poll(), f"over before kill {kill + 1} (seed {SEED}):\n{child.out.read_text()[-1500:]}")
            self.kill(child)
        # What the last kill left in doubt is settled first: a run would watch it for a minute.
        self.assertEqual([], platform.call("recover", "--json").json["open"])
        platform.minute_later()
        self.assert_exit(0, platform.call("run", "--all"))
        self.assert_same_state(expected, platform.state())
        self.assert_done(platform)

    def restart(self, server, child, chance):
        """In the middle of a run, which goes on by itself."""
        wait_until(lambda: self.verified(child), "a video is migrated")
        self.rest(child, chance.uniform(0, 0.3))
        server.child.end(signal.SIGKILL)
        self.rest(child, chance.uniform(0, 0.5))
        server.start()
        seen = self.verified(child)
        wait_until(lambda: self.verified(child) > seen or child.poll() is not None, "the run goes on")

    @staticmethod
    def verified(child):
        return child.out.read_text().count('"to":"verified"')

    @staticmethod
    def rest(child, seconds):
        """The moment is what is drawn by chance, so here alone the clock decides."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(seconds)

    @staticmethod
    def kill(child):
        child.kill()
        child.wait(TIMEOUT)

    def test_what_stops_between_the_two_moves_of_the_heads_is_made_up(self):
        """SQL names the new structures already, and MongoDB the old ones, which the platform's own prune would keep instead."""
        faults = {"killed": {"hang": True}, "refused": {"code": 11600, "times": 6}, "cut": {"drop": "before", "times": 6}}
        for name, how in faults.items():
            with self.subTest(name):
                platform = self.platform(name, courses=[self.course_without_ids()])
                self.mongo.fail("update", INDEX, **how)
                child = platform.start("--all")
                wait_until(lambda: not self.faults_left() or child.poll() is not None, "the second move")
                if name == "killed":
                    self.kill(child)
                child.wait(TIMEOUT)
                self.assertLess(self.faults_left(), how.get("times", 1), "it was not stopped there")
                self.mongo.reset()
                self.assert_exit(0, platform.call("run", "--all"))
                self.assert_heads_moved(platform)

    def faults_left(self):
        return sum(fault["times"] for fault in self.mongo.control({"faults": True})["faults"])

    def course_without_ids(self):
        return next(stored for stored in self.courses if stored.form == SPLIT and self.lacking(stored))


if __name__ == "__main__":
    unittest.main()
