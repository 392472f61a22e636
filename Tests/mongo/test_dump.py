# SPDX-License-Identifier: Apache-2.0
"""That a dump holds every document as it is, and that a database is given the same ones in messages that it can take."""
import json
import tempfile
import unittest
from pathlib import Path

import bson

import dump
from courses import given_courses, old_course, split_course
from platform_indexes import INDEXES
from loader import BATCH_DOCUMENTS, batches, load
from synthetic import Fleet, old_fleet, split_fleet

SAMPLE = Path(__file__).resolve().parents[2] / "sample-data" / "courses"
LONGEST_MESSAGE = 48_000_000


class DumpTests(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory())) / "dump"

    def read(self, name):
        with (self.folder / "edxapp" / name).open("rb") as file:
            return list(bson.decode_file_iter(file))

    def test_every_document_of_every_course_is_in_it(self):
        fleet = Fleet(courses=2, videos=3)
        courses = [*split_fleet(fleet), *old_fleet(fleet), split_course(SAMPLE / "alderx-stat150")]
        dump.write_dump(self.folder, "edxapp", iter(courses))
        files = {f"{name}.{kind}" for name in INDEXES for kind in ("bson", "metadata.json")}
        self.assertEqual(files, {file.name for file in (self.folder / "edxapp").iterdir()})
        for collection in INDEXES:
            stored = [stored for stored in courses if collection in stored.collections]
            raw = b"".join(course.raw(collection) for course in stored)
            self.assertEqual(raw, (self.folder / "edxapp" / f"{collection}.bson").read_bytes())
            self.assertEqual(sum(len(course[collection]) for course in stored), len(self.read(f"{collection}.bson")))
            self.assertEqual(raw, b"".join(map(bson.encode, self.read(f"{collection}.bson"))), "read and written again")

    def test_metadata_restores_the_indexes(self):
        dump.write_dump(self.folder, "edxapp", split_fleet(Fleet(courses=1, videos=1)))
        said = json.loads((self.folder / "edxapp" / "fs.chunks.metadata.json").read_text())
        self.assertEqual(("fs.chunks", "collection"), (said["collectionName"], said["type"]))
        self.assertRegex(said["uuid"], "^[0-9a-f]{32}$")
        one, two = ({"$numberInt": digit} for digit in "12")
        expected = [
            {"v": two, "key": {"_id": one}, "name": "_id_"},
            {"v": two, "key": {"files_id": one, "n": one}, "name": "files_id_1_n_1", "unique": True},
        ]
        self.assertEqual(expected, said["indexes"])

    def test_dump_is_never_written_over(self):
        dump.write_dump(self.folder, "edxapp", split_fleet(Fleet(courses=1, videos=1)))
        with self.assertRaises(FileExistsError):
            dump.write_dump(self.folder, "edxapp", split_fleet(Fleet(courses=1, videos=1)))

    def test_command_line_names_exports_by_form(self):
        parser = dump.argument_parser()
        given = parser.parse_args(["FOLDER", "DB", "--split", str(SAMPLE), "--old", str(SAMPLE / "alderx-cs101")])
        self.assertEqual((Path("FOLDER"), "DB"), (given.folder, given.database))
        keys = [stored.key for stored in given_courses(given)]
        self.assertEqual(13, len(keys))
        self.assertEqual(["course-v1:AlderX+CS101+2018_Fall", "AlderX/CS101/2018_Fall"], [keys[0], keys[-1]])


class RecordedCollection:
    """Takes what a collection of pymongo is given."""

    def __init__(self, name):
        self.name = name
        self.inserted, self.indexes = [], []

    def insert_many(self, documents):
        self.inserted.append([document.raw for document in documents])

    def create_indexes(self, indexes):
        self.indexes += [index.document for index in indexes]


class RecordedDatabase(dict):
    def __missing__(self, name):
        self[name] = RecordedCollection(name)
        return self[name]


class LoadTests(unittest.TestCase):
    def test_everything_is_inserted_once_in_order(self):
        for stored in (split_course(SAMPLE / "harbouru-astro101"), old_course(SAMPLE / "alderx-stat150")):
            database = RecordedDatabase()
            load(database, stored)
            self.assertEqual(stored.collections.keys(), database.keys())
            for name, collection in database.items():
                self.assertEqual(stored.raw(name), b"".join(raw for batch in collection.inserted for raw in batch))

    def test_indexes_are_the_platform_s(self):
        database = RecordedDatabase()
        load(database, next(split_fleet(Fleet(courses=1, videos=1))))
        self.assertEqual({"org": 1, "course": 1, "run": 1}, dict(database["modulestore.active_versions"].indexes[0]["key"]))
        unique = {name for name, collection in database.items() for index in collection.indexes if index.get("unique")}
        self.assertEqual({"modulestore.active_versions", "fs.chunks"}, unique)
        sparse = [list(index["key"]) for index in database["fs.files"].indexes if index.get("sparse")]
        self.assertEqual(6, len(sparse))
        self.assertIn(["_id.org", "_id.course", "_id.name"], sparse)

    def test_indexes_that_are_not_unique_are_otherwise_the_same(self):
        strict, lax = RecordedDatabase(), RecordedDatabase()
        for database, is_unique in ((strict, True), (lax, False)):
            load(database, next(split_fleet(Fleet(courses=1, videos=1))), is_unique)
        for name in strict:
            promised = [{key: value for key, value in index.items() if key != "unique"} for index in strict[name].indexes]
            self.assertEqual(promised, lax[name].indexes)

    def test_no_message_is_too_long(self):
        many = [{"_id": number} for number in range(2 * BATCH_DOCUMENTS + 1)]
        self.assertEqual([BATCH_DOCUMENTS, BATCH_DOCUMENTS, 1], list(map(len, batches(many))))
        large = [{"_id": number, "data": b"x" * (15 << 20)} for number in range(5)]
        lengths = [sum(len(document.raw) for document in batch) for batch in batches(large)]
        self.assertEqual(5, len(lengths))
        self.assertLess(max(lengths), LONGEST_MESSAGE)
        self.assertEqual([], list(batches([])))


if __name__ == "__main__":
    unittest.main()
