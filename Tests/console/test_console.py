# SPDX-License-Identifier: Apache-2.0
"""The console in an operator's hands: the real program on a real terminal, with a real engine behind it."""
import getpass
import json
import os
import re
import signal
import sqlite3
import subprocess
import unittest
from pathlib import Path

from terminals import Pty, TerminalTests, Tmux, process_state, processor_seconds, required, wait_until

import fleet  # beside program, where terminals leads

COURSES = 6
VIDEOS = 400
LAYOUTS = [(200, 50), (100, 30), (80, 24), (60, 12), (40, 8), (24, 4), (20, 3), (10, 1), (120, 36)]


def is_alive(pid):
    try:
        return process_state(pid) not in "ZX"
    except FileNotFoundError:
        return False


class ConsoleTests(TerminalTests):
    def setUp(self):
        super().setUp()
        self.mallow = required("MALLOW")
        self.total = fleet.make_fleet(self.folder / "exports", COURSES, VIDEOS, 2)
        self.ledger = self.folder / "state" / "night.ledger"
        self.addCleanup(self.end_engine)

    def command(self, *arguments):
        return [
            self.mallow, *arguments, "--source", f"olx:{self.folder / 'exports'}", "--store", f"file:{self.folder / 'objects'}",
            "--catalog", f"sqlite:{self.folder / 'edxval.sqlite'}", "--ledger", str(self.ledger),
        ]

    def surroundings(self, **changes):
        return self.environment(**{"TERM": "tmux-256color", "XDG_CONFIG_HOME": str(self.folder / "config"), **changes})

    def console(self, width=120, height=36):
        tmux = Tmux(self, self.command(), self.surroundings(), width=width, height=height)
        tmux.see("PROD")
        return tmux

    def shell(self, command=None, expected="No course is known yet"):
        """A console that was started in a shell, which is there again when it goes."""
        tmux = Tmux(
            self, ["bash", "--norc", "--noprofile", "-i"], self.surroundings(PS1="shell> "), width=120, height=36)
        tmux.see("shell>")
        tmux.keys(" ".join(command or self.command()), "Enter")
        tmux.see(expected)
        return tmux

    def status(self):
        done = subprocess.run(
            [self.mallow, "status", "--json", "--ledger", str(self.ledger)], capture_output=True, text=True, timeout=30)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def engine(self):
        """The living engine's process."""
        return wait_until(lambda: (self.status() or {}).get("run", {}).get("heartbeat_age") is not None and self.status(),
                          "a living engine")["run"]["pid"]

    def end_engine(self):
        run = (self.status() or {}).get("run") if self.ledger.exists() else None
        if run and run.get("ended") is None and is_alive(run["pid"]):
            os.kill(run["pid"], signal.SIGKILL)

    def run_all(self, tmux):
        """Lists the courses, marks all of them and starts a run, as an operator would."""
        tmux.keys("L")
        tmux.see(rf"Courses {COURSES} ")
        tmux.keys("*", "r")
        tmux.see(rf"type {COURSES} objects to confirm")
        tmux.bytes(f"{COURSES} objects")
        tmux.see(rf"confirm: {COURSES} objects_")
        tmux.keys("Enter")

    def run_paused(self, tmux):
        """A run in the middle of its work that stays there."""
        self.run_all(tmux)
        tmux.see(r"engine ok")
        tmux.keys("p")
        tmux.see(r"run \d+ paused")
        # What was in flight is finished, and then nothing moves.
        def quiet():
            totals = self.status()["totals"]["videos"]
            return totals.get("migrating", 0) == 0 and totals
        done = wait_until(quiet, "nothing in flight")
        self.assertLess(done.get("verified", 0), COURSES * VIDEOS, "there is something left to do")
        return self.engine()

    def ended(self):
        return wait_until(lambda: self.status()["run"].get("ended") and self.status(), "the run's end", seconds=60)


