# SPDX-License-Identifier: Apache-2.0
"""An author of a split course: saves and publishes as the platform does, under the lock that everybody saves under.

Open edX: section 4.2 of its facts. A save that meets another one is dropped, as the platform drops it; the author tries again.
"""
import copy
import threading
from datetime import datetime, timedelta, timezone

from bson import ObjectId

DRAFT, PUBLISHED = "draft-branch", "published-branch"
AUTHOR = 12


class Studio:
    def __init__(self, database, key):
        organization, course, run = key.removeprefix("course-v1:").split("+")
        self.indexes, self.structures = database["modulestore.active_versions"], database["modulestore.structures"]
        self.where = {"org": organization, "course": course, "run": run}
        self.saved = []
        """(branch, structure) of every save that was not dropped, in order."""
        self.dropped = 0

    def index(self):
        return self.indexes.find_one(self.where)

    def head(self, branch):
        return self.structures.find_one({"_id": self.index()["versions"][branch]})

    def save(self, name, **fields):
        """A draft in which a block has other fields. Returns whether it was not dropped."""
        def change(structures, new):
            block = block_of(new[DRAFT], name)
            block["fields"] |= fields
            set_version(block, new[DRAFT], source=None)

        return self._move([DRAFT], change)

    def publish(self, name):
        """What is published of a block is its draft, from now on."""
        def change(structures, new):
            draft, published = block_of(structures[DRAFT], name), block_of(new[PUBLISHED], name)
            published["fields"] = copy.deepcopy(draft["fields"])
            set_version(published, new[PUBLISHED], source=version(draft))

        return self._move([PUBLISHED], change)

    def _move(self, branches, change):
        index = self.index()
        structures = {branch: self.structures.find_one({"_id": head}) for branch, head in index["versions"].items()}
        # Never the same again: two saves of one millisecond would be one to the lock.
        now = max(moment(), index["last_update"] + timedelta(milliseconds=1))
        new = {branch: next_version(structures[branch], now) for branch in branches}
        change(structures, new)
        for structure in new.values():
            self.structures.insert_one(structure)
        versions = index["versions"] | {branch: structure["_id"] for branch, structure in new.items()}
        changed = index | {"versions": versions, "last_update": now, "edited_on": now, "edited_by": AUTHOR}
        done = self.indexes.replace_one({"_id": index["_id"], "last_update": index["last_update"]}, changed)
        if done.matched_count == 0:
            self.dropped += 1
            return False
        self.saved += [(branch, structure["_id"]) for branch, structure in new.items()]
        return True

    def ancestors(self, branch):
        """The structures that a head has come from, itself first, as far as they are kept."""
        found, structure = [], self.head(branch)
        while structure:
            found.append(structure["_id"])
            structure = self.structures.find_one({"_id": structure["previous_version"]})
        return found


class BusyAuthor:
    """Saves and publishes one block after the other on a thread, with pauses of chance, while the context lasts."""

    def __init__(self, studio, names, chance, longest_pause):
        self.studio, self.names, self.chance, self.longest_pause = studio, names, chance, longest_pause
        self.last = {}
        """Block → (what it was called in the last draft of it, in what was last published of it)."""
        self.failure = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._over.set()
        self._thread.join()
        if self.failure:
            raise self.failure

    def _work(self):
        try:
            number = 0
            # People pause between two saves. Nothing waits for that.
            while not self._over.wait(self.chance.uniform(0, self.longest_pause)):
                number += 1
                name = self.chance.choice(self.names)
                title = f"save {number}"
                while not self.studio.save(name, display_name=title):
                    continue
                published = self.last.get(name, (None, None))[1]
                if self.chance.random() < 0.5:
                    while not self.studio.publish(name):
                        continue
                    published = title
                self.last[name] = title, published
        except Exception as failure:
            self.failure = failure


def next_version(structure, now):
    return copy.deepcopy(structure) | {
        "_id": ObjectId(), "previous_version": structure["_id"], "edited_by": AUTHOR, "edited_on": now}


def set_version(block, structure, source):
    info = block["edit_info"]
    block["edit_info"] = info | {
        "edited_by": AUTHOR, "edited_on": structure["edited_on"], "previous_version": info["update_version"],
        "update_version": structure["_id"], "source_version": source}


def block_of(structure, name):
    return next(block for block in structure["blocks"] if block["block_id"] == name)


def version(block):
    """By which the platform tells whether a block has changes that are not published. Open edX: section 2.7."""
    return block["edit_info"].get("source_version") or block["edit_info"]["update_version"]


def moment():
    """Now, as precisely as MongoDB keeps it."""
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
