# SPDX-License-Identifier: Apache-2.0
"""Projections: the part of a document that a query asks for, in the shape that MongoDB gives it.

A path leads through every array on it, however deep. What an inclusion keeps stands in the document's own order; the
elements of an array that are no documents have none of the fields asked for, and are left out.
"""
from errors import MongoError, not_done
from expressions import compile_expression, field_path
from matching import element_fits
from values import MISSING, is_document, is_number, is_true


def compile_projection(given, in_aggregation=False):
    """A function that gives the asked part of a document."""
    projection = Projection(in_aggregation)
    projection.read(given, projection.tree, [])
    return projection.finish()


class Projection:
    """While it is read: a tree of names, whose leaves are True for what is named."""

    def __init__(self, in_aggregation):
        self.in_aggregation = in_aggregation
        self.tree, self.computed = {}, {}
        self.is_inclusion = None  # until a field says which
        self.id = None  # True or False where the projection says it of _id alone

    def read(self, given, tree, above):
        for name, value in given.items():
            if name.endswith(".$") or ".$." in name or name == "$":
                if self.in_aggregation:
                    raise MongoError(31324, "Cannot use positional projection in aggregation projection")
                raise not_done("positional projections")
            path = field_path(name)
            if is_document(value):
                self._read_document(path, value, tree, above)
            elif isinstance(value, bool) or is_number(value):
                self._add(path, tree, True)
                self._decide(is_true(value), above + path)
            else:
                self._compute(path, compile_expression(value), tree, above)

    def _read_document(self, path, value, tree, above):
        if not value:
            raise MongoError(51270, "An empty sub-projection is not a valid value. Found empty object at path")
        name = next(iter(value))
        if len(value) > 1 or not name.startswith("$"):
            self.read(value, self._add(path, tree, {}), above + path)
        elif name == "$elemMatch":
            self._compute(path, self._first_element(path, value[name], above), tree, above)
        else:
            self._compute(path, compile_expression(value), tree, above)

    def _first_element(self, path, operand, above):
        if self.in_aggregation:
            raise MongoError(168, "Cannot use $elemMatch in this context")
        if not is_document(operand):
            raise MongoError(31274, f"elemMatch: Invalid argument, object required, but got {type(operand).__name__}")
        if len(above + path) > 1:
            raise MongoError(31275, "Cannot use $elemMatch projection on a nested field.")
        fits = element_fits(operand)

        def first(document):
            array = document.get(path[0])
            found = next((element for element in array if fits(element)), MISSING) if isinstance(array, list) else MISSING
            return MISSING if found is MISSING else [found]

        return first

    def _compute(self, path, expression, tree, above):
        if len(above + path) > 1:
            raise not_done("computed fields within others")
        self._add(path, tree, None)
        self.computed[path[0]] = expression
        self._decide(True, above + path)

    def _add(self, path, tree, leaf):
        for at, part in enumerate(path[:-1]):
            tree = tree.setdefault(part, {})
            if not isinstance(tree, dict):
                raise MongoError(
                    31249, f"Path collision at {'.'.join(path)} remaining portion {'.'.join(path[at + 1:])}")
        if path[-1] in tree:
            raise MongoError(31250, f"Path collision at {'.'.join(path)}")
        tree[path[-1]] = leaf
        return leaf

    def _decide(self, includes, path):
        if path == ["_id"]:
            self.id = includes
            return
        if self.is_inclusion is None:
            self.is_inclusion = includes
        elif self.is_inclusion != includes:
            code, verb, kind = (31253, "inclusion", "exclusion") if includes else (31254, "exclusion", "inclusion")
            raise MongoError(code, f"Cannot do {verb} on field {'.'.join(path)} in {kind} projection")

    def finish(self):
        inclusion = self.is_inclusion if self.is_inclusion is not None else self.id is True
        if inclusion and self.id is not False:
            self.tree.setdefault("_id", True)
        elif inclusion or self.id:
            self.tree.pop("_id", None)
        if not inclusion:
            return lambda document: _without(self.tree, document)
        if not self.computed:
            return lambda document: _only(self.tree, document)
        return self._with_computed

    def _with_computed(self, document):
        found = _only(self.tree, document)
        for name, expression in self.computed.items():
            if (value := expression(document)) is not MISSING:
                found[name] = value
        return found


def _only(tree, document):
    found = {}
    for name, value in document.items():
        wanted = tree.get(name)
        if wanted is True:
            found[name] = value
        elif wanted is not None:
            if is_document(value):
                found[name] = _only(wanted, value)
            elif isinstance(value, list):
                found[name] = _only_of_array(wanted, value)
    return found


def _only_of_array(tree, array):
    return [
        _only(tree, element) if is_document(element) else _only_of_array(tree, element)
        for element in array if is_document(element) or isinstance(element, list)
    ]


def _without(tree, document):
    return {
        name: value if tree.get(name) is None else _part_without(tree[name], value)
        for name, value in document.items() if tree.get(name) is not True
    }


def _part_without(tree, value):
    if is_document(value):
        return _without(tree, value)
    if isinstance(value, list):
        return [_part_without(tree, element) for element in value]
    return value
