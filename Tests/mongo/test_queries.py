# SPDX-License-Identifier: Apache-2.0
"""What a query finds, in which order and in which shape; and that what is not done here is refused."""
import datetime
import math
import re

from bson.binary import Binary
from bson.decimal128 import Decimal128
from bson.int64 import Int64
from bson.max_key import MaxKey
from bson.min_key import MinKey
from bson.objectid import ObjectId
from bson.regex import Regex
from mongo_tests import MongoTests

# By what is in `a`, as MongoDB's own description of null and arrays in queries has it.
VALUES = {
    "missing": {}, "null": {"a": None}, "number": {"a": 4}, "text": {"a": "ab"}, "empty": {"a": {}},
    "b": {"a": {"b": "hi"}}, "b null": {"a": {"b": None}}, "empty array": {"a": []}, "array in array": {"a": [[]]},
    "all b": {"a": [{"b": 1}, {"b": 3}]}, "some b": {"a": [{"b": 3}, {}]}, "null b": {"a": [{"b": None}, {"b": 4}]},
    "plain": {"a": [1, "ab", 4]}, "with null": {"a": [1, None]}, "deep": {"a": [{"b": [{"c": 1}, {"c": 2}]}]},
}
NULLS = {"missing", "null", "with null"}
B_NULLS = {"missing", "null", "number", "text", "empty", "b null", "some b", "null b"}
B_MISSING = {"missing", "null", "number", "text", "empty", "empty array", "array in array", "plain", "with null"}
FINDS = [
    ({"a": 4}, {"number", "plain"}),
    ({"a": 4.0}, {"number", "plain"}),
    ({"a": Int64(4)}, {"number", "plain"}),
    ({"a": Decimal128("4.0")}, {"number", "plain"}),
    ({"a": "ab"}, {"text", "plain"}),
    ({"a": None}, NULLS),
    ({"a": {"$ne": None}}, set(VALUES) - NULLS),
    ({"a": {"$in": [None, 4]}}, NULLS | {"number", "plain"}),
    ({"a": {"$nin": [None, 4]}}, set(VALUES) - NULLS - {"number", "plain"}),
    ({"a": {"$exists": False}}, {"missing"}),
    ({"a": {"$exists": True}}, set(VALUES) - {"missing"}),
    ({"a": {}}, {"empty", "some b"}),
    ({"a": []}, {"empty array", "array in array"}),
    ({"a": [1, None]}, {"with null"}),
    ({"a.b": None}, B_NULLS),
    ({"a.b": {"$ne": None}}, set(VALUES) - B_NULLS),
    ({"a.b": {"$exists": False}}, B_MISSING),
    ({"a.b": "hi"}, {"b"}),
    ({"a.b": {"$gt": 2}}, {"all b", "some b", "null b"}),
    ({"a.b": {"$gt": 2, "$lt": 2}}, {"all b"}),  # each by an element of its own
    ({"a.b": {"$gt": 2, "$lte": 1}}, {"all b"}),
    ({"a.b.c": 2}, {"deep"}),
    ({"a.0": 1}, {"plain", "with null"}),
    ({"a.0.b": 1}, {"all b"}),
    ({"a": {"$gt": 1}}, {"number", "plain"}),
    ({"a": {"$gt": "aa"}}, {"text", "plain"}),
    ({"a": {"$gte": None}}, NULLS),
    ({"a": {"$not": {"$gte": None}}}, set(VALUES) - NULLS),
    ({"a": {"$gt": MinKey()}}, set(VALUES)),
    ({"a": {"$lt": MinKey()}}, set()),
    ({"a": {"$lte": MaxKey()}}, set(VALUES)),
    ({"a": {"$elemMatch": {"$eq": None}}}, {"with null"}),
    ({"a": {"$elemMatch": {"b": 3}}}, {"all b", "some b"}),
    ({"a": {"$elemMatch": {"b": None}}}, {"some b", "null b", "array in array"}),
    ({"a": {"$elemMatch": {"$gt": 1, "$lt": 4}}}, set()),
    ({"a": {"$elemMatch": {"$gte": 4}}}, {"plain"}),
    ({"a": {"$elemMatch": {"$or": [{"b": 1}, {"b": 4}]}}}, {"all b", "null b"}),
    ({"a.b": {"$elemMatch": {"c": 2}}}, {"deep"}),
    ({"a": {"$regex": "^A", "$options": "i"}}, {"text", "plain"}),
    ({"a": re.compile("b$")}, {"text", "plain"}),
    ({"a": {"$in": [re.compile("^x"), re.compile("^a")]}}, {"text", "plain"}),
    ({"a": {"$not": re.compile("^a")}}, set(VALUES) - {"text", "plain"}),
    ({"$or": [{"a": 4}, {"a.b": "hi"}]}, {"number", "plain", "b"}),
    ({"$and": [{"a": 4}, {"a": 1}]}, {"plain"}),
    ({"$nor": [{"a": {"$exists": True}}]}, {"missing"}),
    ({"$or": [{"a": 4}], "_id": {"$in": ["plain", "text"]}}, {"plain"}),
    ({"_id": {"$gt": "some", "$lte": "text"}}, {"some b", "text"}),
    ({"_id": {"$gt": 5}}, set()),
    ({"_id": {"$in": []}}, set()),
]
REFUSALS = [
    (2, {"a": {"$size": 3}}), (2, {"a": {"$gt": 1, "b": 2}}), (2, {"$where": "true"}), (2, {"$text": {"$search": "x"}}),
    (2, {"a": {"$in": 3}}), (2, {"a": {"$in": [{"$gt": 1}]}}), (2, {"$or": []}), (2, {"$or": {"a": 1}}), (2, {"a": {"$not": 3}}),
    (2, {"a": {"$elemMatch": 3}}), (2, {"a": {"$options": "i"}}), (51091, {"a": {"$regex": "("}}),
    (51108, {"a": {"$regex": "x", "$options": "q"}}), (238, {"a": {"$regex": "[[:alpha:]]"}}), (238, {"a": {"$regex": "(?i)x"}}),
    (2, {"a": {"$ne": Regex("x")}}),
]
# In the order that MongoDB gives to kinds of values.
ORDER = [MinKey(), [], None, math.nan, -5, 1.5, Int64(2), Decimal128("3"), "", "Z", "a", "é", {"a": 1}, {"a": 1, "b": 1}, {"b": 0}, [[1]],
         b"b", b"aa", ObjectId("5a1e0d2fc1f6c51d8a000001"), False, True, datetime.datetime(2018, 6, 2), Regex("x"), MaxKey()]


