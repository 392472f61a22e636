# SPDX-License-Identifier: Apache-2.0
"""Authors save while a course cuts over, and replies are lost: no save is, and in the end both heads hold the same ids.

MALLOW_SEED changes when the author saves what.
"""
import os
import random
import unittest

from bson import ObjectId

from courses import old_course
from loader import load
from mongo_site import SiteTests, events, inventory
from studio import DRAFT, PUBLISHED, BusyAuthor, Studio, block_of, moment, next_version
from synthetic import Fleet
from without_ids import course_without_ids
from written_back import Heads, assert_written_back

SEED = int(os.environ.get("MALLOW_SEED", "2018"))
FLEET = Fleet(videos=6, transcripts=1, drafts=2)
STRUCTURES, INDEX = "modulestore.structures", "modulestore.active_versions"


class CollisionTests(SiteTests):
    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)
        self.stored = course_without_ids(FLEET)
        self.key = self.stored.key
        load(self.database, self.stored)
        self.site = self.mongo_site()
        self.given = {key: video["edx_video_id"] for key, video in planned(self.site)}
        self.studio = Studio(self.database, self.key)

    def assert_ended_well(self, before):
        """Every save survived, and both heads hold the ids since the last one."""
        assert_written_back(self, before, Heads(self.database, self.key), self.given)
        self.assertEqual([(self.key, 1)], self.site.flags())
        for branch, structure in self.studio.saved:
            self.assertIn(structure, self.studio.ancestors(branch), "a save is lost")
        kept = inventory(self.database)
        self.server.reset()
        self.assert_exit(0, self.site.call("run", "--all"))
        self.assert_same_documents(kept, inventory(self.database), "run again, it writes nothing")

    def collide(self, save, **fault):
        """A run that is held up at one of its writes while somebody saves."""
        self.server.fail(**fault, milliseconds=1000)
        child = self.site.start("run", "--all", "--json")
        self.wait_until_met()
        self.assertTrue(save())
        before = Heads(self.database, self.key)
        self.assertEqual(0, child.wait(120), child.err.read_text())
        text = child.out.read_text()
        found = {kind: text.count(f'"event":"{kind}"') for kind in ("write-back intent", "write-back abandoned", "wrote back", "flag on")}
        self.assertEqual({"write-back intent": 2, "write-back abandoned": 1, "wrote back": 1, "flag on": 1}, found)
        self.assert_ended_well(before)

    def test_a_save_while_the_drafts_structure_is_written(self):
        self.collide(lambda: self.studio.save("s00000v0003", display_name="in between"), command="insert", collection=STRUCTURES)

    def test_a_publication_while_the_published_structure_is_written(self):
        self.collide(lambda: self.studio.publish("s00000v0000"), command="insert", collection=STRUCTURES, after=1)
        self.assertIn(("video", "s00000v0000"), Heads(self.database, self.key).equal())

    def test_an_author_who_gives_an_id_in_that_moment_keeps_it(self):
        """To publish it is for the author, too; the transcripts are found by it."""
        mine = ("video", "s00000v0003")
        del self.given[mine]
        self.collide(lambda: self.studio.save(mine[1], edx_video_id="an-authors"), command="insert", collection=STRUCTURES)
        heads = Heads(self.database, self.key)
        self.assertEqual(["an-authors", ""], [heads.ids(branch)[mine[1]] for branch in (DRAFT, PUBLISHED)])
        self.assertIn("an-authors", {video for video, _ in self.site.transcripts()})

    def test_a_transcript_that_is_named_in_that_moment_is_migrated_before_the_flag(self):
        name = "s00000v0003"
        file = self.database["fs.files"].find_one({"_id": self.asset(f"subs_{name}.srt.sjson")})
        chunk = self.database["fs.chunks"].find_one({"files_id": file["_id"]})
        late = self.asset("late.srt")
        self.database["fs.files"].insert_one(file | {"_id": late, "filename": late})
        self.database["fs.chunks"].insert_one(chunk | {"_id": ObjectId(), "files_id": late})
        self.collide(lambda: self.studio.save(name, transcripts={"fr": "late.srt"}), command="insert", collection=STRUCTURES)
        self.assertIn((self.given["video", name], "fr"), self.site.transcripts())

    def test_a_save_that_ends_over_the_ids_when_the_flag_comes_is_noticed_and_they_are_written_again(self):
        """As an import does that began before the heads moved, and knows no lock."""
        before, stale = Heads(self.database, self.key), {branch: self.studio.head(branch) for branch in (DRAFT, PUBLISHED)}

        def save_over():
            new = {branch: next_version(structure, moment()) for branch, structure in stale.items()}
            for structure in new.values():
                self.database[STRUCTURES].insert_one(structure)
            versions = {branch: structure["_id"] for branch, structure in new.items()}
            self.database[INDEX].update_one(self.studio.where, {"$set": {"versions": versions, "last_update": moment()}})

        found = self.interfere(INDEX, STRUCTURES, save_over)
        self.assertEqual({"write-back intent": 2, "write-back abandoned": 1, "wrote back": 2, "flag on": 1}, found)
        after = Heads(self.database, self.key)
        for branch in (DRAFT, PUBLISHED):
            self.assertLessEqual({(key[1], identifier) for key, identifier in self.given.items()}, set(after.ids(branch).items()))
        self.assertEqual(before.equal(), after.equal())
        self.assert_reported_as_held(self.key)

    def interfere(self, written, read, save):
        """A run in which somebody saves after the ids were seen in their course, and before the flag. Returns its events."""
        self.server.fail("update", written, milliseconds=1000)
        child = self.site.start("run", "--all", "--json")
        self.wait_until_met()
        # What is asked for next is whether the ids are there; the answer says so, and is late.
        self.server.fail("find", read, milliseconds=1000)
        self.wait_until_met()
        save()
        self.assertEqual(0, child.wait(120), child.err.read_text())
        text = child.out.read_text()
        self.assertIn("learners do not see those of these videos until the ids are written again", text)
        return {kind: text.count(f'"event":"{kind}"') for kind in ("write-back intent", "write-back abandoned", "wrote back", "flag on")}

    def assert_reported_as_held(self, key):
        self.assertEqual("migrated", self.site.status()[key]["state"])
        course = next(course for course in self.site.call("report", "--json").json["courses"] if course["key"] == key)
        self.assertEqual([], course["new_ids"])
        kept = inventory(self.database)
        self.assert_exit(0, self.site.call("run", "--all"))
        self.assert_same_documents(kept, inventory(self.database), "run again, it writes nothing")

    def test_an_id_of_an_old_course_that_is_taken_out_when_the_flag_comes_is_written_again(self):
        self.client.drop_database("edxapp")
        stored = course_without_ids(FLEET, 1, old_course)
        load(self.database, stored)
        blocks = self.database["modulestore"]
        found = self.interfere("modulestore", "modulestore", lambda: blocks.update_one(
            {"_id.category": "video", "_id.name": "s00001v0003", "_id.revision": None}, {"$set": {"metadata.edx_video_id": ""}}))
        self.assertEqual({"write-back intent": 2, "write-back abandoned": 1, "wrote back": 2, "flag on": 1}, found)
        self.assertNotIn("", [block["metadata"]["edx_video_id"] for block in blocks.find({"_id.category": {"$in": ["video", "videoalpha"]}})])
        self.assert_reported_as_held(stored.key)

    def asset(self, name):
        return f"asset-v1:{self.key.removeprefix('course-v1:')}+type@asset+block@{name}"

    def test_an_author_who_saves_now_and_then_while_a_fleet_migrates(self):
        for number in range(1, 4):
            load(self.database, course_without_ids(Fleet(videos=30, transcripts=1, drafts=3), number))
        keys = sorted(plan["key"] for plan in self.site.call("plan", "--json").json["courses"])[1:]
        authors = [BusyAuthor(Studio(self.database, key), [f"s{number:05}v{video:04}" for video in range(30)],
                              random.Random(f"{SEED}/{key}"), 0.08) for number, key in enumerate(keys, 1)]
        for author in authors:
            self.enterContext(author)
        done = self.site.call("run", "--all", "--json", "--limit-puts", "60")
        self.assertIn(done.exit, (0, 1), done.err)
        for author in authors:
            author.__exit__()
        self.assertGreater(min(len(author.studio.saved) for author in authors), 10)
        self.assert_at_rest(authors)

    def test_an_author_who_never_rests(self):
        """Nothing is lost by either: the run gives up with a sentence, or has got between, and the next one ends it."""
        author = self.enterContext(BusyAuthor(self.studio, [f"s00000v{video:04}" for video in range(6)], self.chance, 0))
        done = self.site.call("run", "--all", "--json")
        self.assertIn(done.exit, (0, 1), done.err)
        author.__exit__()
        if done.exit:
            self.assertIn("when its authors rest", self.site.status()[self.key]["reason"])
            self.assertEqual([], self.site.flags())
        self.assertGreater(len(self.studio.saved), 50)
        self.assert_at_rest([author])

    def assert_at_rest(self, authors):
        """Every save is in the heads or under them, and both heads hold the same ids."""
        self.assert_exit(0, self.site.call("run", "--all"))
        for author in authors:
            studio = author.studio
            for branch in (DRAFT, PUBLISHED):
                saved = [structure for of, structure in studio.saved if of == branch]
                above = list(reversed(studio.ancestors(branch)))
                self.assertEqual(saved, [structure for structure in above if structure in set(saved)], f"{branch}: saves are lost")
            draft, published = studio.head(DRAFT), studio.head(PUBLISHED)
            for name, (title, seen) in author.last.items():
                self.assertEqual(title, block_of(draft, name)["fields"]["display_name"])
                if seen:
                    self.assertEqual(seen, block_of(published, name)["fields"]["display_name"])
            key = "course-v1:{org}+{course}+{run}".format(**studio.where)
            heads = Heads(self.database, key)
            self.assertEqual(heads.ids(DRAFT), heads.ids(PUBLISHED))
            self.assertNotIn("", heads.ids(DRAFT).values())
            equal = {name for name, (title, seen) in author.last.items() if title == seen}
            self.assertLessEqual(equal, {name for _, name in heads.equal()}, "what was published looks as if it were not")
        self.assertEqual({"migrated"}, {course["state"] for course in self.site.status().values()})
        before = inventory(self.database)
        self.assert_exit(0, self.site.call("run", "--all"))
        self.assert_same_documents(before, inventory(self.database))


