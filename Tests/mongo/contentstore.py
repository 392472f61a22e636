# SPDX-License-Identifier: Apache-2.0
"""What the contentstore (GridFS) keeps of a course's assets. Open edX: sections 3.2 and 3.3 of its facts."""
import hashlib
from dataclasses import dataclass
from datetime import timedelta

from bson import Binary, Int64

from derived import moment, number, object_id

CHUNK_SIZE = 261_120
FIRST_CHUNK_SIZE = 262_144
"""What drivers took in 2012 and 2013."""


@dataclass(frozen=True)
class Era:
    """How the drivers and the platform of some years wrote a file's document."""

    first_year: int
    years: int
    has_md5: bool
    has_custom_md5: bool = False
    is_wide: bool = False
    """Whether the length is an Int64."""
    is_first: bool = False
    """Whether it is older than `content_son`, `import_path` and `locked`."""


OLD_ERAS = (Era(2012, 2, True, is_first=True), Era(2014, 2, True), Era(2014, 2, True))
SPLIT_ERAS = (Era(2015, 3, True), Era(2018, 2, True, True), Era(2022, 2, False, True, True), Era(2020, 2, False, False, True))


def parts(category, name, org, course, run=None):
    """Where an asset belongs. The order of the keys is part of the id of an old course's asset."""
    said = dict(category=category, name=name, course=course, tag="c4x", org=org, revision=None)
    return said if run is None else dict(said, run=run)


def split_id(category, name, org, course, run):
    return f"asset-v1:{org}+{course}+{run}+type@{category}+block@{name}"


def split_files(outline):
    """(document, chunks) of each asset of a `course-v1:` course."""
    place = (outline.org, outline.course, outline.run)
    for asset in outline.assets:
        identifier = split_id(asset.category, asset.name, *place)
        yield stored_file(identifier, identifier, parts(asset.category, asset.name, *place), asset, SPLIT_ERAS)


def old_files(outline):
    """(document, chunks) of each asset of an `Org/Course/Run` course. All runs of a course share their assets."""
    for asset in outline.assets:
        identifier = parts(asset.category, asset.name, outline.org, outline.course)
        filename = f"/c4x/{outline.org}/{outline.course}/{asset.category}/{asset.name}"
        yield stored_file(identifier, filename, dict(identifier), asset, OLD_ERAS)


def stored_file(identifier, filename, content_son, asset, eras):
    era = eras[number(len(eras), filename, "era")]
    uploaded = moment(era.first_year, era.years, filename)
    chunk_size = FIRST_CHUNK_SIZE if era.is_first else CHUNK_SIZE
    md5 = hashlib.md5(asset.data).hexdigest()
    document = dict(_id=identifier, filename=filename, contentType=asset.content_type, displayname=asset.displayname)
    if not era.is_first:
        document["content_son"] = content_son
    document["thumbnail_location"] = None
    if not era.is_first:
        document["import_path"] = asset.import_path
        document["locked"] = asset.locked
    if era.has_custom_md5:
        document["custom_md5"] = md5
    document["chunkSize"] = chunk_size
    document["length"] = Int64(len(asset.data)) if era.is_wide else len(asset.data)
    document["uploadDate"] = uploaded
    if era.has_md5:
        document["md5"] = md5
    return document, list(chunks(identifier, filename, asset.data, chunk_size, uploaded))


def chunks(identifier, filename, data, size, uploaded):
    """The content in pieces of `size` bytes, but for the last; no piece at all when there is no content."""
    for n, start in enumerate(range(0, len(data), size)):
        written = uploaded - timedelta(milliseconds=1)
        yield dict(_id=object_id(written, filename, str(n)), files_id=identifier, n=n, data=Binary(data[start : start + size]))
