# SPDX-License-Identifier: Apache-2.0
"""The documents of a collection, as raw BSON in the order of their insertion, and its indexes."""
import itertools
import uuid
from types import MappingProxyType

from bson.binary import Binary
from bson.objectid import ObjectId
from bson.regex import Regex

from errors import MongoError
from indexes import TOP, Index
from values import MAX_DOCUMENT, document, encode, is_document, order_key


class Collection:
    """Every change is given to `record` before it is made, and is refused before that or not at all."""

    def __init__(self, namespace, record):
        self.namespace = namespace
        self.documents = {}  # by number
        self.is_dropped = False
        self.uuid = Binary(uuid.uuid4().bytes, 4)
        self.indexes = {"_id_": Index("_id_", {"_id": 1}, unique=True)}
        if namespace.endswith(".chunks"):
            # Data may be loaded without the index that drivers make; a scan for every file would take minutes.
            self.indexes["files"] = Index("files", {"files_id": 1, "n": 1}, is_declared=False)
        self._record = record
        self._numbers = itertools.count()

    def insert(self, given):
        """The document that is kept: it has an `_id`, in the first place."""
        raw = _with_id_first(given)
        if len(raw) > MAX_DOCUMENT:
            raise MongoError(2, f"object to insert too large. size in bytes: {len(raw)}, max size: {MAX_DOCUMENT}")
        new = document(raw)
        check_id(new["_id"])
        found = self._check(new)
        self._record({"do": "insert", "in": self.namespace, "document": new})
        number = next(self._numbers)
        self.documents[number] = raw
        for index, keys in found:
            index.add(number, keys)

    def replace(self, number, raw):
        """Whether that changed anything."""
        old, new = document(self.documents[number]), document(raw)
        if raw == self.documents[number]:
            return False
        found = self._check(new, number)
        self._record({"do": "replace", "in": self.namespace, "document": new})
        for index, keys in found:
            index.remove(number, old)
            index.add(number, keys)
        self.documents[number] = raw
        return True

    def remove(self, number):
        old = document(self.documents[number])
        self._record({"do": "remove", "in": self.namespace, "_id": old["_id"]})
        for index in self.indexes.values():
            index.remove(number, old)
        del self.documents[number]

    def create_index(self, index):
        for number, raw in self.documents.items():
            index.add(number, index.check(document(raw), self.namespace, number))
        self._record({"do": "index", "in": self.namespace, "index": index.specification()})
        for name, other in list(self.indexes.items()):
            if not other.is_declared and other.fields == index.fields:
                del self.indexes[name]
        self.indexes[index.name] = index

    def number_of(self, id):
        key = (order_key(id),)
        return next(iter(self.indexes["_id_"].between(key, key + (TOP,))), None)

    def declared_indexes(self):
        return [index for index in self.indexes.values() if index.is_declared]

    def _check(self, new, own=None):
        return [(index, index.check(new, self.namespace, own)) for index in self.indexes.values()]


class _Nothing:
    """The collection that there is not: a query finds nothing in it, and is refused where it is wrong."""

    documents, indexes, is_dropped = MappingProxyType({}), MappingProxyType({}), False


NOTHING = _Nothing()


def _with_id_first(given):
    if next(iter(given), None) == "_id":
        return encode(given)
    rest = {name: value for name, value in given.items() if name != "_id"}
    return encode({"_id": given["_id"] if "_id" in given else ObjectId(), **rest})


def check_id(id):
    if isinstance(id, (list, Regex)):
        raise MongoError(53, f"The '_id' value cannot be of type {'array' if isinstance(id, list) else 'regex'}")
    if is_document(id) and any(name.startswith("$") for name in id):
        raise MongoError(52, "_id fields may not contain '$'-prefixed fields")
