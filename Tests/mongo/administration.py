# SPDX-License-Identifier: Apache-2.0
"""The commands on databases, collections and indexes."""
from cursors import Cursor
from errors import MongoError, not_done
from indexes import Index
from matching import compile_filter
from request import refuse_others
from values import document, encode, is_document, is_number


def list_databases(server, request):
    matches = compile_filter(request.take("filter", "object", {}))
    found = []
    for name, collections in sorted(server.databases.names.items()):
        size = sum(len(raw) for collection in collections.values() for raw in collection.documents.values())
        entry = {"name": name, "sizeOnDisk": size, "empty": False}
        if matches(entry):
            found.append({"name": name} if request.take("nameOnly", "bool") else entry)
    if request.take("nameOnly", "bool"):
        return {"databases": found, "ok": 1.0}
    size = sum(entry["sizeOnDisk"] for entry in found)
    return {"databases": found, "totalSize": size, "totalSizeMb": size >> 20, "ok": 1.0}


def list_collections(server, request):
    matches = compile_filter(request.take("filter", "object", {}))
    found = []
    for name, collection in server.databases.names.get(request.database, {}).items():
        entry = {"name": name, "type": "collection", "options": {}, "info": {"readOnly": False, "uuid": collection.uuid},
                 "idIndex": collection.indexes["_id_"].specification()}
        if matches(document(encode(entry))):
            found.append({"name": name, "type": "collection"} if request.take("nameOnly", "bool") else entry)
    return _listed(server, request, f"{request.database}.$cmd.listCollections", found)


def list_indexes(server, request):
    collection = _existing(server, request)
    if collection is None:
        raise MongoError(26, f"ns does not exist: {request.namespace}")
    found = [index.specification() for index in collection.declared_indexes()]
    return _listed(server, request, request.namespace, found)


def _listed(server, request, namespace, found):
    asked = request.take("cursor", "object", {})
    cursor = Cursor(request, [encode(entry) for entry in found], looks_ahead=True, namespace=namespace)
    return server.cursors.first_batch(cursor, asked.get("batchSize"))


def create_indexes(server, request):
    wanted = [_wanted(given) for given in request.require("indexes", "array")]
    namespace, is_new = request.namespace, _existing(server, request) is None
    collection = server.databases.make_collection(request.database, namespace.split(".", 1)[1])
    before = len(collection.declared_indexes())
    for index in wanted:
        if not _is_there(collection, index):
            collection.create_index(index)
    after = len(collection.declared_indexes())
    note = {"note": "all indexes already exist"} if after == before else {}
    return {"numIndexesBefore": before, "numIndexesAfter": after, "createdCollectionAutomatically": is_new, **note, "ok": 1.0}


def _wanted(given):
    known = {"key", "name", "unique", "sparse", "background", "v", "ns"}
    refuse_others(given, known, {"partialFilterExpression", "expireAfterSeconds", "collation", "hidden", "weights",
                                 "default_language", "language_override", "wildcardProjection", "storageEngine"}, "createIndexes")
    key = given.get("key")
    if not is_document(key) or not key:
        raise MongoError(67, "Index keys cannot be an empty object.")
    for path, direction in key.items():
        if not is_number(direction):
            raise not_done(f"indexes of the kind {direction}")
        if not path or path.startswith("$") or "$" in path or direction == 0:
            raise MongoError(67, f"Index key {path}: {direction} is not valid")
    if "name" not in given:
        raise MongoError(9, "The 'name' field is a required property of an index specification")
    return Index(given["name"], key, bool(given.get("unique")), bool(given.get("sparse")))


def _is_there(collection, index):
    """Whether there is the same already; an error if its name is another's, or it is there by another name."""
    for other in collection.declared_indexes():
        is_same = other.is_like(index) or list(index.fields) == ["_id"]
        if other.name == "_id_" and is_same:
            return True
        if other.name == index.name:
            if is_same:
                return True
            raise MongoError(86, f"An existing index has the same name as the requested index: {index.name}")
        if is_same:
            raise MongoError(85, f"Index already exists with a different name: {other.name}")
    return False


def drop(server, request):
    collection = _existing(server, request)
    if collection is None:  # since 7.0 that is no error
        return {"ok": 1.0}
    count = len(collection.declared_indexes())
    server.databases.drop(request.database, request.collection)
    return {"nIndexesWas": count, "ns": request.namespace, "ok": 1.0}


def drop_database(server, request):
    names = list(server.databases.names.get(request.database, {}))
    for name in names:
        server.databases.drop(request.database, name)
    return {**({"dropped": request.database} if names else {}), "ok": 1.0}


def _existing(server, request):
    return server.databases.collection(request.database, request.namespace.split(".", 1)[1])
