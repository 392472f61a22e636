# SPDX-License-Identifier: Apache-2.0
"""Writes: what is done, what is counted, and what is refused; the optimistic lock by which courses are written."""
import datetime
import struct
import threading

import bson
from bson.binary import Binary
from bson.codec_options import CodecOptions
from bson.int64 import Int64
from bson.objectid import ObjectId
from bson.raw_bson import RawBSONDocument
from mongo_tests import MongoTests
from pymongo.errors import BulkWriteError, DuplicateKeyError, WriteError
from pymongo.write_concern import WriteConcern
from server import running_mongo

BEFORE = datetime.datetime(2018, 6, 2, 10, 0, 1, 250_000)
AFTER = datetime.datetime(2018, 6, 2, 10, 0, 2, 1_000)
UPDATES = [
    ({"$set": {"a": 1}}, {"_id": 1, "a": 1, "b": {"c": 2, "d": [{"e": 3}, 4]}}),
    ({"$set": {"b.c": Int64(7)}}, {"_id": 1, "a": 0, "b": {"c": 7, "d": [{"e": 3}, 4]}}),
    ({"$set": {"z": 1, "y.x": 2}}, {"_id": 1, "a": 0, "b": {"c": 2, "d": [{"e": 3}, 4]}, "y": {"x": 2}, "z": 1}),
    ({"$set": {"b.d.0.e": 9}}, {"_id": 1, "a": 0, "b": {"c": 2, "d": [{"e": 9}, 4]}}),
    ({"$set": {"b.d.3": 9}}, {"_id": 1, "a": 0, "b": {"c": 2, "d": [{"e": 3}, 4, None, 9]}}),
    ({"a": 5}, {"_id": 1, "a": 5}),
    ({"a": 5, "_id": 1}, {"_id": 1, "a": 5}),
]
REFUSALS = [
    (9, {"$inc": {"a": 1}}), (9, {"$unset": {"a": 1}}), (9, {"$set": 3}), (9, {"$set": {"a": 1}, "b": 2}), (28, {"$set": {"a.b": 1}}),
    (28, {"$set": {"b.d.x": 1}}), (40, {"$set": {"b": 1, "b.c": 2}}), (66, {"$set": {"_id": 2}}), (66, {"_id": 2, "a": 1}),
    (56, {"$set": {"a..b": 1}}), (238, {"$set": {"b.d.$.e": 1}}), (52, {"a": 1, "$set": {"a": 1}}), (238, [{"$set": {"a": 1}}]),
]


