# SPDX-License-Identifier: Apache-2.0
"""That stored courses have the shapes of a real platform's documents, key by key and type by type, and are always the same."""
import os
import re
import subprocess
import sys
import unittest
from datetime import datetime
from pathlib import Path

import bson
from bson import Int64, ObjectId

from courses import old_course, split_course
from look_up import DANGLING, Contentstore, asset_name, outcome
from olx import exports, read_export
from outline import VIDEO_TYPES
from strict_reader import unreachable, version, videos
from synthetic import Fleet, old_fleet, split_fleet

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLE = REPOSITORY / "sample-data" / "courses"
DEMO = Path(os.environ.get("MALLOW_DEMOX") or REPOSITORY.parent / "shared/data/demox-2018")

# One document of each kind as real platforms have them; a value stands for its type.
WHEN, ID = datetime(2018, 6, 2), ObjectId(b"\1" * 12)
PARTS = {"category": "asset", "name": "a.srt", "course": "Bio1", "tag": "c4x", "org": "AcmeX", "revision": None}
EDIT_INFO = {
    "edited_by": 4, "edited_on": WHEN, "update_version": ID, "previous_version": ID, "source_version": ID,
    "original_usage": None, "original_usage_version": None,
}  # fmt: skip
INDEX = {
    "_id": ID, "org": "AcmeX", "course": "Bio1", "run": "2018_T1", "edited_by": Int64(4), "edited_on": WHEN, "last_update": WHEN,
    "versions": {"draft-branch": ID, "published-branch": ID}, "schema_version": 1, "search_targets": {"wiki_slug": "AcmeX.Bio1"},
}  # fmt: skip
STRUCTURE = {
    "_id": ID, "root": ["course", "course"], "previous_version": ID, "original_version": ID, "edited_by": 4, "edited_on": WHEN,
    "schema_version": 1, "blocks": [],
}  # fmt: skip
BLOCK = {
    "fields": {}, "block_type": "video", "definition": ID, "defaults": {}, "asides": {}, "edit_info": EDIT_INFO, "block_id": "9f3c",
}  # fmt: skip
DEFINITION = {
    "_id": ID, "block_type": "video", "fields": {}, "schema_version": 1,
    "edit_info": {"edited_by": 4, "edited_on": WHEN, "previous_version": ID, "original_version": ID},
}  # fmt: skip
OLD_BLOCK = {
    "_id": {"tag": "i4x", "org": "AcmeX", "course": "Bio1", "category": "video", "name": "9f3c", "revision": "draft"},
    "definition": {"data": {}, "children": []}, "metadata": {},
    "edit_info": {"edited_on": WHEN, "edited_by": 4, "published_date": WHEN, "published_by": 4},
}  # fmt: skip
FILE = {
    "_id": "asset-v1:AcmeX+Bio1+2018_T1+type@asset+block@a.srt", "filename": "asset-v1:AcmeX+Bio1+2018_T1+type@asset+block@a.srt",
    "contentType": "application/json", "displayname": "a.srt", "content_son": PARTS | {"run": "2018_T1"},
    "thumbnail_location": None, "import_path": "a.srt", "locked": False, "custom_md5": "1c5a", "chunkSize": 261120, "length": 5312,
    "uploadDate": WHEN, "md5": "1c5a",
}  # fmt: skip
OLD_FILE = FILE | {"_id": PARTS, "content_son": PARTS}
CHUNK = {"_id": ID, "files_id": "asset-v1:AcmeX+Bio1+2018_T1+type@asset+block@a.srt", "n": 0, "data": b""}
OLD_CHUNK = CHUNK | {"files_id": PARTS}
# What a document may leave out, and where it may have null or a wider number instead.
MAY_BE_MISSING = {"content_son", "import_path", "locked", "custom_md5", "md5", "published_date", "published_by"}
MAY_BE_NULL = {"previous_version", "source_version", "contentType", "import_path", "revision"}
MAY_BE_WIDE = {"length"}
# Values that are a course team's own.
FREE = {"fields", "metadata", "data", "children", "blocks"}

