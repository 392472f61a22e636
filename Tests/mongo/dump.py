# SPDX-License-Identifier: Apache-2.0
"""Writes stored courses as `mongodump` writes a database: DB/COLLECTION.bson beside DB/COLLECTION.metadata.json.

    dump.py /tmp/dump edxapp --split sample-data/courses
"""
import contextlib
from pathlib import Path

from bson import json_util

from courses import export_arguments, given_courses
from derived import digest
from platform_indexes import INDEXES


def write_dump(folder, database_name, courses):
    """Writes courses, of which one at a time is looked at, into `folder`/`database_name`, which must not exist yet."""
    place = Path(folder) / database_name
    place.mkdir(parents=True)
    with contextlib.ExitStack() as stack:
        files = {}
        for stored in courses:
            for collection in stored.collections:
                if collection not in files:
                    files[collection] = stack.enter_context((place / f"{collection}.bson").open("wb"))
                files[collection].write(stored.raw(collection))
    for collection in files:
        (place / f"{collection}.metadata.json").write_text(metadata(database_name, collection) + "\n", encoding="utf-8")


def metadata(database_name, collection):
    """What restores the collection's indexes, in the canonical form of extended JSON."""
    indexes = [{"v": 2, "key": {"_id": 1}, "name": "_id_"}, *({"v": 2, **index.document} for index in INDEXES[collection])]
    said = {
        "indexes": indexes,
        "uuid": digest(database_name, collection)[:16].hex(),
        "collectionName": collection,
        "type": "collection",
    }
    return json_util.dumps(said, json_options=json_util.CANONICAL_JSON_OPTIONS, separators=(",", ":"))


def argument_parser():
    parser = export_arguments("Write exports as a mongodump folder of a platform's database.")
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="where DB is made, which must not be there yet")
    parser.add_argument("database", metavar="DB")
    return parser


def main():
    given = argument_parser().parse_args()
    write_dump(given.folder, given.database, given_courses(given))


if __name__ == "__main__":
    main()
