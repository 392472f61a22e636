# SPDX-License-Identifier: Apache-2.0
"""A file to which every change is appended before it is acknowledged, so that a killed server has it when it starts again.

It is given to the system and not forced to the disk: it outlives the process, not the machine.
"""
import fcntl
import os

import bson

from values import document


class Journal:
    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "changes.bson"
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SystemExit(f"Another server has {folder} open.") from None

    def changes(self):
        """Every whole change, in order. What is left of one that was cut off was never acknowledged, and goes."""
        kept = 0
        with self.path.open("rb") as file:
            while len(head := file.read(4)) == 4:
                size = int.from_bytes(head, "little")
                body = file.read(size - 4)
                if len(body) < size - 4:
                    break
                yield document(head + body)
                kept += size
        os.ftruncate(self._file, kept)

    def append(self, change):
        rest = memoryview(bson.encode(change))
        while rest:
            rest = rest[os.write(self._file, rest):]


class Follower:
    """Another member's journal, read on and on while that one appends to it."""

    def __init__(self, folder):
        self.path = folder / "changes.bson"
        self._read = 0

    def changes(self):
        """Every whole change since the last call, in order."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._read)
            while len(head := file.read(4)) == 4:
                size = int.from_bytes(head, "little")
                body = file.read(size - 4)
                if len(body) < size - 4:
                    return
                self._read += size
                yield document(head + body)
