# SPDX-License-Identifier: Apache-2.0
"""The commands that read documents: find, getMore, killCursors, aggregate and count."""
from bson.int64 import Int64

from aggregation import run_pipeline
from cursors import Cursor
from documents import NOTHING
from errors import MongoError
from projection import compile_projection
from queries import Query
from request import refuse_others, take
from values import MAX_DOCUMENT, encode, is_document

FIRST_BATCH = 101


def find(server, request):
    filter = request.take("filter", "object", {})
    request.filters.append(filter)
    limit, skip = request.count("limit") or None, request.count("skip") or 0
    batch = request.count("batchSize")
    is_single = bool(request.take("singleBatch", "bool", False))
    given = request.take("projection", "object")
    project = compile_projection(given) if given else None
    collection = server.databases.collection(request.database, request.collection)
    query = Query(collection or NOTHING, filter, request.take("sort", "object"))

    def results():
        for at, (document, _) in enumerate(query.found()):
            if at >= skip:
                yield encode(project(document)) if project else encode(document)

    cursor = Cursor(request, results(), limit, looks_ahead=query.is_sorted_here or collection is None)
    return server.cursors.first_batch(cursor, FIRST_BATCH if batch is None else batch, is_single)


def get_more(server, request):
    number = request.fields["getMore"]
    if not isinstance(number, Int64):
        raise MongoError(14, "BSON field 'getMore.getMore' is the wrong type, expected type 'long'")
    request.require("collection", "string")
    # None and 0 are both no limit but that of a message.
    return server.cursors.next_batch(number, request, request.count("batchSize") or None)


def kill_cursors(server, request):
    killed = {True: [], False: []}
    for number in request.require("cursors", "array"):
        killed[server.cursors.kill(number)].append(number)
    return {"cursorsKilled": killed[True], "cursorsNotFound": killed[False], "cursorsAlive": [], "cursorsUnknown": [], "ok": 1.0}


def aggregate(server, request):
    if request.collection is None:
        raise MongoError(73, "{aggregate: 1} is not valid for these stages; a collection is required.")
    pipeline = request.require("pipeline", "array")
    if pipeline and is_document(pipeline[0]) and is_document(pipeline[0].get("$match")):
        request.filters.append(pipeline[0]["$match"])
    asked = request.take("cursor", "object")
    if asked is None:
        raise MongoError(9, "The 'cursor' option is required, except for aggregate with the explain argument")
    refuse_others(asked, {"batchSize"}, set(), "aggregate.cursor")
    batch = int(take(asked, "batchSize", "number", FIRST_BATCH, "aggregate.cursor"))
    collection = server.databases.collection(request.database, request.collection)
    results = (_sized(encode(document)) for document in run_pipeline(collection, pipeline))
    return server.cursors.first_batch(Cursor(request, results), batch)


def _sized(raw):
    if len(raw) > MAX_DOCUMENT:
        raise MongoError(10334, f"BSONObj size: {len(raw)} is invalid. Size must be between 0 and {MAX_DOCUMENT}")
    return raw


def count(server, request):
    filter = request.take("query", "object", {})
    request.filters.append(filter)
    limit, skip = abs(int(request.take("limit", "number", 0))), request.count("skip") or 0
    collection = server.databases.collection(request.database, request.collection)
    if not filter and collection:
        found = len(collection.documents)
    else:
        found = sum(1 for _ in Query(collection or NOTHING, filter).found())
    found = max(0, found - skip)
    return {"n": min(found, limit) if limit else found, "ok": 1.0}
