# SPDX-License-Identifier: Apache-2.0
"""Ways to break a course's heads and the structures that they point to."""
import copy

from bson import ObjectId

from breaking import COURSE, NOTHING, Breaks, index, structures
from courses import OLD, SPLIT

BREAKS = Breaks()
NOWHERE = ObjectId(b"\xff" * 12)

# Heads


@BREAKS.add(COURSE, SPLIT)
def published_head_that_points_nowhere(stored, victim):
    index(stored)["versions"]["published-branch"] = NOWHERE


@BREAKS.add(COURSE, SPLIT)
def draft_head_that_points_nowhere(stored, victim):
    index(stored)["versions"]["draft-branch"] = NOWHERE


@BREAKS.add(COURSE, SPLIT)
def head_that_is_a_text(stored, victim):
    index(stored)["versions"]["published-branch"] = str(index(stored)["versions"]["published-branch"])


@BREAKS.add(COURSE, SPLIT)
def head_that_is_null(stored, victim):
    index(stored)["versions"]["published-branch"] = None


@BREAKS.add(COURSE, SPLIT)
def no_heads(stored, victim):
    del index(stored)["versions"]


@BREAKS.add(COURSE, SPLIT)
def heads_that_are_a_list(stored, victim):
    index(stored)["versions"] = list(index(stored)["versions"].values())


@BREAKS.add(NOTHING, SPLIT)
def course_that_was_never_published(stored, victim):
    gone = index(stored)["versions"].pop("published-branch")
    structures(stored)[:] = [structure for structure in structures(stored) if structure["_id"] != gone]


@BREAKS.add(NOTHING, SPLIT)
def index_with_its_bare_necessities(stored, victim):
    for name in ("edited_by", "edited_on", "schema_version", "search_targets"):
        del index(stored)[name]


@BREAKS.add(COURSE, OLD)
def no_course_document(stored, victim):
    stored["modulestore"][:] = [document for document in stored["modulestore"] if document["_id"]["category"] != "course"]


# Structures


@BREAKS.add(COURSE, SPLIT)
def no_root(stored, victim):
    for structure in structures(stored):
        del structure["root"]


@BREAKS.add(COURSE, SPLIT)
def root_that_is_a_text(stored, victim):
    for structure in structures(stored):
        structure["root"] = "/".join(structure["root"])


@BREAKS.add(COURSE, SPLIT)
def root_that_is_no_block(stored, victim):
    for structure in structures(stored):
        structure["root"] = ["course", "gone"]


@BREAKS.add(COURSE, SPLIT)
def no_blocks(stored, victim):
    for structure in structures(stored):
        del structure["blocks"]


@BREAKS.add(COURSE, SPLIT)
def blocks_that_are_no_array(stored, victim):
    for structure in structures(stored):
        structure["blocks"] = {block["block_id"]: block for block in structure["blocks"]}


@BREAKS.add(NOTHING, SPLIT)
def number_among_the_blocks(stored, victim):
    for structure in structures(stored):
        structure["blocks"].insert(0, 7)


@BREAKS.add(NOTHING, SPLIT)
def block_that_is_there_twice(stored, victim):
    for structure in structures(stored):
        structure["blocks"] += [copy.deepcopy(b) for b in structure["blocks"] if b["block_id"] == victim.key.name]


@BREAKS.add(NOTHING, SPLIT)
def no_definitions(stored, victim):
    stored["modulestore.definitions"].clear()
