# SPDX-License-Identifier: Apache-2.0
"""Killed at any moment of a cut-over and run again, a course ends where one never killed ends; and what was written can be taken
back at any moment, too.

MALLOW_KILLS and MALLOW_SEED change how often and at which moments it is killed.
"""
import os
import random
import signal
import time
import unittest

from courses import old_course, split_course
from loader import load
from mongo_site import SiteTests, inventory
from synthetic import Fleet
from without_ids import course_without_ids
from written_back import BRANCHES, Heads

from program import TIMEOUT, wait_until  # beside processes, where mongo_site leads

KILLS = int(os.environ.get("MALLOW_KILLS", "8"))
SEED = int(os.environ.get("MALLOW_SEED", "2018"))
COURSES, VIDEOS = 4, 3
FLEET = Fleet(videos=VIDEOS, transcripts=1, drafts=1)
STRUCTURES, INDEX = "modulestore.structures", "modulestore.active_versions"
FORMS = {"split": split_course, "old": old_course}


class KilledTests(SiteTests):
    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)

    def world(self, name, form="split", courses=COURSES):
        """A platform of its own on a database of its own."""
        site = self.mongo_site(name, database=name)
        self.client.drop_database(name)
        self.addCleanup(self.client.drop_database, name)
        self.courses = [course_without_ids(FLEET, number, FORMS[form]) for number in range(courses)]
        for stored in self.courses:
            load(self.client[name], stored)
        site.first = inventory(self.client[name])
        return site

    def ended(self, site, form="split"):
        """All that a run leaves behind that is not named or dated anew each time."""
        database = self.client[site.database]
        if form == "old":
            return site.transcripts(), site.flags(), inventory(database)["modulestore"]
        heads = [Heads(database, stored.key) for stored in self.courses]
        return site.transcripts(), site.flags(), [
            [(branch, head.structures[branch]["previous_version"], head.ids(branch), sorted(head.equal())) for branch in BRANCHES]
            for head in heads]

    def reference(self, form="split", courses=COURSES):
        site = self.world(f"reference-{form}-{courses}", form, courses)
        self.assert_exit(0, site.call("run", "--all"))
        return self.ended(site, form)

    def assert_ends_like(self, reference, site, form="split"):
        self.server.reset()
        last = site.call("run", "--all", "--json")
        self.assert_exit(0, last)
        self.assertEqual({"migrated": len(self.courses)}, last.lines[-1]["courses"])
        self.assertEqual(reference, self.ended(site, form))
        after = inventory(self.client[site.database])
        for name in site.first:
            if name not in (INDEX, "modulestore"):
                self.assertLessEqual(set(site.first[name]), set(after[name]), f"{name}: a document of before is another one")
        named = sorted(name for name, in site.rows("SELECT transcript FROM edxval_videotranscript"))
        self.assertEqual(named, sorted(site.objects()), "an object without a row, or a row without an object")
        self.assert_exit(0, site.call("run", "--all"))
        self.assert_same_documents(after, inventory(self.client[site.database]), "run again, it writes nothing")
        self.assertEqual([], [check for check in site.call("recover", "--json").json["open"]])

    def kill(self, child):
        child.kill()
        self.assertIn(child.wait(TIMEOUT), (0, -signal.SIGKILL), child.err.read_text())

    def kill_at(self, site, **fault):
        """While the server has done a write, or not, and does not say so."""
        self.server.fail(**fault)
        child = site.start("run", "--all", "--json", "--concurrency", "2")
        self.wait_until_met()
        self.assertIsNone(child.poll())
        self.kill(child)

    def test_killed_at_each_write_of_split(self):
        reference = self.reference(courses=1)
        for number, (command, collection, after) in enumerate((
                ("insert", STRUCTURES, 0), ("insert", STRUCTURES, 1), ("update", INDEX, 0))):
            for how in ({"hang": True}, {"milliseconds": 20_000}):
                with self.subTest(f"{command} {after + 1}", **how):
                    site = self.world(f"{command}{number}{'-done' if 'hang' not in how else ''}", courses=1)
                    self.kill_at(site, command=command, collection=collection, after=after, **how)
                    self.assert_ends_like(reference, site)

    def test_killed_at_writes_of_old_mongo(self):
        reference = self.reference("old", 1)
        for after in (0, 1, 3):
            for how in ({"hang": True}, {"milliseconds": 20_000}):
                with self.subTest(after=after, **how):
                    site = self.world(f"old{after}{'-done' if 'hang' not in how else ''}", "old", 1)
                    self.kill_at(site, command="update", collection="modulestore", after=after, **how)
                    self.assert_ends_like(reference, site, "old")

    def test_killed_at_each_kind_of_event(self):
        reference = self.reference()
        for event, count in (("stored", 2), ("checked", 1), ("write-back intent", 1), ("wrote back", 1), ("wrote back", 3),
                             ("flag intent", 1), ("flag on", 2)):
            with self.subTest(event, count=count):
                site = self.world(f"{event}-{count}".replace(" ", "-"))
                child = site.start("run", "--all", "--json", "--concurrency", "2")
                wait_until(lambda: child.out.read_text().count(f'"event":"{event}"') >= count or child.poll() is not None, event)
                self.kill(child)
                self.assert_ends_like(reference, site)

    def test_killed_at_moments_of_chance(self):
        for form in FORMS:
            self.slow_down()
            began = time.monotonic()
            reference = self.reference(form)
            duration = time.monotonic() - began
            kills = worlds = 0
            while kills < KILLS:
                worlds += 1
                site = self.world(f"{form}-{worlds}", form)
                self.slow_down()
                while kills < KILLS:
                    child = site.start("run", "--all", "--json", "--concurrency", "2")
                    self.rest(self.chance.uniform(0.1, 0.9) * duration, child)
                    if child.poll() is not None:
                        break
                    self.kill(child)
                    kills += 1
                with self.subTest(form=form, world=worlds, seed=SEED):
                    self.assert_ends_like(reference, site, form)

    def slow_down(self):
        """So that there are more moments between one write and the next."""
        self.server.fail(times=1_000_000, milliseconds=3)

    @staticmethod
    def rest(seconds, child):
        """The moment of the kill is what is drawn by chance, so here alone the clock decides."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and child.poll() is None:
            time.sleep(0.002)

    def test_killed_once_it_was_written_it_can_be_taken_back(self):
        """Before anybody but the server knows that it is."""
        for form, command in (("split", ("update", INDEX, 0)), ("old", ("update", "modulestore", 3))):
            with self.subTest(form):
                site = self.world(f"undone-{form}", form, courses=1)
                name, collection, after = command
                self.kill_at(site, command=name, collection=collection, after=after, milliseconds=20_000)
                self.server.reset()
                key = self.courses[0].key
                undone = site.call("undo-write-back", "--course", key)
                self.assert_exit(0, undone)
                after = inventory(self.client[site.database])
                if form == "old":
                    self.assert_same_documents(site.first, after)
                else:
                    for branch in BRANCHES:
                        head = Heads(self.client[site.database], key).structures[branch]
                        self.assertIn(bytes(head.raw), site.first[STRUCTURES])

    def test_killed_before_it_was_written_there_is_nothing_to_take_back(self):
        """And nobody is said to have saved the course, since nobody has."""
        for form, command in (("split", ("insert", STRUCTURES, 0)), ("old", ("update", "modulestore", 0))):
            with self.subTest(form):
                site = self.world(f"nothing-{form}", form, courses=1)
                name, collection, after = command
                self.kill_at(site, command=name, collection=collection, after=after, hang=True)
                self.server.reset()
                refused = site.call("undo-write-back", "--course", self.courses[0].key)
                self.assertIn(refused.exit, (1, 2), refused.err)
                self.assertRegex(refused.err, r"\Amallow: [^\n]+\.\n\Z")
                self.assertNotIn("somebody has saved", refused.err)
                self.assert_same_documents(site.first, inventory(self.client[site.database]))


if __name__ == "__main__":
    unittest.main()
