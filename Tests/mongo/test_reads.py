# SPDX-License-Identifier: Apache-2.0
"""How much the contentstore is asked for is said while a run goes on and when it has ended, and agrees with what it was asked."""
import json
import unittest

from loader import load
from mongo_site import SiteTests
from synthetic import Fleet, split_fleet

from program import wait_until  # beside processes, where mongo_site leads

FLEET = Fleet(courses=3, videos=10, transcripts=2)
LIMIT = 30


class ReadTests(SiteTests):
    def setUp(self):
        super().setUp()
        for stored in split_fleet(FLEET):
            load(self.database, stored)
        self.site = self.mongo_site()
        # The first videos of a run are read twice.
        self.expected = 2 * FLEET.courses * FLEET.videos * FLEET.transcripts

    def reads(self):
        return (self.site.call("status", "--json").json.get("run") or {}).get("reads")

    def test_they_are_told_while_it_goes_on_and_over_the_whole_run_when_it_has_ended(self):
        child = self.site.start("run", "--all", "--json", "--limit-reads", f"{LIMIT}")
        seen = wait_until(lambda: child.poll() is None and self.site.ledger.exists() and (told := self.reads()) and told["total"] > 0
                          and told["per_second"] > 0 and told, "a rate is told")
        self.assertEqual(LIMIT, seen["limit"])
        self.assertLess(0, seen["total"])
        # A place may be waited for in one second and be used in the next.
        self.assertLessEqual(seen["per_second"], LIMIT + FLEET.transcripts)
        self.assertRegex(self.site.call("status").out, rf"(?m)^contentstore: \d+ transcripts read, [\d.]+/s, at most {LIMIT}/s$")
        self.assertEqual(0, child.wait(120), child.err.read_text())
        summary = json.loads(child.out.read_text().splitlines()[-1])
        self.assert_over(summary["reads"], summary["seconds"])
        self.assert_over(self.reads(), summary["seconds"])
        self.assert_over(self.site.call("report", "--json").json["reads"], summary["seconds"])
        for words in (["status"], ["report"]):
            self.assertIn(f"contentstore: {self.expected} transcripts read, ", self.site.call(*words).out)

    def assert_over(self, reads, seconds):
        self.assertEqual((self.expected, LIMIT), (reads["total"], reads["limit"]))
        self.assertAlmostEqual(self.expected / seconds, reads["per_second"], delta=0.5)

    def test_a_run_without_a_limit_says_none_and_one_that_reads_nothing_says_nothing(self):
        done = self.site.call("run", "--all")
        self.assert_exit(0, done)
        self.assertRegex(done.out, rf"(?m)^contentstore: {self.expected} transcripts read, [\d.]+/s$")
        self.assertNotIn("limit", self.reads())
        again = self.site.call("run", "--all")
        self.assert_exit(0, again)
        self.assertNotIn("contentstore:", again.out)
        self.assertEqual({"total": 0, "per_second": 0}, self.reads())


if __name__ == "__main__":
    unittest.main()