class FilterTests(MongoTests):
    def setUp(self):
        super().setUp()
        self.collection = self.database["modulestore.structures"]
        self.collection.insert_many({"_id": name, **value} for name, value in VALUES.items())

    def found(self, filter):
        return {document["_id"] for document in self.collection.find(filter)}

    def test_what_is_found(self):
        for fields in (None, "a", "a.b"):  # by a scan, and by an index: the answer is the same
            if fields:
                self.collection.create_index(fields)
            for filter, expected in FINDS:
                with self.subTest(filter, index=fields):
                    self.assertEqual(expected, self.found(filter))
                    self.assertEqual(len(expected), self.collection.count_documents(filter))

    def test_the_order_of_keys(self):
        self.collection.insert_one({"_id": 1, "k": {"x": 1, "y": 2}})
        self.assertEqual({1}, self.found({"k": {"x": 1, "y": 2}}))
        self.assertEqual({1}, self.found({"k": {"x": 1.0, "y": Int64(2)}}), "numbers are equal whatever their width")
        for other in ({"y": 2, "x": 1}, {"x": 1}, {"x": 1, "y": 2, "z": 3}, {"x": 1, "y": True}):
            self.assertEqual(set(), self.found({"k": other}), other)

    def test_patterns_know_letters_of_ascii(self):
        self.collection.insert_many({"_id": text, "t": text} for text in ("é", "e", "٣", "3", "e\n", "e\nx"))
        for pattern, expected in (
                (r"^\w$", {"e", "3", "e\n"}), (r"^\d$", {"3"}), (r"^.$", {"é", "e", "٣", "3", "e\n"}), (r"^e.x", set()),
                (re.compile("^e.x", re.DOTALL), {"e\nx"}), (re.compile("^x$", re.MULTILINE), {"e\nx"})):
            self.assertEqual(expected, self.found({"t": {"$regex": pattern}}), pattern)

    def test_what_is_refused(self):
        for code, filter in REFUSALS:
            with self.subTest(filter), self.assert_refused(code):
                list(self.collection.find(filter))
            with self.subTest(filter, collection="none"), self.assert_refused(code):
                list(self.database.nothing.find(filter))


