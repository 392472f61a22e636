# SPDX-License-Identifier: Apache-2.0
"""Updates: a whole document in another's place, and $set. Every other modifier is refused."""
from errors import MongoError, not_done
from values import MAX_DOCUMENT, encode, is_document, order_key

MAX_PADDING = 1_500_000


def compile_update(given, multi):
    """A function from a document to the BSON bytes that take its place."""
    if isinstance(given, list):
        raise not_done("updates by a pipeline")
    if not is_document(given):
        raise MongoError(9, "Update argument must be either an object or an array")
    if next(iter(given), "").startswith("$"):
        change = _modifiers(given)
    elif multi:
        raise MongoError(9, "multi update is not supported for replacement-style update")
    else:
        change = _replacement(given)

    def apply(document):
        raw = change(document)
        if len(raw) > MAX_DOCUMENT:
            raise MongoError(17419, f"Resulting document after update is larger than {MAX_DOCUMENT}")
        return raw

    return apply


def _replacement(given):
    for name in given:
        if name.startswith("$"):
            raise MongoError(52, f"The dollar ($) prefixed field '{name}' in '{name}' is not allowed in the context of an"
                                 " update's replacement document. Consider using an aggregation pipeline with $replaceWith.")

    def change(document):
        own = document["_id"]
        if "_id" in given and order_key(given["_id"]) != order_key(own):
            raise MongoError(66, "After applying the update, the (immutable) field '_id' was found to have been altered")
        return encode({"_id": own, **{name: value for name, value in given.items() if name != "_id"}})

    return change


def _modifiers(given):
    for name, fields in given.items():
        if name != "$set":
            raise MongoError(9, f"Unknown modifier: {name}. Expected a valid update modifier or pipeline-style update "
                                "specified as an array")
        if not is_document(fields):
            raise MongoError(9, f"Modifiers operate on fields but we found type {type(fields).__name__} instead.")
    sets = sorted(((_parts(path), value) for path, value in given["$set"].items()), key=lambda pair: _order(pair[0]))
    for (one, _), (other, _) in zip(sets, sets[1:]):
        if other[:len(one)] == one:
            raise MongoError(40, f"Updating the path '{'.'.join(other)}' would create a conflict at '{'.'.join(one)}'")

    def change(document):
        changed = document
        for parts, value in sets:
            changed = _with(changed, parts, value)
        if order_key(changed["_id"]) != order_key(document["_id"]):
            raise MongoError(66, "Performing an update on the path '_id' would modify the immutable field '_id'")
        return encode(changed)

    return change


def _parts(path):
    parts = path.split(".")
    for part in parts:
        if not part:
            raise MongoError(56, f"The update path '{path}' contains an empty field name, which is not allowed.")
        if part.startswith("$"):
            raise not_done(f"updates of the path {path}")
    return parts


def _order(parts):
    """New fields come in the order of their names, those that are numbers by their number."""
    return [(0, int(part), part) if part.isdigit() else (1, 0, part) for part in parts]


def _with(node, parts, value):
    name, rest = parts[0], parts[1:]
    if is_document(node):
        fields = dict(node.items())
        fields[name] = _with(fields.get(name, {}), rest, value) if rest else value
        return fields
    if isinstance(node, list):
        if not name.isdigit():
            raise MongoError(28, f"Cannot create field '{name}' in an array")
        index = int(name)
        if index > len(node) + MAX_PADDING:
            raise MongoError(34, f"can't backfill more than {MAX_PADDING} elements")
        array = node + [None] * (index + 1 - len(node))
        inner = node[index] if index < len(node) else {}
        array[index] = _with(inner, rest, value) if rest else value
        return array
    raise MongoError(28, f"Cannot create field '{name}' in an element that is neither a document nor an array")
