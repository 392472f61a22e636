# SPDX-License-Identifier: Apache-2.0
"""A migration as it is meant: rehearsed twice, then produced within a window that shuts in the middle. On real servers,
from one mallow.yaml, and without a hand.
"""
import datetime
import unittest

from two_platforms import TwoPlatforms

from fleet import make_fleet  # beside program, where two_platforms leads
from program import ProgramTests

COURSES, VIDEOS, LANGUAGES = 10, 10, 2
REASON = "one course was agreed on with its author"


class RehearsalTests(ProgramTests):
    def setUp(self):
        super().setUp()
        self.total = make_fleet(self.folder / "exports", COURSES, VIDEOS, LANGUAGES)
        self.site = TwoPlatforms(self.folder, self.folder / "exports")
        self.mallow, self.production, self.staging = self.site.mallow, self.site.production, self.site.staging

    def window(self, begin, end):
        """Between two times of day; what begins tomorrow is not open now."""
        return f"window: {{hours: {begin:%H:%M}-{end:%H:%M}, zone: UTC}}\n"

    def now(self):
        return datetime.datetime.now(datetime.timezone.utc)

    def assert_no_orphan(self, side, planted=()):
        self.assertEqual(sorted([*side.named(), *planted]), side.keys(), "objects without a row, or rows without one")

    def test_twice_rehearsed_then_produced_within_a_window(self):
        # A platform that lives: one course is migrated already, and objects of others lie beside.
        planted = "video-images/cover.png"
        self.production.s3.put_object(Bucket=self.production.bucket, Key=planted, Body=b"\x89PNG")
        self.assert_exit(2, self.mallow("run", "--all"))
        self.assert_exit(0, self.mallow(
            "run", "--course", "course-v1:FleetX+F000+2018", f"--without-rehearsals={REASON}"))
        notices = self.mallow("report", "--json").json["notices"]
        self.assertTrue([notice for notice in notices if f"after 0 of 2 rehearsals: {REASON}" in notice], notices)

        before = self.production.inventory()
        self.assertEqual(VIDEOS * LANGUAGES + 1, len(before[0]))
        for number in (1, 2):
            refused = self.mallow("run", "--all")
            self.assert_exit(2, refused)
            self.assertIn(f"the ledger has {number - 1}", refused.err)
            rehearsed = self.site.rehearse()
            self.assert_exit(0, rehearsed)
            self.assertIn(f"rehearsal {number} of 2 is complete: {self.total} transcripts", rehearsed.err)
            self.assert_exit(0, self.mallow("verify", "--rehearsal", "--deep"))
            self.assertEqual(self.total, len(self.staging.keys()))
            self.assert_no_orphan(self.staging)
            self.assertEqual(before, self.production.inventory(), "an object or a row of production has changed")
            if number == 1:
                self.staging.empty()
        self.assert_exit(0, self.mallow("doctor"))

        staged = self.staging.inventory()
        self.close_in_the_middle(planted)
        self.finish_when_it_opens(planted)
        self.assertEqual(staged, self.staging.inventory(), "production is not written into staging")
        objects, tables = self.production.inventory()
        self.assertEqual(before[0], {key: objects[key] for key in before[0]}, "what was there before is as it was")
        for table, rows in before[1].items():
            self.assertLessEqual(set(rows), set(tables[table]), table)

    def close_in_the_middle(self, planted):
        """Two objects a second are too few for what is left: the next full minute comes before the end."""
        end = (self.now() + datetime.timedelta(seconds=75)).replace(second=0, microsecond=0)
        self.site.configure(self.window(end - datetime.timedelta(hours=2), end))
        cut = self.mallow("run", "--all", "--limit-puts", "2", "--concurrency", "2")
        self.assert_exit(5, cut)
        self.assertLess(self.now(), end + datetime.timedelta(seconds=10))
        self.assert_no_orphan(self.production, [planted])
        moved = len(self.production.named())
        self.assertGreater(moved, VIDEOS * LANGUAGES, "it has begun")
        self.assertLess(moved, self.total, "it was cut off")
        self.assertEqual("window closed", self.mallow("status", "--json").json["run"]["ending"])

    def finish_when_it_opens(self, planted):
        opening = (self.now() + datetime.timedelta(seconds=60)).replace(second=0, microsecond=0)
        self.site.configure(self.window(opening, opening + datetime.timedelta(hours=2)))
        self.assert_exit(0, self.mallow("run", "--all", "--wait-for-window"))
        self.assertGreaterEqual(self.now(), opening)
        self.assert_exit(0, self.mallow("verify", "--deep"))
        self.assertEqual(self.total, len(self.production.named()))
        self.assert_no_orphan(self.production, [planted])

    def test_a_staging_on_productions_servers_that_may_be_production_is_refused(self):
        before = self.production.inventory()
        places = self.staging.places()
        for mine, theirs, words in (
                (f"s3://{self.staging.bucket}?", f"s3://{self.production.bucket}/staging?", "has the bucket's name of"),
                (f"@127.0.0.1:{self.staging.port}/{self.staging.database}",
                 f"@localhost:{self.staging.port}/{self.production.database.upper()}", "has the name of production's")):
            self.assertIn(mine, places)
            self.site.configure(staging=places.replace(mine, theirs))
            refused = self.mallow("run", "--rehearsal", "--all")
            self.assert_exit(2, refused)
            self.assertIn(words, refused.err)
        self.assertEqual(["exports", "mallow.yaml"], sorted(path.name for path in self.folder.iterdir()))
        self.assertEqual(before, self.production.inventory())


if __name__ == "__main__":
    unittest.main()
