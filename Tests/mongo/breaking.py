# SPDX-License-Identifier: Apache-2.0
"""What a way to break a stored course is, and how the ways find what they break."""
from dataclasses import dataclass
from typing import Callable, NamedTuple

from courses import OLD, SPLIT, StoredCourse
from look_up import Contentstore, candidates, video_fields
from outline import BlockKey
from strict_reader import usage_key, videos

COURSE = "course"
VIDEO = "video"
NOTHING = "nothing"


class Victim(NamedTuple):
    """A video that looks the same in both heads, has transcripts, and shares none of them with another video."""

    key: BlockKey
    usage_key: str
    asset: str
    """The longest of its transcripts."""


class Broken(NamedTuple):
    """A course that is broken, and the video that was broken in it or of which the broken thing is a part."""

    stored: StoredCourse
    victim: Victim


@dataclass(frozen=True)
class Break:
    """One way to break a stored course."""

    name: str
    lost: str
    """COURSE: nothing of the course may be believed. VIDEO: the victim loses a transcript or fails, and no other video
    does. NOTHING: every transcript of every video is found as before."""
    forms: tuple
    change: Callable
    """Changes a StoredCourse in place, given it and the victim."""
    needs_files: bool = True
    """Whether the victim must be one that names files in `transcripts`; else it must be one that names none."""
    is_unique: bool = True
    """Whether a database with the platform's unique indexes can hold it."""

    def __call__(self, stored):
        """A broken copy of a course. Raises LookupError when the course has nothing of the kind that is broken."""
        if stored.form not in self.forms:
            raise LookupError(f"A course of the {stored.form} form cannot be broken so: {self.name}.")
        victim = victim_of(stored, self.needs_files)
        copy = stored.copy()
        self.change(copy, victim)
        return Broken(copy, victim)


class Breaks(list):
    """Collects ways to break courses."""

    def add(self, lost, *forms, **options):
        """Says of a function that it is one; it is called like the function."""

        def add(change):
            self.append(Break(change.__name__.replace("_", " "), lost, forms or (SPLIT, OLD), change, **options))
            return change

        return add


def victim_of(stored, needs_files):
    files, users, found = Contentstore(stored), {}, []
    for key, video in videos(stored).items():
        fields = video_fields(video.published or video.draft)
        if isinstance(fields, dict):
            names = {name for listed, _ in candidates(fields).values() for name in listed if name in files.files}
            for name in names:
                users.setdefault(name, set()).add(key)
            if video.draft is None and fields["sub"] and bool(fields["transcripts"]) == needs_files:
                found.append((key, {name for name in names if len(files.content(name) or b"") > 0}))
    for key, names in sorted(found, key=lambda item: -max((len(files.content(name)) for name in item[1]), default=0)):
        if names and all(users[name] == {key} for name in names):
            block_key = next(block for block in block_keys(stored) if usage_key(stored.key, block) == key)
            return Victim(block_key, key, max(sorted(names), key=lambda name: len(files.content(name))))
    raise LookupError(f"No video of {stored.key} has transcripts {'in files' if needs_files else 'by sub alone'} for itself.")


def block_keys(stored):
    """Every stored block, in whatever head."""
    if stored.form == SPLIT:
        return {BlockKey(block["block_type"], block["block_id"]) for head in structures(stored) for block in head["blocks"]}
    return {BlockKey(document["_id"]["category"], document["_id"]["name"]) for document in stored["modulestore"]}


def structures(stored):
    return stored["modulestore.structures"]


def index(stored):
    return stored["modulestore.active_versions"][0]


def blocks(stored, key):
    """What each head stores of a block: the dicts in which its fields and children stand."""
    if stored.form == SPLIT:
        return [b for head in structures(stored) for b in head["blocks"] if (b["block_type"], b["block_id"]) == key]
    return [d for d in stored["modulestore"] if (d["_id"]["category"], d["_id"]["name"]) == key]


def fields(stored, key):
    """Where each head keeps the fields of a block."""
    return [block["fields" if stored.form == SPLIT else "metadata"] for block in blocks(stored, key)]


def children(stored, key):
    """Where each head keeps the list of a block's children: (dict, name in it)."""
    if stored.form == SPLIT:
        return [(block["fields"], "children") for block in blocks(stored, key)]
    return [(block["definition"], "children") for block in blocks(stored, key)]


def child(stored, key):
    """A block's key as its parent names it."""
    return list(key) if stored.form == SPLIT else usage_key(stored.key, key)


def root(stored):
    return BlockKey(*structures(stored)[0]["root"]) if stored.form == SPLIT else BlockKey("course", stored.key.split("/")[2])


def parent(stored, key):
    """The block under which a block hangs."""
    for candidate in sorted(block_keys(stored)):
        if any(child(stored, key) in place.get(name, []) for place, name in children(stored, candidate)):
            return candidate
    raise LookupError(f"Nothing holds {key}.")


def file(stored, victim):
    """The document of the victim's longest transcript."""
    return next(document for document in stored["fs.files"] if names(document["_id"], victim.asset))


def chunks(stored, victim):
    """Its chunks, in order."""
    identifier = file(stored, victim)["_id"]
    return sorted((chunk for chunk in stored["fs.chunks"] if chunk["files_id"] == identifier), key=lambda chunk: chunk["n"])


def names(identifier, asset):
    return identifier["name"] == asset if isinstance(identifier, dict) else identifier.endswith(f"+type@asset+block@{asset}")
