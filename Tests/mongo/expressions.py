# SPDX-License-Identifier: Apache-2.0
"""Expressions of an aggregation: a field, a literal, and a document of such."""
from errors import MongoError
from values import MISSING, is_document


def compile_expression(given):
    """A function that gives the expression's value for a document, or MISSING."""
    if isinstance(given, str) and given.startswith("$"):
        if given.startswith("$$"):
            raise MongoError(17276, f"Use of undefined variable: {given[2:]}")
        parts = field_path(given[1:])
        return lambda document: _value_at(document, parts)
    if is_document(given):
        if next(iter(given), "").startswith("$"):
            return _operator(given)
        fields = {name: compile_expression(value) for name, value in given.items()}
        return lambda document: {
            name: value for name, value in ((n, e(document)) for n, e in fields.items()) if value is not MISSING
        }
    if isinstance(given, list):
        parts = [compile_expression(value) for value in given]
        return lambda document: [None if value is MISSING else value for value in (part(document) for part in parts)]
    return lambda document: given


def _operator(given):
    if len(given) != 1:
        raise MongoError(15983, "An object representing an expression must have exactly one field")
    name, operand = next(iter(given.items()))
    if name != "$literal":
        raise MongoError(168, f"Unrecognized expression '{name}'")
    return lambda document: operand


def field_path(path):
    """The parts of a dotted path, in a projection or an expression."""
    parts = path.split(".")
    if not path:
        raise MongoError(40352, "FieldPath cannot be constructed with empty string")
    if path.endswith("."):
        raise MongoError(40353, "FieldPath must not end with a '.'.")
    for part in parts:
        if not part:
            raise MongoError(15998, "FieldPath field names may not be empty strings.")
        if part.startswith("$"):
            raise MongoError(16410, "FieldPath field names may not start with '$'. Consider using $getField or $setField.")
    return parts


def _value_at(node, parts):
    """Through an array, the array of what its documents have there."""
    for at, part in enumerate(parts):
        if isinstance(node, list):
            found = (_value_at(element, parts[at:]) for element in node if is_document(element))
            return [value for value in found if value is not MISSING]
        node = node.get(part, MISSING) if is_document(node) else MISSING
        if node is MISSING:
            return MISSING
    return node
