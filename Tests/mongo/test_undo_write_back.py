# SPDX-License-Identifier: Apache-2.0
"""What a cut-over wrote into a course can be taken back for as long as nobody has saved the course since."""
import unittest

import bson

from courses import old_course, split_course
from loader import load
from mongo_site import SiteTests, inventory
from studio import PUBLISHED, Studio
from synthetic import Fleet, course
from written_back import BRANCHES, Heads

FLEET = Fleet(videos=6, transcripts=2, drafts=2)


class UndoTests(SiteTests):
    def migrated(self, form=split_course, name="site"):
        """A course that was written back, alone on a site of its own, and what was there before."""
        self.client.drop_database("edxapp")
        stored = form(course(FLEET, 0, share_name=True))
        load(self.database, stored)
        site = self.mongo_site(name)
        before = inventory(self.database)
        result = site.call("run", "--all", "--json")
        self.assert_exit(0, result)
        self.assertIn("wrote back", [event["event"] for event in result.lines])
        return site, stored.key, before

    def undo(self, site, key, *arguments):
        return site.call("undo-write-back", "--course", key, *arguments)

    def assert_sentence(self, result, exit, words):
        self.assert_exit(exit, result)
        self.assertRegex(result.err, rf"\Amallow: [^\n]*{words}[^\n]*\.\n\Z")

    def rows(self, site):
        return site.transcripts(), site.flags(), site.objects()

    def test_both_heads_are_the_structures_that_they_were(self):
        for words in ([], ["--json"]):
            with self.subTest(words):
                site, key, before = self.migrated(name=f"site{len(words)}")
                others = {name: documents for name, documents in before.items() if name != "modulestore.active_versions"}
                index = Heads(self.database, key).index
                rows = self.rows(site)
                undone = self.undo(site, key, *words)
                self.assert_exit(0, undone)
                if words:
                    self.assertEqual((key, True), (undone.json["course"], undone.json["undone"]))
                    self.assertGreater(undone.json["videos"], 0)
                heads = Heads(self.database, key)
                self.assertIn("", heads.ids(PUBLISHED).values())
                after = inventory(self.database)
                for branch in BRANCHES:
                    self.assertIn(bytes(heads.structures[branch].raw), before["modulestore.structures"])
                for name, documents in others.items():
                    self.assertLessEqual(set(documents), set(after[name]), name)
                self.assertGreater(int(heads.index["last_update"]), int(index["last_update"]), "others' saves are locked by it")
                self.assertEqual(rows, self.rows(site), "transcripts, rows and flags stay")

    def test_what_learners_miss_since_is_told(self):
        """In the course's reason, and in the report of the run that wrote: the newest that takes courses is still that one."""
        site, key, _ = self.migrated()
        self.assertEqual([], site.call("report", "--json").json["courses"][0]["new_ids"])
        videos = self.undo(site, key, "--json").json["videos"]
        self.assertIn("taken back", site.status()[key]["reason"])
        report = site.call("report", "--json")
        self.assert_exit(0, report)
        self.assertEqual("production", report.json["kind"])
        self.assertEqual(videos, len(report.json["courses"][0]["new_ids"]))
        # A run that moves nothing and leaves them out names them, too.
        self.assert_exit(0, site.call("run", "--all", "--no-write-back"))
        self.assertEqual(videos, len(site.call("report", "--json").json["courses"][0]["new_ids"]))
        self.assert_exit(0, site.call("run", "--all"))
        self.assertNotIn("taken back", site.status()[key]["reason"])
        self.assertEqual([], site.call("report", "--json").json["courses"][0]["new_ids"])

    def test_taken_back_once_there_is_nothing_to_take_back(self):
        site, key, _ = self.migrated()
        self.assert_exit(0, self.undo(site, key))
        before = inventory(self.database)
        self.assert_sentence(self.undo(site, key), 2, "knows of no edx_video_ids")
        self.assert_same_documents(before, inventory(self.database))

    def test_the_next_run_writes_the_same_ids_again(self):
        for form in (split_course, old_course):
            with self.subTest(form.__name__):
                site, key, _ = self.migrated(form, form.__name__)
                ids, rows = self.ids(form, key), self.rows(site)
                self.assert_exit(0, self.undo(site, key))
                self.assertNotEqual(ids, self.ids(form, key))
                again = site.call("run", "--all", "--json")
                self.assert_exit(0, again)
                self.assertEqual(ids, self.ids(form, key))
                self.assertEqual(rows, self.rows(site), "and writes nothing else")

    def ids(self, form, key):
        if form is split_course:
            return [Heads(self.database, key).ids(branch) for branch in BRANCHES]
        return {str(d["_id"]): d["metadata"].get("edx_video_id") for d in self.database["modulestore"].find({"_id.category": "video"})}

    def test_after_a_save_it_is_refused_and_nothing_is_changed(self):
        for kind in ("a save", "a publication"):
            with self.subTest(kind):
                site, key, _ = self.migrated(name=kind)
                studio = Studio(self.database, key)
                self.assertTrue(studio.save("s00000v0003", display_name="later") if kind == "a save" else studio.publish("s00000v0000"))
                before = inventory(self.database)
                self.assert_sentence(self.undo(site, key), 1, "somebody has saved the course since")
                self.assert_same_documents(before, inventory(self.database))
                said = self.undo(site, key, "--json")
                self.assert_exit(1, said)
                self.assert_same_documents(before, inventory(self.database))

    def test_a_save_in_the_very_moment_wins(self):
        """Between the look at the heads and their move, which the server holds up."""
        site, key, _ = self.migrated()
        studio = Studio(self.database, key)
        # The only command that it sends between: the look itself is answered late.
        self.server.fail("find", "modulestore.active_versions", milliseconds=1500)
        child = site.start("undo-write-back", "--course", key)
        self.wait_until_met()
        self.assertTrue(studio.save("s00000v0003", display_name="in between"))
        before = inventory(self.database)
        self.assertEqual(1, child.wait(60), child.err.read_text())
        self.assertIn("somebody has saved the course since", child.err.read_text())
        self.assert_same_documents(before, inventory(self.database))

    def test_old_courses_lose_the_ids_that_were_given_and_keep_what_is_an_authors(self):
        site, key, before = self.migrated(old_course)
        self.assertTrue(self.new_documents(before))
        rows = self.rows(site)
        self.assert_exit(0, self.undo(site, key))
        self.assert_same_documents(before, inventory(self.database), "byte for byte: they held an empty text before")
        self.assertEqual(rows, self.rows(site))

    def test_an_old_block_that_an_author_gave_another_id_keeps_it(self):
        site, key, before = self.migrated(old_course)
        new = self.new_documents(before)
        self.assertTrue(new)
        self.database["modulestore"].update_one({"_id": new[0]["_id"]}, {"$set": {"metadata.edx_video_id": "an-authors"}})
        undone = self.undo(site, key)
        kept = self.database["modulestore"].find_one({"_id": new[0]["_id"]})
        self.assertEqual("an-authors", kept["metadata"]["edx_video_id"])
        self.assertEqual(0 if len(new) > 1 else 1, undone.exit, undone.err)

    def new_documents(self, before):
        old = set(before["modulestore"])
        return [bson.decode(raw) for raw in inventory(self.database)["modulestore"] if raw not in old]

    def test_what_there_is_nothing_of_is_a_usage_error(self):
        site, key, _ = self.migrated()
        before = inventory(self.database)
        for name, words in (("course-v1:SynthX+S99999+2018", "knows of no edx_video_ids"), ("no-key", "--course")):
            self.assert_sentence(self.undo(site, name), 2, words)
        other = self.mongo_site("other")
        refused = self.undo(other, key)
        self.assert_exit(2, refused)
        self.assert_same_documents(before, inventory(self.database))

    def test_while_an_engine_runs_it_is_refused(self):
        site, key, _ = self.migrated()
        load(self.database, split_course(course(FLEET, 1, share_name=True)))
        self.server.fail("find", "fs.files", hang=True)
        child = site.start("run", "--all", "--json")
        self.wait_until_met()
        heads = Heads(self.database, key)
        self.assert_sentence(self.undo(site, key), 6, "engine")
        self.assertEqual(bytes(heads.index.raw), bytes(Heads(self.database, key).index.raw))
        self.server.reset()
        self.assertEqual(0, child.wait(120), child.err.read_text())


if __name__ == "__main__":
    unittest.main()
