# SPDX-License-Identifier: Apache-2.0
"""Ways to break what a video says of itself."""
from datetime import datetime

from bson import Binary, Code, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp

from breaking import NOTHING, VIDEO, Break, Breaks, blocks, fields
from courses import OLD, SPLIT

BREAKS = Breaks()
HUGE = "x" * (4 << 20)
EVERY_TYPE = {
    "double": 0.5, "text": "t", "document": {"a": {"b": []}}, "array": [1, [2]], "binary": Binary(b"\0", 128),
    "id": ObjectId(b"\1" * 12), "boolean": True, "date": datetime(2014, 1, 1), "null": None, "regex": Regex("^a", "i"),
    "code": Code("f()"), "int32": 1, "timestamp": Timestamp(1, 1), "int64": Int64(1), "decimal": Decimal128("1.5"),
    "smallest": MinKey(), "greatest": MaxKey(),
}  # fmt: skip


def field(name, value, lost, called, **options):
    """A way that gives one field of the victim another value."""

    def change(stored, victim):
        for said in fields(stored, victim.key):
            said[name] = value(said.get(name)) if callable(value) else value

    BREAKS.append(Break(called, lost, (SPLIT, OLD), change, **options))


def container(value, called):
    """A way that puts something else where the victim's fields stand."""

    def change(stored, victim):
        for block in blocks(stored, victim.key):
            block["fields" if stored.form == SPLIT else "metadata"] = value

    BREAKS.append(Break(called, VIDEO, (SPLIT, OLD), change))


container(None, "fields that are null")
container("sub", "fields that are a text")
container(["sub"], "fields that are a list")

field("transcripts", None, NOTHING, "transcripts null where there were none", needs_files=False)
field("transcripts", "", NOTHING, "transcripts an empty text where there were none", needs_files=False)
field("transcripts", None, VIDEO, "transcripts null where there were some")
field("transcripts", lambda files: list(files.items()), VIDEO, "transcripts a list")
field("transcripts", str, VIDEO, "transcripts a text")
field("transcripts", lambda files: dict.fromkeys(files, 7), VIDEO, "transcripts with numbers for files")
field("transcripts", lambda files: files | {"xx": 7, "xy": None, "xz": {"a": 1}}, NOTHING, "transcripts with numbers beside the files")
field("transcripts", lambda files: files | {"": ""}, NOTHING, "transcripts with a language without name and file")

field("edx_video_id", None, NOTHING, "edx video id null")
field("edx_video_id", 7, VIDEO, "edx video id a number")
field("edx_video_id", ["a"], VIDEO, "edx video id a list")
field("edx_video_id", HUGE, VIDEO, "edx video id of four million characters")
field("edx_video_id", " \t", NOTHING, "edx video id of blanks")

field("sub", 7, VIDEO, "sub a number")
field("sub", {"en": "a"}, VIDEO, "sub a document")
field("youtube_id_1_0", None, NOTHING, "youtube id null")
field("youtube_id_1_0", 1.5, VIDEO, "youtube id a number")
field("html5_sources", None, NOTHING, "html5 sources null")
field("html5_sources", "", NOTHING, "html5 sources an empty text")
field("html5_sources", {"0": "https://cdn.example/a.mp4"}, NOTHING, "html5 sources a document")
field("html5_sources", [7, None, ""], NOTHING, "html5 sources that are no texts")

field("display_name", None, NOTHING, "display name null")
field("display_name", 7, NOTHING, "display name a number")
field("display_name", HUGE, NOTHING, "display name of four million characters")
field("display_name", "line\nline\t\x1b[2J\u202e\0", NOTHING, "display name that moves a terminal's cursor")
field("xml_attributes", EVERY_TYPE, NOTHING, "unknown field of every type that there is")


@BREAKS.add(VIDEO)
def no_fields(stored, victim):
    for block in blocks(stored, victim.key):
        del block["fields" if stored.form == SPLIT else "metadata"]


@BREAKS.add(NOTHING, OLD)
def video_that_was_never_published(stored, victim):
    for block in blocks(stored, victim.key):
        block["_id"]["revision"] = "draft"