class OrderTests(MongoTests):
    def setUp(self):
        super().setUp()
        self.collection = self.database.things

    def test_kinds_of_values(self):
        for number, value in enumerate(ORDER):
            self.collection.insert_one({"_id": len(ORDER) - number, "v": value, "place": number})
        places = list(range(len(ORDER)))
        for _ in range(2):
            self.assertEqual(places, [found["place"] for found in self.collection.find().sort("v", 1)])
            self.assertEqual(places[::-1], [found["place"] for found in self.collection.find().sort("v", -1)])
            self.collection.create_index("place")
            self.assertEqual(places[::-1][:5], [found["place"] for found in self.collection.find().sort("place", -1).limit(5)])

    def test_more_than_one_key(self):
        self.collection.insert_many({"_id": f"{a}{b}", "k": {"a": a, "b": b}} for a in (2, 1) for b in (1, 3, 2))
        for order, expected in (
                ([("k.a", 1), ("k.b", -1)], "13 12 11 23 22 21"), ([("k.a", -1), ("k.b", 1)], "21 22 23 11 12 13"),
                ([("k.a", 1), ("k.b", 1)], "11 12 13 21 22 23"), ([("k.a", 1)], "11 13 12 21 23 22")):
            found = [document["_id"] for document in self.collection.find().sort(order)]
            self.assertEqual(expected.split(), found, order)
        self.collection.create_index([("k.a", 1), ("k.b", 1)])
        self.assertEqual(["22", "23"], [found["_id"] for found in self.collection.find({"k.a": 2}).sort("k.b", 1).skip(1)])
        found = [document["k"]["b"] for document in self.collection.find({"k.a": {"$in": [2, 1]}}).sort("k.b", 1)]
        self.assertEqual([1, 1, 2, 2, 3, 3], found, "though the index has them by another field first")

    def test_arrays_by_their_least_or_greatest(self):
        self.collection.insert_many([{"_id": 1, "v": [1, 9]}, {"_id": 2, "v": [5]}, {"_id": 3, "v": []}, {"_id": 4}])
        for _ in range(2):
            self.assertEqual([3, 4, 1, 2], [found["_id"] for found in self.collection.find().sort("v", 1)])
            self.assertEqual([1, 2, 4, 3], [found["_id"] for found in self.collection.find().sort("v", -1)])
            self.assertEqual([1, 2], [found["_id"] for found in self.collection.find({"v": {"$in": [1, 5, 9]}}).sort("v", 1)])
            self.collection.create_index("v")

    def test_not_a_number(self):
        self.collection.insert_many([{"_id": 1, "v": math.nan}, {"_id": 2, "v": 1}, {"_id": 3, "v": "x"}])
        for filter, expected in (
                (math.nan, [1]), ({"$ne": math.nan}, [2, 3]), ({"$gte": math.nan}, [1]), ({"$gt": math.nan}, []),
                ({"$lt": 5}, [2]), ({"$in": [math.nan, "x"]}, [1, 3])):
            self.assertEqual(expected, [found["_id"] for found in self.collection.find({"v": filter})], filter)

    def test_refused(self):
        self.collection.insert_one({"a": [1, 2], "b": [1, 2]})
        with self.assert_refused(15975):
            list(self.collection.find().sort([("a", 2)]))
        with self.assert_refused(2, "parallel arrays"):
            list(self.collection.find().sort([("a", 1), ("b", 1)]))


