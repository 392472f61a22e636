# SPDX-License-Identifier: Apache-2.0
"""The indexes that a platform's database has. Open edX: sections 3.3, 4.1 and 4.3 of its facts."""
from pymongo import ASCENDING, IndexModel


def index(*fields, **options):
    return IndexModel([(field, ASCENDING) for field in fields], **options)


def parts_indexes(place):
    """The three that the contentstore makes over one of the two places where a file's document says whose it is."""
    owner = (f"{place}.org", f"{place}.course")
    return [
        index(*owner, f"{place}.name", sparse=True),
        index(*owner, "uploadDate", sparse=True),
        index(*owner, "displayname", sparse=True),
    ]


INDEXES = {
    "modulestore": [index("_id.org", "_id.course", "_id.category", "_id.name"), index("_id.category")],
    "modulestore.active_versions": [index("org", "course", "run", unique=True)],
    "modulestore.structures": [],
    "modulestore.definitions": [],
    "fs.files": [index("filename", "uploadDate"), *parts_indexes("content_son"), *parts_indexes("_id")],
    "fs.chunks": [index("files_id", "n", unique=True)],
}
