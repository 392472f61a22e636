# SPDX-License-Identifier: Apache-2.0
"""Filters: what of a document a query asks, and which operators there are. All others are refused."""
from bson.max_key import MaxKey
from bson.min_key import MinKey
from bson.regex import Regex

from errors import MongoError
from patterns import pattern_test
from paths import each_and_whole, elements, whole
from values import MISSING, NULL, NUMBER, is_document, is_true, order_key


def compile_filter(filter):
    """A function that says whether a document matches."""
    tests = []
    for name, operand in filter.items():
        if name in ("$and", "$or", "$nor"):
            tests.append(_combined(name, operand))
        elif name == "$comment":
            continue
        elif name.startswith("$"):
            raise MongoError(2, f"unknown top level operator: {name}")
        else:
            tests += (_at_path(condition, name.split(".")) for condition in conditions(operand))
    if len(tests) == 1:
        return tests[0]
    return lambda document: all(test(document) for test in tests)


def _combined(name, operand):
    if not isinstance(operand, list):
        raise MongoError(2, f"{name} must be an array")
    if not operand:
        raise MongoError(2, f"{name} must be a nonempty array")
    if not all(is_document(part) for part in operand):
        raise MongoError(2, f"{name} entries need to be full objects")
    parts = [compile_filter(part) for part in operand]
    if name == "$and":
        return lambda document: all(part(document) for part in parts)
    if name == "$or":
        return lambda document: any(part(document) for part in parts)
    return lambda document: not any(part(document) for part in parts)


def _at_path(condition, parts):
    return lambda document: condition.holds_at(document, parts)


class Condition:
    """One operator on a path: true when the test holds for any value that the path leads to, or for none if negated."""

    def __init__(self, test, leaf=each_and_whole, negated=False):
        self.test, self.leaf, self.negated = test, leaf, negated

    def holds_at(self, document, parts):
        return any(map(self.test, elements(document, parts, self.leaf))) != self.negated

    def holds_for(self, value):
        """For one element of an array, which is asked as it is."""
        return self.test(value) != self.negated


class NoneOf:
    """$not: true when what it holds is not all true of the path."""

    def __init__(self, inner):
        self.inner = inner

    def holds_at(self, document, parts):
        return not all(condition.holds_at(document, parts) for condition in self.inner)

    def holds_for(self, value):
        return not all(condition.holds_for(value) for condition in self.inner)


def is_expression(operand):
    """Whether it is a document of operators, and not a value to be equal to."""
    return is_document(operand) and next(iter(operand), "").startswith("$")


def conditions(operand):
    """What stands beside a path: operators, a pattern, or a value."""
    if isinstance(operand, Regex):
        return [Condition(pattern_test(operand.pattern, operand))]
    if not is_expression(operand):
        return [Condition(_equals(operand))]
    if "$options" in operand and "$regex" not in operand:
        raise MongoError(2, "$options needs a $regex")
    return [_condition(name, value, operand) for name, value in operand.items() if name != "$options"]


def _condition(name, operand, expression):
    if name == "$eq":
        return Condition(_equals(operand))
    if name == "$ne":
        if isinstance(operand, Regex):
            raise MongoError(2, "Can't have regex as arg to $ne.")
        return Condition(_equals(operand), negated=True)
    if name in ("$in", "$nin"):
        return Condition(_is_one_of(operand, name), negated=name == "$nin")
    if name in _COMPARISONS:
        return Condition(_compares(name, operand))
    if name == "$exists":
        return Condition(lambda value: value is not MISSING, negated=not is_true(operand))
    if name == "$regex":
        return Condition(pattern_test(operand, operand, expression.get("$options")))
    if name == "$elemMatch":
        fits = element_fits(operand)
        return Condition(lambda value: isinstance(value, list) and any(map(fits, value)), whole)
    if name == "$not":
        return _negated(operand)
    raise MongoError(2, f"unknown operator: {name}")


def _negated(operand):
    if isinstance(operand, Regex):
        return NoneOf(conditions(operand))
    if not is_document(operand):
        raise MongoError(2, "$not needs a regex or a document")
    if not operand:
        raise MongoError(2, "$not cannot be empty")
    if not is_expression(operand):
        raise MongoError(2, f"unknown operator: {next(iter(operand))}")
    return NoneOf(conditions(operand))


def _equals(operand):
    if operand is None:
        return lambda value: value is None or value is MISSING
    if type(operand) is str:
        return lambda value: type(value) is str and value == operand
    wanted = order_key(operand)
    return lambda value: value is not MISSING and order_key(value) == wanted


def _is_one_of(operand, name):
    if not isinstance(operand, list):
        raise MongoError(2, f"{name} needs an array")
    if any(is_expression(value) for value in operand):
        raise MongoError(2, f"cannot nest $ under {name}")
    patterns = [pattern_test(value.pattern, value) for value in operand if isinstance(value, Regex)]
    wanted = {order_key(value) for value in operand if not isinstance(value, Regex)}
    # Null's key is also the missing field's, and is here only if null was asked for.
    return lambda value: order_key(value) in wanted or any(matches(value) for matches in patterns)


_COMPARISONS = {
    "$gt": lambda one, other: one > other, "$gte": lambda one, other: one >= other,
    "$lt": lambda one, other: one < other, "$lte": lambda one, other: one <= other,
}


def _compares(name, operand):
    """Only with values of the same kind, but for the least and the greatest key."""
    if isinstance(operand, Regex):
        raise MongoError(2, f"Can't have RegEx as arg to predicate over field with {name}.")
    compare, wanted = _COMPARISONS[name], order_key(operand)
    rank = wanted[0]
    if isinstance(operand, (MinKey, MaxKey)):
        return lambda value: compare(order_key(value), wanted)
    if wanted == (NUMBER, (0, 0)):  # not a number is equal to itself, and neither less nor greater than anything
        return lambda value: name in ("$gte", "$lte") and value is not MISSING and order_key(value) == wanted
    if rank == NULL:
        return lambda value: name in ("$gte", "$lte") and (value is None or value is MISSING)

    def test(value):
        key = order_key(value)
        return key[0] == rank and key != (NUMBER, (0, 0)) and compare(key, wanted)

    return test


def element_fits(operand):
    """$elemMatch: whether an element of an array is as asked, by operators or as a document of its own."""
    if not is_document(operand):
        raise MongoError(2, "$elemMatch needs an Object")
    if is_expression(operand) and next(iter(operand)) not in ("$and", "$or", "$nor"):
        asked = conditions(operand)
        return lambda element: all(condition.holds_for(element) for condition in asked)
    matches = compile_filter(operand)

    def fits(element):
        if isinstance(element, list):  # asked as a document whose fields are its numbers
            element = {str(index): value for index, value in enumerate(element)}
        return is_document(element) and matches(element)

    return fits