# Block → what its `sub` is in the published head, and in a draft that is kept apart; see sample-data/README.md.
STATISTICS_DRAFTS = {
    "48a7e46fa1d45c1eb91a43c717671288": ("i_-UZ-z1ryJ", "i_-UZ-z1ryJ"),
    "6901a66189e35fbfa4afef4b5d45e012": ("D6DLqcCxY3q", "STAT150-L02-retake"),
    "ae8e3e7a2c715fbd874e97fc785cb985": (None, "TpPmgI8QBpu"),
    "e5f5d113e4035699bc3a03e8948a1089": (None, "dHkTRfInPTk"),
    "f6f5aa411ffd504d8b8809fcfcbc4edb": ("pLipOUfak6D", "pLipOUfak6D"),
    "86b0c9e0c82f5950b07440d2b65273b7": ("r6MpGWREm7b", "r6MpGWREm7b"),
}
DEMO_DRAFTS = {
    "0b9e39477cf34507a7a48f74be381fdd": ("name_of_file", "name_of_file"),
    "dc37305d4dc042ebb6fdfd13911a8ae5": (None, None),
    "ab98b0e385e64445ae97e730ffdf17e7": (None, "gnqth8uWzO8"),
    "af7fe1335eb841cd81ce31c7ee8eb069": (None, None),
}
# Course → videos, and transcripts declared or discovered; of these, those whose asset is nowhere. In CHEM110 the catalog has
# them; the videos of CS101 whose ids edx-val refuses are not counted.
COUNTS = {
    "BIO210+2018_T1": (8, 17, 0), "BIO210+2019_T1": (8, 17, 0), "ASTRO101+2018_Spring": (60, 124, 0), "LING240+2018_T2": (9, 18, 0),
    "STAT150+2018_Summer": (9, 11, 0), "MUS220+2014_Fall": (9, 12, 1), "CHEM110+2018_T1": (8, 12, 3), "FREN130+2017_T3": (10, 17, 2),
    "ONB001+2018": (0, 0, 0), "ECON201+2018_Spring": (5, 9, 0), "GEO115+2017_T3": (10, 14, 0), "CS101+2018_Fall": (5, 3, 0),
}  # fmt: skip


def written(documents):
    """What a driver reads of documents: the types that they have as bytes."""
    return [bson.decode(bson.encode(document)) for document in documents]


class ShapeTests(unittest.TestCase):
    def assert_shape(self, expected, found, place=""):
        missing = expected.keys() - found.keys()
        self.assertLessEqual(missing, MAY_BE_MISSING, place)
        self.assertEqual([name for name in expected if name not in missing], list(found), f"{place}: keys in another order")
        for name, value in found.items():
            sample, where = expected[name], f"{place}.{name}"
            if value is None and name in MAY_BE_NULL:
                continue
            types = {type(sample), Int64} if name in MAY_BE_WIDE else {type(sample)}
            self.assertIn(type(value), types, where)
            if isinstance(sample, dict) and name not in FREE:
                self.assert_shape(sample, value, where)

    def assert_shapes(self, expected, documents):
        self.assertTrue(documents)
        for document in written(documents):
            self.assert_shape(expected, document)

    def each(self, make):
        for export in [*exports(SAMPLE), *([DEMO] if DEMO.is_dir() else [])]:
            yield make(export)

    def test_split(self):
        for stored in self.each(split_course):
            self.assert_shapes(INDEX, stored["modulestore.active_versions"])
            self.assert_shapes(STRUCTURE, stored["modulestore.structures"])
            self.assert_shapes(DEFINITION, stored["modulestore.definitions"])
            for structure in stored["modulestore.structures"]:
                self.assert_shapes(BLOCK, structure["blocks"])
                for block in structure["blocks"]:
                    for child in block["fields"].get("children", []):
                        self.assertEqual([str, str], list(map(type, child)))

    def test_old(self):
        for stored in self.each(old_course):
            self.assert_shapes(OLD_BLOCK, stored["modulestore"])
            place = "i4x://" + stored.key.rsplit("/", 1)[0] + "/"
            for document in stored["modulestore"]:
                for child in document["definition"]["children"]:
                    self.assertTrue(child.startswith(place), child)

    def test_contentstore(self):
        for make, file, chunk in ((split_course, FILE, CHUNK), (old_course, OLD_FILE, OLD_CHUNK)):
            for stored in self.each(make):
                self.assert_shapes(file, stored["fs.files"])
                self.assert_shapes(chunk, stored["fs.chunks"])
                for document in stored["fs.files"]:
                    self.assertRegex(document["filename"], f"[@/]{re.escape(asset_name(document['_id']))}$")

    def test_files_of_every_age_are_there(self):
        split = [file for stored in map(split_course, exports(SAMPLE)) for file in stored["fs.files"]]
        old = [file for stored in map(old_course, exports(SAMPLE)) for file in stored["fs.files"]]
        self.assertEqual({(True, False), (True, True), (False, True), (False, False)}, {("md5" in f, "custom_md5" in f) for f in split})
        self.assertEqual({int, Int64}, {type(file["length"]) for file in written(split)})
        self.assertEqual({261_120}, {file["chunkSize"] for file in split})
        self.assertEqual({(261_120, True), (262_144, False)}, {(file["chunkSize"], "content_son" in file) for file in old})
        self.assertEqual({True}, {"md5" in file for file in old})

    def test_ids_say_whose_they_are(self):
        split, old = split_course(SAMPLE / "alderx-stat150"), old_course(SAMPLE / "alderx-stat150")
        self.assertEqual(("course-v1:AlderX+STAT150+2018_Summer", "AlderX/STAT150/2018_Summer"), (split.key, old.key))
        self.assertIn("asset-v1:AlderX+STAT150+2018_Summer+type@asset+block@STAT150-L05.srt", [file["_id"] for file in split["fs.files"]])
        self.assertIn("/c4x/AlderX/STAT150/asset/STAT150-L05.srt", [file["filename"] for file in old["fs.files"]])
        for stored in (split, old):
            for collection, documents in stored.collections.items():
                identifiers = [bson.encode({"": document["_id"]}) for document in documents]
                self.assertEqual(len(identifiers), len(set(identifiers)), collection)

    def test_ids_and_dates_are_of_their_time(self):
        stored = split_course(SAMPLE / "alderx-stat150")
        for structure in stored["modulestore.structures"]:
            made = structure["_id"].generation_time.replace(tzinfo=None)
            self.assertLess(abs((structure["edited_on"] - made).total_seconds()), 1)
        moments = [file["uploadDate"] for file in stored["fs.files"]]
        self.assertEqual({0}, {moment.microsecond % 1000 for moment in moments})
        self.assertEqual(len(moments), len(set(moments)))


