# SPDX-License-Identifier: Apache-2.0
"""A rehearsal reads production's MongoDB and writes nothing into it; production then does."""
import os
import unittest

from courses import old_course
from loader import load
from mongo_site import SiteTests, call, inventory, required
from server import PASSWORD
from synthetic import Fleet, libraries
from without_ids import course_without_ids
from written_back import BRANCHES, Heads

WRITES = ("insert", "update", "delete", "findAndModify", "createIndexes", "drop", "create", "renameCollection")


class RehearsalTests(SiteTests):
    options = {"auth": True}

    def setUp(self):
        super().setUp()
        fleet = Fleet(videos=4, transcripts=2, drafts=1)
        self.courses = [course_without_ids(fleet, 0), course_without_ids(fleet, 1, old_course)]
        for stored in (*self.courses, *libraries(1, 2)):
            load(self.database, stored)
        self.before = inventory(self.database)
        self.server.reset()
        (self.folder / "password").write_text(PASSWORD)
        (self.folder / "password").chmod(0o600)
        (self.folder / "mallow.yaml").write_text(
            f"production:\n  source: mongodb://mallow@{self.server.address}/edxapp?authSource=admin\n"
            "  store: file:production/objects\n  catalog: sqlite:production/edxval.sqlite\n"
            f"  secrets:\n    source_password: {{file: {self.folder / 'password'}}}\n"
            "staging:\n  store: file:staging/objects\n  catalog: sqlite:staging/edxval.sqlite\nledger: mallow.ledger\n")
        for side in ("production", "staging"):
            (self.folder / side).mkdir()

    def mallow(self, *arguments):
        environment = {name: value for name, value in os.environ.items() if name != "MALLOW_SOURCE_PASSWORD"}
        environment |= {"XDG_STATE_HOME": str(self.folder / "state"), "XDG_CONFIG_HOME": str(self.folder / "config")}
        return call([required("MALLOW"), *arguments], cwd=self.folder, env=environment)

    def assert_untouched(self):
        self.assert_same_documents(self.before, inventory(self.database))
        self.assertEqual([], [entry for entry in self.server.counters()["commands"] if entry["command"] in WRITES])
        self.assertEqual([], [*(self.folder / "production").iterdir()])

    def test_two_rehearsals_write_nothing_to_mongodb_and_production_writes_the_ids(self):
        total = sum(len(stored["fs.files"]) for stored in self.courses)
        for number in (1, 2):
            refused = self.mallow("run", "--all")
            self.assert_exit(2, refused)
            self.assertIn("wants 2 completed rehearsals", refused.err)
            rehearsed = self.mallow("run", "--rehearsal", "--all")
            self.assert_exit(0, rehearsed)
            self.assertIn(f"rehearsal {number} of 2 is complete: {total} transcripts", rehearsed.err)
            self.assert_exit(0, self.mallow("verify", "--rehearsal", "--deep"))
            self.assertNotIn("write-back", self.mallow("doctor", "--rehearsal").out)
            key = self.courses[0].key
            undone = self.mallow("undo-write-back", "--rehearsal", "--course", key)
            self.assert_exit(2, undone)
            self.assertIn("A rehearsal writes nothing into courses", undone.err)
            self.assertEqual(2, self.mallow("undo-write-back", "--course", key).exit)
            self.assert_untouched()
            for path in sorted((self.folder / "staging").rglob("*"), reverse=True):
                path.unlink() if path.is_file() else path.rmdir()
        self.assert_exit(0, self.mallow("run", "--all"))
        heads = Heads(self.database, key)
        self.assertEqual(heads.ids(BRANCHES[0]), heads.ids(BRANCHES[1]))
        self.assertNotIn("", heads.ids(BRANCHES[0]).values())
        old = self.database["modulestore"].find({"_id.category": "video"})
        self.assertNotIn("", {document["metadata"]["edx_video_id"] for document in old})
        self.assert_exit(0, self.mallow("verify", "--deep"))

    def test_a_rehearsal_that_meets_an_outage_writes_nothing_either(self):
        self.server.fail("find", "fs.chunks", drop="before", times=2)
        self.assert_exit(0, self.mallow("run", "--rehearsal", "--all"))
        self.wait_until_met()
        self.assert_untouched()


if __name__ == "__main__":
    unittest.main()