class BatchTests(MongoTests):
    def setUp(self):
        super().setUp()
        self.collection = self.database.things
        self.collection.insert_many({"_id": number} for number in range(250))

    def command(self, name, **more):
        return self.database.command(name, "things", **more)["cursor"]

    def test_sizes_of_batches(self):
        first = self.command("find")
        self.assertEqual(101, len(first["firstBatch"]))
        rest = self.database.command("getMore", first["id"], collection="things")["cursor"]
        self.assertEqual((149, 0), (len(rest["nextBatch"]), rest["id"]))
        self.assertEqual(0, self.command("find", singleBatch=True, batchSize=3)["id"])
        self.assertEqual((5, 0), (len(self.command("find", limit=5)["firstBatch"]), self.command("find", limit=5)["id"]))
        self.assertEqual([], self.command("find", batchSize=0)["firstBatch"])
        self.assertEqual([240, 241], [found["_id"] for found in self.command("find", skip=240, limit=2)["firstBatch"]])

    def test_the_end_may_be_a_batch_with_nothing(self):
        exact = self.command("find", batchSize=250)
        self.assertEqual(250, len(exact["firstBatch"]))
        self.assertNotEqual(0, exact["id"], "nobody has looked yet whether there are more")
        last = self.database.command("getMore", exact["id"], collection="things")["cursor"]
        self.assertEqual(([], 0), (last["nextBatch"], last["id"]))

    def test_a_batch_is_16_MB(self):
        self.database.big.insert_many({"_id": number, "data": bytes(5 << 20)} for number in range(7))
        self.assertEqual(3, len(self.database.command("find", "big")["cursor"]["firstBatch"]))
        self.assertEqual(list(range(7)), [found["_id"] for found in self.database.big.find()])

    def test_what_goes_while_it_is_read_is_not_given(self):
        cursor = self.collection.find(batch_size=10)
        first = [next(cursor)["_id"] for _ in range(10)]
        self.collection.delete_many({"_id": {"$gte": 20}})
        self.assertEqual(list(range(20)), first + [found["_id"] for found in cursor])

    def test_a_cursor_that_there_is_not(self):
        first = self.command("find", batchSize=2)
        with self.assert_refused(13, "different namespace"):
            self.database.command("getMore", first["id"], collection="others")
        killed = self.database.command("killCursors", "things", cursors=[first["id"], Int64(7)])
        self.assertEqual(([first["id"]], [7]), (killed["cursorsKilled"], killed["cursorsNotFound"]))
        with self.assert_refused(43):
            self.database.command("getMore", first["id"], collection="things")
        second = self.command("find", batchSize=2)
        self.collection.drop()
        with self.assert_refused(175):
            self.database.command("getMore", second["id"], collection="things")

    def test_a_cursor_of_another_session(self):
        sessions = [{"id": Binary(bytes([number]) * 16, 4)} for number in (1, 2)]
        with self.plain_connection() as connection:
            for made, asked, code in ((0, 0, None), (0, 1, 50738), (0, None, 50737), (None, 0, 50736)):
                of = [{} if number is None else {"lsid": sessions[number]} for number in (made, asked)]
                first = self.ask(connection, {"find": "things", "batchSize": 2, **of[0]})["cursor"]
                reply = self.ask(connection, {"getMore": first["id"], "collection": "things", **of[1]})
                self.assertEqual(code, reply.get("code"), (made, asked))

    def test_fields_that_there_are_not(self):
        with self.assert_refused(40415):
            self.command("find", fliter={})
        with self.assert_refused(238):
            self.command("find", collation={"locale": "en"})
        with self.assert_refused(14):
            self.command("find", filter=3)
        with self.assert_refused(51024):
            self.command("find", limit=-1)
        with self.assert_refused(59):
            self.database.command("distinct", "things", key="_id")