class HeadTests(unittest.TestCase):
    def assert_drafts(self, expected, export):
        for make in (split_course, old_course):
            with self.subTest(make.__name__):
                drafts = {
                    key.replace("@", "/").rsplit("/", 1)[1]: (video.published and video.published.get("sub"), video.draft.get("sub"))
                    for key, video in videos(make(export)).items() if video.draft is not None
                }  # fmt: skip
                self.assertEqual(expected, {block: heads for block, heads in drafts.items() if heads != (None, None) or block in expected})

    def test_drafts_of_the_sample_course(self):
        transcripts_alone = {"39b870d9ea69529394fcb2cd12d8b734", "df59fd5401d85724a62fe87ef9d06f98"}
        found = videos(split_course(SAMPLE / "alderx-stat150"))
        self.assertLessEqual(transcripts_alone, {key.rsplit("@", 1)[1] for key, video in found.items() if video.draft})
        self.assert_drafts(STATISTICS_DRAFTS, SAMPLE / "alderx-stat150")

    @unittest.skipUnless(DEMO.is_dir(), f"the demo course is not at {DEMO}; set MALLOW_DEMOX")
    def test_drafts_of_the_demo_course(self):
        self.assert_drafts(DEMO_DRAFTS, DEMO)
        self.assertEqual(7, len(videos(old_course(DEMO))))

    def test_without_drafts_both_heads_are_equal_as_publishing_leaves_them(self):
        stored = split_course(SAMPLE / "kestrelx-chem110")
        versions = stored["modulestore.active_versions"][0]["versions"]
        draft, published = stored["modulestore.structures"]
        self.assertEqual([versions["draft-branch"], versions["published-branch"]], [draft["_id"], published["_id"]])
        self.assertNotEqual(draft["_id"], published["_id"])
        for ours, theirs in zip(draft["blocks"], published["blocks"], strict=True):
            self.assertEqual(ours | {"edit_info": None}, theirs | {"edit_info": None})
            self.assertEqual(ours["edit_info"]["update_version"], theirs["edit_info"]["source_version"])
            self.assertEqual((draft["_id"], None), (ours["edit_info"]["update_version"], ours["edit_info"]["source_version"]))
            self.assertEqual(published["_id"], theirs["edit_info"]["update_version"])

    def test_with_drafts_only_what_changed_is_another_version(self):
        outline = read_export(SAMPLE / "alderx-stat150")
        draft, published = split_course(outline)["modulestore.structures"]
        ours, theirs = ({(b["block_type"], b["block_id"]): b for b in head["blocks"]} for head in (draft, published))
        changed = {key for key in ours.keys() & theirs.keys() if version(ours[key]) != version(theirs[key])}
        structural = {key for key in outline.drafted if key.type == "sequential"}
        self.assertEqual(outline.drafted & outline.published.keys() - structural, changed)
        for key in changed:
            self.assertEqual(draft["_id"], ours[key]["edit_info"]["update_version"])
            self.assertEqual(ours[key]["edit_info"]["previous_version"], theirs[key]["edit_info"]["source_version"])
        for key in ours.keys() - theirs.keys():
            self.assertIsNone(ours[key]["edit_info"]["previous_version"], "nothing was published before")
        # A section is published by itself when a unit is added, without the unit: one version, other children.
        self.assertTrue(structural)
        for key in structural:
            self.assertEqual(version(ours[key]), version(theirs[key]))
            self.assertLess(len(theirs[key]["fields"]["children"]), len(ours[key]["fields"]["children"]))

    def test_old_store_keeps_no_drafts_of_what_holds_units(self):
        stored = old_course(SAMPLE / "alderx-stat150")
        drafts = {document["_id"]["category"] for document in stored["modulestore"] if document["_id"]["revision"] == "draft"}
        self.assertEqual({"vertical", "video"}, drafts)
        published = {document["_id"]["name"] for document in stored["modulestore"] if document["_id"]["revision"] is None}
        for document in stored["modulestore"]:
            self.assertEqual(document["_id"]["name"] in published, "published_date" in document["edit_info"])


