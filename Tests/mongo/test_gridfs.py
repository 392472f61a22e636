# SPDX-License-Identifier: Apache-2.0
"""The contentstore's files: under ids of every kind that courses have, of every size, whole and in their order."""
import gridfs
from bson.codec_options import CodecOptions
from bson.objectid import ObjectId
from bson.raw_bson import RawBSONDocument
from gridfs.errors import CorruptGridFile, FileExists
from mongo_tests import MongoTests

CHUNK = 255 * 1024
OLD_ID = {"category": "asset", "name": "subs_dQ9aXyz01Lk.srt.sjson", "course": "Bio1", "tag": "c4x", "org": "AcmeX",
          "revision": None}
IDS = {
    "new": "asset-v1:AcmeX+Bio1+2018_T1+type@asset+block@fr_subs_dQ9aXyz01Lk.srt.sjson",
    "not ASCII": "asset-v1:AcmeX+Bio1+2018_T1+type@asset+block@Über_中文.srt",
    "old": OLD_ID,
    "by the driver": ObjectId(),
}
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7)


def content(size):
    return bytes(index * 7 % 251 for index in range(size))


class GridFSTests(MongoTests):
    def setUp(self):
        super().setUp()
        self.files = gridfs.GridFS(self.database)

    def test_every_id_and_every_size(self):
        for kind, id in IDS.items():
            for size in SIZES:
                with self.subTest(kind, size=size):
                    self.files.put(content(size), _id=id, locked=False)
                    read = self.files.get(id)
                    self.assertEqual(content(size), read.read())
                    self.assertEqual((size, id), (read.length, read._id))
                    chunks = list(self.database.fs.chunks.find({"files_id": id}).sort("n"))
                    self.assertEqual(list(range(-(-size // CHUNK))), [chunk["n"] for chunk in chunks])
                    self.assertEqual([id] * len(chunks), [chunk["files_id"] for chunk in chunks])
                    self.files.delete(id)
                    self.assertIsNone(self.files.find_one({"_id": id}))
                    self.assertEqual(0, self.database.fs.chunks.count_documents({}))

    def test_an_embedded_id_is_its_bytes(self):
        self.files.put(b"text", _id=OLD_ID)
        other_order = dict(reversed(OLD_ID.items()))
        part = {name: OLD_ID[name] for name in ("category", "name")}
        for name, wanted in (("files", "_id"), ("chunks", "files_id")):
            collection = self.database.fs[name]
            self.assertEqual(1, collection.count_documents({wanted: OLD_ID}))
            self.assertEqual(1, collection.count_documents({wanted: {"$in": [OLD_ID, "else"]}}))
            for wrong in (other_order, part, {**OLD_ID, "run": None}):
                self.assertEqual(0, collection.count_documents({wanted: wrong}), wrong)
                self.assertEqual(0, collection.count_documents({wanted: {"$in": [wrong]}}), wrong)
        raw = self.database.fs.files.with_options(CodecOptions(RawBSONDocument)).find_one()
        self.assertEqual(list(OLD_ID.items()), list(raw["_id"].items()))
        self.files.put(b"other", _id=other_order)
        self.assertEqual([b"text", b"other"], [self.files.get(id).read() for id in (OLD_ID, other_order)])

    def test_an_id_that_is_there_is_not_overwritten(self):
        for id in IDS.values():
            self.files.put(b"first", _id=id)
            with self.assertRaises(FileExists):
                self.files.put(b"second", _id=id)
            self.assertEqual(b"first", self.files.get(id).read())

    def test_a_missing_chunk_is_seen(self):
        self.files.put(content(2 * CHUNK), _id="a")
        self.database.fs.chunks.delete_one({"files_id": "a", "n": 1})
        with self.assertRaises(CorruptGridFile):
            self.files.get("a").read()

    def test_the_files_of_a_course(self):
        def son(**more):
            return {"category": "asset", "name": "n", "course": "Bio1", "tag": "c4x", "org": "AcmeX", "revision": None, **more}

        self.files.put(b"", _id="new", content_son=son(run="2018_T1"))
        self.files.put(b"", _id="other run", content_son=son(run="2019_T1"))
        self.files.put(b"", _id="thumbnail", content_son=son(run="2018_T1", category="thumbnail"))
        self.files.put(b"", _id=OLD_ID, content_son=OLD_ID)
        self.files.put(b"", _id={**OLD_ID, "org": "Other"})
        new = {"content_son.tag": "c4x", "content_son.org": "AcmeX", "content_son.course": "Bio1",
               "content_son.category": "asset", "content_son.run": "2018_T1"}
        old = {"_id.tag": "c4x", "_id.org": "AcmeX", "_id.course": "Bio1", "_id.category": "asset",
               "_id.run": {"$exists": False}}
        for _ in range(2):
            self.assertEqual(["new"], [file._id for file in self.files.find(new)])
            self.assertEqual([OLD_ID], [file._id for file in self.files.find(old)])
            for prefix in ("content_son", "_id"):  # the second time by the platform's own indexes
                self.database.fs.files.create_index([(f"{prefix}.{name}", 1) for name in ("org", "course", "name")], sparse=True)

    def test_many_ids_at_once(self):
        ids = [f"asset-v1:A+B+C+type@asset+block@{number}" for number in range(25_000)]
        self.database.fs.files.insert_many({"_id": id, "length": 1} for id in ids)
        self.database.fs.chunks.insert_many({"files_id": id, "n": 0, "data": b"x"} for id in ids)
        asked = list(reversed(ids)) + ["nobody's"]
        self.assertEqual(set(ids), {file["_id"] for file in self.database.fs.files.find({"_id": {"$in": asked}})})
        self.assertEqual(set(ids), {chunk["files_id"] for chunk in self.database.fs.chunks.find({"files_id": {"$in": asked}})})
