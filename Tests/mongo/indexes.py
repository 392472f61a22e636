# SPDX-License-Identifier: Apache-2.0
"""An index: where documents are by the values of some of their fields."""
import itertools
from bisect import bisect_left, insort

from errors import MongoError
from paths import keys
from values import MISSING, order_key

# After every key.
TOP = (1000,)


class Index:
    """In the order of its fields' values. A document with an array is there under every element."""

    def __init__(self, name, fields, unique=False, sparse=False, is_declared=True):
        self.name, self.fields = name, dict(fields)
        self.unique, self.sparse = unique, sparse
        self.is_declared = is_declared  # or one that makes the server quick, and that no client is told of
        self.is_multikey = False
        self.entries = []  # (keys of the fields, number of the document)
        self._parts = [path.split(".") for path in self.fields]

    def specification(self):
        options = {name: True for name in ("unique", "sparse") if getattr(self, name) and self.name != "_id_"}
        return {"v": 2, "key": self.fields, "name": self.name, **options}

    def is_like(self, other):
        """Whether the two differ by nothing but their names."""
        return (list(self.fields.items()), self.unique, self.sparse) == (list(other.fields.items()), other.unique, other.sparse)

    def keys_of(self, document):
        found = [list(keys(document, parts)) for parts in self._parts]
        if sum(len(values) > 1 for values in found) > 1:
            raise MongoError(171, "cannot index parallel arrays")
        if self.sparse and all(values == [MISSING] for values in found):
            return set()
        return set(itertools.product(*([order_key(value) for value in values] for values in found)))

    def check(self, document, namespace, own=None):
        """The document's keys; an error if the index is unique and another document than `own` has one of them."""
        found = self.keys_of(document)
        for key in found if self.unique else ():
            at = bisect_left(self.entries, (key,))
            if at < len(self.entries) and self.entries[at][0] == key and self.entries[at][1] != own:
                raise self._duplicate(document, namespace)
        return found

    def _duplicate(self, document, namespace):
        value = {path: next(keys(document, parts)) for path, parts in zip(self.fields, self._parts)}
        value = {path: None if part is MISSING else part for path, part in value.items()}
        shown = ", ".join(f"{path}: {part!r}" for path, part in value.items())
        return MongoError(
            11000, f"E11000 duplicate key error collection: {namespace} index: {self.name} dup key: {{ {shown} }}",
            keyPattern=self.fields, keyValue=value)

    def add(self, number, found):
        """By keys that were checked."""
        self.is_multikey = self.is_multikey or len(found) > 1
        for key in found:
            insort(self.entries, (key, number))

    def remove(self, number, document):
        for key in self.keys_of(document):
            del self.entries[bisect_left(self.entries, (key, number))]

    def between(self, low, high):
        """Numbers of the documents whose keys are not before `low` and before `high`, in order."""
        start, end = bisect_left(self.entries, (low,)), bisect_left(self.entries, (high,))
        return [number for _, number in self.entries[start:end]]
