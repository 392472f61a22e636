# SPDX-License-Identifier: Apache-2.0
"""What of a modulestore is no course's video, and is left out; and what is one though it looks otherwise."""
import unittest

from loader import load
from mongo_site import SiteTests, inventory
from outline import Block, BlockKey, Outline
from courses import old_course, split_course
from synthetic import Fleet, course, libraries, old_fleet, split_fleet, templates

ORPHANS, VIDEOALPHAS, VIDEOS = 3, 2, 6
FLEET = Fleet(courses=3, videos=VIDEOS, transcripts=2, orphans=ORPHANS, videoalphas=VIDEOALPHAS, drafts=1, thumbnails=True, longest=300_000)


class LeftOutTests(SiteTests):
    def plan(self, site):
        result = site.call("plan", "--json")
        self.assert_exit(0, result)
        self.assertEqual([], result.json["unreadable"])
        return result.json["courses"]

    def assert_migrated(self, courses, videos):
        """Plans and migrates what is loaded: these courses with so many videos each, and nothing else."""
        site = self.mongo_site()
        plans = self.plan(site)
        self.assertEqual(sorted(stored.key for stored in courses), [plan["key"] for plan in plans])
        for plan in plans:
            self.assertEqual((videos, ORPHANS), (len(plan["videos"]), plan["unreachable"]), plan["key"])
            types = ["videoalpha" if "videoalpha" in video["usage_key"] else "video" for video in plan["videos"]]
            self.assertEqual(VIDEOALPHAS, types.count("videoalpha"))
            for video in plan["videos"]:
                self.assertEqual({"migrate"}, {t["action"] for t in video["transcripts"]}, video["usage_key"])
        self.assert_exit(0, site.call("run", "--all"))
        self.assertEqual(len(courses) * videos * FLEET.transcripts, len(site.transcripts()))
        self.assertEqual({"migrated"}, {course["state"] for course in site.status().values()})
        self.assert_exit(0, site.call("verify", "--deep"))

    def orphans(self):
        """Every stored copy of an orphan's block."""
        found = []
        for structure in self.database["modulestore.structures"].find():
            found += [(structure["_id"], block) for block in structure["blocks"] if self.is_orphan(block["block_id"])]
        return found

    @staticmethod
    def is_orphan(name):
        number = name.partition("v")[2]
        return name.startswith("s") and number.isdigit() and int(number) >= VIDEOS

    def test_libraries_and_orphans_are_left_out_of_split_and_videoalpha_is_not(self):
        courses = list(split_fleet(FLEET))
        for stored in courses:
            load(self.database, stored)
        heads_before = len(self.orphans())
        self.assertEqual(FLEET.courses * 2 * ORPHANS, heads_before)
        for stored in libraries(2, 4):
            load(self.database, stored)
        kept = [stored.raw(name) for stored in libraries(2, 4) for name in ("modulestore.active_versions", "modulestore.structures")]
        self.assert_migrated(courses, VIDEOS)
        after = inventory(self.database)
        everything = b"".join(document for name in after for document in after[name])
        for raw in kept:
            self.assertIn(raw, everything, "a library's document is another one")
        self.assertEqual(2 * heads_before, len(self.orphans()), "the new structures hold the orphans, too")
        self.assertEqual(2, len({str(block) for _, block in self.orphans() if block["block_id"] == f"s00000v{VIDEOS:04}"}),
                         "as the two heads had them")

    def test_templates_and_orphans_are_left_out_of_old_mongo_and_videoalpha_is_not(self):
        courses = list(old_fleet(FLEET))
        for stored in (*courses, templates()):
            load(self.database, stored)
        left = {"$or": [{"_id.org": "edx"}, {"_id.name": {"$regex": f"^s[0-9]{{5}}v000[{VIDEOS}-9]$"}}]}
        before = list(self.database["modulestore"].find(left))
        self.assertEqual(FLEET.courses * ORPHANS + len(templates()["modulestore"]), len(before))
        self.assert_migrated(courses, VIDEOS)
        self.assertEqual(before, list(self.database["modulestore"].find(left)))

    def test_a_database_without_a_course_is_another_one(self):
        """Nothing to do would look like all of it done."""
        load(self.database, next(split_fleet(FLEET)))
        site = self.mongo_site()
        self.assert_exit(0, site.call("discover"))
        site.database = "edxpap"
        for words in (["discover"], ["plan"], ["plan", "--json"], ["run", "--all"], ["run", "--all", "--json"], ["doctor"]):
            with self.subTest(words):
                wrong = site.call(*words)
                self.assert_exit(1, wrong)
                self.assertIn("there is no course in it", wrong.out + wrong.err)
        self.assertEqual(0, len(site.objects()))

    def test_a_library_or_a_template_named_on_the_command_line_is_no_course(self):
        load(self.database, next(iter(split_fleet(FLEET))))
        for stored in (*libraries(1, 2), templates()):
            load(self.database, stored)
        site = self.mongo_site()
        for key in ("library-v1:SynthX+L00000", "course-v1:SynthX+L00000+library"):
            refused = site.call("plan", "--json", "--course", key)
            self.assertIn(refused.exit, (1, 2), refused.out)
            self.assertRegex(refused.err, r"\Amallow: [^\n]+\.\n\Z")

    def test_runs_of_an_old_course_share_their_assets_and_each_has_its_own_videos(self):
        """Blocks of both runs lie under one organization and course; only the root tells them apart."""
        first = course(Fleet(videos=2, transcripts=2), 0, share_name=False)
        second = course(Fleet(videos=3, transcripts=2, seed=2), 1, share_name=False)
        second = Outline(first.org, first.course, "2019", renamed(second.published), renamed(second.draft), second.assets)
        for outline in (first, second):
            load(self.database, old_course(outline))
        site = self.mongo_site()
        plans = {plan["key"]: plan for plan in self.plan(site)}
        self.assertEqual(["SynthX/S00000/2018", "SynthX/S00000/2019"], sorted(plans))
        for key, count in (("SynthX/S00000/2018", 2), ("SynthX/S00000/2019", 3)):
            plan = plans[key]
            self.assertEqual((count, []), (len(plan["videos"]), plan["notes"]), key)
            self.assertEqual({"migrate"}, {t["action"] for video in plan["videos"] for t in video["transcripts"]})
        self.assert_exit(0, site.call("run", "--all"))
        self.assertEqual(5 * 2, len(site.transcripts()))

    def test_a_course_that_was_never_published_has_its_draft_alone(self):
        stored = split_course(course(Fleet(videos=2, transcripts=2), 0, share_name=True))
        gone = stored["modulestore.active_versions"][0]["versions"].pop("published-branch")
        stored["modulestore.structures"][:] = [s for s in stored["modulestore.structures"] if s["_id"] != gone]
        load(self.database, stored)
        site = self.mongo_site()
        heads = {t["head"] for video in self.plan(site)[0]["videos"] for t in video["transcripts"]}
        self.assertEqual({"draft"}, heads)
        self.assert_exit(0, site.call("run", "--all"))
        index = self.database["modulestore.active_versions"].find_one()
        self.assertEqual(["draft-branch"], list(index["versions"]), "no head is made")
        self.assertEqual([], [video for plan in self.plan(site) for video in plan["videos"] if video["new_id"]])


def renamed(blocks):
    """Structure blocks of a second run: the generator calls them alike in every course."""
    def name(key):
        if key.type == "course":
            return BlockKey("course", "2019")
        return key if key.type == "video" else BlockKey(key.type, f"second-{key.name}")

    return {name(key): Block(block.settings, block.content, block.children and tuple(map(name, block.children)))
            for key, block in blocks.items()}


if __name__ == "__main__":
    unittest.main()
