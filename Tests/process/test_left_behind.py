# SPDX-License-Identifier: Apache-2.0
"""What does not migrate: it is listed, it can be waived by name, and then its course goes on."""
import contextlib
import sqlite3
import unittest

from test_sample_data import STATES, SampleTests

ECON = "course-v1:HarbourU+ECON201+2018_Spring"
GEO = "course-v1:MeadowX+GEO115+2017_T3"
CS = "course-v1:AlderX+CS101+2018_Fall"


class LeftBehindTests(SampleTests):
    def setUp(self):
        super().setUp()
        self.assert_exit(1, self.sample.call("run", "--all"))

    def planned(self, *actions):
        """(course, usage key, display name, language) of every transcript with one of these actions."""
        for course in self.sample.call("plan", "--json").json["courses"]:
            for video in course["videos"]:
                for t in video["transcripts"]:
                    if t["action"] in actions:
                        yield course["key"], video["usage_key"], video["display_name"], t["language"]

    def waive(self, course, video, language):
        of = ["--course", course, "--video", video, "--reason", "lost years ago"]
        self.assert_exit(0, self.sample.call("waive", *of, "--language", language))

    def test_waived_conflict_lets_its_course_migrate(self):
        (key, video, _, language), *more = self.planned("conflict")
        self.assertEqual((ECON, "en", []), (key, language, more))
        before = self.tables()["edxval_videotranscript"]
        self.waive(key, video, language)
        self.assert_exit(0, self.sample.call("run", "--course", ECON))
        self.assert_state(ECON, "migrated", waived=1)
        self.assertEqual(before, self.tables()["edxval_videotranscript"], "the row in conflict is left as it was")
        self.assert_law_abiding(f"{video}/{language}")

    def test_waived_corrupt_transcripts_let_their_course_migrate(self):
        corrupt = list(self.planned("corrupt"))
        self.assertEqual({GEO}, {key for key, *_ in corrupt})
        for key, video, _, language in corrupt:
            self.waive(key, video, language)
        self.assertEqual(8, len(self.sample.call("waive", "--json").json))
        self.assert_exit(0, self.sample.call("run", "--course", GEO))
        self.assert_state(GEO, "migrated", waived=8)
        self.assert_law_abiding(*(f"{video}/{language}" for _, video, _, language in corrupt))
        rows = self.sample.transcripts()
        self.assertEqual(216 + 8 + 3, len(rows), "the three good ones beside corrupt ones came too")

    def test_waiver_of_one_transcript_is_none_for_the_others(self):
        key, video, _, language = next(iter(self.planned("corrupt")))
        self.waive(key, video, language)
        self.assert_exit(1, self.sample.call("run", "--course", GEO))
        self.assert_state(GEO, "failed", failed=7)
        self.assert_law_abiding(f"{video}/{language}")

    def test_a_waiver_that_does_not_count_yet_is_told(self):
        course, video, *_ = next(iter(self.planned("corrupt")))
        of = ("waive", "--course", course, "--video", video, "--reason", "later")
        self.assertNotIn("does not count", self.sample.call(*of).out)
        with contextlib.closing(sqlite3.connect(self.sample.ledger, isolation_level=None)) as ledger:
            ledger.execute("UPDATE video SET failure = json_replace(failure, '$.class', 'transient')")
        told = self.sample.call(*of)
        self.assert_exit(0, told)
        self.assertIn("it does not count yet, as the video's last failure is transient: ", told.out)

    def test_waivers_are_withdrawn_by_what_is_named_and_by_nothing_else(self):
        planned = list(self.planned("corrupt"))
        for key, video, _, language in planned:
            self.waive(key, video, language)
        waivers = lambda: len(self.sample.call("waive", "--json").json)  # noqa: E731
        self.assertEqual(8, waivers())
        nothing = self.sample.call("waive", "--withdraw")
        self.assert_exit(2, nothing)
        for option in ("--course KEY", "--video BLOCK", "--all"):
            self.assertIn(option, nothing.err)
        self.assert_exit(2, self.sample.call("waive", "--withdraw", "--course", "course-v1:No+Such+Course"))
        self.assert_exit(2, self.sample.call("waive", "--all"))
        self.assertEqual(8, waivers())
        self.assertEqual(8, len(self.sample.call("waive", "--list", "--json").json))

        key, video, _, language = planned[0]
        one = self.sample.call("waive", "--withdraw", "--course", key, "--video", video, "--language", language)
        self.assertIn("withdrawn: 1 waiver;", one.out)
        self.assertEqual(7, waivers())
        of_course = self.sample.call("waive", "--withdraw", "--course", key)
        self.assert_exit(0, of_course)
        self.assertIn("withdrawn: 7 waivers;", of_course.out)
        self.assertEqual(0, waivers())
        self.waive(key, video, language)
        self.assertIn("withdrawn: 1 waiver;", self.sample.call("waive", "--withdraw", "--all").out)
        self.assertEqual(0, waivers())

    def test_a_second_waiver_says_whose_place_it_takes(self):
        key, video, _, language = next(self.planned("conflict"))
        first = ("waive", "--course", key, "--video", video, "--language", language, "--reason")
        self.assertNotIn("takes the place", self.sample.call(*first, "lost in 2013").out)
        second = self.sample.call(*first, "nobody reads it")
        self.assert_exit(0, second)
        self.assertRegex(second.out, r"it takes the place of \w+'s of \d{4}-\d\d-\d\dT.*Z: lost in 2013")
        self.assertEqual(["nobody reads it"], [w["reason"] for w in self.sample.call("waive", "--json").json])

    def test_waived_videos_with_refused_ids_let_their_course_migrate(self):
        report = self.sample.call("report", "--json").json
        behind = next(course for course in report["courses"] if course["key"] == CS)["left_behind"]
        for video in behind:
            arguments = ["--course", CS, "--video", video["video"], "--reason", "the course is retired"]
            self.assert_exit(0, self.sample.call("waive", *arguments))
        self.assert_exit(0, self.sample.call("run", "--course", CS))
        course = next(c for c in self.sample.call("status", "--json").json["courses"] if c["key"] == CS)
        self.assertEqual(("migrated", {"verified": 2, "waived": 3}), (course["state"], course["videos"]))
        self.assert_law_abiding(*(video["video"] for video in behind))

    def test_report_names_every_video_left_behind(self):
        expected = {video for _, video, _, _ in self.planned("corrupt", "conflict")}
        self.assertEqual(9, len(expected))
        plan = self.sample.call("plan", "--json").json["courses"]
        long_or_odd = {"Names for Values", "Loops", "Small Machines"}
        expected |= {v["usage_key"] for c in plan for v in c["videos"] if v["display_name"] in long_or_odd}
        report = self.sample.call("report", "--json")
        self.assert_exit(0, report)
        self.assertEqual(set(STATES), {course["key"] for course in report.json["courses"]})
        listed = [video for course in report.json["courses"] for video in course["left_behind"]]
        self.assertEqual(sorted(expected), sorted(video["video"] for video in listed))
        for video in listed:
            self.assertLessEqual({"what", "cause", "class", "safe", "advice"}, video["failure"].keys())
            self.assertTrue(all(video["failure"].values()), video)
        markdown = self.sample.call("report")
        self.assert_exit(0, markdown)
        for video in expected:
            self.assertIn(video, markdown.out)

    def test_failures_are_listed_by_cause(self):
        result = self.sample.call("failures", "--json")
        self.assert_exit(0, result)
        causes = result.json["causes"]
        self.assertEqual(12, sum(len(cause["videos"]) for cause in causes))
        self.assertTrue(all(cause["cause"] and cause["advice"] for cause in causes))
        self.assertEqual({"source corrupt", "conflict"}, {cause["class"] for cause in causes})
        text = self.sample.call("failures")
        self.assert_exit(0, text)
        self.assertIn("Volcanoes", text.out)
        tasks = "SELECT args, datetime_resolved FROM celery_utils_failedtask ORDER BY args"
        self.assertEqual([(f'["{CS}"]', None), (f'["{GEO}"]', None)], self.sample.rows(tasks))

    def test_failed_task_that_fails_again_stays_one_task(self):
        """edX's task of this kind is applied again under its own id, so its row is not made twice."""
        self.assert_exit(1, self.sample.call("run", "--failed"))
        query = "SELECT args FROM celery_utils_failedtask WHERE datetime_resolved IS NULL ORDER BY args"
        self.assertEqual([(f'["{CS}"]',), (f'["{GEO}"]',)], self.sample.rows(query))

    def test_run_of_what_failed_stamps_the_task_of_a_course_that_succeeds(self):
        for key, video, _, language in self.planned("corrupt"):
            self.waive(key, video, language)
        self.assert_exit(1, self.sample.call("run", "--failed"))
        tasks = "SELECT args, datetime_resolved IS NULL FROM celery_utils_failedtask"
        self.assertIn((f'["{GEO}"]', 0), self.sample.rows(tasks))
        self.assertNotIn((f'["{GEO}"]', 1), self.sample.rows(tasks))

    def test_retry_of_failures_does_the_same(self):
        for key, video, _, language in self.planned("corrupt"):
            self.waive(key, video, language)
        retry = self.sample.call("failures", "--retry")
        self.assertEqual((1, ""), (retry.exit, retry.err), "CS101 still fails, and that is no error")
        tasks = "SELECT args, datetime_resolved IS NULL FROM celery_utils_failedtask"
        self.assertIn((f'["{GEO}"]', 0), self.sample.rows(tasks))
        self.assertNotIn((f'["{GEO}"]', 1), self.sample.rows(tasks))

    def assert_state(self, key, state, waived=None, failed=None):
        course = next(c for c in self.sample.call("status", "--json").json["courses"] if c["key"] == key)
        self.assertEqual(state, course["state"], course["reason"])
        if waived is not None:
            self.assertEqual(waived, course["transcripts"]["waived"])
        if failed is not None:
            self.assertEqual(failed, course["videos"]["failed"])


if __name__ == "__main__":
    unittest.main()
