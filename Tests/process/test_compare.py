# SPDX-License-Identifier: Apache-2.0
"""What `mallow compare` shows of the sample platform."""
import unittest

from test_sample_data import SampleTests

STAT150 = "course-v1:AlderX+STAT150+2018_Summer"
COINS = "6901a66189e35fbfa4afef4b5d45e012"  # its draft says something else
GEO115 = "course-v1:MeadowX+GEO115+2017_T3"
SOIL = "189bdf15473254d0abe0a56ae2ed091b"  # its French is no subtitles


class CompareTests(SampleTests):
    def compare(self, course, video, *arguments):
        return self.sample.call("compare", "--course", course, "--video", video, *arguments)

    def test_every_copy_is_there_before_and_after_the_run(self):
        before = self.compare(STAT150, COINS, "--json", "--language", "en")
        self.assert_exit(0, before)
        (transcript,) = before.json["transcripts"]
        self.assertEqual("migrate", transcript["action"])
        self.assertEqual(["published", "draft"], [copy["place"] for copy in transcript["copies"]])
        self.sample.call("run", "--all", "--json")
        tables, objects = self.tables(), self.sample.objects()
        (after,) = self.compare(STAT150, COINS, "--json").json["transcripts"]
        self.assertEqual("present", after["action"])
        self.assertEqual(1, after["stored_by_run"])
        published, draft, store = after["copies"]
        self.assertEqual(published["sha256"], store["sha256"])
        self.assertNotEqual(published["sha256"], draft["sha256"])
        self.assertTrue(all("cues" not in copy for copy in after["copies"]))
        self.assertIn(store["name"], objects)
        text = self.compare(STAT150, COINS, "--language", "en", "--differences")
        self.assert_exit(0, text)
        self.assertIn("draft (<) against store (>)", text.out)
        self.assertRegex(text.out, r"(?m)^< .*\n> ")
        self.assertEqual((tables, objects), (self.tables(), self.sample.objects()), "it only reads")

    def test_a_corrupt_transcript_is_shown_as_it_is(self):
        result = self.compare(GEO115, SOIL, "--language", "fr", "--json")
        self.assert_exit(0, result)
        corrupt = next(t for t in result.json["transcripts"] if t["language"] == "fr")
        self.assertEqual("corrupt", corrupt["action"])
        (copy,) = corrupt["copies"]
        self.assertIn("not SubRip", copy["problem"])
        self.assertTrue(copy["cues"])

    def test_what_is_not_there_is_said(self):
        self.assertEqual(2, self.compare(GEO115, "nobody").exit)
        wrong = self.compare(GEO115, SOIL, "--language", "xx", "--json")
        self.assertEqual(2, wrong.exit)
        self.assertIn("en, fr", wrong.json["error"])


if __name__ == "__main__":
    unittest.main()
