# SPDX-License-Identifier: Apache-2.0
"""Ways to break blocks, and what hangs where."""
import copy

from breaking import COURSE, NOTHING, VIDEO, Breaks, block_keys, blocks, child, children, parent, root, structures
from courses import OLD, SPLIT
from outline import BlockKey

BREAKS = Breaks()

# One block


@BREAKS.add(VIDEO, SPLIT)
def block_without_id(stored, victim):
    for block in blocks(stored, victim.key):
        del block["block_id"]


@BREAKS.add(VIDEO, SPLIT)
def block_with_a_number_for_its_id(stored, victim):
    for block in blocks(stored, victim.key):
        block["block_id"] = 7


@BREAKS.add(VIDEO, SPLIT)
def block_without_type(stored, victim):
    for block in blocks(stored, victim.key):
        del block["block_type"]


@BREAKS.add(NOTHING)
def block_without_edit_info(stored, victim):
    for block in blocks(stored, victim.key):
        del block["edit_info"]


@BREAKS.add(NOTHING)
def block_with_a_text_for_its_edit_info(stored, victim):
    for block in blocks(stored, victim.key):
        block["edit_info"] = "by somebody, once"


@BREAKS.add(NOTHING, SPLIT)
def block_of_an_older_release(stored, victim):
    for block in blocks(stored, victim.key):
        del block["asides"], block["defaults"], block["definition"]
        del block["edit_info"]["original_usage"], block["edit_info"]["original_usage_version"]


@BREAKS.add(NOTHING, OLD)
def block_with_another_order_in_its_id(stored, victim):
    for block in blocks(stored, victim.key):
        block["_id"] = dict(reversed(block["_id"].items()))


@BREAKS.add(NOTHING, OLD)
def block_of_an_unknown_revision(stored, victim):
    for block in copy.deepcopy(blocks(stored, victim.key)):
        block["_id"]["revision"] = "forgotten"
        block["metadata"] = {"sub": "forgotten"}
        stored["modulestore"].append(block)


@BREAKS.add(COURSE, OLD)
def course_without_definition(stored, victim):
    for block in blocks(stored, root(stored)):
        del block["definition"]


# What hangs where


@BREAKS.add(COURSE)
def children_that_are_a_text(stored, victim):
    for place, name in children(stored, root(stored)):
        place[name] = str(place[name])


@BREAKS.add(COURSE)
def children_that_are_null(stored, victim):
    for place, name in children(stored, root(stored)):
        place[name] = None


@BREAKS.add(COURSE)
def children_of_a_unit_that_are_a_document(stored, victim):
    for place, name in children(stored, parent(stored, victim.key)):
        place[name] = {str(number): child for number, child in enumerate(place[name])}


@BREAKS.add(VIDEO)
def child_that_is_a_number(stored, victim):
    for place, name in children(stored, parent(stored, victim.key)):
        place[name] = [7 if named == child(stored, victim.key) else named for named in place[name]]


@BREAKS.add(VIDEO)
def child_that_is_half_a_name(stored, victim):
    half = ["video"] if stored.form == SPLIT else "i4x://video"
    for place, name in children(stored, parent(stored, victim.key)):
        place[name] = [half if named == child(stored, victim.key) else named for named in place[name]]


@BREAKS.add(NOTHING)
def child_that_is_no_block(stored, victim):
    for place, name in children(stored, parent(stored, victim.key)):
        place[name].insert(0, child(stored, BlockKey("video", "gone")))


@BREAKS.add(NOTHING)
def cyclic_children(stored, victim):
    for key in (root(stored), parent(stored, victim.key)):
        for place, name in children(stored, parent(stored, victim.key)):
            place[name].append(child(stored, key))


@BREAKS.add(NOTHING)
def child_that_hangs_in_two_places(stored, victim):
    for place, name in children(stored, root(stored)):
        place[name].append(child(stored, victim.key))


@BREAKS.add(COURSE)
def thousand_levels(stored, victim):
    unit = parent(stored, victim.key)
    chain = [BlockKey("wrapper", f"level{level}") for level in range(1000)] + [victim.key]
    assert not block_keys(stored) & set(chain[:-1])
    for holder, held in zip(chain, chain[1:]):
        for heads, template in containers(stored, unit):
            heads.append(renamed(stored, template, holder, child(stored, held)))
    for place, name in children(stored, unit):
        place[name].append(child(stored, chain[0]))


def containers(stored, unit):
    """For each head, the list of its blocks and a copy of the unit."""
    if stored.form == OLD:
        return [(stored["modulestore"], copy.deepcopy(blocks(stored, unit)[0]))]
    return [
        (head["blocks"], copy.deepcopy(block))
        for head in structures(stored) for block in head["blocks"]
        if (block["block_type"], block["block_id"]) == unit
    ]  # fmt: skip


def renamed(stored, block, key, only_child):
    if stored.form == SPLIT:
        block["block_type"], block["block_id"] = key
        block["fields"]["children"] = [only_child]
    else:
        block["_id"]["category"], block["_id"]["name"] = key
        block["definition"]["children"] = [only_child]
    return block
