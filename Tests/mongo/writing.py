# SPDX-License-Identifier: Apache-2.0
"""The commands that change documents: insert, update and delete.

Each statement is done or refused by itself; in order, what follows a refused one is not tried.
"""
from documents import NOTHING
from errors import MongoError
from queries import Query
from request import refuse_others, require, take
from updates import compile_update
from values import is_document

MAX_STATEMENTS = 100_000


def insert(server, request):
    documents = _statements(request, "documents")
    collection = server.databases.make_collection(request.database, _name(request))

    def one(document):
        collection.insert(document)
        return {"n": 1}

    return _do(request, documents, one)


def update(server, request):
    collection = server.databases.collection(request.database, _name(request))

    def one(statement):
        refuse_others(statement, {"q", "u", "multi"}, {"upsert", "collation", "arrayFilters", "hint", "c"}, "update.updates")
        filter = require(statement, "q", "object", "update.updates")
        request.filters.append(filter)
        is_multi = bool(take(statement, "multi", "bool", False, "update.updates"))
        if "u" not in statement:
            raise MongoError(40414, "BSON field 'update.updates.u' is missing but a required field")
        change = compile_update(statement["u"], is_multi)
        found = _found(collection, filter, is_multi)
        changed = [collection.replace(number, change(document)) for document, number in found]
        return {"n": len(found), "nModified": sum(changed)}

    return {"nModified": 0, **_do(request, _statements(request, "updates"), one)}


def delete(server, request):
    collection = server.databases.collection(request.database, _name(request))

    def one(statement):
        refuse_others(statement, {"q", "limit"}, {"collation", "hint"}, "delete.deletes")
        filter = require(statement, "q", "object", "delete.deletes")
        request.filters.append(filter)
        limit = require(statement, "limit", "number", "delete.deletes")
        if limit not in (0, 1):
            raise MongoError(9, f"The limit field in delete objects must be 0 or 1. Got {limit}")
        found = _found(collection, filter, limit == 0)
        for _, number in found:
            collection.remove(number)
        return {"n": len(found)}

    return _do(request, _statements(request, "deletes"), one)


def _name(request):
    return request.namespace.split(".", 1)[1]


def _statements(request, field):
    statements = request.require(field, "array")
    if not 0 < len(statements) <= MAX_STATEMENTS:
        raise MongoError(
            16, f"Write batch sizes must be between 1 and {MAX_STATEMENTS}. Got {len(statements)} operations.")
    if not all(is_document(statement) for statement in statements):
        raise MongoError(14, f"BSON field '{request.name}.{field}' holds something that is not an object")
    return statements


def _found(collection, filter, is_multi):
    """All that match, before anything is changed."""
    found = Query(collection or NOTHING, filter).found()
    return list(found) if is_multi else [first for first in [next(found, None)] if first]


def _do(request, statements, one):
    is_ordered = request.take("ordered", "bool", True)
    reply, errors = {"n": 0}, []
    for index, statement in enumerate(statements):
        try:
            for name, count in one(statement).items():
                reply[name] = reply.get(name, 0) + count
        except MongoError as error:
            errors.append({"index": index, "code": error.code, **error.details, "errmsg": str(error)})
            if is_ordered:
                break
    return {**reply, **({"writeErrors": errors} if errors else {}), "ok": 1.0}
