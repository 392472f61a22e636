# SPDX-License-Identifier: Apache-2.0
"""What a user may do is found out before a run and not at its first cut-over, and without a change to any document."""
import contextlib
import json
import sqlite3
import unittest

from bson import ObjectId

from courses import old_course
from dump import write_dump
from loader import load
from mongo_site import SiteTests, inventory
from server import READER
from studio import DRAFT, PUBLISHED
from synthetic import Fleet, libraries
from test_write_back import WRITES
from without_ids import course_without_ids
from written_back import Heads

FLEET = Fleet(videos=3, transcripts=1)
INSERT = ("insert", "modulestore.structures")
MOVE = ("update", "modulestore.active_versions")
OLD = ("update", "modulestore")
INDEX = "split_modulestore_django_splitmodulestorecourseindex"
COLUMNS = ("id, objectid, course_id, org, draft_version, published_version, library_version, wiki_slug, base_store, edited_by_id,"
           " edited_on, last_update")


def right(command, collection):
    return f"{command} on edxapp.{collection}"


class RightsTests(SiteTests):
    options = {"auth": True, "replica_set": "rs7"}

    def setUp(self):
        super().setUp()
        self.server.grant()
        self.split = course_without_ids(FLEET, 0)
        self.site = self.reader_site()

    def reader_site(self, name="site", user=READER):
        return self.mongo_site(name, user=user, options="?authSource=admin&replicaSet=rs7")

    def load(self, *courses):
        for stored in courses:
            load(self.database, stored)
        self.before = inventory(self.database)
        self.server.reset()

    def doctor(self, *arguments, site=None):
        """(Exit code, its checks by their names.) No document is another one after it."""
        result = (site or self.site).call("doctor", "--json", *arguments)
        self.assert_same_documents(self.before, inventory(self.database))
        return result.exit, {check["name"]: check for check in json.loads(result.out)["checks"]}

    def assert_missing(self, *missing):
        exit, checks = self.doctor()
        check = checks["write-back"]
        self.assertEqual((1, "fail"), (exit, check["verdict"]), check)
        for command, collection in (INSERT, MOVE, OLD):
            said = f"{right(command, collection)}: MongoDB says"
            self.assertEqual((command, collection) in missing, said in check["measured"], check)
        for word in ("(code 17.13)", "not authorized"):
            self.assertIn(word, check["measured"])
        for word in ("readWrite", "--no-write-back", "courses migrate", "before its flag"):
            self.assertIn(word, check["advice"])
        self.assertEqual("pass", checks["source"]["verdict"], "it can be read")

    def assert_granted(self, *rights):
        exit, checks = self.doctor()
        self.assertEqual((0, "pass"), (exit, checks["write-back"]["verdict"]), checks)
        said = "; ".join(right(*one) for one in rights)
        self.assertEqual(f"edx_video_ids can be written: {said}; tried on nothing", checks["write-back"]["measured"])

    def test_every_right_that_is_missing_is_named_and_no_other(self):
        old = course_without_ids(FLEET, 1, old_course)
        self.load(self.split, old, *libraries(1, 2))
        needed = (INSERT, MOVE, OLD)
        self.assert_missing(*needed)
        for missing in needed:
            self.server.grant(*(one for one in needed if one != missing))
            self.assert_missing(missing)
        self.server.grant(*needed)
        self.assert_granted(*needed)

    def test_with_these_rights_and_no_other_ids_are_written(self):
        old = course_without_ids(FLEET, 1, old_course)
        self.load(self.split, old)
        self.server.grant(INSERT, MOVE, OLD)
        self.assert_exit(0, self.site.call("run", "--all"))
        heads = Heads(self.database, self.split.key)
        for branch in (DRAFT, PUBLISHED):
            self.assertNotIn("", heads.ids(branch).values())
        self.assertNotIn("", [block["metadata"]["edx_video_id"] for block in self.database["modulestore"].find({"_id.category": "video"})])

    def test_only_what_is_written_is_asked_for(self):
        """Old courses have no heads, and libraries and the platform's templates are never written to."""
        self.load(*libraries(1, 2), self.split)
        self.server.grant(INSERT, MOVE)
        self.assert_granted(INSERT, MOVE)
        self.client.drop_database("edxapp")
        template = {"_id": {"tag": "i4x", "org": "edx", "course": "templates", "category": "course", "name": "Empty", "revision": None}}
        self.database["modulestore"].insert_one(template)
        self.load(*libraries(1, 2), self.split)
        self.assert_granted(INSERT, MOVE)
        self.client.drop_database("edxapp")
        self.load(*libraries(1, 2), course_without_ids(FLEET, 1, old_course))
        self.server.grant(OLD)
        self.assert_granted(OLD)

    def test_what_is_not_to_be_written_is_not_tried(self):
        self.load(self.split)
        write_dump(self.folder / "dump", "edxapp", [self.split])
        for arguments in (["--no-write-back"], ["--source", f"bson:{self.folder / 'dump'}"]):
            exit, checks = self.doctor(*arguments)
            self.assertEqual(0, exit, checks)
            self.assertNotIn("write-back", checks)
        self.assertEqual([], [entry for entry in self.server.counters()["commands"] if entry["command"] in WRITES])

    def test_a_primary_that_takes_no_writes_is_told_in_its_own_words(self):
        self.load(self.split)
        site = self.reader_site("other", user="mallow")
        self.server.fail("update", "modulestore.active_versions", code=10107, times=10)
        exit, checks = self.doctor(site=site)
        self.assertEqual((1, "fail"), (exit, checks["write-back"]["verdict"]))
        self.assertIn("NotWritablePrimary", checks["write-back"]["measured"])

    def test_the_source_is_listed_by_the_sql_index_as_a_run_lists_it(self):
        """Which has a course that MongoDB's list does not have, before all others."""
        self.load(self.split)
        self.server.grant(INSERT, MOVE)
        self.assert_exit(0, self.site.call("run", "--all", "--no-write-back"))
        versions = self.split["modulestore.active_versions"][0]["versions"]
        row = (7, str(ObjectId()), "course-v1:AaaX+First+1", "AaaX", str(versions[DRAFT]), str(versions[PUBLISHED]), "", "slug", "mongodb",
               4, "2018-06-02 10:00:01.250417", "2018-06-02 10:00:01.250417")
        with contextlib.closing(sqlite3.connect(self.site.catalog)) as catalog, catalog:
            catalog.execute(f"CREATE TABLE {INDEX} ({COLUMNS.replace('id,', 'id INTEGER PRIMARY KEY,', 1)})")
            catalog.execute(f"INSERT INTO {INDEX} VALUES ({', '.join('?' * len(row))})", row)
        exit, checks = self.doctor()
        self.assertEqual(0, exit, checks)
        self.assertTrue(checks["source"]["measured"].startswith("course-v1:AaaX+First+1 with 3 videos"), checks["source"])
        self.assertIn("UPDATE on the SQL course index, INSERT on its history", checks["write-back"]["measured"])
        with contextlib.closing(sqlite3.connect(self.site.catalog)) as catalog:
            self.assertEqual([row], catalog.execute(f"SELECT {COLUMNS} FROM {INDEX}").fetchall())

    def test_a_catalog_that_cannot_be_opened_leaves_the_source_to_be_looked_at(self):
        self.load(self.split)
        self.site.catalog.write_bytes(b"no database at all, and long enough not to be an empty one" * 20)
        exit, checks = self.doctor()
        self.assertEqual((1, "fail", "attention"), (exit, checks["catalog"]["verdict"], checks["source"]["verdict"]), checks)
        self.assertIn("MongoDB's own list", checks["source"]["measured"])
        self.assertNotIn("write-back", checks)


if __name__ == "__main__":
    unittest.main()
