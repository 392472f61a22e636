# SPDX-License-Identifier: Apache-2.0
"""What a write-back may change in a split course, held against the bytes before and after. Open edX: section 4.2 of its facts."""
import uuid

import bson

from mongo_site import RAW

BRANCHES = ("draft-branch", "published-branch")
NEW_IN_STRUCTURE = {"_id", "previous_version", "edited_by", "edited_on"}
NEW_IN_EDIT_INFO = {"edited_by", "edited_on", "update_version", "previous_version", "source_version"}
NEW_IN_INDEX = {"versions", "last_update", "edited_on", "edited_by"}
VIDEO_TYPES = ("video", "videoalpha")


class Heads:
    """A course as it lies in a database: its index, and the structures of its heads."""

    def __init__(self, database, key):
        self.key = key
        organization, course, run = key.removeprefix("course-v1:").split("+")
        where = {"org": organization, "course": course, "run": run}
        self.index = database["modulestore.active_versions"].with_options(RAW).find_one(where)
        structures = database["modulestore.structures"].with_options(RAW)
        self.structures = {branch: structures.find_one({"_id": head}) for branch, head in self.index["versions"].items()}

    def blocks(self, branch):
        """(type, id) → block."""
        return {(block["block_type"], block["block_id"]): block for block in self.structures[branch]["blocks"]}

    def ids(self, branch):
        """Id of a video → its edx_video_id."""
        return {name: block.get("fields", {}).get("edx_video_id") for (type_, name), block in self.blocks(branch).items()
                if type_ in VIDEO_TYPES}

    def equal(self):
        """The blocks that are the same version in both heads: those that have no changes that are not published."""
        draft, published = (self.blocks(branch) for branch in BRANCHES)
        return {key for key in draft.keys() & published.keys()
                if version(draft[key]) == version(published[key]) is not None}


def version(block):
    info = block.get("edit_info", {})
    return info.get("source_version") or info.get("update_version")


def elements(document):
    """Name → bytes of each element, in order."""
    return {name: bson.encode({name: value}) for name, value in (document or {}).items()}


def without(document, names):
    return [raw for name, raw in elements(document).items() if name not in names]


def derived_id(key, block_key):
    usage_key = f"block-v1:{key.removeprefix('course-v1:')}+type@{block_key[0]}+block@{block_key[1]}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, usage_key))


def assert_written_back(test, before, after, given):
    """Between two looks at a course, the videos `given` ((type, id) → edx_video_id) got their ids where they had none, in one new
    structure for each head that lacked any, and nothing else has become another."""
    test.assertEqual(without(before.index, NEW_IN_INDEX), without(after.index, NEW_IN_INDEX))
    test.assertGreater(int(after.index["last_update"]), int(before.index["last_update"]))
    test.assertEqual(list(before.index["versions"]), list(after.index["versions"]))
    for branch in before.structures:
        old, new = before.structures[branch], after.structures[branch]
        blocks = before.blocks(branch)
        lacking = {key for key in given if key in blocks and not (blocks[key].get("fields", {}).get("edx_video_id") or "").strip()}
        if not lacking:
            test.assertEqual(bytes(old.raw), bytes(new.raw))
            continue
        assert_next_structure(test, old, new)
        for old_block, new_block in zip(old["blocks"], new["blocks"], strict=True):
            key = (old_block["block_type"], old_block["block_id"])
            if key not in lacking:
                test.assertEqual(bytes(old_block.raw), bytes(new_block.raw), key)
                continue
            assert_block(test, old_block, new_block, new, given[key])
            source = new_block["edit_info"]["source_version"]
            if branch == "published-branch" and key in before.equal():
                test.assertEqual(after.structures["draft-branch"]["_id"], source, key)
            else:
                test.assertIsNone(source, key)
    if len(before.structures) == 2:
        test.assertEqual(before.equal(), after.equal(), "what had changes that are not published, or had none")


def assert_next_structure(test, old, new):
    test.assertNotEqual(old["_id"], new["_id"])
    test.assertEqual(old["_id"], new["previous_version"])
    test.assertEqual(without(old, NEW_IN_STRUCTURE | {"blocks"}), without(new, NEW_IN_STRUCTURE | {"blocks"}))
    test.assertEqual(set(old) | NEW_IN_STRUCTURE, set(new))
    test.assertEqual(len(old["blocks"]), len(new["blocks"]))
    test.assertGreater(int(new["edited_on"]), int(old["edited_on"]))


def assert_block(test, old, new, structure, identifier):
    test.assertEqual(without(old, {"fields", "edit_info"}), without(new, {"fields", "edit_info"}))
    test.assertEqual(set(old) | {"fields", "edit_info"}, set(new))
    test.assertEqual(without(old.get("fields"), {"edx_video_id"}), without(new["fields"], {"edx_video_id"}))
    test.assertEqual(identifier, new["fields"]["edx_video_id"])
    test.assertEqual(set(old.get("fields", {})) | {"edx_video_id"}, set(new["fields"]))
    old_info, info = old.get("edit_info", {}), new["edit_info"]
    test.assertEqual(without(old_info, NEW_IN_EDIT_INFO), without(info, NEW_IN_EDIT_INFO))
    test.assertEqual(set(old_info) | NEW_IN_EDIT_INFO, set(info))
    test.assertEqual(structure["_id"], info["update_version"])
    test.assertEqual(old_info.get("update_version"), info["previous_version"])
    test.assertEqual((structure["edited_on"], structure["edited_by"]), (info["edited_on"], info["edited_by"]))
