# SPDX-License-Identifier: Apache-2.0
"""What status says while the object store asks for less, or is out."""
import contextlib
import os
import sqlite3
import time
import unittest

from test_sample_data import SampleTests

REASON = "the store asked for less"


class BrakeTests(SampleTests):
    def setUp(self):
        super().setUp()
        self.assert_exit(1, self.sample.call("run", "--all"))

    def write(self, **columns):
        """Makes the newest run one that goes on, with these columns."""
        names = ", ".join(f"{name} = :{name}" for name in columns)
        with contextlib.closing(sqlite3.connect(self.sample.ledger)) as ledger, ledger:
            ledger.execute(f"UPDATE run SET ended = NULL, ending = NULL, exit = NULL, {names}", columns)

    def test_status_says_what_the_brake_leaves_and_why(self):
        before = self.sample.call("status", "--json").json["run"]
        self.assertNotIn("braked_to", {key for key, value in before.items() if value is not None})
        self.write(state="running", braked_to=8, brake_reason=REASON)
        run = self.sample.call("status", "--json").json["run"]
        self.assertEqual((8, REASON), (run["braked_to"], run["brake_reason"]))
        self.assertLessEqual(set(before) - {"ending", "ended"}, set(run), "keys are only added")
        self.assertIn(f"8 videos at once, not more: {REASON}", self.sample.call("status").out)

    def test_status_says_that_the_run_waits_for_its_store_and_that_nobody_must_act(self):
        reason = "waits for the object store and resumes by itself: nothing has gone through since 02:40:00 UTC (refused)"
        self.write(state="paused", reason=reason)
        run = self.sample.call("status", "--json").json["run"]
        self.assertEqual(("paused", reason), (run["state"], run["reason"]))
        self.assertIn("no engine: it died, while paused", self.sample.call("status").out)
        with contextlib.closing(sqlite3.connect(self.sample.ledger)) as ledger, ledger:
            ledger.execute("UPDATE lease SET released = 0, pid = ?, heartbeat = ?", (os.getpid(), time.time()))
        self.assertIn(f"paused: {reason}", self.sample.call("status").out)


if __name__ == "__main__":
    unittest.main()
