# SPDX-License-Identifier: Apache-2.0
"""Makes courses straight as documents, one after the other, so that a database of thousands fits no memory but its own.

    synthetic.py mongodb://127.0.0.1:27017 edxapp --courses 10000 --videos 100 --transcripts 1
"""
import argparse
import json
import uuid
from dataclasses import dataclass, fields, replace

from pymongo import MongoClient

from courses import library, old_course, split_course
from derived import digest, number
from loader import load
from outline import Asset, Block, BlockKey, Outline

LANGUAGES = ("en", "fr", "es", "de", "ar", "zh_HANS", "pt-br", "ru", "ja", "hi")
VIDEOS_PER_UNIT = 5
UNITS_PER_SECTION = 4
ORGANIZATION = "SynthX"


@dataclass(frozen=True)
class Fleet:
    """What courses to make; the same fleet is the same bytes."""

    courses: int = 3
    videos: int = 10
    transcripts: int = 3
    """Of each video: English by `sub` as SJSON, the others by `transcripts` as SRT."""
    orphans: int = 0
    """Videos of each course, beside the others, that hang nowhere."""
    videoalphas: int = 0
    """Of the videos of each course, how many are blocks of the old type."""
    drafts: int = 0
    """Of the videos of each course, how many have a draft with another name."""
    reruns: bool = False
    """Whether every second course is a later run of the one before it, with the same `edx_video_id`s."""
    longest: int = 0
    """At least how many bytes the first transcript of each course has: more than a chunk, if it should be read in parts."""
    thumbnails: bool = False
    """Whether each course has thumbnails under the very names of its first video's transcripts."""
    seed: int = 1


def split_fleet(fleet):
    """Each course of the split modulestore; in every third the root is called like the run."""
    for index in range(fleet.courses):
        outline = course(fleet, index, share_name=True)
        yield split_course(outline, root_name=outline.run if index % 3 == 2 else "course")


def old_fleet(fleet):
    """Each course of the old modulestore. There two runs of a course would share their blocks, so a rerun has its own number."""
    return (old_course(course(fleet, index, share_name=False)) for index in range(fleet.courses))


def libraries(count, videos):
    """Libraries, which are no courses: they hold videos and no transcripts."""
    for index in range(count):
        keys = [BlockKey("video", f"l{index:05}v{video:03}") for video in range(videos)]
        blocks = {key: Block({"display_name": key.name, "sub": key.name}, {"data": ""}) for key in keys}
        root = {BlockKey("library", "library"): Block({"display_name": f"Library {index}"}, {}, tuple(keys))}
        yield library(Outline(ORGANIZATION, f"L{index:05}", "library", {}, root | blocks, (), root_type="library"))


def templates():
    """What very old platforms kept beside the courses, in the shape of one: `edx/templates`, which is none."""
    blocks = {
        BlockKey("course", "Empty"): Block({"display_name": "Empty"}, {"textbooks": [], "wiki_slug": None}, ()),
        BlockKey("video", "default"): Block({"display_name": "default", "sub": "OEoXaMPEzfM"}, {"data": ""}),
    }
    return old_course(Outline("edx", "templates", "Empty", blocks, blocks, ()))


def course(fleet, index, share_name):
    first = index - index % 2 if fleet.reruns else index
    name = f"S{first if share_name else index:05}"
    run = "2018" if index == first else "2019"
    names = [f"s{first:05}v{video:04}" for video in range(fleet.videos + fleet.orphans)]
    kinds = ["videoalpha"] * fleet.videoalphas + ["video"] * (len(names) - fleet.videoalphas)
    keys = [BlockKey(*pair) for pair in zip(kinds, names)]
    videos = {key: Block(video_fields(fleet, key.name), {"data": ""}) for key in keys}
    published = {BlockKey("course", run): None} | structure(keys[: fleet.videos]) | videos
    chapters = tuple(key for key in published if key.type == "chapter")
    published[BlockKey("course", run)] = Block({"display_name": f"Synthetic course {index}"}, {"wiki_slug": name}, chapters)
    drafted = frozenset(keys[: fleet.drafts])
    edited = {key: Block(videos[key].settings | {"display_name": f"{key.name} (edited)"}, {"data": ""}) for key in drafted}
    # An orphan hangs nowhere and its transcripts lie there all the same.
    files = tuple(asset for key in keys for asset in transcripts(fleet, key.name, is_first=key == keys[0]))
    if fleet.thumbnails:
        files += tuple(replace(file, category="thumbnail", data=b"a picture") for file in files[: fleet.transcripts])
    return Outline(ORGANIZATION, name, run, published, published | edited, files, drafted)


def structure(videos):
    """One chapter; units of a few videos, sections of a few units."""
    units = grouped("vertical", videos, VIDEOS_PER_UNIT)
    sections = grouped("sequential", list(units), UNITS_PER_SECTION)
    chapters = grouped("chapter", list(sections), len(sections) or 1)
    return chapters | sections | units


def grouped(kind, members, size):
    groups = [tuple(members[start : start + size]) for start in range(0, len(members), size)]
    return {
        BlockKey(kind, f"{kind}{index:03}"): Block({"display_name": f"{kind} {index}"}, {}, group)
        for index, group in enumerate(groups)
    }  # fmt: skip


def video_fields(fleet, name):
    """One video in five has no id in edx-val yet."""
    has_id = number(5, str(fleet.seed), name) > 0
    identifier = str(uuid.UUID(bytes=digest(str(fleet.seed), "id", name)[:16], version=4)) if has_id else ""
    declared = {language: f"{name}-{language}.srt" for language in LANGUAGES[1 : fleet.transcripts]}
    fields = {"display_name": name, "edx_video_id": identifier, "youtube_id_1_0": ""}
    return fields | ({"sub": name} if fleet.transcripts else {}) | ({"transcripts": declared} if declared else {})


def transcripts(fleet, name, is_first):
    for language in LANGUAGES[: fleet.transcripts]:
        lines = [f"{name} {language} {fleet.seed} {cue}" for cue in range(3)]
        if language == "en":
            while is_first and sum(map(len, lines)) < fleet.longest:
                lines.append(digest(name, str(len(lines))).hex() * 8)
            starts = [cue * 2000 for cue in range(len(lines))]
            said = {"start": starts, "end": [start + 1500 for start in starts], "text": lines}
            yield asset(f"subs_{name}.srt.sjson", json.dumps(said), "application/json")
        else:
            cues = (f"{cue}\n00:00:{cue * 2:02},000 --> 00:00:{cue * 2 + 1:02},500\n{line}\n\n" for cue, line in enumerate(lines))
            yield asset(f"{name}-{language}.srt", "".join(cues), "application/x-subrip")


def asset(name, text, content_type):
    return Asset(name, text.encode(), name, None, content_type)


def main():
    parser = argparse.ArgumentParser(description="Fill a MongoDB database with synthetic courses of the split modulestore.")
    parser.add_argument("uri", metavar="mongodb://...")
    parser.add_argument("database", metavar="DB")
    for field in fields(Fleet):
        if field.type is bool:
            parser.add_argument(f"--{field.name}", action="store_true")
        else:
            parser.add_argument(f"--{field.name}", type=int, default=field.default)
    given = vars(parser.parse_args())
    with MongoClient(given.pop("uri")) as client:
        database = client[given.pop("database")]
        for stored in split_fleet(Fleet(**given)):
            load(database, stored)


if __name__ == "__main__":
    main()