class AtWork(ConsoleTests):
    def test_a_run_from_nothing_to_proven(self):
        tmux = self.console()
        tmux.see("No course is known yet")
        self.run_all(tmux)
        seen = set()

        def watching():
            match = re.search(r"ALL \S+ +\d+%  ([\d,]+)/([\d,]+) videos", tmux.screen())
            if match:
                seen.add(match[1])
            return "completed" in tmux.screen()
        wait_until(watching, "completed", seconds=60)
        self.assertGreater(len(seen), 2, f"the bar moved: {seen}")
        screen = tmux.see(rf"{COURSES * VIDEOS:,}/{COURSES * VIDEOS:,} videos")
        self.assertIn("nothing needs you", screen)
        self.assertEqual(self.ended()["totals"]["courses"], {"migrated": COURSES})

    def test_what_it_shows_is_what_status_says(self):
        tmux = self.console()
        self.run_paused(tmux)
        totals = self.status()["totals"]
        done = totals["videos"].get("verified", 0) + totals["videos"].get("waived", 0)
        screen = tmux.see(rf"{done:,}/{COURSES * VIDEOS:,} videos")
        self.assertRegex(screen, rf"{totals['transcripts']['store']:,} transcripts")
        for course in self.status()["courses"]:
            number = course["key"].split("+")[1]
            verified = course["videos"].get("verified", 0)
            self.assertRegex(screen, rf"{number} .* {verified}/{sum(course['videos'].values())} ")

    def test_a_video_is_looked_at_as_the_stores_have_it(self):
        tmux = self.console()
        self.run_all(tmux)
        tmux.see("completed")
        tmux.keys("2", "Enter")
        screen = tmux.see(r"present +file")
        self.assertRegex(screen, r"read in .* stored and committed in .* checked in")
        tmux.see(r"store: video-transcripts/[0-9a-f]{32}")
        tmux.keys("Enter")
        tmux.see(r"all \d+ lines are the same")
        # Somebody loses the object meanwhile: to look anew is to see it.
        for path in (self.folder / "objects").rglob("video-transcripts/*"):
            path.unlink()
        tmux.keys("C-l")
        tmux.see("no object is there")
        tmux.keys("Escape")
        tmux.see("what happened|stored by run")
        tmux.keys("Escape", "4", "e")
        tmux.see(r"lines written to .*mallow-log-\d+\.txt")
        (log,) = self.ledger.parent.glob("mallow-log-*.txt")
        self.assertIn("migrated", log.read_text())

    def test_no_run_begins_where_something_fails_the_proof(self):
        tmux = self.console()
        tmux.keys("L")
        tmux.see(rf"Courses {COURSES} ")
        # What the store's folder was to be is a file now.
        (self.folder / "objects").write_text("in the way")
        tmux.keys("r")
        tmux.see("proof")
        screen = tmux.see("objects.*(file|folder|directory)")
        self.assertNotIn("type 1 objects", screen)
        tmux.bytes("1 objects")
        tmux.keys("Enter")
        tmux.see("cancelled|nothing was changed")
        self.assertIsNone(self.status().get("run"))

    def test_pause_resume_and_how_many_at_once(self):
        tmux = self.console()
        self.run_paused(tmux)
        tmux.see("pause is in force")
        tmux.keys("+")
        tmux.see("48 videos at once is in force")
        tmux.see("48 at once")
        tmux.keys("p")
        tmux.see("resume is in force")
        self.assertEqual(self.ended()["totals"]["courses"], {"migrated": COURSES})
        with sqlite3.connect(self.ledger) as ledger:
            said = ledger.execute("SELECT actor, detail FROM event WHERE kind = 'command applied' ORDER BY seq").fetchall()
        self.assertEqual([detail for _, detail in said], ["pause", "48 videos at once", "resume"])
        self.assertEqual({actor for actor, _ in said}, {getpass.getuser()})

    def test_draining_is_asked_for_and_can_be_gone_on_with(self):
        tmux = self.console()
        self.run_paused(tmux)
        tmux.keys("D")
        tmux.see("End the run")
        tmux.keys("Enter")
        tmux.see("cancelled: nothing was changed")
        tmux.keys("D")
        tmux.see("type drain to confirm")
        tmux.bytes("drain")
        tmux.keys("Enter")
        tmux.see(r"run \d+ drained")
        tmux.keys("*", "r")
        tmux.see("to confirm")
        tmux.bytes(f"{COURSES} objects")
        tmux.keys("Enter")
        tmux.see(r"run \d+ completed")

    def test_an_engine_that_is_killed_is_missed_and_started_again(self):
        tmux = self.console()
        engine = self.run_paused(tmux)
        os.kill(engine, signal.SIGKILL)
        wait_until(lambda: "ENGINE GONE" in tmux.screen(), "the loss on the screen", seconds=2)
        tmux.keys("r")
        # Nothing is marked: it is the lost run's courses that are meant.
        screen = tmux.see(r"type \d+ objects to confirm")
        typed = re.search(r"type (\d+ objects) to confirm", screen)[1]
        tmux.bytes(typed)
        tmux.keys("Enter")
        tmux.see(r"run \d+ completed")
        self.assertEqual(self.ended()["totals"]["transcripts"]["store"], self.total)

    def test_two_consoles_on_one_ledger(self):
        first = self.console()
        self.run_paused(first)
        second = Tmux(
            self, [self.mallow, "--ledger", str(self.ledger)], self.surroundings(), width=100, height=30, name="second")
        second.see(r"run \d+ paused")
        second.keys("+")
        first.see("48 videos at once is in force")
        first.keys("p")
        second.see("resume is in force")
        self.ended()

    def test_a_second_run_is_refused_while_one_goes_on(self):
        tmux = self.console()
        self.run_paused(tmux)
        tmux.keys("r")
        tmux.see("BLOCKED")
        tmux.keys("Tab", "Enter")
        tmux.see("cancelled")
        self.assertIsNone(self.status()["run"].get("ended"))


