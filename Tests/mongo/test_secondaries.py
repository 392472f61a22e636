# SPDX-License-Identifier: Apache-2.0
"""A replica set of two: what is asked of which member, one that lags behind what authors do, and one that goes away."""
import hashlib
import json
import unittest

from bson.objectid import ObjectId

from contentstore import CHUNK_SIZE, chunks, split_id
from loader import load
from mongo_site import MongoSite, events
from server import running_set
from studio import DRAFT, Studio, block_of, moment
from synthetic import Fleet, split_fleet
from without_ids import course_without_ids
from written_back import BRANCHES, Heads

from program import ProgramTests, wait_until  # beside processes, where server leads

FLEET = Fleet(courses=2, videos=6, transcripts=2)
BYTES = ("modulestore.structures", "fs.chunks")
"""Of which a document is never another one, or is counted: any member may be asked for them."""
STATES = ("modulestore.active_versions", "fs.files")
NEW = "1\n00:00:01,000 --> 00:00:02,000\nWhat the author has written just now\n"


class SecondaryTests(ProgramTests):
    @classmethod
    def setUpClass(cls):
        cls.primary, cls.secondary = cls.members = cls.enterClassContext(running_set())

    def setUp(self):
        super().setUp()
        for member in self.members:
            member.reset()
        self.secondary.lag(False)
        self.client = self.enterContext(self.primary.client())
        self.client.drop_database("edxapp")
        self.database = self.client.edxapp
        self.site = self.site_of("site")

    def tearDown(self):
        super().tearDown()
        for member in self.members:
            if not member.child.is_running:
                member.start()
            self.assertNotIn("Traceback", member.log.read_text())

    def site_of(self, name, preference=None):
        (self.folder / name).mkdir()
        site = MongoSite(self.folder / name, SetAddress(self.members),
                         options="?replicaSet=rs7" + (f"&readPreference={preference}" if preference else ""))
        self.addCleanup(site.end)
        return site

    def load_fleet(self):
        """With a digest for every file: without one, its bytes are read from the primary."""
        for stored in split_fleet(FLEET):
            data = {chunk["files_id"]: b"" for chunk in stored["fs.chunks"]}
            for chunk in stored["fs.chunks"]:
                data[chunk["files_id"]] += chunk["data"]
            for file in stored["fs.files"]:
                file["md5"] = hashlib.md5(data[file["_id"]]).hexdigest()
            load(self.database, stored)

    def asked(self):
        """Collection → how many finds of it the primary answered, and how many the secondary."""
        return {name: tuple(member.count("find", name) for member in self.members) for name in BYTES + STATES}

    def plan(self, site):
        plan = site.call("plan", "--json")
        self.assert_exit(0, plan)
        return plan.out

    def assert_migrated(self, transcripts, site=None):
        site = site or self.site
        self.assertEqual({"migrated"}, {course["state"] for course in site.status().values()})
        self.assertEqual(transcripts, len(site.transcripts()))
        self.assert_exit(0, site.call("verify", "--deep"))

    # Who is asked

    def test_bytes_come_from_a_secondary_and_what_changes_from_the_primary(self):
        self.load_fleet()
        self.plan(self.site_of("secondary", "secondary"))
        for name, (primary, secondary) in self.asked().items():
            with self.subTest(name):
                self.assertTrue(secondary if name in BYTES else primary)
                self.assertEqual(0, primary if name in BYTES else secondary)

    def test_the_primary_alone_where_it_is_preferred(self):
        self.load_fleet()
        expected = self.plan(self.site_of("secondary", "secondary"))
        for preference in ("primary", "primaryPreferred"):
            with self.subTest(preference):
                self.secondary.reset()
                self.assertEqual(expected, self.plan(self.site_of(preference, preference)))
                self.assertEqual([], [entry["collection"] for entry in self.secondary.counters()["commands"]
                                      if entry["command"] == "find"])

    def test_a_secondary_is_preferred_unless_something_else_is_said(self):
        """A driver knows of one only when it has answered: until then the primary is asked, too."""
        self.load_fleet()
        self.assert_exit(0, self.site.call("run", "--all", "--limit-puts", "25"))
        self.assertTrue(all(self.asked()[name][1] for name in BYTES), self.asked())
        self.assert_migrated(FLEET.courses * FLEET.videos * FLEET.transcripts)

    # One that lags

    def test_what_authors_did_since_it_lags_is_migrated_all_the_same(self):
        """A course of which it knows nothing, and a transcript that was added to another."""
        known, unknown = split_fleet(FLEET)
        load(self.database, known)
        self.plan(self.site)
        self.secondary.lag()
        load(self.database, unknown)
        self.add_transcript(known)
        planned = json.loads(self.plan(self.site))
        self.assertEqual([known.key, unknown.key], [course["key"] for course in planned["courses"]])
        self.assertEqual(self.plan(self.site_of("primary", "primary")), self.plan(self.site))
        self.assert_exit(0, self.site.call("run", "--all"))
        self.assert_migrated(FLEET.courses * FLEET.videos * FLEET.transcripts + 1)
        self.assertIn(NEW.encode(), self.contents())

    def test_bytes_that_were_replaced_are_never_the_old_ones(self):
        """Under the same name and of the same length, with a digest beside it and without one."""
        for digest in ({"md5"}, {"custom_md5"}, set()):
            with self.subTest(digest=digest):
                self.secondary.lag(False)
                self.client.drop_database("edxapp")
                stored = next(split_fleet(FLEET))
                old = NEW.replace("just now", "long ago")
                self.assertEqual(len(old), len(NEW))
                load(self.database, stored)
                name = self.add_transcript(stored, old, digest)
                site = self.site_of("-".join(["replaced", *digest]))
                self.plan(site)
                self.secondary.lag()
                self.replace(name, NEW, digest)
                self.assert_exit(0, site.call("run", "--all"))
                self.assertIn(NEW.encode(), self.contents(site))
                self.assertNotIn(old.encode(), self.contents(site))

    def test_ids_are_written_back_into_what_the_primary_has(self):
        """It lags from before the author's last save to the end."""
        stored = course_without_ids(Fleet(videos=6, transcripts=1, drafts=2))
        load(self.database, stored)
        self.plan(self.site)
        self.secondary.lag()
        author = Studio(self.database, stored.key)
        name = next(block["block_id"] for block in author.head(DRAFT)["blocks"] if block["block_type"] == "video")
        self.assertTrue(author.save(name, display_name="Saved while it lags"))
        done = self.site.call("run", "--all", "--json")
        self.assert_exit(0, done)
        self.assertEqual(1, events(done)["wrote back"])
        heads = Heads(self.database, stored.key)
        self.assertEqual(*(heads.ids(branch) for branch in BRANCHES))
        self.assertNotIn("", heads.ids(BRANCHES[0]).values())
        self.assertEqual("Saved while it lags", block_of(author.head(DRAFT), name)["fields"]["display_name"])
        self.assertIn(author.saved[0][1], author.ancestors(DRAFT))
        self.assert_migrated(6)

    # One that goes away

    def test_a_secondary_that_is_killed_costs_nothing(self):
        self.load_fleet()
        child = self.site.start("run", "--all", "--json", "--concurrency", "2", "--limit-puts", "20")
        wait_until(lambda: child.out.read_text().count('"event":"stored"') >= 4, "some are stored")
        self.secondary.kill()
        self.assertEqual(0, child.wait(120), child.err.read_text())
        self.assertEqual(0, json.loads(child.out.read_text().splitlines()[-1])["retries"])
        self.assert_migrated(FLEET.courses * FLEET.videos * FLEET.transcripts)

    # What an author does

    def add_transcript(self, stored, text=NEW, digest=("md5",)):
        """To the first video of a course, in Korean, which it has not. Returns the asset's id."""
        author = Studio(self.database, stored.key)
        video = next(block for block in author.head(DRAFT)["blocks"] if block["block_type"] == "video")
        organization, course, run = stored.key.removeprefix("course-v1:").split("+")
        identifier = split_id("asset", "korean.srt", organization, course, run)
        self.put(identifier, text, digest)
        author.save(video["block_id"], transcripts=video["fields"].get("transcripts", {}) | {"ko": "korean.srt"})
        author.publish(video["block_id"])
        return identifier

    def replace(self, identifier, text, digest):
        """As the platform does: away with it first."""
        self.database["fs.files"].delete_one({"_id": identifier})
        self.database["fs.chunks"].delete_many({"files_id": identifier})
        self.put(identifier, text, digest)

    def put(self, identifier, text, digest):
        data, now = text.encode(), moment()
        pieces = [{**chunk, "_id": ObjectId()} for chunk in chunks(identifier, identifier, data, CHUNK_SIZE, now)]
        self.database["fs.chunks"].insert_many(pieces)
        self.database["fs.files"].insert_one(
            {"_id": identifier, "filename": identifier, "chunkSize": CHUNK_SIZE, "length": len(data), "uploadDate": now,
             **{name: hashlib.md5(data).hexdigest() for name in digest}})

    def contents(self, site=None):
        site = site or self.site
        return {(site.store / key).read_bytes() for key in site.objects()}


class SetAddress:
    """Both members, as an endpoint names them; the secondary first, so that its place decides nothing."""

    auth = False

    def __init__(self, members):
        self.address = ",".join(member.address for member in reversed(members))


if __name__ == "__main__":
    unittest.main()
