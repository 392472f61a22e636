# SPDX-License-Identifier: Apache-2.0
"""The only thing that is ever written to a source: ids that were derived, at cut-over, where a course has none."""
import unittest
import uuid
from datetime import timedelta

from bson import Int64

from breaking import fields
from broken_videos import EVERY_TYPE
from courses import old_course, split_course
from dump import write_dump
from loader import load
from mongo_site import SiteTests, documents, events, inventory
from outline import BlockKey
from studio import DRAFT, PUBLISHED, block_of, set_version
from synthetic import Fleet, course, libraries
from written_back import BRANCHES, VIDEO_TYPES, Heads, assert_written_back, derived_id, elements

VIDEOS = 16
FLEET = Fleet(videos=VIDEOS, transcripts=2, orphans=2, videoalphas=4, drafts=3)
WRITES = ("insert", "update", "delete", "findAndModify", "createIndexes", "drop", "create", "aggregate")


def name_of(number):
    return f"s00000v{number:04}"


def rich_course(form=split_course):
    """One with every kind of block that a write-back meets; only `name_of(15)` and the orphans keep their ids as they are."""
    stored = form(course(FLEET, 0, share_name=True))
    for key in video_keys(stored):
        for said in fields(stored, key):
            said["edx_video_id"] = ""
    give = {number: fields(stored, key_of(number)) for number in range(VIDEOS)}
    for said in give[4]:
        del said["edx_video_id"]
    for said in give[5]:
        said["edx_video_id"] = None
    for said in give[6]:
        said |= {"xml_attributes": EVERY_TYPE, "a.b": {"$c": 1}, "count": Int64(7)}
    for said in give[15]:
        said["edx_video_id"] = "there-already"
    return stored


def key_of(number):
    return BlockKey("videoalpha" if number < FLEET.videoalphas else "video", name_of(number))


def video_keys(stored):
    return [key_of(number) if number < VIDEOS else BlockKey("video", name_of(number)) for number in range(VIDEOS + FLEET.orphans)]


