# SPDX-License-Identifier: Apache-2.0
"""Which documents of a collection a query finds, in which order, and by which index."""
import itertools

from bson.max_key import MaxKey
from bson.min_key import MinKey
from bson.regex import Regex

from errors import MongoError
from expressions import field_path
from indexes import TOP
from matching import compile_filter, is_expression
from paths import keys
from values import ARRAY, NULL, document, is_number, order_key


class Query:
    """A filter and an order on one collection."""

    def __init__(self, collection, filter, order=None):
        self.collection = collection
        self.matches = compile_filter(filter) if filter else None
        self.order = read_order(order) if order else []
        self.numbers, is_in_order = _scan(collection, _asked(filter), self.order)
        # As on a real server: a result that had to be sorted is known to its end, one that is looked for is not.
        self.is_sorted_here = bool(self.order) and not is_in_order

    def found(self):
        """Pairs of a document and its number, read when they are asked for: a document that has gone is left out."""
        if self.is_sorted_here:
            yield from sort_documents(list(self._matching()), self.order, of=lambda pair: pair[0])
        else:
            yield from self._matching()

    def _matching(self):
        for number in self.numbers:
            if self.collection.is_dropped:
                raise MongoError(175, "collection dropped between getMore calls")
            raw = self.collection.documents.get(number)
            if raw is not None:
                candidate = document(raw)
                if self.matches is None or self.matches(candidate):
                    yield candidate, number


def read_order(given):
    """Pairs of a path and whether it descends."""
    order = []
    for path, direction in given.items():
        if not is_number(direction) or direction not in (1, -1):
            raise MongoError(15975, "$sort key ordering must be 1 (for ascending) or -1 (for descending)")
        field_path(path)
        order.append((path, direction == -1))
    return order


def sort_documents(items, order, of=lambda item: item):
    """The last field of the order first, since what is equal stays as it is."""
    if len(order) > 1 and any(sum(_is_array(of(item), path) for path, _ in order) > 1 for item in items):
        raise MongoError(2, "cannot sort with keys that are parallel arrays")
    for path, descends in reversed(order):
        parts, choose = path.split("."), max if descends else min
        items.sort(key=lambda item: choose(map(order_key, keys(of(item), parts))), reverse=descends)
    return items


def _is_array(document, path):
    return len(list(keys(document, path.split(".")))) > 1


def _asked(filter):
    """What the filter asks of each path, as far as an index can tell: a list of keys, or a pair of bounds."""
    found = {}
    for name, operand in (filter or {}).items():
        if name == "$and":
            for part in operand:
                for path, asked in _asked(part).items():
                    found.setdefault(path, asked)
        elif not name.startswith("$") and (asked := _points(operand) or _range(operand)):
            found[name] = asked
    return found


def _points(operand):
    if is_expression(operand):
        values = operand.get("$in") or ([operand["$eq"]] if "$eq" in operand else [])
    else:
        values = [operand]
    found = sorted({order_key(value) for value in values})
    # Null is also a field that is missing, an array has the keys of its elements, a pattern is no value.
    usable = all(rank not in (NULL, ARRAY) for rank, _ in found) and not any(isinstance(value, Regex) for value in values)
    return found if usable else []


def _range(operand):
    low = high = rank = None
    for name, value in operand.items() if is_expression(operand) else ():
        if name not in ("$gt", "$gte", "$lt", "$lte") or isinstance(value, (MinKey, MaxKey, Regex, list)) or value is None:
            continue
        key = order_key(value)
        if rank not in (None, key[0]):
            return None
        rank = key[0]
        if name in ("$gt", "$gte"):
            low = (key, TOP) if name == "$gt" else (key,)
        else:
            high = (key, TOP) if name == "$lte" else (key,)
    return None if rank is None else (low or ((rank,),), high or ((rank + 0.5,),), low is not None)


def _scan(collection, asked, order):
    """The numbers of all documents that may match, and whether they come in the order."""
    best, best_score, in_order = None, (0, 0, 0), False
    for index in collection.indexes.values():
        plan = _plan(index, asked, order)
        if plan[0] > best_score:
            best_score, best, in_order = plan[0], (index, *plan[1]), plan[2]
    if best is None:
        return list(collection.documents), not order
    index, prefixes, span, backwards = best
    found = []
    for prefix in prefixes:
        low, high = span or ((), (TOP,))
        found += index.between(prefix + low, prefix + high)
    if index.is_multikey:
        found = list(dict.fromkeys(found))
    return (found[::-1] if backwards else found), in_order


def _plan(index, asked, order):
    """How good the index is for what is asked, where to look in it, and whether what it gives is in order."""
    paths, points = list(index.fields), []
    while len(points) < len(paths) and isinstance(asked.get(paths[len(points)]), list):
        points.append(asked[paths[len(points)]])
    rest = paths[len(points):]
    span = asked.get(rest[0]) if rest else None
    if span is not None:
        low, high, has_low = span
        if index.is_multikey:  # two elements of an array may each be on one side
            low, high = (low, (TOP,)) if has_low else ((), high)
        span = low, high
    single = all(len(keys_asked) == 1 for keys_asked in points)
    fixed = set(paths[:len(points)])
    wanted = [(path, descends) for path, descends in order if path not in fixed]
    in_order = (
        single and not index.is_multikey and (bool(points) or span is not None or not index.sparse)
        and [path for path, _ in wanted] == rest[:len(wanted)] and len({descends for _, descends in wanted}) <= 1)
    ordered = bool(order) and in_order
    prefixes = [tuple(prefix) for prefix in itertools.product(*points)]
    backwards = ordered and bool(wanted) and wanted[0][1]
    return (len(points), span is not None, ordered), (prefixes, span, backwards), in_order