class InsertTests(MongoTests):
    def test_an_id_is_once(self):
        things = self.database.things
        things.insert_one({"_id": {"a": 1, "b": 2}})
        things.insert_one({"_id": {"b": 2, "a": 1}})
        with self.assertRaises(DuplicateKeyError) as caught:
            things.insert_one({"_id": {"a": 1, "b": 2}})
        self.assertEqual({"a": 1, "b": 2}, caught.exception.details["keyValue"]["_id"])
        with self.assertRaises(BulkWriteError):
            things.insert_many([{"_id": 1.0}, {"_id": Int64(1)}])
        self.assertEqual(3, things.estimated_document_count())

    def test_a_course_is_once(self):
        courses = self.database["modulestore.active_versions"]
        courses.create_index([("org", 1), ("course", 1), ("run", 1)], unique=True)
        key = {"org": "AcmeX", "course": "Bio1", "run": "2018_T1"}
        courses.insert_one({**key, "last_update": BEFORE})
        courses.insert_one({**key, "run": "2019_T1"})
        with self.assertRaises(DuplicateKeyError) as caught:
            courses.insert_one(dict(reversed(key.items())))
        self.assertEqual({"org": 1, "course": 1, "run": 1}, caught.exception.details["keyPattern"])
        with self.assertRaises(DuplicateKeyError):
            courses.update_one({"run": "2019_T1"}, {"$set": {"run": "2018_T1"}})
        self.assertEqual(2, courses.count_documents({"org": "AcmeX"}))

    def test_a_sparse_index_is_not_of_those_without_its_fields(self):
        things = self.database.things
        things.create_index("name", unique=True, sparse=True)
        things.create_index([("other", 1)], unique=True)
        things.insert_many([{"other": 1}, {"other": 2}, {"other": 3, "name": None}])
        for wrong in ({"other": 4, "name": None}, {"name": "x", "other": 1}):
            with self.assertRaises(DuplicateKeyError):
                things.insert_one(wrong)
        things.insert_one({"name": "x"})
        with self.assertRaises(DuplicateKeyError):
            things.insert_one({"name": "y"})  # the other one's missing field is null, and there once
        self.assertEqual([1, 2, 3, None], [found.get("other") for found in things.find().sort("name")])
        self.assertEqual(3, things.count_documents({"name": None}))

    def test_nobody_waits_for_a_write_that_is_not_acknowledged(self):
        silent = self.database.things.with_options(write_concern=WriteConcern(w=0))
        self.assertFalse(silent.insert_one({"_id": 1}).acknowledged)
        with self.plain_connection() as connection:
            command = {"insert": "things", "documents": [{"_id": 2}], "writeConcern": {"w": 0}, "$db": "edxapp"}
            raw = bson.encode(command)
            connection.sendall(struct.pack("<iiiiIB", 21 + len(raw), 1, 0, 2013, 2, 0) + raw)
            found = self.ask(connection, {"find": "things", "filter": {"_id": 2}})
        self.assertEqual([2], [document["_id"] for document in found["cursor"]["firstBatch"]])

    def test_in_order_and_not(self):
        documents = [{"_id": 1}, {"_id": 1}, {"_id": 2}, {"_id": 2}]
        for ordered, count, failed in ((True, 1, [1]), (False, 2, [1, 3])):
            self.database.things.drop()
            with self.assertRaises(BulkWriteError) as caught:
                self.database.things.insert_many(documents, ordered=ordered)
            details = caught.exception.details
            self.assertEqual((count, failed), (details["nInserted"], [error["index"] for error in details["writeErrors"]]))

    def test_bytes_are_kept(self):
        raw = self.database.get_collection("things", CodecOptions(RawBSONDocument))
        given = {"z": 1, "a": Int64(1), "n": 1.0, "d": {"b": None, "a": [Binary(b"x", 5), b"y"]}, "_id": "x"}
        self.database.things.insert_one(given)
        found = raw.find_one()
        self.assertEqual(["_id", "z", "a", "n", "d"], list(found))
        self.assertEqual([int, Int64, float], [type(found[name]) for name in "zan"])
        again = raw.find_one({"d": found["d"]})
        self.assertEqual(found.raw, again.raw)

    def test_what_is_refused(self):
        with self.assertRaises(WriteError) as caught:
            self.database.things.insert_one({"_id": [1]})
        self.assertEqual(53, caught.exception.code)
        with self.assert_refused(16):
            self.database.command("insert", "things", documents=[])
        with self.assert_refused(73):
            self.database.command("insert", "", documents=[{}])


