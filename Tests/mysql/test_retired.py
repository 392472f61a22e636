# SPDX-License-Identifier: Apache-2.0
"""A host that production once was on and that is gone: rehearsals into a database of the same name and port."""
import sqlite3
import unittest

from mysql_site import DatabaseTests

import fleet  # beside program, where mysql_site leads
from program import call, required

REASON = "switched off in May"
# Two points: no name server is asked for it.
GONE = "gone..example"


class RetiredHostTests(DatabaseTests):
    def setUp(self):
        super().setUp()
        self.exports = self.folder / "fleet"
        self.total = fleet.make_fleet(self.exports, 1, 2, 2)
        self.site = self.mysql_site(self.exports)
        self.configure()
        self.assert_exit(0, self.mallow("discover"))
        ledger = sqlite3.connect(self.folder / "mallow.ledger", isolation_level=None)
        self.addCleanup(ledger.close)
        catalog = f"mysql://mallow@{GONE}:{self.database.port}/edxval"
        ledger.execute(
            "INSERT INTO run (kind, state, reason, actor, host, pid, source, store, catalog, options, started, ended) "
            "SELECT 'production', state, reason, actor, host, pid, source, store, ?, options, started, ended FROM run",
            (catalog,))

    def configure(self, retired=""):
        (self.folder / "mallow.yaml").write_text(
            f"production:\n  source: olx:{self.exports}\n  store: file:objects\n  catalog: sqlite:edxval.sqlite\n{retired}"
            f"staging: {{store: 'file:staging', catalog: '{self.site.endpoint}'}}\nledger: mallow.ledger\n")

    def mallow(self, *arguments):
        return call([required("MALLOW"), *arguments], cwd=self.folder, env=self.site.environment)

    def staging(self):
        return next(c for c in self.mallow("doctor", "--json").json["checks"] if c["name"] == "staging")

    def test_it_stops_rehearsals_until_somebody_calls_it_retired(self):
        self.assertEqual("fail", self.staging()["verdict"])
        refused = self.mallow("run", "--rehearsal", "--all")
        self.assertEqual(1, refused.exit)
        self.assertIn("write it with a reason below production: retired: in mallow.yaml", refused.err)
        self.assertFalse((self.folder / "staging").exists())
        self.configure(f"  retired: {{{GONE}: {REASON}}}\n")
        check = self.staging()
        self.assertEqual("pass", check["verdict"])
        words = f"{GONE}, where production once wrote, has no address any more and counts as retired: {REASON}"
        self.assertIn(words, check["measured"])
        done = self.mallow("run", "--rehearsal", "--all")
        self.assert_exit(0, done)
        self.assertIn("rehearsal 1 of 2 is complete", done.err)
        notices = self.mallow("report", "--rehearsal", "--json").json["notices"]
        self.assertTrue([notice for notice in notices if words in notice], notices)


if __name__ == "__main__":
    unittest.main()
