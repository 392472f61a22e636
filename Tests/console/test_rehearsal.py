# SPDX-License-Identifier: Apache-2.0
"""Rehearsals in an operator's hands: a console that is on one, and what production's asks before it is rehearsed."""
import json
import subprocess
import unittest

from terminals import TerminalTests, Tmux, required, wait_until

import fleet  # beside program, where terminals leads

COURSES = 2


class RehearsalTests(TerminalTests):
    def setUp(self):
        super().setUp()
        self.mallow = required("MALLOW")
        fleet.make_fleet(self.folder / "exports", COURSES, 3, 2)
        (self.folder / "production").mkdir()
        (self.folder / "staging").mkdir()
        self.configuration = self.folder / "mallow.yaml"
        self.configuration.write_text(
            "production: {source: 'olx:exports', store: 'file:production/objects', catalog: 'sqlite:production/c.sqlite'}\n"
            "staging: {store: 'file:staging/objects', catalog: 'sqlite:staging/c.sqlite'}\nledger: night.ledger\n")

    def console(self, *arguments, word, name="tmux"):
        tmux = Tmux(
            self, [self.mallow, *arguments, "--config", str(self.configuration)],
            self.environment(TERM="tmux-256color", XDG_CONFIG_HOME=str(self.folder / "config")), width=120, height=36,
            name=name)
        tmux.see(rf"^ {word} ")
        tmux.keys("L")
        tmux.see(rf"Courses {COURSES} ")
        return tmux

    def report(self, *arguments):
        done = subprocess.run(
            [self.mallow, "report", "--json", *arguments, "--config", str(self.configuration)], capture_output=True,
            text=True, timeout=30)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def test_a_rehearsal_is_run_from_its_own_console(self):
        tmux = self.console("--rehearsal", word="REHEARSAL")
        tmux.keys("*", "r")
        tmux.see("rehearsals: 0 of 2 completed")
        tmux.see("on REHEARSAL file:")
        tmux.keys("Tab", "Enter")
        tmux.see(r"rehearsal 1 of 2 is complete: 12 transcripts of 2 courses")
        self.assertEqual("rehearsal", self.report("--rehearsal")["kind"])
        self.assertEqual([], list((self.folder / "production").iterdir()))
        # Run again, it would rehearse nothing.
        tmux.keys("r")
        tmux.see("FAILED rehearsals: night.rehearsal-1.ledger is one that is complete")
        tmux.keys("Escape", "q")
        self.console("--rehearsal", word="REHEARSAL", name="again").keys("q")
        self.assertTrue((self.folder / "night.rehearsal-2.ledger").exists(), "the next one has a ledger of its own")

    def test_production_that_was_not_rehearsed_wants_a_reason(self):
        tmux = self.console(word="PROD")
        tmux.keys("*", "r")
        tmux.see("The ledger has 0 of 2 completed rehearsals of olx:")
        tmux.see("mallow --rehearsal --source")
        tmux.keys("Enter")
        tmux.see("nothing is written yet; Esc cancels")
        tmux.bytes("agreed with the site team")
        tmux.keys("Enter")
        tmux.see("begin after 0 of 2 rehearsals, which the event log keeps as")
        tmux.see(f"type {COURSES} objects to confirm")
        tmux.bytes(f"{COURSES} objects")
        tmux.keys("Enter")
        report = wait_until(lambda: (found := self.report()) and found.get("ended") and found, "the run's end")
        self.assertEqual(0, report["exit"])
        self.assertTrue([notice for notice in report["notices"]
                         if "production after 0 of 2 rehearsals: agreed with the site team" in notice], report["notices"])
        tmux.see("production after 0 of 2")


if __name__ == "__main__":
    unittest.main()