class OnTheScreen(ConsoleTests):
    def test_every_size(self):
        tmux = self.console()
        self.run_paused(tmux)
        for width, height in LAYOUTS:
            tmux("resize-window", "-x", str(width), "-y", str(height))
            tmux.see("PROD")
            wait_until(lambda: tmux.show("#{pane_width}x#{pane_height}") == f"{width}x{height}", "the size")
            for key in ("?", "Escape", "t", "Escape", "2", "3", "4", "1"):
                tmux.keys(key)
            tmux.see("PROD")
        tmux.see(r"┌ 1 Courses")

    def test_suspended_and_back(self):
        tmux = self.shell()
        tmux.keys("C-z")
        tmux.see("Stopped")
        self.assertEqual(tmux.show("#{alternate_on}"), "0")
        tmux.keys("fg", "Enter")
        tmux.see("No course is known yet")
        tmux.keys("?")
        tmux.see("One line up")

    def test_a_wrong_endpoint_is_said_before_the_screen_is_taken(self):
        command = [
            self.mallow, "--source", "olx:/nowhere", "--store", "ftp:x", "--catalog", "sqlite:y", "--ledger", str(self.ledger)]
        tmux = self.shell(command, "/nowhere[^\"]*;")
        self.assertEqual(tmux.show("#{alternate_on}"), "0")

    def test_without_a_terminal_it_says_what_works(self):
        done = subprocess.run(self.command(), capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=30)
        self.assertEqual(done.returncode, 2)
        self.assertIn("status --watch", done.stderr)

    def test_a_broken_keymap_names_the_line(self):
        keys = self.folder / "config" / "mallow" / "keys.toml"
        keys.parent.mkdir(parents=True)
        keys.write_text('\nrun = "q"\n')
        self.shell(self.command(), r"keys\.toml, line 2: q is detach already")

    def test_idle_it_rests(self):
        tmux = self.console()
        console = int(tmux.show("#{pane_pid}"))
        tmux.see("no engine")
        start = processor_seconds(console)
        # A busy loop shows in two seconds.
        before = self.clock()
        wait_until(lambda: self.clock() - before > 2, "two seconds")
        self.assertLess(processor_seconds(console) - start, 0.1)

    @staticmethod
    def clock():
        with open("/proc/uptime") as file:
            return float(file.read().split()[0])


class Gone(ConsoleTests):
    def test_detached_and_attached_again(self):
        tmux = self.shell()
        engine = self.run_paused(tmux)
        tmux.keys("q")
        tmux.see(r"run \d+ goes on \(engine \d+\)")
        self.assertTrue(is_alive(engine))
        tmux.keys(" ".join(self.command()), "Enter")
        tmux.see(r"run \d+ paused")
        tmux.keys("p")
        tmux.see(r"run \d+ completed")

    def test_a_killed_console_leaves_the_engine_alone(self):
        tmux = self.console()
        engine = self.run_paused(tmux)
        os.kill(int(tmux.show("#{pane_pid}")), signal.SIGKILL)
        wait_until(lambda: tmux.show("#{pane_dead}") == "1", "the console's end")
        self.assertTrue(is_alive(engine))
        tmux("respawn-pane", "-k", *self.command())
        tmux.see(r"run \d+ paused")

    def test_a_terminal_that_hangs_up(self):
        pty = Pty(self, self.command(), self.surroundings(TERM="xterm-256color"), width=100, height=30)
        pty.see(rb"PROD")
        pty.send("L")
        wait_until(lambda: pty.read() and len((self.status() or {"courses": []})["courses"]) == COURSES, "the courses")
        # Listed is not yet shown.
        pty.see(rb"courses are listed")
        pty.send("*r")
        pty.see(rb"confirm")
        pty.send(f"{COURSES} objects\r")
        engine = self.engine()
        pty.close()
        pty.wait(seconds=2)
        self.assertTrue(is_alive(engine) or self.status()["run"].get("ended"))
        self.assertEqual(self.ended()["totals"]["courses"], {"migrated": COURSES})

    def test_a_crash_gives_the_terminal_back(self):
        pty = Pty(self, self.command(), self.surroundings(TERM="xterm-256color"), width=100, height=30)
        pty.see(rb"No course is known yet")
        os.kill(pty.process.pid, signal.SIGILL)
        self.assertEqual(pty.wait(), -signal.SIGILL)
        self.assertEqual(pty.settings(), pty.before)
        self.assertIn(b"\033[?1049l", pty.output)

    def test_ended_by_a_signal_it_gives_the_terminal_back(self):
        pty = Pty(self, self.command(), self.surroundings(TERM="xterm-256color"), width=100, height=30)
        pty.see(rb"No course is known yet")
        pty.process.terminate()
        self.assertEqual(pty.wait(), 0)
        self.assertEqual(pty.settings(), pty.before)


if __name__ == "__main__":
    unittest.main()
