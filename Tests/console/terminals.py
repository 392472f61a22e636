# SPDX-License-Identifier: Apache-2.0
"""Terminals to run a program on: one inside tmux, whose screen can be read, and a bare one, whose bytes can.

Environment:
    TERMINAL_PROBE  the program TerminalProbe
"""
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "process"))
from program import required, wait_until  # noqa: E402

SECONDS = 8


def process_state(pid):
    """One letter, as ps has it; T is stopped."""
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class TerminalTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.log = self.folder / "errors.log"
        self.probe = required("TERMINAL_PROBE")

    def environment(self, **changes):
        """What a plain login has, and the changes; None takes a variable away."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        # Swift's own report of a crash would ask questions on the terminal.
        plain = {"LANG": "C.UTF-8", "TERM": "xterm-256color", "SWIFT_BACKTRACE": "enable=no"}
        wanted = {**kept, **plain, **changes}
        return {name: value for name, value in wanted.items() if value is not None}


class Tmux:
    """A window of tmux on a server of its own."""

    def __init__(self, case, command, environment, width=80, height=24, settings=(), name="tmux"):
        self.socket = case.folder / name
        case.addCleanup(self.kill)
        variables = [f"{name}={value}" for name, value in environment.items()]
        # tmux gives its own variables to what it starts, so those alone are added.
        line = ["env", "-u", "COLORTERM", "-u", "NO_COLOR", *variables, *command]
        self("-f", "/dev/null", "-u", "new-session", "-d", "-x", str(width), "-y", str(height), "exec sleep 1000")
        for setting in (("remain-on-exit", "on"), *settings):
            self("set-option", "-g", *setting)
        self("respawn-pane", "-k", *line)

    def __call__(self, *arguments):
        done = subprocess.run(
            ["tmux", "-S", self.socket, *arguments], capture_output=True, text=True, timeout=SECONDS)
        if done.returncode != 0:
            raise AssertionError(f"tmux {arguments}: {done.stderr}")
        return done.stdout

    def kill(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], capture_output=True, timeout=SECONDS)

    def keys(self, *names):
        self("send-keys", *names)

    def bytes(self, text):
        self("send-keys", "-l", text)

    def screen(self, *options):
        return self("capture-pane", "-p", *options)

    def see(self, pattern, *options):
        """The screen, once it shows the pattern."""
        def look():
            screen = self.screen(*options)
            return screen if re.search(pattern, screen, re.MULTILINE) else None
        return wait_until(look, lambda: f"{pattern!r} on\n{self.screen(*options)}")

    def show(self, form):
        return self("display-message", "-p", form).strip()

    def frame(self):
        return int(re.search(r"^frame (\d+)", self.see(r"^frame \d+"), re.MULTILINE)[1])


class Pty:
    """A bare terminal, and a program that is the first process of its session."""

    def __init__(self, case, command, environment, width=80, height=24, ignored=()):
        self.master, slave = os.openpty()
        case.addCleanup(self.close)
        self.resize(width, height)
        self.before = termios.tcgetattr(self.master)
        self.output = b""

        def prepare():
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            # Whoever runs the tests may ignore signals, a background job of a shell for one, and what it starts would too.
            for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
                signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)

        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True,
            preexec_fn=prepare)
        case.addCleanup(self.end)
        os.close(slave)

    def resize(self, width, height):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def send(self, text):
        os.write(self.master, text.encode())

    def read(self):
        """Whatever has come."""
        while select.select([self.master], [], [], 0)[0]:
            try:
                piece = os.read(self.master, 65536)
            except OSError:
                return self.output
            if not piece:
                break
            self.output += piece
        return self.output

    def see(self, pattern, start=0):
        """What was written from `start` on, once the pattern is in it."""
        return wait_until(
            lambda: re.search(pattern, self.read()[start:]) and self.output[start:],
            lambda: f"{pattern!r} in {self.output[start:]!r}")

    def frames(self):
        """How many were drawn whole."""
        return self.read().count(b"\033[?2026l")

    def next_frame(self, text):
        """The bytes that follow a key, up to the end of the frame it makes."""
        start, count = len(self.read()), self.frames()
        self.send(text)
        wait_until(lambda: self.frames() > count, f"a frame after {text!r}")
        return self.output[start:]

    def wait(self, seconds=SECONDS):
        """The exit code; what the program writes meanwhile is read, or it could not end."""
        def ended():
            if self.master is not None:
                self.read()
            return self.process.poll() is not None
        wait_until(ended, "an end", seconds)
        if self.master is not None:
            self.read()
        return self.process.returncode

    def settings(self):
        return termios.tcgetattr(self.master)

    def close(self):
        if self.master is not None:
            os.close(self.master)
            self.master = None

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(SECONDS)
