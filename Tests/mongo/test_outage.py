# SPDX-License-Identifier: Apache-2.0
"""A MongoDB that goes away in the middle of a run and comes again: the run waits for it, and nothing is lost.

MALLOW_SEED changes at which moments.
"""
import json
import os
import random
import unittest

from loader import load
from mongo_site import SiteTests, events, inventory
from synthetic import Fleet, split_fleet
from without_ids import course_without_ids
from written_back import BRANCHES, Heads

from program import wait_until  # beside processes, where mongo_site leads

SEED = int(os.environ.get("MALLOW_SEED", "2018"))
COURSES, VIDEOS, TRANSCRIPTS = 4, 10, 2


class OutageTests(SiteTests):
    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)

    def tearDown(self):
        super().tearDown()
        if not self.server.child.is_running:
            self.server.start()

    def loaded(self):
        fleet = Fleet(courses=COURSES, videos=VIDEOS, transcripts=TRANSCRIPTS)
        self.keys = []
        for stored in split_fleet(fleet):
            load(self.database, stored)
            self.keys.append(stored.key)
        return self.mongo_site()

    def stored(self, child):
        return child.out.read_text().count('"event":"stored"')

    def assert_whole(self, site):
        self.assertEqual(COURSES * VIDEOS * TRANSCRIPTS, len(site.transcripts()))
        named = sorted(name for name, in site.rows("SELECT transcript FROM edxval_videotranscript"))
        self.assertEqual(named, sorted(site.objects()))
        self.assertEqual(sorted((key, 1) for key in self.keys), site.flags())
        for key in self.keys:
            heads = Heads(self.database, key)
            self.assertEqual(*(heads.ids(branch) for branch in BRANCHES))
            self.assertNotIn("", heads.ids(BRANCHES[0]).values())
        before = inventory(self.database)
        self.assert_exit(0, site.call("run", "--all"))
        self.assert_same_documents(before, inventory(self.database), "run again, it writes nothing")
        self.assert_exit(0, site.call("verify", "--deep"))

    def test_a_server_that_is_killed_and_started_again_is_waited_for_each_time(self):
        """What its outages cost is time, and no course a retry; one that is longer than a start is named while it lasts."""
        site = self.loaded()
        child = site.start("run", "--all", "--json", "--concurrency", "4", "--limit-puts", "25")
        for kill in range(4):
            more = self.stored(child) + self.chance.randrange(3, 12)
            wait_until(lambda: self.stored(child) >= more or child.poll() is not None, f"{more} stored")
            self.assertIsNone(child.poll(), f"the run was over after {kill} kills (seed {SEED})")
            self.server.kill()
            if kill == 2:
                run = wait_until(lambda: self.paused(site, child), "the run has paused", 60, 0.2)
                self.assertIn("waits for the contentstore", run["reason"])
            self.server.start()
        self.assertEqual(0, child.wait(150), child.err.read_text())
        self.assertEqual(0, json.loads(child.out.read_text().splitlines()[-1])["retries"], f"seed {SEED}")
        self.assert_whole(site)

    def paused(self, site, child):
        self.assertIsNone(child.poll(), f"the run did not wait: {child.err.read_text()[-1500:]}{child.out.read_text()[-1500:]}")
        run = site.call("status", "--json").json["run"]
        return run if run["state"] == "paused" else None

    def test_a_server_that_is_killed_at_the_write_back(self):
        """Before it has moved the heads, and after, when nobody has heard of it."""
        for how in ({"hang": True}, {"milliseconds": 20_000}):
            with self.subTest(**how):
                self.client.drop_database("edxapp")
                stored = course_without_ids(Fleet(videos=6, transcripts=1, drafts=2))
                load(self.database, stored)
                site = self.mongo_site(f"site-{'-'.join(how)}")
                self.server.fail("update", "modulestore.active_versions", **how)
                child = site.start("run", "--all", "--json")
                self.wait_until_met()
                self.server.kill()
                self.server.start()
                self.assertEqual(0, child.wait(150), child.err.read_text())
                heads = Heads(self.database, stored.key)
                self.assertEqual(*(heads.ids(branch) for branch in BRANCHES))
                self.assertNotIn("", heads.ids(BRANCHES[0]).values())
                self.assertEqual([(stored.key, 1)], site.flags())
                self.assertEqual(1, child.out.read_text().count('"event":"wrote back"'))

    def test_answers_that_fail_now_and_then_cost_nothing(self):
        site = self.loaded()
        for command, collection, how in (
                ("find", "fs.files", {"drop": "before"}), ("find", "fs.chunks", {"drop": "after"}), ("find", "fs.chunks", {"code": 11600}),
                ("find", "modulestore.structures", {"code": 189}), ("find", "modulestore.active_versions", {"drop": "before", "after": 3}),
                ("find", "fs.chunks", {"code": 50, "after": 5}), ("find", "fs.files", {"milliseconds": 1500, "after": 4})):
            self.server.fail(command, collection, **how)
        done = site.call("run", "--all", "--json", "--concurrency", "4")
        self.assert_exit(0, done)
        self.wait_until_met()
        self.assertEqual(COURSES, events(done)["flag on"])
        self.assert_whole(site)


if __name__ == "__main__":
    unittest.main()
