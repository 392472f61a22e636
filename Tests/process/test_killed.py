# SPDX-License-Identifier: Apache-2.0
"""The law of the killed engine: killed anywhere and started again, it ends where one never killed ends.

Same rows, same bytes behind them, the same flags, no object that no row names, no row without its object.
MALLOW_KILLS and MALLOW_SEED change how often and at which moments it is killed.
"""
import os
import random
import signal
import sys
import time
import unittest

from fleet import make_fleet
from program import TIMEOUT, ProgramTests, is_stopped, wait_until

KILLS = int(os.environ.get("MALLOW_KILLS", "30"))
SEED = int(os.environ.get("MALLOW_SEED", "2018"))
COURSES, VIDEOS, TRANSCRIPTS = 12, 25, 3


class KilledEngineTests(ProgramTests):
    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)
        make_fleet(self.folder / "fleet", COURSES, VIDEOS, TRANSCRIPTS, seed=SEED)
        self.reference = self.site("reference", self.folder / "fleet")
        began = time.monotonic()
        self.assert_exit(0, self.reference.call("run", "--all", "--json"))
        self.duration = time.monotonic() - began
        self.assertEqual(COURSES * VIDEOS * TRANSCRIPTS, len(self.reference.transcripts()))

    def test_killed_at_many_moments_it_ends_where_an_unkilled_run_ends(self):
        hits = early = late = worlds = 0
        forgotten = []
        while hits < KILLS:
            worlds += 1
            site, rows, verified = self.site(f"world-{worlds}", self.reference.source), 0, 0
            while hits < KILLS:
                stage = self.run_and_kill(site, hits)
                if stage == "finished":
                    break
                if stage == "running":
                    hits += 1
                early, late = early + (stage == "starting"), late + (stage == "ending")
                rows_before, rows = rows, self.assert_whole(site)
                self.assertGreaterEqual(rows, rows_before, "rows were taken away")
                verified_before, verified = verified, self.verified(site)
                if verified < verified_before:
                    forgotten.append((worlds, hits, verified_before, verified))
            self.assert_like_reference(site)
        note = f"{hits} kills in mid-run, {early} before and {late} after it, {worlds} worlds"
        print(f"\n  {note}, an unkilled run takes {self.duration:.2f} s", file=sys.stderr)
        # Last, because it is about what is shown, and all above about what is there.
        self.assertEqual([], forgotten, "(world, kill, verified before, verified after): the count shrank")

    def test_killed_while_it_recovers_again_and_again(self):
        """Recovery is only safe if it may itself die at any moment."""
        site = self.site("world", self.reference.source)
        self.kill_when(site, "stored", 60)
        for _ in range(10):
            child = site.start("run", "--all", "--json")
            wait_until(lambda: child.poll() is not None or "run started" in read(child), "the run has begun")
            self.rest(self.chance.uniform(0, 0.05))
            self.kill(child)
            self.assert_whole(site)
        self.assert_like_reference(site)

    def test_killed_at_each_kind_of_event(self):
        """A moment drawn at random seldom falls beside a rare event; here the kill follows one at once."""
        for event, count in (("stored", 1), ("video", 1), ("flag intent", 1), ("flag on", 2), ("checked", 3)):
            with self.subTest(event):
                site = self.site(f"world-{event}", self.reference.source)
                self.kill_when(site, event, count)
                self.assert_whole(site)
                self.assert_like_reference(site)

    def test_stopped_for_a_moment_it_goes_on(self):
        """A suspended virtual machine looks like this from inside."""
        site = self.site("world", self.reference.source)
        child = site.start("run", "--all", "--json")
        for count in (5, 200, 500):
            wait_until(lambda: child.poll() is not None or read(child).count('"stored"') >= count, f"{count} stored")
            self.assertIsNone(child.poll(), "it ended before it could be stopped")
            child.send_signal(signal.SIGSTOP)
            size = self.settled(child)
            self.assertIsNone(child.poll())
            self.assertEqual(size, len(read(child)))
            child.send_signal(signal.SIGCONT)
        self.assertEqual(0, child.wait(TIMEOUT))
        self.assert_like_reference(site)

    # Killing

    def run_and_kill(self, site, number):
        """Runs, kills at a moment of chance and says where that was; every third one as early as recovery."""
        child = site.start("run", "--all", "--json")
        moment = self.chance.uniform(0.05, 0.15) if number % 3 == 2 else self.chance.uniform(0.1, 0.8 * self.duration)
        self.rest(moment, child)
        if not self.kill(child):
            return "finished"
        events = read(child)
        if '"run started"' not in events:
            return "starting"
        return "ending" if '"run ended"' in events else "running"

    def kill_when(self, site, event, count):
        child = site.start("run", "--all", "--json", "--concurrency", "2")
        seen = lambda: read(child).count(f'"event":"{event}"') >= count  # noqa: E731
        wait_until(lambda: child.poll() is not None or seen(), f"{count} times {event}")
        self.assertTrue(self.kill(child), f"it ended before {count} times {event}\n{read(child)[-500:]}")

    def kill(self, child):
        """Whether it was hit alive; else it had finished, and then well."""
        child.kill()
        ended = child.wait(TIMEOUT)
        self.assertIn(ended, (0, -signal.SIGKILL), child.err.read_text())
        return ended != 0

    @staticmethod
    def rest(seconds, child=None):
        """The moment of the kill is what is drawn by chance, so here alone the clock decides."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and (child is None or child.poll() is None):
            time.sleep(0.002)

    @staticmethod
    def settled(child):
        wait_until(lambda: is_stopped(child.pid), "the process is stopped")
        return len(read(child))

    # What must hold

    def assert_whole(self, site):
        """At any moment: a video has all its rows or none, and behind every row lie the right bytes."""
        right, found = self.reference.transcripts(), site.transcripts()
        for key, value in found.items():
            self.assertEqual(right.get(key), value, key)
        begun = {video for video, _ in found}
        missing = [key for key in right if key[0] in begun and key not in found]
        self.assertEqual([], missing, "videos in part")
        return len(found)

    def verified(self, site):
        """What status says of a killed run; none where it was killed before there was a ledger to read."""
        status = site.call("status", "--json")
        if not site.transcripts() and status.exit != 0:
            return 0
        self.assert_exit(0, status)
        return status.json["totals"]["videos"].get("verified", 0)

    def assert_like_reference(self, site):
        last = site.call("run", "--all", "--json")
        self.assert_exit(0, last)
        self.assertEqual({"verified": COURSES * VIDEOS}, last.lines[-1]["videos"])
        self.assertEqual(self.reference.transcripts(), site.transcripts())
        self.assertEqual(self.reference.flags(), site.flags())
        query = "SELECT edx_video_id, client_video_id, status, duration FROM edxval_video ORDER BY edx_video_id"
        self.assertEqual(self.reference.rows(query), site.rows(query))
        named = sorted(name for (name,) in site.rows("SELECT transcript FROM edxval_videotranscript"))
        self.assertEqual(named, sorted(site.objects()), "an object without a row, or a row without an object")
        self.assertEqual([], [p for p in (site.store / ".mallow" / "tmp").glob("*")], "unfinished uploads")
        recovered = site.call("recover", "--json")
        self.assert_exit(0, recovered)
        self.assertEqual({"absent": 0, "committed": 0, "open": [], "undone": 0}, recovered.json)
        self.assert_clean(site)
        self.assertEqual(COURSES * VIDEOS, self.verified(site))
        self.assert_exit(0, site.call("verify", "--deep"))


def read(child):
    return child.out.read_text()


if __name__ == "__main__":
    unittest.main()
