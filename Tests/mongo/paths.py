# SPDX-License-Identifier: Apache-2.0
"""Where a dotted path leads in a document, through arrays: for a filter, and for an index or an order."""
from errors import not_done
from values import MISSING, UNDEFINED, is_document


def each_and_whole(array):
    """A filter on an array asks every element, and then the array as one value."""
    yield from array
    yield array


def whole(array):
    yield array


def elements(node, parts, leaf=each_and_whole, at=0):
    """Every value that a filter on the path asks; MISSING for a document that has no such field.

    Within an array, a part of a path is a field of its documents, or the number of an element.
    """
    while at < len(parts):
        if isinstance(node, list):
            yield from _through(node, parts, leaf, at)
            return
        node = node.get(parts[at], MISSING) if is_document(node) else MISSING
        if node is MISSING:
            yield MISSING
            return
        at += 1
    if isinstance(node, list):
        yield from leaf(node)
    else:
        yield node


def _through(array, parts, leaf, at):
    for index, element in enumerate(array):
        if is_document(element):
            yield from elements(element, parts, leaf, at)
        if parts[at] == str(index):
            if at + 1 == len(parts):
                yield element
            elif isinstance(element, list) or is_document(element):
                yield from elements(element, parts, leaf, at + 1)


def keys(node, parts, at=0):
    """Every value under which an index holds the document: those by which it is sorted."""
    if isinstance(node, list):
        if at < len(parts) and parts[at].isdigit():
            raise not_done("an order or an index by the number of an array's element")
        if not node:
            yield UNDEFINED if at == len(parts) else MISSING
        for element in node:
            if at == len(parts):
                yield element
            elif is_document(element):
                yield from keys(element, parts, at)
            else:
                yield MISSING
    elif at == len(parts):
        yield node
    elif is_document(node) and (value := node.get(parts[at], MISSING)) is not MISSING:
        yield from keys(value, parts, at + 1)
    else:
        yield MISSING
