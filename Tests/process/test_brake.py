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
        self.assertEqual("gone", run["engine"], "its state alone does not say that nobody runs it")
        self.assertIn("no engine: it died, while paused", self.sample.call("status").out)
        followed = self.sample.call("status", "--watch", "--plain")
        self.assert_exit(1, followed)
        self.assertIn("no engine: it died, while paused\n", followed.out)
        head = self.sample.call("status").out.splitlines()[:3]
        self.assertEqual(head, followed.out.splitlines()[-3:], "as status says it, in no quotes")
        self.assertEqual("gone", self.sample.call("report", "--json").json["engine"])
        report = self.sample.call("report").out
        self.assertIn("- no engine, while paused: its engine died; mallow run --unfinished goes on", report)
        self.assertIn("when its engine was last heard", report)
        with contextlib.closing(sqlite3.connect(self.sample.ledger)) as ledger, ledger:
            ledger.execute("UPDATE lease SET released = 0, pid = ?, heartbeat = ?", (os.getpid(), time.time()))
        self.assertIn(f"paused: {reason}", self.sample.call("status").out)
        self.assertEqual("alive", self.sample.call("status", "--json").json["run"]["engine"])
        with contextlib.closing(sqlite3.connect(self.sample.ledger)) as ledger, ledger:
            ledger.execute("UPDATE lease SET heartbeat = ?", (time.time() - 20,))
        self.assertEqual("silent", self.sample.call("status", "--json").json["run"]["engine"])
        self.assertRegex(self.sample.call("status").out, r"engine SILENT for 2\d s, was paused: waits for the object store")


if __name__ == "__main__":
    unittest.main()
