# SPDX-License-Identifier: Apache-2.0
"""A course is planned the same wherever it is stored: as an export, in split or old MongoDB, or in a dump of either."""
import json
import os
import re
import shutil
import unittest
import uuid
from pathlib import Path

from courses import old_course, split_course
from dump import write_dump
from loader import load
from mongo_site import SiteTests
from olx import exports
from synthetic import Fleet, old_fleet, split_fleet

from program import REPOSITORY, SAMPLE  # beside processes, where mongo_site leads

DEMO = Path(os.environ.get("MALLOW_DEMOX") or REPOSITORY.parent / "shared/data/demox-2018")
# Two files of an export may be called the same once they are cleaned; a contentstore cannot hold both.
OF_EXPORTS_ALONE = re.compile(r'"static/[^"]+, static/[^"]+ are all called [^"]+ was taken, the first in order of paths"')


class PlanTests(SiteTests):
    def site_of(self, name, database="edxapp", with_catalog=True):
        """Beside the sample platform's catalog and objects."""
        site = self.mongo_site(name, database=database)
        if with_catalog:
            shutil.copytree(SAMPLE / "platform", site.folder, dirs_exist_ok=True)
        return site

    def plan(self, site, source=None):
        result = site.call("plan", "--json", *(["--source", source] if source else []))
        self.assert_exit(0, result)
        self.assertEqual("", result.err)
        return result.out

    def assert_same(self, expected, found):
        """Byte for byte; what differs is shown by place."""
        if expected != found:
            self.assertEqual(json.loads(expected), json.loads(found))
            self.fail("the same is written otherwise")

    def assert_split_is_as(self, export, notes_of_its_own=0):
        site = self.site_of("site")
        expected, count = OF_EXPORTS_ALONE.subn("", self.plan(site, f"olx:{export}"))
        self.assertEqual(notes_of_its_own, count)
        courses = [split_course(path) for path in exports(export)]
        for course in courses:
            load(self.database, course)
        self.assert_same(expected, self.plan(site))
        write_dump(self.folder / "dump", "edxapp", courses)
        self.assert_same(expected, self.plan(site, f"bson:{self.folder / 'dump'}"))
        self.assert_same(expected, self.plan(site, f"bson:{self.folder / 'dump' / 'edxapp'}"))

    def assert_old_is_as(self, export, number=0):
        """One course a database: there all runs of a course share their blocks and assets."""
        database = f"old{number}"
        site = self.site_of(database, database)
        expected = in_old_keys(OF_EXPORTS_ALONE.sub("", self.plan(site, f"olx:{export}")))
        course = old_course(export)
        self.client.drop_database(database)
        self.addCleanup(self.client.drop_database, database)
        load(self.client[database], course)
        write_dump(self.folder / f"dump of {database}", "edxapp", [course])
        for source in (None, f"bson:{self.folder / f'dump of {database}'}"):
            with self.subTest(course.key, source=source or "server"):
                self.assert_same(expected, self.plan(site, source))

    def test_sample_courses_in_split_and_in_a_dump_of_it(self):
        self.assert_split_is_as(SAMPLE / "courses", notes_of_its_own=1)

    def test_sample_courses_in_old_mongo_and_in_dumps_of_it(self):
        paths = exports(SAMPLE / "courses")
        self.assertEqual(12, len(paths))
        for number, path in enumerate(paths):
            self.assert_old_is_as(path, number)

    @unittest.skipUnless(DEMO.is_dir(), f"the demo course is not at {DEMO}; set MALLOW_DEMOX")
    def test_the_demo_course_in_split_and_in_a_dump_of_it(self):
        self.assert_split_is_as(DEMO)

    @unittest.skipUnless(DEMO.is_dir(), f"the demo course is not at {DEMO}; set MALLOW_DEMOX")
    def test_the_demo_course_in_old_mongo_and_in_a_dump_of_it(self):
        self.assert_old_is_as(DEMO)

    def test_every_sample_course_of_both_modulestores_is_in_one_plan(self):
        """A platform that was upgraded and never cleaned: keys of both kinds, in order of their bytes."""
        paths = [path for path in exports(SAMPLE / "courses") if path.name != "meadowx-bio210-2019"]
        stored = [make(path) for path in paths for make in (split_course, old_course)]
        for course in stored:
            load(self.database, course)
        keys = [course["key"] for course in json.loads(self.plan(self.site_of("site")))["courses"]]
        self.assertEqual(sorted((course.key for course in stored), key=str.encode), keys)

    def test_a_dump_of_many_courses_takes_each_of_them_as_long_as_a_dump_of_few(self):
        """Each course is found where it stands, and nothing is gone through once for each of them."""
        for make in (split_fleet, old_fleet):
            dump = self.folder / f"dump of {make.__name__}"
            write_dump(dump, "edxapp", make(Fleet(courses=600, videos=1, transcripts=1)))
            plan = self.mongo_site(make.__name__).call("plan", "--json", "--source", f"bson:{dump}", timeout=20)
            self.assert_exit(0, plan)
            self.assertEqual(600, len(plan.json["courses"]))

    def test_a_course_of_many_videos_takes_each_of_them_as_long_as_a_course_of_few(self):
        """Nothing is gone through once for each video."""
        dump = self.folder / "dump"
        write_dump(dump, "edxapp", split_fleet(Fleet(courses=1, videos=20_000, transcripts=1)))
        plan = self.mongo_site().call("plan", "--json", "--source", f"bson:{dump}", timeout=30)
        self.assert_exit(0, plan)
        self.assertEqual(20_000, len(plan.json["courses"][0]["videos"]))

    def test_collections_of_other_names_are_read_where_the_endpoint_says_so(self):
        """On a server and in a dump by the same options; without them there is nothing, and that is told."""
        stored = [split_course(SAMPLE / "courses/kestrelx-onb001"), old_course(SAMPLE / "courses/alderx-stat150")]
        write_dump(self.folder / "dump", "edxapp", stored)
        for course in stored:
            load(self.database, course)
        site = self.site_of("site")
        expected = self.plan(site)
        for name in self.database.list_collection_names():
            other = name.replace("fs.", "media files.", 1).replace("modulestore", "courses", 1)
            self.database[other].insert_many(self.database[name].find())
            self.database.drop_collection(name)
            (self.folder / "dump/edxapp" / f"{name}.bson").rename(self.folder / "dump/edxapp" / f"{other}.bson")
        options = "?bucket=media%20files&collection=courses"
        for place, missing in ((f"bson:{self.folder / 'dump'}", "modulestore.active_versions.bson"),
                               (site.endpoint, "there is no course in it")):
            with self.subTest(place):
                self.assert_same(expected, self.plan(site, place + options))
                without = site.call("plan", "--json", "--source", place)
                self.assert_exit(1, without)
                self.assertIn(missing, without.err)
                for wrong, words in (("?bucket=", "bucket= has no value"), (options + "&w=0", "something else stands there")):
                    refused = site.call("plan", "--source", place + wrong)
                    self.assert_exit(2, refused)
                    self.assertIn(words, refused.err)
        half = site.call("plan", "--source", f"bson:{self.folder / 'dump'}?collection=courses")
        self.assert_exit(1, half)
        self.assertIn("there are courses, and no asset of any", half.err)

    def test_a_dump_that_is_packed_or_empty_is_refused_with_what_to_do(self):
        site = self.site_of("site", with_catalog=False)
        course = split_course(SAMPLE / "courses/kestrelx-onb001")
        write_dump(self.folder / "dump", "edxapp", [course])
        place = self.folder / "dump/edxapp"
        (place / "modulestore.active_versions.bson").rename(place / "modulestore.active_versions.bson.gz")
        for source, exit, words in ((place, 1, "run gunzip on them"), (self.folder, 1, "modulestore.active_versions.bson"),
                                    (self.folder / "gone", 2, "nothing is there")):
            refused = site.call("plan", "--json", "--source", f"bson:{source}")
            self.assert_exit(exit, refused)
            self.assertRegex(refused.err, rf"\Amallow: [^\n]*{re.escape(words)}[^\n]*\.\n\Z")


def in_old_keys(plan):
    """What the plan of an export's one course would be were it a course of the old modulestore.

    Ids that are derived come of the usage key, and are others there.
    """
    (course,) = json.loads(plan)["courses"]
    org, name, run = course["key"].removeprefix("course-v1:").split("+")
    parts = re.escape(f"{org}+{name}+{run}")

    def old(text):
        text = re.sub(rf'block-v1:{parts}\+type@([^+"]+)\+block@', rf"i4x://{org}/{name}/\1/", text)
        return text.replace(course["key"], f"{org}/{name}/{run}")

    translated = old(plan)
    for video in course["videos"]:
        if video["new_id"]:
            translated = translated.replace(video["edx_video_id"], str(uuid.uuid5(uuid.NAMESPACE_URL, old(video["usage_key"]))))
    return translated


if __name__ == "__main__":
    unittest.main()
