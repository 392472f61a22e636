# SPDX-License-Identifier: Apache-2.0
"""What the console costs: figures to read, run by hand.

    MALLOW=... python3 Tests/console/figures.py [--ledger FILE] [--pairs N] [--courses N]

FILE is a large ledger that `benchmarks large-ledger --folder DIR` made; without it the first frame is not measured.
Pairs of the same run, with a console beside it and without, take turns: machines differ from minute to minute.
"""
import argparse
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from terminals import Pty, TerminalTests, required

import fleet  # beside program, where terminals leads

FRAME = b"\033[?2026l"
VIDEOS, LANGUAGES = 50, 2


def run_seconds(pid):
    """What the scheduler gave a process's first thread and all its others."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except FileNotFoundError:
            continue  # a thread that ended meanwhile
    return total / 1e9


def wakeups(pid):
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        lines = dict(line.split(":", 1) for line in (task / "status").read_text().splitlines() if ":" in line)
        total += int(lines["voluntary_ctxt_switches"])
    return total


class Figures(TerminalTests):
    arguments = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.mallow = required("MALLOW")
        self.exports = self.folder / "exports"
        self.total = fleet.make_fleet(self.exports, self.arguments.courses, VIDEOS, LANGUAGES)

    def platform(self, place, source=None):
        return [
            "--source", f"olx:{source or self.exports}", "--store", f"file:{place / 'objects'}",
            "--catalog", f"sqlite:{place / 'edxval.sqlite'}", "--ledger", str(place / "night.ledger"),
        ]

    def console(self, place, ledger=None):
        command = [self.mallow, *self.platform(place)]
        if ledger:
            command[-1] = str(ledger)
        return Pty(self, command, self.environment(COLORTERM="truecolor", XDG_CONFIG_HOME=str(self.folder / "config")),
                   width=100, height=30)

    def measured(self, pty, seconds):
        """Processor, wake-ups, frames and bytes of a console while time goes by."""
        start, used, woken = time.monotonic(), run_seconds(pty.process.pid), wakeups(pty.process.pid)
        frames, written = pty.frames(), len(pty.read())
        while time.monotonic() - start < seconds:
            pty.read()
            time.sleep(0.02)
        time_taken = time.monotonic() - start
        return {
            "core": (run_seconds(pty.process.pid) - used) / time_taken,
            "wakeups": (wakeups(pty.process.pid) - woken) / time_taken,
            "frames": (pty.frames() - frames) / time_taken,
            "bytes": [len(frame) for frame in pty.output[written:].split(FRAME)[:-1]],
        }

    def engine(self, place, console):
        """Seconds and processor seconds of one whole run, alone or with a console beside it."""
        place.mkdir()
        pty = figures = None
        if console:
            pty = self.console(place)
            pty.see(rb"no engine")
        before = os.times()
        start = time.monotonic()
        run = subprocess.Popen(
            [self.mallow, "run", "--all", "--json", *self.platform(place)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if pty:
            pty.see(rb"engine ok")
            figures = self.measured(pty, self.arguments.watch)
            self.assertIsNone(run.poll(), "the run was over before its console was measured: take more --courses")
            while run.poll() is None:
                pty.read()
                time.sleep(0.02)
        error = run.communicate()[1]
        seconds = time.monotonic() - start
        after = os.times()
        self.assertEqual(run.returncode, 0, error.decode())
        if pty:
            pty.send("q")
            pty.wait()
        used = after.children_user + after.children_system - before.children_user - before.children_system
        shutil.rmtree(place)
        return seconds, used, figures

    def test_paced_like_a_network(self):
        """The demo: its stores answer as slowly as real ones."""
        for colours in ("24", "256"):
            demo = self.folder / f"demo-{colours}"
            samples = Path(__file__).resolve().parents[2] / "sample-data"
            pty = Pty(self, [self.mallow, "demo", "--sample-data", str(samples), "--folder", str(demo), "--color", colours],
                      self.environment(XDG_CONFIG_HOME=str(self.folder / "config")), width=100, height=30)
            pty.see(rb"course-v1:AlderX")
            pty.send("*r")
            pty.see(rb"GiB")
            pty.send("\t\r")
            pty.see(rb"engine ok")
            paced = self.measured(pty, 20)
            pty.send("q")
            pty.wait()
            os.killpg(int(re.search(rb"engine (\d+)\)", pty.output)[1]), signal.SIGKILL)
            sizes = paced["bytes"]
            print(f"paced like a network, {colours} colours: {paced['core']:.2%} of a core, {paced['frames']:.1f} frames/s, "
                  f"bytes a frame: median {statistics.median(sizes):.0f}, 90 % under {statistics.quantiles(sizes, n=10)[8]:.0f}")

    def test_idle(self):
        place = self.folder / "idle"
        place.mkdir()
        subprocess.run([self.mallow, "run", "--all", *self.platform(place)], check=True, capture_output=True)
        pty = self.console(place)
        pty.see(rb"no engine")
        self.measured(pty, 2)
        idle = self.measured(pty, 30)
        print(f"idle, 30 s: {idle['core']:.2%} of a core, {idle['wakeups']:.1f} wake-ups/s, {idle['frames']:.2f} frames/s")

    def test_first_frame(self):
        if not self.arguments.ledger:
            return
        first, told = [], []
        for _ in range(20):
            start = time.monotonic()
            pty = self.console(self.folder, ledger=self.arguments.ledger)
            for times, mark in ((first, FRAME), (told, b"course-v1:Org")):
                while mark not in pty.read():
                    self.assertLess(time.monotonic() - start, 8, pty.output[-500:])
                times.append((time.monotonic() - start) * 1000)
            pty.send("q")
            pty.wait()
        for name, times in (("the first frame", first), ("the courses", told)):
            print(f"{name}: median {statistics.median(times):.1f} ms, worst {max(times):.1f} ms after the program's start")

    def test_beside_an_engine(self):
        times, shares, sizes, rates = [], [], [], []
        for pair in range(self.arguments.pairs):
            with_first = pair % 2 == 0
            results = {}
            for console in (with_first, not with_first):
                results[console] = self.engine(self.folder / f"run-{pair}-{console}", console)
            times.append((results[True][0], results[False][0]))
            figures = results[True][2]
            shares.append(figures["core"])
            rates.append(figures["frames"])
            sizes += figures["bytes"]
            print(f"  pair {pair + 1}: {results[True][0]:.2f} s with, {results[False][0]:.2f} s without, "
                  f"console {figures['core']:.2%} of a core", flush=True)
        ratios = sorted(with_ / without for with_, without in times)
        print(f"{self.total} transcripts, {len(times)} pairs: {statistics.median(ratios):.3f} times as long with a console "
              f"(median; quartiles {statistics.quantiles(ratios, n=4)[0]:.3f} and {statistics.quantiles(ratios, n=4)[2]:.3f}; "
              f"sums {sum(a for a, _ in times) / sum(b for _, b in times):.3f})")
        print(f"console during a run: {statistics.median(shares):.2%} of a core (worst {max(shares):.2%}), "
              f"{statistics.median(rates):.1f} frames/s (worst {max(rates):.1f}), "
              f"bytes a frame: median {statistics.median(sizes):.0f}, 95 % under {statistics.quantiles(sizes, n=20)[18]:.0f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ledger", type=Path)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--courses", type=int, default=90)
    parser.add_argument("--watch", type=float, default=2.0, help="seconds of each run during which its console is measured")
    Figures.arguments, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=0)
