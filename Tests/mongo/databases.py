# SPDX-License-Identifier: Apache-2.0
"""All that the server keeps: its databases, their collections, and the writes that a client may send once more."""
import threading

import bson

from documents import Collection
from errors import MongoError
from indexes import Index
from values import encode, document


class Databases:
    """Held under `lock` by whoever reads or changes anything in it."""

    def __init__(self, journal=None):
        self.lock = threading.RLock()
        self.names = {}  # of databases: their collections by name
        self._writes = {}  # the last numbered write of a session: its number and the reply
        self._record = lambda change: None
        if journal:
            for change in journal.changes():
                self.redo(change)
            self._record = journal.append

    def collection(self, database, name):
        """None where there is no such collection."""
        return self.names.get(database, {}).get(name)

    def make_collection(self, database, name):
        collections = self.names.setdefault(database, {})
        if name not in collections:
            self._record({"do": "create", "in": f"{database}.{name}"})
            # Bound late: while changes are done again, nothing is recorded.
            collections[name] = Collection(f"{database}.{name}", lambda change: self._record(change))
        return collections[name]

    def drop(self, database, name):
        collection = self.names[database].pop(name)
        self._record({"do": "drop", "in": collection.namespace})
        collection.is_dropped = True
        if not self.names[database]:
            del self.names[database]

    def earlier_reply(self, session, number):
        """What was answered to this write, if it was done before; an error if the session has gone on since."""
        last, reply = self._writes.get(session, (-1, None))
        if number < last:
            raise MongoError(225, f"Cannot start transaction {number} on a session that has gone on to {last}")
        return reply if number == last else None

    def remember(self, session, number, reply):
        raw = encode(reply)
        self._record({"do": "remember", "session": session, "number": bson.Int64(number), "reply": document(raw)})
        self._writes[session] = number, document(raw)

    def redo(self, change):
        """A change that was made before, here or by another member."""
        if change["do"] == "remember":
            self._writes[bytes(change["session"])] = change["number"], change["reply"]
            return
        database, name = change["in"].split(".", 1)
        if change["do"] == "drop":
            self.drop(database, name)
            return
        collection = self.make_collection(database, name)
        if change["do"] == "insert":
            collection.insert(change["document"])
        elif change["do"] == "replace":
            collection.replace(collection.number_of(change["document"]["_id"]), encode(change["document"]))
        elif change["do"] == "remove":
            collection.remove(collection.number_of(change["_id"]))
        elif change["do"] == "index":
            given = change["index"]
            collection.create_index(
                Index(given["name"], given["key"], given.get("unique", False), given.get("sparse", False)))
