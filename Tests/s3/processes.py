# SPDX-License-Identifier: Apache-2.0
"""Children that cannot outlive the tests, ports that stay free while a server is down, and a folder in memory."""
import contextlib
import ctypes
import fcntl
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1
# Below the range that Linux hands out to outgoing connections (32768 and up): a port from that range could be
# taken by some client's connection between a server's end and its new start.
PORTS = range(20000, 32000)


def free_ports(count):
    """`count` different loopback ports nobody listens on."""
    found = set()
    for port in random.SystemRandom().sample(PORTS, len(PORTS)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                found.add(port)
        if len(found) == count:
            return list(found)
    raise RuntimeError(f"fewer than {count} free ports in {PORTS}")


def die_with_parent(death_signal):
    """For `preexec_fn`: Linux sends the signal when the thread that started the child ends, in whatever way."""
    parent = os.getpid()

    def set_signal():
        LIBC.prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return set_signal


class Child:
    """A process whose output goes to a file."""

    def __init__(self, command, log, environment=None):
        self.log = Path(log)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env={**os.environ, **(environment or {})}, cwd=self.log.parent,
                start_new_session=True, preexec_fn=die_with_parent(signal.SIGKILL),
            )

    @property
    def is_running(self):
        return self.process.poll() is None

    def end(self, with_signal=signal.SIGTERM, patience=15):
        """Returns when the process is gone; one that is not gone after `patience` seconds is killed."""
        if self.is_running:
            self.process.send_signal(with_signal)
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def last_words(self, lines=15):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def wait_until(condition, child, what, seconds=60):
    """The condition's first true value. A child that has ended is a failure at once."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError):
            if value := condition():
                return value
        if not child.is_running or time.monotonic() > deadline:
            state = "is not ready" if child.is_running else f"ended with {child.process.returncode}"
            raise RuntimeError(f"{what} {state}; it said:\n{child.last_words()}")
        time.sleep(0.02)


@contextlib.contextmanager
def scratch_folder(prefix="mallow-s3-"):
    """A folder in memory where there is one, removed at the end.

    A killed test run cannot remove its own: each folder is locked by its owner, and unlocked ones are swept here.
    """
    base = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else Path(tempfile.gettempdir())
    for old in base.glob(f"{prefix}*"):
        if _is_abandoned(old):
            shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=base))
    with _locked(folder):
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _locked(folder):
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _is_abandoned(folder, young=60):
    """A folder younger than that may be between its making and its locking."""
    try:
        if time.time() - folder.stat().st_mtime < young:
            return False
        with _locked(folder):
            return True
    except OSError:
        return False
