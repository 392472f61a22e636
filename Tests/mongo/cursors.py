# SPDX-License-Identifier: Apache-2.0
"""Results that are given in batches, as a real server gives them: read when they are asked for, 16 MB at once."""
import random

from bson.int64 import Int64

from errors import MongoError
from values import MAX_DOCUMENT, document


class Cursor:
    """Over BSON bytes. With `looks_ahead` its end is known as soon as its last document is given."""

    def __init__(self, request, results, limit=None, looks_ahead=False, namespace=None):
        self.namespace = namespace or request.namespace
        self.session = request.session
        self._results = iter(results)
        self._left = limit
        self._looks_ahead = looks_ahead
        self._held = None
        self._has_ended = False

    @property
    def is_over(self):
        return self._has_ended or self._left == 0

    def batch(self, count=None):
        documents, size = [], 0
        while count is None or len(documents) < count:
            raw = self._next()
            if raw is None:
                break
            if documents and size + len(raw) > MAX_DOCUMENT:
                self._held = raw
                break
            documents.append(document(raw))
            size += len(raw)
            if self._left is not None:
                self._left -= 1
        if self._looks_ahead and count != 0 and self._held is None:
            self._held = self._next()
        return documents

    def _next(self):
        if self._held is not None:
            raw, self._held = self._held, None
            return raw
        raw = None if self.is_over else next(self._results, None)
        self._has_ended = self._has_ended or raw is None
        return raw


class Cursors:
    """Those that are not at their end. Their numbers are never another's, not even after the server's end."""

    def __init__(self):
        self._open = {}
        self._random = random.SystemRandom()

    def first_batch(self, cursor, count, is_single=False):
        documents = cursor.batch(count)
        number = 0
        if not cursor.is_over and not is_single:
            number = self._random.randrange(1 << 32, 1 << 63)
            self._open[number] = cursor
        return self._reply("firstBatch", documents, number, cursor)

    def next_batch(self, number, request, count):
        cursor = self._open.get(number)
        if cursor is None:
            raise MongoError(43, f"cursor id {number} not found")
        if cursor.namespace != request.namespace:
            raise MongoError(13, f"Requested getMore on namespace '{request.namespace}', but cursor belongs to a different"
                                 f" namespace {cursor.namespace}")
        if cursor.session != request.session:
            code = 50736 if cursor.session is None else 50737 if request.session is None else 50738
            raise MongoError(code, f"Cannot run getMore on cursor {number}, which was not created in this session")
        try:
            documents = cursor.batch(count)
        except MongoError:
            del self._open[number]
            raise
        if cursor.is_over:
            del self._open[number]
        return self._reply("nextBatch", documents, 0 if cursor.is_over else number, cursor)

    def kill(self, number):
        """Whether there was such a cursor."""
        return self._open.pop(number, None) is not None

    def _reply(self, batch, documents, number, cursor):
        return {"cursor": {batch: documents, "id": Int64(number), "ns": cursor.namespace}, "ok": 1.0}
