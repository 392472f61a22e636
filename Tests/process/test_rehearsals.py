# SPDX-License-Identifier: Apache-2.0
"""Rehearsals: production is untouched by them, and a production run wants two that were brought to their end."""
import os
import shutil
import signal
import sqlite3
import subprocess
import unittest

from fleet import make_course, make_fleet
from program import ProgramTests, call, inventory, required, wait_until

REASON = "a platform of our own to try it on"


class RehearsalTests(ProgramTests):
    def setUp(self):
        super().setUp()
        self.here = self.folder / "here"
        self.production, self.staging = self.here / "production", self.here / "staging"
        for folder in (self.production, self.staging):
            folder.mkdir(parents=True)
        self.source = self.folder / "exports"
        make_fleet(self.source, 3, 4, 2)
        self.configure()

    def configure(self, staging="store: file:staging/objects, catalog: sqlite:staging/edxval.sqlite"):
        (self.here / "mallow.yaml").write_text(
            f"production:\n  source: olx:{self.source}\n  store: file:production/objects\n"
            "  catalog: sqlite:production/edxval.sqlite\nledger: mallow.ledger\n"
            + (f"staging: {{{staging}}}\n" if staging else ""))

    def mallow(self, *arguments):
        return call([required("MALLOW"), *arguments], cwd=self.here, env=self.environment)

    @property
    def environment(self):
        return {**os.environ, "XDG_STATE_HOME": str(self.folder / "state"),
                "XDG_CONFIG_HOME": str(self.folder / "config")}

    def rehearse(self, *arguments):
        return self.mallow("run", "--rehearsal", *(arguments or ["--all"]))

    def kill_in_the_middle(self, side, option):
        victim = subprocess.Popen(
            [required("MALLOW"), "run", "--all", "--limit-puts", "4", option], cwd=self.here, env=self.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(victim.wait)
        self.addCleanup(victim.kill)
        objects = side / "objects" / "video-transcripts"
        wait_until(lambda: objects.is_dir() and any(objects.iterdir()), "an object is stored")
        victim.send_signal(signal.SIGKILL)
        victim.wait()

    def empty_staging(self):
        shutil.rmtree(self.staging)
        self.staging.mkdir()

    def completed(self):
        """What production's ledger has of its source."""
        connection = sqlite3.connect(self.here / "mallow.ledger")
        try:
            return connection.execute("SELECT ledger, source, transcripts FROM rehearsal ORDER BY ledger").fetchall()
        finally:
            connection.close()

    def ledger(self, sql):
        """Changes production's."""
        connection = sqlite3.connect(self.here / "mallow.ledger", isolation_level=None)
        try:
            connection.execute(sql)
        finally:
            connection.close()

    def names(self):
        return sorted(path.name for path in self.here.iterdir())

    def doctor(self, *arguments):
        return {check["name"]: check for check in self.mallow("doctor", "--json", *arguments).json["checks"]}

    def refused(self, count):
        before = inventory(self.here)
        refused = self.mallow("run", "--all")
        self.assert_exit(2, refused)
        self.assertIn(f"wants 2 completed rehearsals of its source, and the ledger has {count}", refused.err)
        self.assertIn("mallow run --rehearsal --all", refused.err)
        self.assertEqual(before, inventory(self.here), "nothing was made")

    def test_twice_rehearsed_then_produced(self):
        self.refused(0)
        self.assertEqual("attention", self.doctor()["rehearsals"]["verdict"])
        self.assertEqual("pass", self.doctor()["staging"]["verdict"])
        # A platform that somebody else's work is on already.
        self.assert_exit(0, self.mallow("run", "--course", "course-v1:FleetX+F000+2018", f"--without-rehearsals={REASON}"))
        before = inventory(self.production)
        self.assertTrue(before)
        self.refused(0)

        first = self.rehearse()
        self.assert_exit(0, first)
        self.assertIn("rehearsal 1 of 2 is complete: 24 transcripts of 3 courses", first.err)
        self.refused(1)
        self.assertEqual(before, inventory(self.production), "no rehearsal touched production")
        self.assertEqual(
            "1 of 2 completed, with --format=keep --prefix=video-transcripts/", self.doctor()["rehearsals"]["measured"])
        self.empty_staging()
        second = self.rehearse()
        self.assert_exit(0, second)
        self.assertIn("rehearsal 2 of 2 is complete", second.err)
        self.assertEqual(before, inventory(self.production), "no rehearsal touched production")
        self.assertEqual([(f"mallow.rehearsal-{number}.ledger", f"olx:{self.source}", 24) for number in (1, 2)],
                         self.completed())

        self.assertEqual("pass", self.doctor()["rehearsals"]["verdict"])
        staged = inventory(self.staging)
        self.assert_exit(0, self.mallow("run", "--all"))
        self.assert_exit(0, self.mallow("verify", "--deep"))
        self.assertEqual(staged, inventory(self.staging), "production does not touch staging either")
        self.assertNotEqual(before, inventory(self.production))
        notices = self.mallow("report", "--json").json["notices"]
        self.assertFalse([notice for notice in notices if "rehearsals" in notice], "it needed no word")

    def test_a_production_run_wants_rehearsals_in_its_own_manner(self):
        for number in (1, 2):
            self.assert_exit(0, self.rehearse())
            self.empty_staging()
        before = inventory(self.here)
        for options, manner in [
            (["--format", "sjson"], "--format=sjson --prefix=video-transcripts/"),
            (["--prefix", "other/"], "--format=keep --prefix=other/"),
            (["--declared-only"], "--format=keep --prefix=video-transcripts/ --declared-only"),
        ]:
            refused = self.mallow("run", "--all", *options)
            self.assert_exit(2, refused)
            self.assertIn(f"the ledger has 0, and 2 that did not write as this run would ({manner})", refused.err)
        self.assertEqual(before, inventory(self.here), "nothing was made")
        third = self.rehearse("--all", "--format", "sjson")
        self.assert_exit(0, third)
        self.assertIn("rehearsal 1 of 2 is complete", third.err)
        refused = self.mallow("run", "--all", "--format", "sjson")
        self.assert_exit(2, refused)
        self.assertIn("the ledger has 1, and 2 that did not", refused.err)
        self.assertIn("mallow run --rehearsal --all --format=sjson makes one", refused.err)
        self.assertEqual("2 of 2 completed, with --format=keep --prefix=video-transcripts/; 1 otherwise",
                         self.doctor()["rehearsals"]["measured"])
        self.assert_exit(0, self.mallow("run", "--all"))

    def test_the_override_is_in_the_event_log(self):
        self.assert_exit(2, self.mallow("run", "--all", "--without-rehearsals", "  "))
        self.assert_exit(2, self.rehearse("--all", f"--without-rehearsals={REASON}"))
        self.assertEqual(["mallow.yaml", "production", "staging"], self.names())
        self.assert_exit(0, self.mallow("run", "--all", f"--without-rehearsals={REASON}"))
        notices = self.mallow("report", "--json").json["notices"]
        self.assertTrue([notice for notice in notices if f"after 0 of 2 rehearsals: {REASON}" in notice], notices)
        # Once is for one run.
        self.refused(0)
        refused = self.mallow("failures", "--retry")
        self.assert_exit(2, refused)

    def test_places_that_are_named_by_hand_have_no_gate(self):
        self.assert_exit(0, self.mallow(
            "run", "--all", "--config", "", "--source", f"olx:{self.source}", "--store", f"file:{self.folder}/o",
            "--catalog", f"sqlite:{self.folder}/c.sqlite", "--ledger", str(self.folder / "l.ledger")))

    def test_what_was_there_before_is_not_rehearsed(self):
        self.assert_exit(0, self.rehearse())
        again = self.rehearse()
        self.assert_exit(0, again)
        self.assertIn("does not count: staging had 24 transcripts already, and 0 were moved", again.err)
        self.assertEqual(1, len(self.completed()))
        self.empty_staging()
        self.assert_exit(0, self.rehearse())
        self.assertEqual(["mallow.rehearsal-1.ledger", "mallow.rehearsal-3.ledger"], [row[0] for row in self.completed()])

    def test_a_new_course_is_no_second_rehearsal(self):
        self.assert_exit(0, self.rehearse())
        make_course(self.source / "course-003", 3, 4, 2, 1)
        again = self.rehearse()
        self.assert_exit(0, again)
        self.assertIn("does not count: staging had 24 transcripts already, and 8 were moved", again.err)
        self.refused(1)
        self.empty_staging()
        self.assertIn("rehearsal 2 of 2 is complete: 32 transcripts of 4 courses", self.rehearse().err)

    def test_an_export_that_cannot_be_read_is_a_course_that_was_not_rehearsed(self):
        broken = self.source / "course-003"
        broken.mkdir()
        (broken / "course.xml").write_text("<course")
        self.assert_exit(1, self.rehearse())
        one = self.rehearse("--course", "course-v1:FleetX+F000+2018")
        self.assert_exit(0, one)
        self.assertIn("does not count yet:", one.err)
        self.assertIn("course-003 cannot be read", one.err)
        self.refused(0)

    def test_what_could_not_be_counted_is_counted_first_next_time(self):
        self.assert_exit(0, self.mallow("discover"))
        self.ledger("CREATE TRIGGER full BEFORE INSERT ON rehearsal BEGIN SELECT RAISE(ABORT, 'full'); END")
        first = self.rehearse()
        self.ledger("DROP TRIGGER full")
        self.assert_exit(0, first)
        self.assertIn("this rehearsal is not counted: ", first.err)
        self.assertIn("the next mallow run --rehearsal --all counts it first", first.err)
        self.assertEqual([], self.completed())
        self.empty_staging()
        second = self.rehearse()
        self.assert_exit(0, second)
        self.assertIn("rehearsal 1 of 2 is complete", second.err)
        self.assertIn("rehearsal 2 of 2 is complete", second.err)

    def test_the_next_one_that_is_only_listed_has_nothing_to_tell(self):
        self.assert_exit(0, self.rehearse())
        self.assert_exit(0, self.mallow("discover", "--rehearsal"))
        self.assertIn("mallow.rehearsal-2.ledger", self.names())
        self.assertEqual("rehearsal", self.mallow("report", "--json", "--rehearsal").json["kind"])

    def test_the_gate_does_not_stay_behind_with_the_configuration(self):
        self.assert_exit(0, self.mallow("discover"))
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()

        def run(*arguments):
            return call([required("MALLOW"), "run", "--all", "--ledger", str(self.here / "mallow.ledger"), *arguments],
                        cwd=elsewhere, env=self.environment)

        before = inventory(self.production)
        for arguments in ([], ["--source", f"olx:{self.source}"]):
            refused = run(*arguments)
            self.assert_exit(2, refused)
            self.assertIn(f"add --config '{self.here}/mallow.yaml'", refused.err)
        self.assertIn("wants 2 completed rehearsals", run("--config", str(self.here / "mallow.yaml")).err)
        self.assertEqual(before, inventory(self.production), "nothing was moved")
        self.assert_exit(0, run(
            "--source", f"olx:{self.source}", "--store", f"file:{self.production}/objects",
            "--catalog", f"sqlite:{self.production}/edxval.sqlite"))

    def test_what_is_told_to_be_done_counts_for_the_same_ledger(self):
        refused = self.mallow("run", "--all", "--ledger", "night.ledger", "--config", "mallow.yaml")
        self.assert_exit(2, refused)
        self.assertIn("mallow run --rehearsal --all --ledger 'night.ledger' --config 'mallow.yaml' makes one", refused.err)
        self.assert_exit(0, self.rehearse("--all", "--ledger", "night.ledger"))
        self.assertIn("the ledger has 1", self.mallow("run", "--all", "--ledger", "night.ledger").err)

    def test_places_that_were_only_listed_are_not_production(self):
        self.assert_exit(0, self.mallow(
            "discover", "--store", f"file:{self.staging}/objects", "--catalog", f"sqlite:{self.staging}/edxval.sqlite"))
        self.assert_exit(0, self.rehearse())

    def test_a_link_to_the_ledger_of_a_rehearsal_is_one(self):
        self.assert_exit(0, self.rehearse())
        (self.here / "p.ledger").symlink_to("mallow.rehearsal-1.ledger")
        before = inventory(self.here)
        refused = self.mallow(
            "run", "--all", "--config", "", "--source", f"olx:{self.source}", "--store", f"file:{self.folder}/o",
            "--catalog", f"sqlite:{self.folder}/c.sqlite", "--ledger", "p.ledger")
        self.assert_exit(2, refused)
        self.assertIn("is the ledger of a rehearsal", refused.err)
        self.assertEqual(before, inventory(self.here))

    def test_a_completed_one_is_not_counted_again(self):
        self.assert_exit(0, self.rehearse())
        before = inventory(self.here)
        refused = self.rehearse("--all", "--ledger", "mallow.rehearsal-1.ledger")
        self.assert_exit(2, refused)
        self.assertIn("is a rehearsal that is complete", refused.err)
        self.assertEqual(before, inventory(self.here))
        failing = self.mallow("doctor", "--json", "--rehearsal", "--ledger", "mallow.rehearsal-1.ledger")
        self.assert_exit(1, failing)
        self.assert_exit(0, self.mallow("doctor", "--rehearsal"))

    def test_an_unfinished_one_does_not_count_and_is_gone_on_with(self):
        some = self.rehearse("--course", "course-v1:FleetX+F000+2018")
        self.assert_exit(0, some)
        self.assertIn("does not count yet: 2 of 3 courses are not migrated", some.err)
        self.refused(0)
        status = self.mallow("status", "--json", "--rehearsal").json
        self.assertEqual("rehearsal", status["run"]["kind"])
        self.assertEqual("rehearsal", self.mallow("report", "--json", "--rehearsal").json["kind"])
        whole = self.rehearse()
        self.assert_exit(0, whole)
        self.assertIn("rehearsal 1 of 2 is complete: 24 transcripts", whole.err)
        self.assertFalse((self.here / "mallow.rehearsal-2.ledger").exists())

    def test_a_killed_one_is_settled_and_gone_on_with(self):
        self.kill_in_the_middle(self.staging, "--rehearsal")
        status = self.mallow("status", "--rehearsal")
        self.assertIn("mallow run --rehearsal --unfinished goes on", status.out)
        self.refused(0)
        self.assert_exit(0, self.mallow("recover", "--rehearsal"))
        refused = self.mallow("recover", "--ledger", "mallow.rehearsal-1.ledger")
        self.assert_exit(2, refused)
        self.assertIn("is the ledger of a rehearsal: add --rehearsal", refused.err)
        whole = self.rehearse()
        self.assert_exit(0, whole)
        self.assertIn("rehearsal 1 of 2 is complete: 24 transcripts", whole.err)
        self.assertEqual({}, inventory(self.production))

    def test_a_production_run_that_had_begun_is_gone_on_with(self):
        self.kill_in_the_middle(self.production, f"--without-rehearsals={REASON}")
        self.assert_exit(2, self.mallow("run", "--all"))
        self.assert_exit(0, self.mallow("run", "--unfinished"))
        self.assert_exit(0, self.mallow("verify", "--deep"))
        self.assert_exit(2, self.mallow("run", "--course", "course-v1:FleetX+F000+2018"))

    def test_a_failure_is_waived_in_the_rehearsal_that_met_it(self):
        next(self.source.glob("*/static/subs_*")).write_bytes(b"no transcript")
        self.assert_exit(1, self.rehearse())
        failures = self.mallow("failures", "--rehearsal")
        self.assertIn("mallow failures --rehearsal --retry", failures.out)
        place = self.mallow("failures", "--rehearsal", "--json").json["causes"][0]["videos"][0]
        waived = self.mallow(
            "waive", "--rehearsal", "--course", place["course"], "--video", place["video"], "--reason", "lost")
        self.assert_exit(0, waived)
        self.assertIn(f"mallow run --rehearsal --course {place['course']}", waived.out)
        self.assert_exit(2, self.mallow("failures", "--retry"))
        retried = self.mallow("failures", "--rehearsal", "--retry")
        self.assert_exit(0, retried)
        self.assertIn("rehearsal 1 of 2 is complete", retried.err)
        self.assertEqual({}, inventory(self.production))

    def test_a_staging_that_touches_production_is_refused_before_anything_is_opened(self):
        (self.here / "link").symlink_to(self.production)
        for staging, words in (
                ("store: file:production/objects, catalog: sqlite:s.sqlite", "is production's store"),
                ("store: file:link/objects/x, catalog: sqlite:s.sqlite", "lies within production's store"),
                ("store: file:production, catalog: sqlite:s.sqlite", "lies around production's store"),
                ("store: file:s, catalog: sqlite:link/edxval.sqlite", "is production's catalog"),
                ("store: file:s, catalog: sqlite:mallow.ledger", "is production's ledger"),
                ("store: file:s", "staging: has no catalog"), ("catalog: sqlite:s", "staging: has no store"),
                ("", "mallow.yaml names no staging")):
            with self.subTest(staging or "none"):
                self.configure(staging)
                before = inventory(self.here)
                for command in ("run --all", "recover", "doctor", "plan", "verify", "discover", "failures --retry"):
                    name, *rest = command.split()
                    refused = self.mallow(name, "--rehearsal", *rest)
                    self.assert_exit(2, refused)
                    self.assertIn("No rehearsal: ", refused.err)
                    self.assertIn(words, refused.err)
                self.assertEqual(before, inventory(self.here), "nothing was made")
                self.assertEqual("attention", self.doctor()["staging"]["verdict"])
        self.configure("source: olx:x, store: file:s, catalog: sqlite:s.sqlite")
        self.assertIn("nobody knows staging.source", self.rehearse().err)

    def test_where_production_was_written_before_is_production_still(self):
        reason = f"--without-rehearsals={REASON}"
        self.assert_exit(0, self.mallow("run", "--all", reason, "--store", f"file:{self.here}/moved"))
        self.production.joinpath("edxval.sqlite").unlink()
        self.assert_exit(0, self.mallow("run", "--all", reason, "--catalog", f"sqlite:{self.here}/later.sqlite"))
        self.configure("store: file:moved, catalog: sqlite:staging/edxval.sqlite")
        refused = self.rehearse()
        self.assert_exit(2, refused)
        self.assertIn("is production's store", refused.err)

    def test_a_rehearsal_goes_where_staging_says_and_nowhere_else(self):
        for arguments in (["--store", "file:x"], ["--catalog", "sqlite:x"], ["--config", ""]):
            refused = self.rehearse("--all", *arguments)
            self.assert_exit(2, refused)
            self.assertIn("--rehearsal", refused.err)
        self.assert_exit(0, self.rehearse("--all", "--dry-run"))
        self.assertEqual(["mallow.yaml", "production", "staging"], self.names())
        self.assertEqual({}, inventory(self.staging))


if __name__ == "__main__":
    unittest.main()