class UpdateTests(MongoTests):
    def setUp(self):
        super().setUp()
        self.things = self.database.things

    def test_updates(self):
        for update, expected in UPDATES:
            with self.subTest(update):
                self.things.drop()
                self.things.insert_one({"_id": 1, "a": 0, "b": {"c": 2, "d": [{"e": 3}, 4]}})
                change = self.things.update_one if next(iter(update)).startswith("$") else self.things.replace_one
                done = change({"_id": 1}, update)
                self.assertEqual((1, 1), (done.matched_count, done.modified_count))
                self.assertEqual((expected, list(expected)), (self.things.find_one(), list(self.things.find_one())))
                again = change({"_id": 1}, update)
                self.assertEqual((1, 0), (again.matched_count, again.modified_count), "the same once more changes nothing")

    def test_what_is_refused(self):
        before = {"_id": 1, "a": 0, "b": {"c": 2, "d": [{"e": 3}, 4]}}
        self.things.insert_one(before)
        for code, update in REFUSALS:
            with self.subTest(update):
                reply = self.database.command("update", "things", updates=[{"q": {}, "u": update}])
                self.assertEqual([code], [error["code"] for error in reply["writeErrors"]])
                self.assertEqual((0, 0, before), (reply["n"], reply["nModified"], self.things.find_one()))
        for more in ({"upsert": True}, {"hint": "_id_"}, {"arrayFilters": []}):
            reply = self.database.command("update", "things", updates=[{"q": {"_id": 2}, "u": {"$set": {"a": 1}}, **more}])
            self.assertEqual(238, reply["writeErrors"][0]["code"])

    def test_many_at_once(self):
        self.things.insert_many({"_id": number, "a": number % 2} for number in range(10))
        done = self.things.update_many({"a": 1}, {"$set": {"a": 0}})
        self.assertEqual((5, 5, 10), (done.matched_count, done.modified_count, self.things.count_documents({"a": 0})))
        self.assertEqual((0, 0), (self.things.update_one({"a": 1}, {"$set": {"b": 0}}).matched_count,
                                  self.database.nothing.update_one({}, {"$set": {"a": 1}}).matched_count))
        self.assertEqual(1, self.things.delete_one({"a": 0}).deleted_count)
        self.assertEqual(9, self.things.delete_many({}).deleted_count)

    def test_an_index_follows(self):
        self.things.create_index("a")
        self.things.insert_many({"_id": number, "a": number} for number in range(3))
        self.things.update_one({"a": 1}, {"$set": {"a": [7, 8]}})
        self.things.delete_one({"a": 2})
        for value, expected in ((0, [0]), (1, []), (2, []), (7, [1]), (8, [1]), ({"$gt": 7}, [1]), ({"$gte": 0}, [0, 1])):
            self.assertEqual(expected, [found["_id"] for found in self.things.find({"a": value})], value)

    def test_the_optimistic_lock(self):
        courses = self.database["modulestore.active_versions"]
        first = {"_id": ObjectId(), "org": "AcmeX", "versions": {"draft-branch": ObjectId()}, "last_update": BEFORE}
        courses.insert_one(first)
        mine = {**first, "versions": {"draft-branch": ObjectId()}, "last_update": AFTER}
        done = courses.replace_one({"_id": first["_id"], "last_update": BEFORE}, mine)
        self.assertEqual((1, 1), (done.matched_count, done.modified_count))
        late = courses.replace_one({"_id": first["_id"], "last_update": BEFORE}, first)
        self.assertEqual((0, 0), (late.matched_count, late.modified_count))
        self.assertEqual(mine, courses.find_one())

    def test_one_of_many_has_the_lock(self):
        self.things.insert_one({"_id": 1, "version": 0})
        won = []

        def write(writer):
            for version in range(30):
                done = self.things.update_one({"_id": 1, "version": version}, {"$set": {"version": version + 1, "by": writer}})
                won.extend([version] * done.modified_count)

        writers = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        self.assertEqual(self.things.find_one()["version"], len(won))
        self.assertEqual(sorted(set(won)), sorted(won), "no version was written by two")

    def test_an_old_course(self):
        ids = [{"tag": "i4x", "org": "AcmeX", "course": "Bio1", "category": "video", "name": "9f", "revision": revision}
               for revision in (None, "draft")]
        self.database.modulestore.insert_many({"_id": id, "metadata": {"sub": "x"}} for id in ids)
        self.database.modulestore.update_one({"_id": ids[1]}, {"$set": {"metadata.edx_video_id": "new"}})
        blocks = {"_id.tag": "i4x", "_id.org": "AcmeX", "_id.course": "Bio1", "_id.category": "video"}
        found = list(self.database.modulestore.find({**blocks, "_id.revision": "draft"}))
        self.assertEqual([{"sub": "x", "edx_video_id": "new"}], [document["metadata"] for document in found])
        self.assertEqual(ids[:1], [document["_id"] for document in self.database.modulestore.find({**blocks, "_id.revision": None})])