class SampleTests(unittest.TestCase):
    def test_sample_courses_have_what_their_readme_says(self):
        for make in (split_course, old_course):
            counts, orphans = {}, 0
            for stored in map(make, exports(SAMPLE)):
                found = outcome(stored)
                languages = [result for video in found.values() if isinstance(video, dict) for result in video.values()]
                name = stored.key.split("+", 1)[1] if "+" in stored.key else "+".join(stored.key.split("/")[1:])
                counts[name] = len(found), len(languages), languages.count(DANGLING)
                orphans += unreachable(stored)
            self.assertEqual(COUNTS, counts)
            self.assertEqual(1, orphans)

    def test_both_forms_hold_the_same(self):
        for outline in map(read_export, exports(SAMPLE)):
            split, old = split_course(outline), old_course(outline)
            contents = [{name: store.content(name) for name in store.files} for store in (Contentstore(split), Contentstore(old))]
            self.assertEqual({asset.name: asset.data for asset in outline.assets}, contents[0])
            self.assertEqual(*contents)
            self.assertEqual(*([outcome(stored)[key] for key in sorted(outcome(stored))] for stored in (split, old)))

    def test_every_video_of_the_export_is_stored(self):
        outline = read_export(SAMPLE / "harbouru-astro101")
        expected = {key for key in outline.published if key.type in VIDEO_TYPES}
        self.assertEqual(61, len(expected))
        for structure in split_course(outline)["modulestore.structures"]:
            self.assertEqual(expected, {(b["block_type"], b["block_id"]) for b in structure["blocks"]} & expected)


class DeterminismTests(unittest.TestCase):
    def test_the_same_course_is_the_same_bytes_in_another_process(self):
        digests = {self.digest_in_another_process(seed) for seed in ("0", "1", "random")}
        self.assertEqual(1, len(digests))

    def digest_in_another_process(self, seed):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": "Asia/Kathmandu"}
        command = [sys.executable, "-c", PRINT_DIGEST, str(SAMPLE / "alderx-stat150")]
        result = subprocess.run(command, env=environment, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
        return result.stdout

    def test_courses_do_not_share_ids(self):
        fleet = Fleet(courses=4, videos=3)
        for courses in (split_fleet(fleet), old_fleet(fleet), map(split_course, exports(SAMPLE))):
            seen = {}
            for stored in courses:
                for collection, documents in stored.collections.items():
                    for document in documents:
                        identifier = (collection, bson.encode({"": document["_id"]}))
                        self.assertNotIn(identifier, seen)
                        seen[identifier] = stored.key


PRINT_DIGEST = """
import hashlib, sys
from courses import old_course, split_course
digest = hashlib.sha256()
for stored in (split_course(sys.argv[1]), old_course(sys.argv[1])):
    for collection in stored.collections:
        digest.update(stored.raw(collection))
print(digest.hexdigest())
"""

if __name__ == "__main__":
    unittest.main()