class LostRepliesTests(SiteTests):
    """Of the writes to a single server, where a driver does nothing twice by itself."""

    faults = [
        *({"command": "update", "collection": INDEX, "drop": when} for when in ("before", "after")),
        {"command": "insert", "collection": STRUCTURES, "drop": "before"},
        {"command": "insert", "collection": STRUCTURES, "drop": "after", "after": 1},
        *({"command": "update", "collection": INDEX, "code": 10107, "done": done} for done in (False, True)),
        {"command": "insert", "collection": STRUCTURES, "code": 11600, "done": True},
        {"command": "update", "collection": INDEX, "drop": "before", "times": 3},
    ]

    def test_of_split(self):
        stored = course_without_ids(FLEET)
        for number, fault in enumerate(self.faults):
            with self.subTest(fault):
                self.client.drop_database("edxapp")
                load(self.database, stored)
                before = Heads(self.database, stored.key)
                site = self.mongo_site(f"split{number}")
                given = {key: said["edx_video_id"] for key, said in planned(site)}
                self.server.reset()
                self.server.fail(**fault)
                result = site.call("run", "--all", "--json")
                self.wait_until_met()
                self.assert_exit(0, result)
                assert_written_back(self, before, Heads(self.database, stored.key), given)
                self.assertEqual(1, events(result)["wrote back"])
                self.assertEqual([(stored.key, 1)], site.flags())
                self.server.reset()
                self.assert_exit(0, site.call("undo-write-back", "--course", stored.key))
                self.assertEqual({""}, set(Heads(self.database, stored.key).ids(DRAFT).values()))

    def test_of_old_mongo(self):
        stored = course_without_ids(FLEET, form=old_course)
        for number, fault in enumerate(({"drop": "before"}, {"drop": "after"}, {"drop": "after", "after": 5}, {"code": 11600, "done": True},
                                        {"drop": "before", "after": 3, "times": 2})):
            with self.subTest(fault):
                self.client.drop_database("edxapp")
                load(self.database, stored)
                site = self.mongo_site(f"old{number}")
                self.server.reset()
                self.server.fail("update", "modulestore", **fault)
                result = site.call("run", "--all", "--json")
                self.wait_until_met()
                self.assert_exit(0, result)
                self.assertIn("wrote back", events(result))
                ids = {document["metadata"]["edx_video_id"] for document in self.database["modulestore"].find({"_id.category": "video"})}
                self.assertEqual({video for video, _ in site.transcripts()}, ids)

    def test_of_reading_what_was_written(self):
        """The proof is asked for again."""
        stored = course_without_ids(FLEET)
        load(self.database, stored)
        site = self.mongo_site()
        self.server.fail("update", INDEX, milliseconds=1000)
        child = site.start("run", "--all", "--json")
        self.wait_until_met()
        self.server.fail("find", INDEX, drop="before")
        self.assertEqual(0, child.wait(60), child.err.read_text())
        self.wait_until_met()
        self.assertEqual(1, child.out.read_text().count('"event":"wrote back"'))
        self.assertNotIn("", Heads(self.database, stored.key).ids(PUBLISHED).values())


class LostRepliesOfASetTests(LostRepliesTests):
    """Of a replica set, where a driver sends a numbered write once more by itself."""

    options = {"replica_set": "rs0"}
    faults = [
        *({"command": "update", "collection": INDEX, "drop": when, "times": 2} for when in ("before", "after")),
        {"command": "insert", "collection": STRUCTURES, "drop": "after", "times": 2},
        {"command": "update", "collection": INDEX, "code": 10107},
    ]

    def mongo_site(self, *arguments, **options):
        return super().mongo_site(*arguments, **{"options": "?replicaSet=rs0", **options})


def planned(site):
    for video in site.call("plan", "--json").json["courses"][0]["videos"]:
        kind, name = video["usage_key"].split("+type@")[1].split("+block@")
        yield (kind, name), video


if __name__ == "__main__":
    unittest.main()
