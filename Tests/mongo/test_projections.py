# SPDX-License-Identifier: Apache-2.0
"""The shape of what a query asks for: of documents within arrays, and of arrays within those; and pipelines."""
from bson.int64 import Int64
from mongo_tests import MongoTests

STRUCTURE = {
    "_id": 1, "root": ["course", "course"], "blocks": [
        {"block_type": "course", "block_id": "course", "fields": {"display_name": "Biology 1", "children": [["video", "v"]]}},
        {"block_type": "video", "fields": {"sub": "dQ9aXyz01Lk", "transcripts": {"fr": "x.srt"}, "edx_video_id": ""}, "block_id": "v"},
        {"block_type": "html", "fields": None, "block_id": "h"}, 7, "x", [], [{"fields": {"sub": "y"}}, 1], {}],
    "edited_by": Int64(4), "deep": {"a": {"b": 1, "c": 2}, "d": 3}}
SHAPES = [
    ({"blocks.fields.sub": 1},
     {"_id": 1, "blocks": [{"fields": {}}, {"fields": {"sub": "dQ9aXyz01Lk"}}, {}, [], [{"fields": {"sub": "y"}}], {}]}),
    ({"blocks.block_id": 1, "_id": 0, "blocks.fields.edx_video_id": 1},
     {"blocks": [{"block_id": "course", "fields": {}}, {"fields": {"edx_video_id": ""}, "block_id": "v"}, {"block_id": "h"}, [], [
         {"fields": {}}], {}]}),
    ({"blocks": {"fields": {"sub": 1}}, "root": True},
     {"_id": 1, "root": ["course", "course"],
      "blocks": [{"fields": {}}, {"fields": {"sub": "dQ9aXyz01Lk"}}, {}, [], [{"fields": {"sub": "y"}}], {}]}),
    ({"edited_by": 1, "root": 1}, {"_id": 1, "root": ["course", "course"], "edited_by": 4}),
    ({"root.x": 1}, {"_id": 1, "root": []}),
    ({"edited_by.x": 1}, {"_id": 1}),
    ({"nothing": 1}, {"_id": 1}),
    ({"_id": 1}, {"_id": 1}),
    ({"blocks": 0, "root": 0}, {"_id": 1, "edited_by": 4, "deep": STRUCTURE["deep"]}),
    ({"_id": 0, "blocks": 0, "deep.a.b": 0}, {"root": ["course", "course"], "edited_by": 4, "deep": {"a": {"c": 2}, "d": 3}}),
    ({"_id": 1, "blocks": 0, "root": 0, "deep": 0}, {"_id": 1, "edited_by": 4}),
    ({"blocks.fields": 0, "deep": 0, "root": 0},
     {"_id": 1, "blocks": [{"block_type": "course", "block_id": "course"}, {"block_type": "video", "block_id": "v"}, {
         "block_type": "html", "block_id": "h"}, 7, "x", [], [{}, 1], {}], "edited_by": 4}),
    ({"blocks": {"$elemMatch": {"block_type": "video", "fields.sub": {"$exists": True}}}}, {"_id": 1, "blocks": [STRUCTURE["blocks"][1]]}),
    ({"blocks": {"$elemMatch": {"block_type": "none"}}, "edited_by": 1}, {"_id": 1, "edited_by": 4}),
    ({"who": "$edited_by", "_id": 0}, {"who": 4}),
]
REFUSALS = [
    (31254, {"a": 1, "b": 0}), (31253, {"a": 0, "b": 1}), (31250, {"a.b": 1, "a": 1}), (31249, {"a": 1, "a.b": 1}),
    (31275, {"a.b": {"$elemMatch": {"c": 1}}}), (31274, {"a": {"$elemMatch": 1}}), (168, {"a": {"$slice": 2}}),
    (168, {"a": {"$filter": {}}}), (238, {"a.$": 1}), (16410, {"$a": 1}), (15998, {"a..b": 1}), (40353, {"a.": 1}), (51270, {"a": {}}),
]
STAGES = [
    (40324, {"$lookup": {}}), (40324, {"$unwind": "$a"}), (40323, {}), (15952, {"$group": {"_id": 1, "n": {"$avg": "$a"}}}),
    (15955, {"$group": {"n": {"$sum": 1}}}), (15958, {"$limit": 0}), (15976, {"$sort": {}}), (51272, {"$project": {}}),
    (168, {"$project": {"a": {"$elemMatch": {}}}}), (31324, {"$project": {"a.$": 1}}), (17276, {"$project": {"a": "$$ROOT"}}),
]


