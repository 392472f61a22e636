# SPDX-License-Identifier: Apache-2.0
"""Reads stored courses back, as strictly as a migration should: what the tests hold the documents against.

It follows the same facts as the program does, and shares no code with it nor with what made the documents.
"""
from dataclasses import dataclass

from bson import ObjectId

VIDEO_TYPES = ("video", "videoalpha")
DEPTH = 64
"""Blocks inside each other, from the root: deeper ones are refused, as in an export."""


class Unreadable(Exception):
    """A course of which nothing may be believed."""


@dataclass(frozen=True)
class Video:
    """What the heads say of a reachable video; `draft` only where it is kept apart from what is published.

    A head whose fields are no fields at all is False.
    """

    published: object
    draft: object


@dataclass(frozen=True)
class Head:
    """The blocks of one head by (type, name), and those of them that the root reaches."""

    blocks: dict
    reached: frozenset


def videos(stored):
    """Every reachable video, by its usage key. Raises Unreadable."""
    published, draft, are_equal = heads(stored)
    found = {}
    for key in sorted(published.reached | draft.reached):
        if key[0] in VIDEO_TYPES:
            seen = published.blocks[key]["fields"] if key in published.reached else None
            edited = draft.blocks[key]["fields"] if key in draft.reached else None
            if seen is not None and edited is not None and are_equal(published.blocks[key], draft.blocks[key]):
                edited = None
            found[usage_key(stored.key, key)] = Video(seen, edited)
    return found


def unreachable(stored):
    """How many videos are stored that no head reaches."""
    published, draft, _ = heads(stored)
    stored_keys = published.blocks.keys() | draft.blocks.keys()
    return sum(key[0] in VIDEO_TYPES for key in stored_keys - published.reached - draft.reached)


def usage_key(course_key, block_key):
    if course_key.startswith("course-v1:"):
        return f"block-v1:{course_key.removeprefix('course-v1:')}+type@{block_key[0]}+block@{block_key[1]}"
    return f"i4x://{course_key.rsplit('/', 1)[0]}/{block_key[0]}/{block_key[1]}"


def heads(stored):
    """(published, draft, whether a block of the one is the same version as that of the other)."""
    if stored.form == "split":
        return *split_heads(stored), lambda published, draft: version(published) == version(draft)
    published, draft = old_heads(stored)
    return published, draft, lambda published, draft: draft["revision"] is None


def version(block):
    said = block["edit_info"] if isinstance(block["edit_info"], dict) else {}
    return said.get("source_version") or said.get("update_version")


def split_heads(stored):
    (index,) = stored["modulestore.active_versions"]
    structures = {structure["_id"]: structure for structure in stored["modulestore.structures"]}
    versions = index.get("versions")
    if not isinstance(versions, dict) or not versions:
        raise Unreadable("The course has no heads.")
    for branch in ("published-branch", "draft-branch"):
        if branch not in versions:
            yield Head({}, frozenset())
        elif not isinstance(versions[branch], ObjectId) or versions[branch] not in structures:
            raise Unreadable(f"The head {branch} points nowhere.")
        else:
            yield split_head(structures[versions[branch]])


def split_head(structure):
    stored_blocks, root = structure.get("blocks"), structure.get("root")
    if not isinstance(stored_blocks, list) or not isinstance(root, list):
        raise Unreadable("The structure has no blocks or no root.")
    blocks = {}
    for block in stored_blocks:
        if isinstance(block, dict) and is_pair(key := [block.get("block_type"), block.get("block_id")]):
            fields = block.get("fields")
            blocks[tuple(key)] = {
                "fields": fields if isinstance(fields, dict) else False, "edit_info": block.get("edit_info"),
                "children": fields.get("children", []) if isinstance(fields, dict) else None,
            }  # fmt: skip
    return Head(blocks, reached(blocks, tuple(root), lambda child: tuple(child) if is_pair(child) else None))


def is_pair(key):
    return isinstance(key, list) and len(key) == 2 and all(isinstance(part, str) for part in key)


def old_heads(stored):
    org, course, run = stored.key.split("/")
    revisions = {None: {}, "draft": {}}
    for document in stored["modulestore"]:
        said = document["_id"]
        if (said["org"], said["course"]) == (org, course) and said["revision"] in revisions:
            definition, fields = document.get("definition"), document.get("metadata")
            revisions[said["revision"]][said["category"], said["name"]] = {
                "fields": fields if isinstance(fields, dict) else False, "revision": said["revision"],
                "children": definition.get("children", []) if isinstance(definition, dict) else None,
            }  # fmt: skip
    root = ("course", run)
    place = f"i4x://{org}/{course}/"

    def named(child):
        is_here = isinstance(child, str) and child.startswith(place) and child.count("/") == 5
        return tuple(child.removeprefix(place).split("/")) if is_here else None

    for blocks in (revisions[None], revisions[None] | revisions["draft"]):
        yield Head(blocks, reached(blocks, root, named))


def reached(blocks, root, named):
    """What hangs under the root; a block that is named twice is gone through once."""
    if root not in blocks:
        raise Unreadable("The root is no block of the course.")
    found, steps = {root}, [(root, 1)]
    while steps:
        key, depth = steps.pop()
        if depth > DEPTH:
            raise Unreadable("Blocks stand too deep inside each other.")
        children = blocks[key]["children"]
        if key[0] in VIDEO_TYPES:
            continue
        if not isinstance(children, list):
            raise Unreadable(f"It cannot be told what hangs under {key}.")
        for child in filter(None, map(named, children)):
            if child in blocks and child not in found:
                found.add(child)
                steps.append((child, depth + 1))
    return frozenset(found)
