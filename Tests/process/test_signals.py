# SPDX-License-Identifier: Apache-2.0
"""What an operator, a terminal or a second engine does to a running engine."""
import contextlib
import json
import os
import pty
import re
import select
import signal
import sqlite3
import subprocess
import time
import unittest

from fleet import make_course, make_fleet
from program import TIMEOUT, ProgramTests, is_stopped, wait_until

COURSES, VIDEOS, TRANSCRIPTS = 12, 25, 3
SLOWLY = ("--concurrency", "2")


class SignalTests(ProgramTests):
    def setUp(self):
        super().setUp()
        make_fleet(self.folder / "fleet", COURSES, VIDEOS, TRANSCRIPTS, seed=7)
        self.here = self.site("platform", self.folder / "fleet")

    def start_and_wait(self, stored=20, **options):
        child = self.here.start("run", "--all", "--json", *SLOWLY, **options)
        wait_until(lambda: child.poll() is not None or self.stored() >= stored, f"{stored} objects")
        self.assertIsNone(child.poll(), child.err.read_text())
        return child

    def stored(self):
        return sum(1 for _ in self.here.store.glob("video-transcripts/*"))

    def assert_no_partial_video(self):
        rows = self.here.transcripts()
        self.assertNotIn(None, [digest for _, digest in rows.values()])
        self.assertEqual({TRANSCRIPTS}, set(self.languages_per_video(rows).values()))
        self.assert_clean(self.here, "--unfinished")

    @staticmethod
    def languages_per_video(rows):
        counts = {}
        for video, _ in rows:
            counts[video] = counts.get(video, 0) + 1
        return counts

    def assert_complete(self):
        self.assert_exit(0, self.here.call("run", "--all", "--json"))
        self.assertEqual(COURSES * VIDEOS * TRANSCRIPTS, len(self.here.transcripts()))
        self.assert_clean(self.here)

    # Other programs

    def test_a_catalog_that_somebody_has_locked_is_waited_for_and_told(self):
        courses = self.here.call("plan", "--json").json["courses"]
        self.assert_exit(0, self.here.call("run", "--course", courses[0]["key"]))
        with contextlib.closing(sqlite3.connect(self.here.catalog, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            child = self.here.start("run", "--all", "--json")
            waits = "waits for the video catalog: no call has come back since "
            said = lambda: self.here.call("status", "--json").json["run"]["reason"].startswith(waits)  # noqa: E731
            wait_until(lambda: child.poll() is not None or said(), "the run says that it waits", every=0.1)
            self.assertIsNone(child.poll(), child.err.read_text())
            other.execute("ROLLBACK")
        self.assertEqual(0, child.wait(TIMEOUT), child.err.read_text())
        lines = [json.loads(line) for line in child.out.read_text().splitlines()]
        notices = [line["detail"] for line in lines if line["event"] == "notice"]
        self.assertEqual(1, sum(notice.startswith(f"the run {waits}") for notice in notices), notices)
        self.assertEqual(1, sum(notice.startswith("the video catalog answers again: ") for notice in notices), notices)
        self.assertEqual((0, 0), (lines[-1]["retries"], lines[-1]["rollbacks"]))
        self.assert_clean(self.here)

    def test_one_course_stays_in_the_queue_of_a_run_that_drains(self):
        """What somebody has locked the catalog for cannot end before it drains."""
        first, second, *_ = [course["key"] for course in self.here.call("plan", "--json").json["courses"]]
        self.assert_exit(0, self.here.call("run", "--course", first))
        with contextlib.closing(sqlite3.connect(self.here.catalog, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            child = self.here.start("run", "--course", second, *SLOWLY)
            status = lambda: self.here.call("status", "--json").json["run"]  # noqa: E731
            waits = lambda: status()["reason"].startswith("waits for the video catalog")  # noqa: E731
            wait_until(lambda: child.poll() is not None or waits(), "it waits", every=0.1)
            child.send_signal(signal.SIGTERM)
            wait_until(lambda: status()["state"] == "draining", "it drains", every=0.05)
            other.execute("ROLLBACK")
        self.assertEqual(130, child.wait(TIMEOUT), child.err.read_text())
        self.assertIn("\n1 course stays in the queue for the next run\n", child.out.read_text())

    # The machine it shares

    def policies(self, child):
        policies = set()
        for thread in os.listdir(f"/proc/{child.pid}/task"):
            with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
                policies.add(os.sched_getscheduler(int(thread)))
        return policies

    def test_a_run_pushes_nobody_aside(self):
        child = self.start_and_wait()
        self.assertEqual({os.SCHED_BATCH}, self.policies(child))

    def test_a_policy_that_somebody_has_chosen_is_kept(self):
        choose = lambda: os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))  # noqa: E731
        child = self.start_and_wait(stored=1, preexec_fn=choose)
        self.assertEqual({os.SCHED_IDLE}, self.policies(child))

    # Interrupts

    def test_interrupt_drains_and_the_next_run_finishes(self):
        child = self.start_and_wait()
        child.send_signal(signal.SIGINT)
        self.assertEqual(130, child.wait(TIMEOUT), child.err.read_text())
        self.assertLess(len(self.here.transcripts()), COURSES * VIDEOS * TRANSCRIPTS, "nothing was left to do")
        self.assert_no_partial_video()
        self.assertIn('"exit":130', child.out.read_text().splitlines()[-1])
        run = self.here.call("status", "--json").json["run"]
        self.assertEqual("stopped", run["engine"])
        self.assertGreater(run["unfinished"], 0)
        self.assertIn(
            f"{run['unfinished']} courses are unfinished: mallow run --ledger '{self.here.ledger}' --unfinished goes on with them",
            self.here.call("status").out)
        self.assert_complete()
        self.assertNotIn("--unfinished", self.here.call("status").out)

    def test_termination_drains_too(self):
        child = self.start_and_wait()
        child.send_signal(signal.SIGTERM)
        self.assertEqual(130, child.wait(TIMEOUT), child.err.read_text())
        self.assert_no_partial_video()
        self.assert_complete()

    def test_second_interrupt_stops_at_once_and_the_next_run_heals(self):
        """One video with a small transcript, whose storing gives the sign, and three large ones, then on their way."""
        site = self.site("stopped", self.folder / "large")
        make_course(self.folder / "large" / "course", 0, videos=1, transcripts=4, seed=7)
        cue = "1\n00:00:00,000 --> 00:00:01,000\n" + "word " * 4000 + "\n\n"
        for file in (self.folder / "large/course/static").glob("v*"):
            file.write_text(cue * ((48 << 20) // len(cue)))
        child = site.start("run", "--all", "--json")
        stored = lambda: any(site.store.glob("video-transcripts/*"))  # noqa: E731
        wait_until(lambda: child.poll() is not None or stored(), "the small one is stored", every=0.001)
        child.send_signal(signal.SIGINT)
        wait_until(lambda: child.poll() is not None or "draining" in child.err.read_text(), "it drains", every=0.001)
        self.assertIsNone(child.poll(), "it had drained before it could be stopped")
        child.send_signal(signal.SIGINT)
        began = time.monotonic()
        self.assertEqual(130, child.wait(TIMEOUT), child.err.read_text())
        self.assertLess(time.monotonic() - began, 2)
        self.assertEqual({}, site.transcripts(), "it drained instead of stopping")
        self.assert_exit(0, site.call("run", "--all", "--json"))
        self.assertEqual(4, len(site.transcripts()))
        self.assertEqual([], list((site.store / ".mallow/tmp").glob("*")))
        self.assert_clean(site)

    # The terminal goes away

    def test_hangup_does_not_stop_a_run(self):
        child = self.start_and_wait()
        for _ in range(3):
            child.send_signal(signal.SIGHUP)
        self.assertEqual(0, child.wait(TIMEOUT), child.err.read_text())
        self.assert_complete()

    def test_reader_gone_does_not_stop_a_run(self):
        for arguments in (["--json"], []):
            with self.subTest(arguments):
                self.here = self.site(f"reader-gone{len(arguments)}", self.folder / "fleet")
                reader, writer = os.pipe()
                child = self.here.start("run", "--all", *SLOWLY, *arguments, out=writer)
                os.close(writer)
                os.read(reader, 1)
                os.close(reader)
                self.assertEqual(0, child.wait(TIMEOUT), child.err.read_text())
                self.assertEqual(COURSES * VIDEOS * TRANSCRIPTS, len(self.here.transcripts()))
                self.assert_clean(self.here)

    def test_reader_that_does_not_read_does_not_stop_a_run(self):
        """A log pager left open at its first page must not hold the migration: the engine never waits."""
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        child = self.here.start("run", "--all", "--json", out=writer)
        os.close(writer)
        whole = COURSES * VIDEOS * TRANSCRIPTS
        wait_until(lambda: child.poll() is not None or len(self.here.transcripts()) == whole, "all rows", 30, 0.2)
        while child.poll() is None and select.select([reader], [], [], 10)[0] and os.read(reader, 65536):
            pass
        self.assertEqual(0, child.wait(TIMEOUT), child.err.read_text())

    # A second engine

    def test_second_engine_is_refused_and_changes_nothing(self):
        first = self.start_and_wait()
        first.send_signal(signal.SIGSTOP)  # else the first one's own writes would hide the second one's
        wait_until(lambda: is_stopped(first.pid), "the first one is stopped")
        before = self.here.transcripts(), self.here.objects(), self.here.flags()
        for name, *arguments in (["run", "--all"], ["run", "--all", "--json"], ["recover"]):
            with self.subTest(name, arguments=arguments):
                second = self.here.call(name, *arguments, timeout=60)
                self.assert_exit(6, second)
                self.assertEqual(1, len(second.err.strip().splitlines()), second.err)
                self.assertRegex(second.err, rf"\b{first.pid}\b")
        self.assertEqual(before, (self.here.transcripts(), self.here.objects(), self.here.flags()))
        first.send_signal(signal.SIGCONT)
        self.assertEqual(0, first.wait(TIMEOUT))
        self.assert_complete()

    # A terminal

    def test_terminal_shows_one_bar_and_the_closing_lines(self):
        controller, terminal = pty.openpty()
        self.addCleanup(os.close, controller)
        child = subprocess.Popen(
            self.here.command("run", "--all"), stdin=terminal, stdout=terminal, stderr=terminal,
            env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"},
        )  # fmt: skip
        self.here.children.append(child)
        os.close(terminal)
        text = self.drain(controller).decode()
        self.assertEqual(0, child.wait(TIMEOUT), text[-500:])
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r\n", "\n")
        drawn = [line for line in plain.split("\n") if "\r" in line]
        self.assertTrue(drawn, "no line was drawn over with a carriage return")
        frames = [frame for line in drawn for frame in line.split("\r") if frame.strip()]
        self.assertGreater(len(frames), 2)
        self.assertNotIn("\x1b[2J", text, "only one line is drawn over, never the screen")
        # What is left for the eye is what follows the last carriage return of each line.
        lines = [line.split("\r")[-1].rstrip() for line in plain.split("\n")]
        lines = [line for line in lines if line]
        self.assertIn("300 verified", lines[-4])
        self.assertIn("900 migrated", lines[-3])
        self.assertRegex(lines[-2], r"^contentstore: 1800 transcripts read, \d+(\.\d)?/s$", "the first videos of a run are read twice")
        self.assertEqual("done and proven", lines[-1])
        self.assertFalse([line for line in lines if "%" in line], "the bar is gone at the end")

    @staticmethod
    def drain(controller):
        """All that is written to the terminal; Linux reports its end as an error."""
        text, deadline = b"", time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            if select.select([controller], [], [], 1)[0]:
                try:
                    text += os.read(controller, 65536)
                except OSError:
                    break
        return text


if __name__ == "__main__":
    unittest.main()