class SplitTests(SiteTests):
    def setUp(self):
        super().setUp()
        self.stored = rich_course()
        self.key = self.stored.key
        self.draft, self.published = (next(s for s in self.stored["modulestore.structures"] if s["_id"] == head)
                                      for head in self.stored["modulestore.active_versions"][0]["versions"].values())
        self.site = self.mongo_site()

    def given(self, *without):
        """What the videos get that have none, but for these."""
        return {key_of(number): derived_id(self.key, key_of(number)) for number in range(VIDEOS - 1) if number not in without}

    def edit(self, number):
        """The draft of a video is a version that was not published. Returns its block."""
        block = block_of(self.draft, name_of(number))
        set_version(block, self.draft, source=None)
        return block

    def migrate(self, given, *arguments):
        """Loads the course beside others, runs, and holds every document against what it was. Returns (before, after)."""
        load(self.database, self.stored)
        others = [*libraries(1, 2), split_course(course(Fleet(videos=1), 2, share_name=True))]
        for stored in others:
            load(self.database, stored)
        before, all_before = Heads(self.database, self.key), inventory(self.database)
        result = self.site.call("run", "--course", self.key, "--json", *arguments)
        self.assert_exit(0, result)
        after, all_after = Heads(self.database, self.key), inventory(self.database)
        assert_written_back(self, before, after, given)
        new = {bytes(after.structures[branch].raw) for branch in BRANCHES} - {bytes(before.structures[branch].raw) for branch in BRANCHES}
        for name in all_before.keys() | all_after.keys():
            gone, come = set(all_before[name]) - set(all_after[name]), set(all_after[name]) - set(all_before[name])
            expected = {"modulestore.structures": (set(), new),
                        "modulestore.active_versions": ({bytes(before.index.raw)}, {bytes(after.index.raw)})}
            self.assertEqual(expected.get(name, (set(), set())), (gone, come), name)
        return before, after

    def test_both_heads_get_the_same_ids_and_nothing_else_is_another(self):
        before, after = self.migrate(self.given())
        for branch in BRANCHES:
            ids = after.ids(branch)
            for number in range(VIDEOS - 1):
                self.assertEqual(derived_id(self.key, key_of(number)), ids[name_of(number)])
            self.assertEqual("there-already", ids[name_of(15)])
            for number in (VIDEOS, VIDEOS + 1):
                self.assertEqual("", ids[name_of(number)], "nobody reaches an orphan")
        self.assertEqual({"video", "videoalpha"}, {type_ for type_, name in after.equal() if type_ in VIDEO_TYPES})
        drafted = {key_of(number) for number in range(FLEET.drafts)}
        self.assertEqual(set(), drafted & set(after.equal()), "what has changes that are not published has them still")
        self.assertEqual(before.equal(), after.equal())
        rows = {video for video, _ in self.site.transcripts()}
        self.assertLessEqual(set(self.given().values()), rows)

    def test_run_again_it_writes_nothing(self):
        self.migrate(self.given())
        before = inventory(self.database)
        self.server.reset()
        again = self.site.call("run", "--course", self.key, "--json")
        self.assert_exit(0, again)
        self.assertNotIn("write-back intent", events(again))
        self.assert_same_documents(before, inventory(self.database))
        self.assert_reads_only()

    def test_a_block_that_is_equal_in_both_heads_and_one_of_an_older_release(self):
        """Without `edit_info`, or without what newer releases add to it and to the block."""
        for head in (self.draft, self.published):
            old = block_of(head, name_of(7))
            for name in ("asides", "defaults", "definition"):
                del old[name]
            del old["edit_info"]["original_usage"], old["edit_info"]["original_usage_version"]
            del block_of(head, name_of(8))["edit_info"]
            del block_of(head, name_of(9))["edit_info"]["source_version"]
        _, after = self.migrate(self.given())
        self.assertIn(key_of(7), after.equal())
        self.assertNotIn(key_of(9), after.equal(), "without its source, what is published is a version of its own")

    def test_an_id_that_one_head_holds_is_its_authors(self):
        """To publish it, or to bring it back, is for the author: neither head becomes another by it."""
        self.edit(10)["fields"]["edx_video_id"] = "in-the-draft"
        self.edit(11)
        block_of(self.published, name_of(11))["fields"]["edx_video_id"] = " in-what-is-published "
        _, after = self.migrate(self.given(10, 11))
        self.assertEqual(["in-the-draft", ""], [after.ids(branch)[name_of(10)] for branch in (DRAFT, PUBLISHED)])
        self.assertEqual(["", " in-what-is-published "], [after.ids(branch)[name_of(11)] for branch in (DRAFT, PUBLISHED)])
        self.assertLessEqual({"in-the-draft", "in-what-is-published"}, {video for video, _ in self.site.transcripts()})

    def test_a_video_that_is_in_one_head_only(self):
        self.remove(self.draft, name_of(12))
        self.remove(self.published, name_of(13))
        _, after = self.migrate(self.given())
        self.assertNotIn(name_of(12), after.ids(DRAFT))
        self.assertEqual(derived_id(self.key, key_of(12)), after.ids(PUBLISHED)[name_of(12)])
        self.assertEqual(derived_id(self.key, key_of(13)), after.ids(DRAFT)[name_of(13)])

    def test_one_head_that_lacks_nothing_keeps_its_structure(self):
        """The one video without an id was never published."""
        self.remove(self.published, name_of(12))
        for head in (self.draft, self.published):
            for number in range(VIDEOS):
                if number != 12:
                    block_of(head, name_of(number))["fields"]["edx_video_id"] = f"id-{number}"
        before, after = self.migrate({key_of(12): derived_id(self.key, key_of(12))})
        self.assertEqual(before.index["versions"][PUBLISHED], after.index["versions"][PUBLISHED])
        self.assertNotEqual(before.index["versions"][DRAFT], after.index["versions"][DRAFT])

    @staticmethod
    def remove(head, name):
        head["blocks"].remove(block_of(head, name))
        for block in head["blocks"]:
            if "children" in block["fields"]:
                block["fields"]["children"] = [child for child in block["fields"]["children"] if child[1] != name]

    def test_heads_that_are_one_structure(self):
        """As after an import: both get one of their own."""
        versions = self.stored["modulestore.active_versions"][0]["versions"]
        versions[PUBLISHED] = versions[DRAFT]
        self.stored["modulestore.structures"].remove(self.published)
        _, after = self.migrate(self.given())
        self.assertEqual(after.ids(DRAFT), after.ids(PUBLISHED))

    def test_a_course_that_was_saved_in_the_future_and_one_that_never_was(self):
        """A platform whose clock goes before ours, or an index that says no time: what saves are locked by changes all the same."""
        index = self.stored["modulestore.active_versions"][0]
        index["last_update"] += timedelta(days=10_000)
        self.migrate(self.given())
        del index["last_update"]
        self.client.drop_database("edxapp")
        self.site = self.mongo_site("second")
        load(self.database, self.stored)
        self.assert_exit(0, self.site.call("run", "--all"))
        heads = Heads(self.database, self.key)
        self.assertIn("last_update", heads.index)
        self.assertEqual(derived_id(self.key, key_of(3)), heads.ids(PUBLISHED)[name_of(3)])

    def test_names_that_a_client_would_rather_not_send(self):
        """An empty one, dots, dollars: a structure goes through as it is."""
        for head in (self.draft, self.published):
            block_of(head, name_of(7))["fields"]["transcripts"] |= {"": ""}
            block_of(head, name_of(8))["fields"] |= {"$set": {"x.y": 1}, "": {"": None}}
            head["search.targets"] = {"$each": []}
        self.migrate(self.given())

    def test_a_course_with_many_blocks_is_written_as_a_whole(self):
        """A structure of 14 MB, near the most that one may have."""
        for head in (self.draft, self.published):
            block_of(head, name_of(6))["fields"]["data"] = "x" * (14 << 20)
        self.migrate(self.given())

    def test_without_write_back_nothing_is_written_and_the_consequence_is_said(self):
        load(self.database, self.stored)
        before = inventory(self.database)
        self.server.reset()
        result = self.site.call("run", "--all", "--json", "--no-write-back")
        self.assert_exit(0, result)
        self.assert_same_documents(before, inventory(self.database))
        self.assert_reads_only()
        self.assertNotIn("write-back intent", events(result))
        consequence = f"{VIDEOS - 1} videos have new edx_video_ids that the course does not hold yet: learners do not see their transcripts"
        self.assertIn(consequence, self.site.status()[self.key]["reason"])
        self.assertIn(consequence, self.site.call("report", "--json").out)
        self.assertEqual([(self.key, 1)], self.site.flags())
        later = self.site.call("run", "--all", "--json")
        self.assert_exit(0, later)
        self.assertEqual(1, events(later)["wrote back"])
        self.assertEqual(derived_id(self.key, key_of(3)), Heads(self.database, self.key).ids(PUBLISHED)[name_of(3)])
        self.assertNotIn("does not hold", self.site.status()[self.key]["reason"])

    def test_a_dump_cannot_be_written_to_and_that_is_said(self):
        write_dump(self.folder / "dump", "edxapp", [self.stored])
        files = {path: path.read_bytes() for path in (self.folder / "dump").rglob("*.*")}
        result = self.site.call("run", "--all", "--json", "--source", f"bson:{self.folder / 'dump'}")
        self.assert_exit(0, result)
        self.assertEqual(files, {path: path.read_bytes() for path in files})
        self.assertIn("that the course does not hold yet", self.site.status()[self.key]["reason"])

    def test_what_only_looks_writes_nothing(self):
        load(self.database, self.stored)
        before = inventory(self.database)
        self.server.reset()
        for words in (["plan"], ["discover"], ["doctor", "--no-write-back"], ["run", "--all", "--dry-run"], ["verify"], ["recover"],
                      ["status"]):
            self.site.call(*words)
        self.assert_same_documents(before, inventory(self.database))
        self.assert_reads_only()

    def assert_reads_only(self):
        written = [entry for entry in self.server.counters()["commands"] if entry["command"] in WRITES]
        self.assertEqual([], written)

    def test_a_video_without_a_transcript_gets_no_id(self):
        """What nothing was stored for has nothing to be found by."""
        for head in (self.draft, self.published):
            block_of(head, name_of(14))["fields"] |= {"sub": "", "transcripts": {}}
        _, after = self.migrate(self.given(14))
        self.assertEqual("", after.ids(DRAFT)[name_of(14)])

    def test_a_course_with_a_failed_video_gets_no_id_at_all(self):
        load(self.database, self.stored)
        self.database["fs.chunks"].delete_many({"files_id": {"$regex": f"subs_{name_of(3)}"}})
        before = inventory(self.database)
        self.assert_exit(1, self.site.call("run", "--all"))
        self.assert_same_documents(before, inventory(self.database))
        self.assertEqual([], self.site.flags())


