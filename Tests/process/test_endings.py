# SPDX-License-Identifier: Apache-2.0
"""How a process of the program ends: with its files closed, and without its libraries at odds."""
import os
import re
import signal
import subprocess
import sys
import unittest

from fleet import make_fleet
from program import TIMEOUT, ProgramTests, call, wait_until

ROUNDS = 5
COMMANDS = (
    ("plan", "--json"), ("run", "--all"), ("run", "--all"), ("verify",), ("status",), ("failures",),
    ("report", "--json"), ("recover",), ("doctor",), ("run", "--all", "--dry-run"),
)  # fmt: skip


class EndingTests(ProgramTests):
    def setUp(self):
        super().setUp()
        make_fleet(self.folder / "fleet", 2, 4, 3)

    def crowd(self, processes=4):
        """Others who want the machine, so that threads that are to be over in time may not be."""
        for _ in range(processes):
            other = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            self.addCleanup(other.wait)
            self.addCleanup(other.kill)

    def assert_nothing_beside(self, site, command):
        """A ledger may be copied, and a catalog too, by whoever knows nothing of logs."""
        beside = [path.name for path in site.folder.iterdir() if path.name.endswith(("-wal", "-shm", "-journal"))]
        self.assertEqual([], beside, command)

    def test_its_files_are_whole_without_their_logs(self):
        self.crowd()
        for number in range(ROUNDS):
            site = self.site(f"platform{number}", self.folder / "fleet")
            for command in COMMANDS:
                self.assert_exit(0, site.call(*command))
                self.assert_nothing_beside(site, command)

    def test_so_they_are_after_a_run_that_was_drained(self):
        self.crowd()
        for number in range(ROUNDS):
            site = self.site(f"platform{number}", self.folder / "fleet")
            child = site.start("run", "--all", "--limit-puts", "5")
            stored = lambda: any(site.store.glob("video-transcripts/*"))  # noqa: E731
            wait_until(lambda: child.poll() is not None or stored(), "an object is stored")
            child.send_signal(signal.SIGINT)
            self.assertEqual(130, child.wait(TIMEOUT), child.err.read_text())
            self.assert_nothing_beside(site, "a drained run")

    def test_no_library_takes_itself_apart(self):
        """Threads that are on their way out may still be in one."""
        site = self.site("platform", self.folder / "fleet")
        commands = [(0, "run", "--all"), (2, "run", "--no-such-option"), (0, "run", "--help")]
        for number, (expected, *command) in enumerate(commands):
            with self.subTest(command):
                trace = self.folder / f"loader{number}"
                environment = os.environ | {"LD_DEBUG": "files", "LD_DEBUG_OUTPUT": str(trace)}
                self.assert_exit(expected, call(site.command(*command), env=environment))
                said = "".join(path.read_text() for path in self.folder.glob(f"{trace.name}.*"))
                self.assertTrue(re.search("calling init: ", said))
                self.assertEqual([], re.findall(r"calling fini: (\S+)", said))


if __name__ == "__main__":
    unittest.main()
