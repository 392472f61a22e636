# SPDX-License-Identifier: Apache-2.0
"""Puts stored courses into a MongoDB database.

    loader.py mongodb://127.0.0.1:27017 edxapp --split sample-data/courses
"""
import bson
from bson.raw_bson import RawBSONDocument
from pymongo import IndexModel, MongoClient

from courses import export_arguments, given_courses
from platform_indexes import INDEXES

BATCH_DOCUMENTS = 500
BATCH_BYTES = 8 << 20
"""A batch may be longer by one document; well under what a message may hold."""


def load(database, stored, is_unique=True):
    """Adds the documents of one course to a pymongo Database, and the platform's indexes where they are not there.

    With `is_unique=False` no index is unique: only such a database can hold some of the broken courses.
    """
    for collection, documents in stored.collections.items():
        make_indexes(database[collection], is_unique)
        for batch in batches(documents):
            database[collection].insert_many(batch)


def make_indexes(collection, is_unique=True):
    indexes = INDEXES[collection.name]
    if not is_unique:
        indexes = [plain(index) for index in indexes]
    if indexes:
        collection.create_indexes(indexes)


def plain(index):
    """The same index without its promise."""
    options = {name: value for name, value in index.document.items() if name not in ("key", "unique")}
    return IndexModel(list(index.document["key"].items()), **options)


def batches(documents):
    """Lists of documents as they are sent, none too long for one message."""
    batch, size = [], 0
    for document in documents:
        raw = RawBSONDocument(bson.encode(document))
        if batch and (len(batch) == BATCH_DOCUMENTS or size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(raw)
        size += len(raw.raw)
    if batch:
        yield batch


def main():
    parser = export_arguments("Put exports into a MongoDB database as a platform stores them.")
    parser.add_argument("uri", metavar="mongodb://...")
    parser.add_argument("database", metavar="DB")
    given = parser.parse_args()
    with MongoClient(given.uri) as client:
        for stored in given_courses(given):
            load(client[given.database], stored)
            print(stored.key)


if __name__ == "__main__":
    main()