class OldTests(SiteTests):
    def setUp(self):
        super().setUp()
        self.stored = rich_course(old_course)
        self.site = self.mongo_site()

    def identity(self, number, revision):
        key = key_of(number)
        return {"tag": "i4x", "org": "SynthX", "course": "S00000", "category": key.type, "name": key.name, "revision": revision}

    def test_each_revision_of_a_block_gets_the_id_and_nothing_else_is_another(self):
        """Found by the very `_id`: what looks alike is left alone."""
        forgotten = {"_id": self.identity(3, "forgotten"), "metadata": {"edx_video_id": ""}, "definition": {"data": ""}}
        elsewhere = {"_id": self.identity(3, None) | {"org": "OtherX"}, "metadata": {"edx_video_id": ""}, "definition": {"data": ""}}
        self.stored["modulestore"].append(forgotten)
        load(self.database, self.stored)
        self.database["modulestore"].insert_one(elsewhere)
        before = {bytes(document["_id"].raw): document for document in documents(self.database["modulestore"])}
        whole_before = inventory(self.database)
        result = self.site.call("run", "--all", "--json")
        self.assert_exit(0, result)
        after = {bytes(document["_id"].raw): document for document in documents(self.database["modulestore"])}
        self.assertEqual(before.keys(), after.keys())
        given = {tuple(self.identity(number, revision).items()): self.id_of(number)
                 for number in range(VIDEOS - 1) for revision in (None, "draft")}
        changed = 0
        for identity, document in after.items():
            old = before[identity]
            key = tuple(document["_id"].items())
            if key not in given:
                self.assertEqual(bytes(old.raw), bytes(document.raw), key)
                continue
            changed += 1
            self.assertEqual(given[key], document["metadata"]["edx_video_id"], key)
            self.assertEqual(elements(old).keys(), elements(document).keys())
            for name, raw in elements(old).items():
                if name != "metadata":
                    self.assertEqual(raw, elements(document)[name], (key, name))
            old_fields, new_fields = elements(old["metadata"]), elements(document["metadata"])
            old_fields.pop("edx_video_id", None), new_fields.pop("edx_video_id")
            self.assertEqual(old_fields, new_fields)
        self.assertEqual(VIDEOS - 1 + FLEET.drafts, changed)
        whole_after = inventory(self.database)
        for name in whole_before.keys() - {"modulestore"}:
            self.assertEqual(whole_before[name], whole_after[name])

    def id_of(self, number):
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"i4x://SynthX/S00000/{key_of(number).type}/{name_of(number)}"))


if __name__ == "__main__":
    unittest.main()
