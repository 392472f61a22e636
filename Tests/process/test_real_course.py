# SPDX-License-Identifier: Apache-2.0
"""edX's own demo course of 2018, an export that nobody made for this program; see README.md beside this file.

MALLOW_DEMOX names its folder; without it ../shared/data/demox-2018 is looked for, seen from the repository.
"""
import os
import unittest
from pathlib import Path

from program import REPOSITORY, ProgramTests

DEMO = Path(os.environ.get("MALLOW_DEMOX") or REPOSITORY.parent / "shared/data/demox-2018")
KEY = "course-v1:edX+DemoX+Demo_Course"
# Block → (type, head, rule, asset) of its one transcript, in English; None: it has none.
VIDEOS = {
    "5c90cffecd9b48b188cbfea176bf7fe9": ("video", "both", "sub", "subs_HARHEROESP13-H00700_100.srt.sjson"),
    "7e9b434e6de3435ab99bd3fb25bde807": ("video", "both", "sub", "subs_CCxmtcICYNc.srt.sjson"),
    "636541acbae448d98ab484b028c9a7f6": ("video", "both", "discovered:youtube", "subs_o2pLltkrhGM.srt.sjson"),
    "0b9e39477cf34507a7a48f74be381fdd": ("videoalpha", "both", "youtube", "subs_b7xgknqkQk8.srt.sjson"),
    "dc37305d4dc042ebb6fdfd13911a8ae5": ("videoalpha", "both", "discovered:youtube", "subs_gnqth8uWzO8.srt.sjson"),
    "ab98b0e385e64445ae97e730ffdf17e7": ("video", "draft", "sub", "subs_gnqth8uWzO8.srt.sjson"),
    "af7fe1335eb841cd81ce31c7ee8eb069": ("video", None, None, None),
}


@unittest.skipUnless(DEMO.is_dir(), f"the demo course is not at {DEMO}; set MALLOW_DEMOX")
class RealCourseTests(ProgramTests):
    def setUp(self):
        super().setUp()
        self.demo = self.site("demo", DEMO)

    def plan(self, *arguments):
        result = self.demo.call("plan", "--json", *arguments)
        self.assert_exit(0, result)
        (course,) = result.json["courses"]
        self.assertEqual((KEY, 0), (course["key"], course["unreachable"]))
        return {video["usage_key"]: video for video in course["videos"]}

    def test_plan_finds_each_transcript_by_its_rule(self):
        found = {}
        for key, video in self.plan().items():
            kind, block = key.removeprefix("block-v1:edX+DemoX+Demo_Course+type@").split("+block@")
            self.assertTrue(video["new_id"], "the course is older than edx-val")
            shown = [(kind, t["head"], t["rule"], t["asset"]) for t in video["transcripts"]]
            self.assertEqual({"migrate"} if shown else set(), {t["action"] for t in video["transcripts"]})
            self.assertEqual({"en"} if shown else set(), {t["language"] for t in video["transcripts"]})
            found[block] = shown[0] if shown else (kind, None, None, None)
        self.assertEqual(VIDEOS, found)
        self.assertEqual([], list(self.demo.folder.glob("*objects*")), "plan writes nothing")

    def test_run_migrates_all_seven(self):
        result = self.demo.call("run", "--all", "--json")
        self.assert_exit(0, result)
        self.assertEqual({"verified": 7}, result.lines[-1]["videos"])
        self.assertEqual({"migrated": 1}, result.lines[-1]["courses"])
        self.assertEqual(6, len(self.demo.transcripts()))
        self.assertEqual([(KEY, 1)], self.demo.flags())
        for action in self.plan().values():
            self.assertLessEqual({t["action"] for t in action["transcripts"]}, {"present"})
        deep = self.demo.call("verify", "--deep", "--json")
        self.assert_exit(0, deep)
        self.assertEqual(["pass"] * 6, [check["verdict"] for check in deep.json["checks"]])
        self.assert_exit(0, self.demo.read_back())
        self.assert_clean(self.demo)

    def test_catalog_made_by_the_program_is_as_edxval_makes_it(self):
        self.assert_exit(0, self.demo.call("run", "--all"))
        self.assert_exit(0, self.demo.read_back("--schema"))

    def test_declared_only_leaves_what_no_course_team_declared(self):
        declared = [t["rule"] for video in self.plan("--declared-only").values() for t in video["transcripts"]]
        self.assertEqual(["sub", "sub", "sub", "youtube"], sorted(declared))

    def test_sjson_is_what_it_was_already(self):
        self.assert_exit(0, self.demo.call("run", "--all", "--format", "sjson"))
        self.assertEqual({"sjson"}, {kind for kind, _ in self.demo.transcripts().values()})
        self.assert_exit(0, self.demo.read_back())


if __name__ == "__main__":
    unittest.main()
