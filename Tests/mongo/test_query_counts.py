# SPDX-License-Identifier: Apache-2.0
"""What is asked of a server: as many questions for a course, and for a video, however large they are; and of which collections."""
import json
import unittest

from courses import split_course
from loader import load
from mongo_site import SiteTests, inventory
from synthetic import Fleet, old_fleet, split_fleet

from program import SAMPLE  # beside processes, where mongo_site leads

GREETINGS = ("hello", "isMaster", "ismaster", "ping", "endSessions")
COURSES = 30
TITLES_AT_ONCE = 50
# Whether the bucket holds any asset, asked once by every command.
IS_THERE = 1
# Beyond what one batch of an answer holds; it goes on with the same query.
MORE = "getMore"
# Videos whose bytes are read twice in a run: these, and one in a hundred after.
READ_TWICE = 1000


class QueryCountTests(SiteTests):
    def counts(self):
        """(command, collection) → how often, but for greetings and what goes on with an answer."""
        return {(entry["command"], entry["collection"]): entry["count"] for entry in self.server.counters()["commands"]
                if entry["command"] not in (*GREETINGS, MORE)}

    def asked(self, site, *arguments):
        self.server.reset()
        result = site.call(*arguments)
        self.assert_exit(0, result)
        return self.counts()

    def fleet(self, make, videos, courses=COURSES):
        site = self.mongo_site(f"{make.__name__}-{videos}", database=f"{make.__name__}{videos}")
        self.client.drop_database(site.database)
        self.addCleanup(self.client.drop_database, site.database)
        for course in make(Fleet(courses=courses, videos=videos, transcripts=2)):
            load(self.client[site.database], course)
        return site

    def test_a_plan_asks_as_much_of_a_course_with_sixty_videos_as_of_one_with_five(self):
        for videos in (5, 60):
            # Which assets there are, what is said of those that are wanted, and their bytes: all videos of a course at once.
            read = {("find", "fs.files"): IS_THERE + 2 * COURSES, ("find", "fs.chunks"): COURSES}
            with self.subTest("split", videos=videos):
                self.assertEqual(
                    read | {
                        # One for all courses, then one for each.
                        ("find", "modulestore.active_versions"): 1 + COURSES,
                        # Both heads of a course at once, and the titles of all.
                        ("find", "modulestore.structures"): COURSES + -(-COURSES // TITLES_AT_ONCE),
                        ("find", "modulestore"): 1,
                    }, self.asked(self.fleet(split_fleet, videos), "plan", "--json"))
            with self.subTest("old", videos=videos):
                self.assertEqual(
                    read | {("find", "modulestore"): 1 + COURSES, ("find", "modulestore.active_versions"): 1},
                    self.asked(self.fleet(old_fleet, videos), "plan", "--json"))

    def test_a_run_asks_and_writes_as_much_of_a_course_with_sixty_videos_as_of_one_with_five(self):
        for courses, videos in ((COURSES, 5), (10, 60)):
            site = self.fleet(split_fleet, videos, courses)
            with self.subTest(videos=videos):
                plan = json.loads(site.call("plan", "--json").out)
                lacking = sum(any(video["new_id"] for video in course["videos"]) for course in plan["courses"])
                total = courses * videos
                # Of a video: what is said of its assets, and their bytes.
                twice = min(READ_TWICE, total) + len(range(READ_TWICE, total, 100))
                listings = 2 * courses  # to begin with, and at the gate
                self.assertEqual({
                    ("find", "fs.files"): IS_THERE + listings + total + twice, ("find", "fs.chunks"): total + twice,
                    ("find", "modulestore"): 1,
                    # At write-back: when it is planned, when it is done, to see that it is, and again when the flag is on.
                    ("find", "modulestore.active_versions"): 1 + listings + 4 * lacking,
                    # When it is planned, each head to be copied, to see that it is done, and again when the flag is on.
                    ("find", "modulestore.structures"): 1 + listings + 5 * lacking,
                    # One structure for each head, whatever the number of videos, and both heads at once.
                    ("insert", "modulestore.structures"): 2 * lacking, ("update", "modulestore.active_versions"): lacking,
                }, self.asked(site, "run", "--all"))
                self.assertEqual({
                    ("find", "fs.files"): IS_THERE + listings, ("find", "modulestore"): 1,
                    ("find", "modulestore.active_versions"): 1 + listings, ("find", "modulestore.structures"): 1 + listings,
                }, self.asked(site, "run", "--all"), "run again, it reads no transcript and writes nothing")

    def test_a_run_of_old_courses_asks_as_much_whatever_their_size(self):
        site = self.fleet(old_fleet, 5)
        plan = json.loads(site.call("plan", "--json").out)
        new = [sum(video["new_id"] for video in course["videos"]) for course in plan["courses"]]
        asked = self.asked(site, "run", "--all")
        total = COURSES * 5
        self.assertEqual({
            ("find", "fs.files"): IS_THERE + 2 * COURSES + 2 * total, ("find", "fs.chunks"): 2 * total,
            # At write-back: when it is planned, when it is done, to see that it is, and again when the flag is on.
            ("find", "modulestore.active_versions"): 1, ("find", "modulestore"): 1 + 2 * COURSES + 4 * sum(map(bool, new)),
            # There each block is a document of its own.
            ("update", "modulestore"): sum(new),
        }, asked)

    def test_collections_are_called_as_the_address_says(self):
        course = split_course(SAMPLE / "courses/alderx-stat150")
        ours = {"modulestore": "courseware", "fs": "media"}
        for name, documents in course.collections.items():
            start = name.split(".")[0]
            self.database[name.replace(start, ours[start], 1)].insert_many(documents)
        decoy = split_course(SAMPLE / "courses/harbouru-econ201")
        load(self.database, decoy)
        before = {name: documents for name, documents in inventory(self.database).items() if name in decoy.collections}
        site = self.mongo_site(options="?bucket=media&collection=courseware")
        expected = site.call("plan", "--json", "--source", f"olx:{SAMPLE / 'courses/alderx-stat150'}")
        self.assert_exit(0, expected)
        self.assertEqual(expected.out, site.call("plan", "--json").out)
        asked = self.asked(site, "run", "--all")
        self.assertEqual({"media.files", "media.chunks", "courseware", "courseware.active_versions", "courseware.structures"},
                         {collection for _, collection in asked})
        self.assertEqual(1, asked["update", "courseware.active_versions"])
        self.assertEqual(before, {name: documents for name, documents in inventory(self.database).items() if name in before})
        self.assert_exit(0, site.call("verify", "--deep"))


if __name__ == "__main__":
    unittest.main()