class ProjectionTests(MongoTests):
    def setUp(self):
        super().setUp()
        self.collection = self.database["modulestore.structures"]

    def test_shapes(self):
        self.collection.insert_one(STRUCTURE)
        for projection, expected in SHAPES:
            with self.subTest(projection):
                self.assertEqual(expected, self.collection.find_one({}, projection))

    def test_order_and_kinds_of_fields(self):
        self.collection.insert_one(STRUCTURE)
        found = self.collection.find_one({}, {"edited_by": 1, "root": 1, "blocks.block_id": 1, "blocks.fields.edx_video_id": 1})
        self.assertEqual(["_id", "root", "blocks", "edited_by"], list(found))
        self.assertEqual(["fields", "block_id"], list(found["blocks"][1]), "as they stand in the document")
        self.assertIsInstance(found["edited_by"], Int64)
        found = self.collection.find_one({}, {"blocks": {"$elemMatch": {"block_id": "v"}}, "edited_by": 1})
        self.assertEqual(["_id", "edited_by", "blocks"], list(found), "what is computed comes last")

    def test_what_is_refused(self):
        for code, projection in REFUSALS:
            with self.subTest(projection), self.assert_refused(code):
                self.collection.find_one({}, projection)


class PipelineTests(MongoTests):
    def setUp(self):
        super().setUp()
        self.files = self.database.fs.files
        self.files.insert_many(
            {"_id": f"{org}{number}", "content_son": {"org": org}, "length": number, "blocks": [{"id": number}, {"id": 0}, 5]}
            for org, count in (("A", 3), ("B", 2)) for number in range(count))
        self.files.insert_one({"_id": "none", "length": "long"})

    def run_pipeline(self, *stages):
        return list(self.files.aggregate(list(stages)))

    def test_groups(self):
        found = self.run_pipeline(
            {"$group": {"_id": "$content_son.org", "files": {"$sum": 1}, "bytes": {"$sum": "$length"}}}, {"$sort": {"_id": -1}})
        expected = [{"_id": "B", "files": 2, "bytes": 1}, {"_id": "A", "files": 3, "bytes": 3}, {"_id": None, "files": 1, "bytes": 0}]
        self.assertEqual(expected, found)
        self.assertEqual([{"_id": {"o": "B", "l": 1}}], self.run_pipeline(
            {"$match": {"_id": "B1"}}, {"$group": {"_id": {"o": "$content_son.org", "l": "$length", "x": "$nothing"}}}))
        self.assertEqual(6, self.files.count_documents({}))
        self.assertEqual(2, self.files.count_documents({"length": {"$gte": 1}}, skip=1))
        self.assertEqual([], list(self.database.nothing.aggregate([{"$group": {"_id": 1, "n": {"$sum": 1}}}])))

    def test_sums_are_as_wide_as_they_must_be(self):
        for values, expected, kind in (
                ([1, 2], 3, int), ([1, Int64(2)], 3, Int64), ([2**31 - 1, 1], 2**31, Int64), ([1, 0.5], 1.5, float),
                ([True, None, "x"], 0, int)):
            self.files.drop()
            self.files.insert_many({"v": value} for value in values)
            found = self.run_pipeline({"$group": {"_id": None, "sum": {"$sum": "$v"}}})[0]["sum"]
            self.assertEqual((expected, kind), (found, type(found)))

    def test_stages_in_a_row(self):
        self.assertEqual(
            [{"_id": "A1", "ids": [1, 0]}], self.run_pipeline(
                {"$match": {"content_son.org": "A"}}, {"$match": {"length": {"$lt": 2}}}, {"$sort": {"length": -1}}, {"$limit": 1},
                {"$project": {"ids": "$blocks.id"}}))
        self.assertEqual(["A2"], [found["_id"] for found in self.run_pipeline({"$skip": 2}, {"$limit": 1}, {"$project": {"_id": 1}})])

    def test_what_is_refused(self):
        for code, stage in STAGES:
            with self.subTest(stage), self.assert_refused(code):
                self.run_pipeline(stage)
        with self.assert_refused(9, "cursor"):
            self.database.command("aggregate", "fs.files", pipeline=[])
        with self.assert_refused(73):
            self.database.aggregate([{"$match": {}}])
