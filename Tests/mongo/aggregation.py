# SPDX-License-Identifier: Apache-2.0
"""Pipelines: $match, $project, $group with $sum, $sort, $skip and $limit. Every other stage is refused."""
import itertools

from bson.decimal128 import Decimal128
from bson.int64 import Int64

from documents import NOTHING
from errors import MongoError, not_done
from expressions import compile_expression
from matching import compile_filter
from projection import compile_projection
from queries import Query, read_order, sort_documents
from values import MISSING, is_document, is_number, order_key

INT32 = range(-(1 << 31), 1 << 31)
INT64 = range(-(1 << 63), 1 << 63)


def run_pipeline(collection, pipeline):
    """The documents that come out; filters in front of it are looked up by index."""
    stages = [_stage(stage) for stage in pipeline]
    filters = list(itertools.takewhile(lambda stage: stage[0] == "$match", stages))
    query = Query(collection or NOTHING, {"$and": [operand for _, operand, _ in filters]} if filters else {})
    documents = (found for found, _ in query.found())
    for _, _, run in stages[len(filters):]:
        documents = run(documents)
    return documents


def _stage(stage):
    """Its name, its operand, and what it makes of a stream of documents."""
    if not is_document(stage) or len(stage) != 1:
        raise MongoError(40323, "A pipeline stage specification object must contain exactly one field.")
    name, operand = next(iter(stage.items()))
    if name not in _STAGES:
        raise MongoError(40324, f"Unrecognized pipeline stage name: '{name}'")
    return name, operand, _STAGES[name](operand)


def _match(operand):
    if not is_document(operand):
        raise MongoError(15959, "the match filter must be an expression in an object")
    matches = compile_filter(operand)
    return lambda documents: filter(matches, documents)


def _project(operand):
    if not is_document(operand):
        raise MongoError(15969, "$project specification must be an object")
    if not operand:
        raise MongoError(51272, "Invalid $project :: caused by :: projection specification must have at least one field")
    project = compile_projection(operand, in_aggregation=True)
    return lambda documents: map(project, documents)


def _sort(operand):
    if not is_document(operand):
        raise MongoError(15973, "the $sort key specification must be an object")
    if not operand:
        raise MongoError(15976, "$sort stage must have at least one sort key")
    order = read_order(operand)

    def run(documents):
        yield from sort_documents(list(documents), order)

    return run


def _limit(operand):
    if not is_number(operand) or operand != int(operand) or operand <= 0:
        raise MongoError(15958, "the limit must be positive")
    return lambda documents: itertools.islice(documents, int(operand))


def _skip(operand):
    if not is_number(operand) or operand != int(operand) or operand < 0:
        raise MongoError(5107200, f"invalid argument to $skip stage: Expected a non-negative number in: $skip: {operand}")
    return lambda documents: itertools.islice(documents, int(operand), None)


def _group(operand):
    if not is_document(operand):
        raise MongoError(15947, "a group's fields must be specified in an object")
    if "_id" not in operand:
        raise MongoError(15955, "a group specification must include an _id")
    key = compile_expression(operand["_id"])
    sums = {name: _accumulator(name, given) for name, given in operand.items() if name != "_id"}

    def run(documents):
        groups = {}
        for document in documents:
            value = key(document)
            _, totals = groups.setdefault(order_key(value), (value, {name: Total() for name in sums}))
            for name, expression in sums.items():
                totals[name].add(expression(document))
        for value, totals in groups.values():
            yield {"_id": None if value is MISSING else value, **{name: total.value() for name, total in totals.items()}}

    return run


def _accumulator(name, given):
    if "." in name:
        raise MongoError(40235, f"The field name '{name}' cannot contain '.'")
    if not is_document(given):
        raise MongoError(40234, f"The field '{name}' must be an accumulator object")
    if len(given) != 1:
        raise MongoError(40238, f"The field '{name}' must specify one accumulator")
    operator, operand = next(iter(given.items()))
    if operator != "$sum":
        raise MongoError(15952, f"unknown group operator '{operator}'")
    return compile_expression(operand)


class Total:
    """$sum: of what is a number, as wide as its widest."""

    def __init__(self):
        self.number, self.is_wide = 0, False

    def add(self, value):
        if isinstance(value, Decimal128):
            raise not_done("sums of decimals")
        if value is not MISSING and is_number(value):
            self.number += value
            self.is_wide = self.is_wide or isinstance(value, Int64)

    def value(self):
        if isinstance(self.number, float):
            return self.number
        if self.number not in INT64:
            return float(self.number)
        return Int64(self.number) if self.is_wide or self.number not in INT32 else int(self.number)


_STAGES = {"$match": _match, "$project": _project, "$group": _group, "$sort": _sort, "$limit": _limit, "$skip": _skip}