class CatalogueTests(MongoTests):
    def test_indexes_and_collections(self):
        files = self.database.fs.files
        self.assertEqual([], self.database.list_collection_names())
        with self.assert_refused(26):
            self.database.command("listIndexes", "fs.files")
        self.assertEqual("filename_1_uploadDate_1", files.create_index([("filename", 1), ("uploadDate", 1)]))
        files.create_index([("filename", 1), ("uploadDate", 1)])
        self.assertEqual(["_id_", "filename_1_uploadDate_1"], list(files.index_information()))
        with self.assert_refused(86):
            files.create_index([("filename", 1), ("uploadDate", 1)], unique=True)
        with self.assert_refused(85):
            files.create_index([("filename", 1), ("uploadDate", 1)], name="other")
        with self.assert_refused(86):
            files.create_index("other", name="filename_1_uploadDate_1")
        with self.assert_refused(238):
            files.create_index("other", expireAfterSeconds=3)
        self.database.fs.chunks.insert_one({"files_id": 1, "n": 0})
        self.assertEqual(["_id_"], list(self.database.fs.chunks.index_information()))
        self.assertEqual(["fs.files", "fs.chunks"], self.database.list_collection_names())
        self.assertEqual(["fs.chunks"], self.database.list_collection_names(filter={"name": {"$regex": "chunks$"}}))
        self.assertEqual(["edxapp"], self.client.list_database_names())
        files.drop()
        self.assertEqual(1.0, self.database.command("drop", "fs.files")["ok"], "since 7.0 it is no error to drop nothing")
        self.client.drop_database("edxapp")
        self.assertEqual([], self.client.list_database_names())

    def test_an_index_through_two_arrays(self):
        self.database.things.create_index([("a", 1), ("b", 1)])
        self.database.things.insert_one({"a": [1, 2], "b": 1})
        with self.assert_refused(171):
            self.database.things.insert_one({"a": [1, 2], "b": [1, 2]})
        self.assertEqual(1, self.database.things.count_documents({}))

    def test_an_index_that_is_unique_too_late(self):
        self.database.things.insert_many([{"a": 1}, {"a": 1}])
        with self.assert_refused(11000):
            self.database.things.create_index("a", unique=True)
        self.assertEqual(["_id_"], list(self.database.things.index_information()))


class NumberedWriteTests(MongoTests):
    options = {"replica_set": "rs0"}

    def setUp(self):
        super().setUp()
        self.things = self.database.things
        self.insert = {"insert": "things", "documents": [{"_id": 1}], "lsid": {"id": Binary(bytes(16), 4)}, "txnNumber": Int64(1)}

    def test_a_write_whose_reply_was_lost_is_done_once(self):
        self.things.insert_one({"_id": 1, "v": 1})
        for lost in ("before", "after"):
            with self.subTest(lost):
                self.server.fail("update", drop=lost)
                done = self.things.update_one({"_id": 1, "v": 1}, {"$set": {"v": 2}})
                self.assertEqual((1, 1), (done.matched_count, done.modified_count))
                self.things.update_one({"_id": 1}, {"$set": {"v": 1}})

    def test_numbers(self):
        with self.plain_connection() as connection:
            self.assertEqual(1, self.ask(connection, self.insert)["n"])
            again = self.ask(connection, self.insert)
            self.assertEqual((1, [0], None), (again["n"], again["retriedStmtIds"], again.get("writeErrors")))
            self.ask(connection, {**self.insert, "documents": [{"_id": 2}], "txnNumber": Int64(2)})
            self.assertEqual(225, self.ask(connection, self.insert)["code"])
            self.assertEqual(50768, self.ask(connection, {"find": "things", "txnNumber": Int64(3)})["code"])

    def test_it_is_known_after_a_kill(self):
        with self.plain_connection() as connection:
            self.ask(connection, self.insert)
        self.server.kill()
        self.server.start()
        with self.plain_connection() as connection:
            again = self.ask(connection, self.insert)
        self.assertEqual((1, [0]), (again["n"], again["retriedStmtIds"]))

    def test_a_refusal_says_that_it_may_be_tried_again(self):
        with self.plain_connection() as connection:
            for code, labels in ((10107, ["RetryableWriteError"]), (13, None)):
                self.server.fail("insert", code=code)
                reply = self.ask(connection, self.insert)
                self.assertEqual((code, labels), (reply["code"], reply.get("errorLabels")))

    def test_a_single_server_has_no_numbers(self):
        with running_mongo() as single, single.client() as client, self.assert_refused(20):
            client.edxapp.command("insert", "things", documents=[{}], lsid=self.insert["lsid"], txnNumber=Int64(1))

    def test_copies_that_there_are_not(self):
        reply = self.database.command("insert", "things", documents=[{"_id": 9}], writeConcern={"w": 2})
        self.assertEqual(100, reply["writeConcernError"]["code"])
