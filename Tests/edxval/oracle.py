#!/usr/bin/env python3
"""An independent judge of a migration: works out from an OLX export what must have been stored, and looks.

    oracle.py SOURCE                                   prints what it expects, shaped like `mallow plan --json`
    oracle.py SOURCE CATALOG STORE [--seeded-catalog FILE] [--seeded-store FOLDER]
                                                       prints every violation and a summary; exits 1 on any

SOURCE is an export folder, a .tar.gz of one, or a folder of either. CATALOG and STORE are the SQLite file and
the object folder after the migration; the seeded ones are copies from before it.
Only the standard library is used, and nothing of Mallow, so the two cannot share a mistake.
"""
import argparse
import hashlib
import json
import math
import os
import re
import shutil
import sqlite3
import sys
import tarfile
import tempfile
import uuid
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

MAXIMUM_BYTES = 64 * 1024 * 1024
DEFAULT_YOUTUBE_ID = "3_yD_cEKoCk"  # what a video block plays when nobody set an id
ID_RULE = re.compile(r"[a-zA-Z0-9_-]{1,100}")
OBJECT_NAME = re.compile(r"[0-9a-f]{32}\.(srt|sjson)")
CONTAINERS = {
    "course", "chapter", "sequential", "vertical", "split_test", "library_content", "itembank", "randomize",
    "conditional", "wrapper", "videosequence", "problemset", "section",
}  # fmt: skip
VIDEOS = {"video", "videoalpha"}  # videoalpha is what old courses call the same block


# ---------------------------------------------------------------- content


@dataclass(frozen=True)
class Content:
    """The bytes of one asset as they would be stored, or why they cannot be."""

    size: int
    sha256: str
    format: str | None
    fault: str | None = None


def read_content(path):
    data = path.read_bytes()
    fault = format_ = None
    if len(data) > MAXIMUM_BYTES:
        fault = "over 64 MiB"
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not fault:
        try:
            format_ = recognise(data.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            fault = str(error)
    return Content(len(data), hashlib.sha256(data).hexdigest(), format_, fault)


def recognise(text):
    """`sjson` or `srt`, by what the text is and not by what the file is called; ValueError if neither."""
    if not text.strip():
        raise ValueError("nothing but blanks")
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if isinstance(value, dict):
        check_sjson(value)
        return "sjson"
    check_srt(text)
    return "srt"


def check_sjson(value):
    arrays = [value.get(name) for name in ("start", "end", "text")]
    if not all(isinstance(array, list) for array in arrays):
        raise ValueError("an sjson array is missing")
    if len({len(array) for array in arrays}) != 1:
        raise ValueError("sjson arrays of unequal length")
    for time in arrays[0] + arrays[1]:
        if isinstance(time, bool) or not isinstance(time, (int, float)) or not math.isfinite(time):
            raise ValueError(f"sjson time {time!r}")
    for text in arrays[2]:
        if text is not None and not isinstance(text, str):
            raise ValueError(f"sjson text {text!r}")


def check_srt(text):
    """Strict SRT as the platform reads it: blocks between blank lines, each a time line after at most one other line.

    Numbers and whole times may be missing (they count as 0) and cues may be empty, but a block without a time line
    is an error.
    """
    block = []
    for line in [*text.splitlines(), ""]:
        if line.strip():
            block.append(line.rstrip())
        elif block:
            check_cue(block)
            block = []


def check_cue(block):
    if len(block) < 2:
        raise ValueError(f"srt cue of one line: {block[0][:40]!r}")
    time_line = block[0] if "-->" in block[0] else block[1]
    sides = time_line.split("-->")
    if len(sides) != 2:
        raise ValueError(f"not an srt time line: {time_line[:40]!r}")
    start = sides[0].strip()
    end = sides[1].lstrip().split(" ", 1)[0].strip()
    for time in (start, end):
        if time and len(re.split("[:.,]", time)) != 4:
            raise ValueError(f"not an srt time: {time[:40]!r}")


# ---------------------------------------------------------------- the export


@dataclass
class Fields:
    """What one head of a video block says."""

    sub: str
    transcripts: dict[str, str]
    edx_video_id: str
    youtube: str | None  # None: never set
    html5: list[str]
    display_name: str


@dataclass(frozen=True)
class Transcript:
    language: str
    asset: str | None
    rule: str | None
    head: str
    state: str  # good, corrupt or dangling
    content: Content | None


@dataclass
class Video:
    course: str
    usage_key: str
    display_name: str
    edx_video_id: str
    derived: bool
    transcripts: list[Transcript]

    @property
    def usable_id(self):
        return ID_RULE.fullmatch(self.edx_video_id) is not None

    def languages(self, state):
        return {t.language: t for t in self.transcripts if t.state == state}


@dataclass
class Export:
    root: Path
    notes: list[str] = field(default_factory=list)

    def __post_init__(self):
        course = ElementTree.parse(self.root / "course.xml").getroot()
        self.parts = [course.get("org"), course.get("course"), course.get("url_name")]
        self.key = "course-v1:" + "+".join(self.parts)
        self.assets = self.list_assets()
        self.attached = self.list_draft_roots()
        self.contents = {}

    def list_assets(self):
        """Cleaned asset name → file. Of two files that clean to one name, the first in path order counts."""
        static = self.root / "static"
        paths = [path for path in static.rglob("*") if path.is_file()]
        assets = {}
        for path in sorted(paths, key=lambda path: os.fsencode(path.relative_to(static))):
            name = clean_name(path.relative_to(static).as_posix())
            if name in assets:
                self.notes.append(f"{self.key}: {path.relative_to(self.root)} cleans to a name already taken")
            assets.setdefault(name, path)
        return assets

    def list_draft_roots(self):
        """(parent category, parent name) → the draft blocks that say they hang there."""
        roots = {}
        for path in sorted((self.root / "drafts").rglob("*.xml")):
            if path.parent.name in CONTAINERS | VIDEOS:
                element = ElementTree.parse(path).getroot()
                parent = element.get("parent_url") or element.get("parent_sequential_url")
                if parent:
                    roots.setdefault(category_and_name(parent), []).append((element.tag, path.stem))
        return roots

    def content(self, asset):
        if asset not in self.contents:
            self.contents[asset] = read_content(self.assets[asset])
        return self.contents[asset]

    # The walk from the course root

    def video_elements(self, draft):
        """(tag, url_name) → element, for every video that this head reaches from the course root."""
        found, seen = {}, set()

        def visit(element):
            name = element.get("url_name") or element.get("slug")
            if is_pointer(element):
                if (element.tag, name) in seen:
                    return
                seen.add((element.tag, name))
                element = self.definition(element.tag, name, draft)
                if element is None:
                    self.notes.append(f"{self.key}: nothing defines {name}")
                    return
            if element.tag in VIDEOS:
                if name is None:
                    self.notes.append(f"{self.key}: an inline video without url_name is not checked")
                else:
                    found.setdefault((element.tag, name), element)
            elif element.tag in CONTAINERS:
                for child in element:
                    if child.tag in CONTAINERS | VIDEOS:
                        visit(child)
                for tag, child in self.attached.get((element.tag, name), []) if draft else []:
                    visit(ElementTree.Element(tag, url_name=child))

        visit(ElementTree.parse(self.root / "course.xml").getroot())
        return found

    def definition(self, tag, name, draft):
        file = f"{tag}/{name.replace(':', '/')}.xml"
        for path in [self.root / "drafts" / file] * draft + [self.root / file]:
            if path.is_file():
                return ElementTree.parse(path).getroot()
        return None

    def videos(self):
        published, drafts = self.video_elements(draft=False), self.video_elements(draft=True)
        for tag, name in sorted(published.keys() | drafts.keys()):
            usage_key = f"block-v1:{'+'.join(self.parts)}+type@{tag}+block@{name}"
            heads = {}
            if (tag, name) in published:
                heads["published"] = video_fields(published[tag, name])
            if (tag, name) in drafts:
                heads["draft"] = video_fields(drafts[tag, name])
            yield self.merge(usage_key, heads)

    # Merging the two heads

    def merge(self, usage_key, heads):
        first = next(iter(heads.values()))
        if len(heads) == 2 and heads["published"].edx_video_id != heads["draft"].edx_video_id:
            self.notes.append(f"{usage_key}: the heads carry different edx_video_ids; the first that is not empty wins")
        separate = len(heads) == 2 and heads["published"] != heads["draft"]
        resolved = {head: dict(self.resolve_all(fields)) for head, fields in heads.items()}
        transcripts = []
        for language in sorted(set().union(*resolved.values())):
            candidates = [(head, found[language]) for head, found in resolved.items() if language in found]
            head, (asset, rule, state, content) = choose(candidates)
            others = [c[1] for c in candidates if c[0] != head]
            alike = all(other[3] == content for other in others) and len(candidates) == len(heads)
            if list(heads) != ["draft"] and (alike or not separate):
                head = "both"
            transcripts.append(Transcript(language, asset, rule, head, state, content))
        own = next((fields.edx_video_id for fields in heads.values() if fields.edx_video_id), "")
        return Video(
            course=self.key,
            usage_key=usage_key,
            display_name=first.display_name,
            edx_video_id=own or str(uuid.uuid5(uuid.NAMESPACE_URL, usage_key)),
            derived=not own,
            transcripts=transcripts,
        )

    def resolve_all(self, fields):
        """(language, (asset, rule, state, content)) for each language this head offers."""
        declared = set(fields.transcripts) | ({"en"} if fields.sub else set())
        for language in declared:
            yield language, self.resolve(look_ups(fields, language)) or (None, None, "dangling", None)
        if "en" not in declared:
            guesses = ["youtube"] * bool(fields.youtube) + ["html5"]
            found = self.resolve(
                (asset, f"discovered:{rule}") for asset, rule in look_ups(fields, "en") if rule in guesses
            )
            if found:
                yield "en", found

    def resolve(self, candidates):
        """The first asset that exists decides, be it good or corrupt."""
        for name, rule in candidates:
            asset = clean_name(name)
            if asset in self.assets:
                content = self.content(asset)
                return asset, rule, "corrupt" if content.fault else "good", content
        return None


def choose(candidates):
    """Published before draft, but a good one before a corrupt one before none."""
    rank = {"good": 0, "corrupt": 1, "dangling": 2}
    return min(candidates, key=lambda candidate: rank[candidate[1][2]])


def look_ups(fields, language):
    """(asset name before cleaning, rule), in the order in which they are tried."""
    youtube = DEFAULT_YOUTUBE_ID if fields.youtube is None else fields.youtube
    named = fields.transcripts.get(language)
    ids = [("sub", fields.sub), ("youtube", youtube), *(("html5", source) for source in fields.html5)]
    if language != "en":
        if named:
            yield named, "file"
        for rule, identifier in ids:
            if identifier:
                yield f"{language}_subs_{identifier}.srt.sjson", rule
        return
    for rule, identifier in ids:
        if identifier:
            yield f"subs_{identifier}.srt.sjson", rule
            yield identifier, f"{rule}-name"
        if rule == "sub" and named:
            yield named, "file"


def video_fields(element):
    """The fields of a video element as the platform's importer reads them: children first, attributes over them."""
    values = {"html5_sources": [], "transcripts": {}}
    sources = element.findall("source")
    if sources:
        values["html5_sources"] = [source.get("src") for source in sources]
    for transcript in element.findall("transcript"):
        values["transcripts"][transcript.get("language")] = transcript.get("src")
    for name, value in element.items():
        if name == "youtube":
            normal = youtube_id_at_normal_speed(value)
            if normal or (normal is not None and sources):
                values["youtube_id_1_0"] = normal
        elif name == "html5_sources":
            values[name] = as_json(value, list) or []
        elif name == "transcripts":
            values[name] = as_json(value, dict) or {}
        else:
            values[name] = as_text(value)
    return Fields(
        sub=values.get("sub", ""),
        transcripts={code: name for code, name in values["transcripts"].items() if code and name},
        edx_video_id=values.get("edx_video_id", "").strip(),
        youtube=values.get("youtube_id_1_0"),
        html5=[html5_id(url) for url in values["html5_sources"] if isinstance(url, str) and html5_id(url)],
        display_name=values.get("display_name", "Video"),
    )


def youtube_id_at_normal_speed(attribute):
    normal = None
    for pair in attribute.split(","):
        speed, _, identifier = pair.partition(":")
        try:
            if float(speed) == 1.0:
                normal = as_text(identifier)
        except ValueError:
            continue
    return normal


def html5_id(url):
    return url.split("/")[-1].rsplit(".", 1)[0]


def as_json(text, kind):
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, kind) else None


def as_text(value):
    """Old exports wrote some strings as JSON."""
    if value == "null":
        return ""
    quoted = as_json(value, str)
    return value if quoted is None else quoted


def clean_name(name):
    """Asset names keep Unicode letters, digits, `_`, `.`, `%` and `-`; all else becomes `_`, one for one."""
    return re.sub(r"[^\w.%-]", "_", name)


def category_and_name(usage_key):
    new_style = re.search(r"type@([^+]+)\+block@(.+)$", usage_key)
    return new_style.groups() if new_style else tuple(usage_key.split("/")[-2:])


def is_pointer(element):
    names = set(element.keys()) - ({"org", "course"} if element.tag == "course" else set())
    return names in ({"url_name"}, {"slug"}) and len(element) == 0 and not (element.text or "").strip()


def find_exports(source, scratch):
    """Every export at or below `source`; archives are unpacked into `scratch`."""
    if source.is_file():
        target = Path(tempfile.mkdtemp(dir=scratch))
        with tarfile.open(source) as archive:
            archive.extractall(target, filter="data")
        yield from find_exports(target, scratch)
    elif (source / "course.xml").is_file():
        yield Export(source)
    else:
        for child in sorted(source.iterdir()):
            if child.is_dir() or child.name.endswith(".tar.gz"):
                yield from find_exports(child, scratch)


# ---------------------------------------------------------------- catalog and store as they are


class Catalog:
    """The rows of one SQLite file, read from a copy so that the file itself is left alone."""

    def __init__(self, file, scratch):
        folder = Path(tempfile.mkdtemp(dir=scratch))
        for suffix in ("", "-wal", "-journal"):
            part = file.with_name(file.name + suffix)
            if part.exists():
                shutil.copyfile(part, folder / part.name)
        with sqlite3.connect(folder / file.name) as connection:
            connection.row_factory = sqlite3.Row
            self.videos = self.rows(connection, "edxval_video", "edx_video_id")
            self.course_videos = self.rows(connection, "edxval_coursevideo", "id")
            self.flags = self.rows(connection, "video_config_coursevideotranscriptenabledflag", "id")
            names = {row["id"]: row["edx_video_id"] for row in self.videos.values()}
            self.transcripts = {
                (names.get(row["video_id"], f"(video row {row['video_id']})"), row["language_code"]): row
                for row in self.rows(connection, "edxval_videotranscript", "id").values()
            }

    @staticmethod
    def rows(connection, table, key):
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [table]).fetchone():
            return {}
        return {row[key]: dict(row) for row in connection.execute(f"SELECT * FROM {table}")}


class EmptyCatalog:
    videos = course_videos = flags = transcripts = {}


def list_objects(folder):
    """Object key → file, without what the store keeps under `.mallow/`."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    keys = {path.relative_to(folder).as_posix(): path for path in files}
    return {key: path for key, path in keys.items() if not key.startswith(".mallow/")}


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


# ---------------------------------------------------------------- the judgement


class Judgement:
    def __init__(self, courses, videos, catalog, objects, before, objects_before, waived, unfinished):
        self.courses, self.videos, self.catalog, self.objects = courses, videos, catalog, objects
        self.before, self.objects_before = before, objects_before
        self.waived, self.unfinished = waived, unfinished
        self.violations = []
        self.by_id = {}
        for video in videos:
            self.by_id.setdefault(video.edx_video_id, []).append(video)

    def violation(self, text):
        self.violations.append(text)

    # What is to be expected of one video

    def is_waived(self, video, language=None):
        return video.usage_key in self.waived or f"{video.usage_key}/{language}" in self.waived

    def missing(self, video):
        """The good transcripts that the catalog did not have before."""
        good = video.languages("good").items()
        return {language: t for language, t in good if (video.edx_video_id, language) not in self.before.transcripts}

    def corrupt(self, video):
        """The languages whose corruption stops the video."""
        return {
            language
            for language in video.languages("corrupt")
            if (video.edx_video_id, language) not in self.before.transcripts
            and f"{video.usage_key}/{language}" not in self.waived
        }

    def blocked(self, video):
        return bool(self.corrupt(video)) or not video.usable_id

    def conflicts(self, video):
        """Languages whose row was there before without an object behind it."""
        return [
            t.language
            for t in video.transcripts
            if (row := self.before.transcripts.get((video.edx_video_id, t.language)))
            and row["transcript"] not in self.objects
            and not self.is_waived(video, t.language)
        ]

    def must_migrate(self, video):
        return not (self.blocked(video) or self.conflicts(video) or video.usage_key in self.waived)

    def may_migrate(self, video):
        """A blocked video may still be whole where another one with the same id supplied the bad language."""
        if not video.usable_id:
            return False
        others = [other for other in self.by_id[video.edx_video_id] if other is not video]
        return self.corrupt(video) <= {language for other in others for language in self.missing(other)}

    # The checks

    def judge(self):
        self.check_new_rows()
        self.check_missing_rows()
        self.check_new_videos()
        self.check_objects()
        self.check_untouched()
        self.check_flags()
        return self.violations

    def new_rows(self):
        ids_before = {row["id"] for row in self.before.transcripts.values()}
        return {key: row for key, row in self.catalog.transcripts.items() if row["id"] not in ids_before}

    def check_new_rows(self):
        acceptable = {}
        for video in filter(self.may_migrate, self.videos):
            for language, t in self.missing(video).items():
                acceptable.setdefault((video.edx_video_id, language), set()).add((t.content.sha256, t.content.format))
        used = Counter(row["transcript"] for row in self.catalog.transcripts.values())
        for (video_id, language), row in self.new_rows().items():
            what = f"transcript {video_id} {language}"
            name = row["transcript"] or ""
            expected = acceptable.get((video_id, language))
            if expected is None:
                owners = [video.usage_key for video in self.by_id.get(video_id, []) if self.blocked(video)]
                why = f"{', '.join(owners)} must not be migrated" if owners else "nothing in the source asks for it"
                self.violation(f"{what}: has a row, but {why}")
            if name not in self.objects:
                self.violation(f"{what}: no object {name}")
            elif expected is not None:
                sha256 = digest(self.objects[name])
                if sha256 not in {pair[0] for pair in expected}:
                    self.violation(f"{what}: object has {sha256}, the source {sorted(pair[0] for pair in expected)}")
                elif (sha256, row["file_format"]) not in expected:
                    self.violation(f"{what}: file_format {row['file_format']} is not what the bytes are")
            if not OBJECT_NAME.fullmatch(name.split("/")[-1]) or not name.endswith("." + row["file_format"]):
                self.violation(f"{what}: object name {name!r} is not a fresh one")
            if row["provider"] != "Custom":
                self.violation(f"{what}: provider {row['provider']}")
            if used[row["transcript"]] > 1:
                self.violation(f"{what}: shares its object {name} with another row")

    def check_missing_rows(self):
        for video in self.videos:
            wanted = self.missing(video)
            absent = [language for language in wanted if (video.edx_video_id, language) not in self.catalog.transcripts]
            if not absent or not self.may_migrate(video):
                continue
            whole = len(absent) == len(wanted)
            if self.must_migrate(video) and not (self.unfinished and whole):
                self.violation(f"video {video.usage_key} ({video.edx_video_id}): no row for {', '.join(absent)}")
            elif not whole and len(self.by_id[video.edx_video_id]) == 1:
                self.violation(f"video {video.usage_key} ({video.edx_video_id}): in part, without {', '.join(absent)}")

    def check_new_videos(self):
        with_rows = {video_id for video_id, _ in self.new_rows()}
        new = {key: row for key, row in self.catalog.videos.items() if key not in self.before.videos}
        for video_id, row in new.items():
            if video_id not in with_rows:
                self.violation(f"video row {video_id}: new, but without a transcript")
            shape = (row["client_video_id"], row["status"], row["duration"])
            if shape != ("external-video", "external", 0):
                self.violation(f"video row {video_id}: {shape} instead of ('external-video', 'external', 0)")
        for link in self.catalog.course_videos.keys() - self.before.course_videos.keys():
            self.violation(f"edxval_coursevideo {link}: new; no video is to be linked to a course")

    def check_objects(self):
        named = {row["transcript"] for row in self.catalog.transcripts.values()}
        for key in sorted(self.objects.keys() - named - self.objects_before.keys()):
            self.violation(f"object {key}: no row names it")
        for key, path in self.objects_before.items():
            if key not in self.objects:
                self.violation(f"object {key}: was there before and is gone")
            elif digest(self.objects[key]) != digest(path):
                self.violation(f"object {key}: was there before and has other bytes now")

    def check_untouched(self):
        for table in ("videos", "transcripts", "course_videos", "flags"):
            now = getattr(self.catalog, table)
            for key, row in getattr(self.before, table).items():
                if now.get(key) != row:
                    self.violation(f"{table} {key}: was {row}, is {now.get(key)}")

    def check_flags(self):
        for row_id, row in self.catalog.flags.items():
            if row_id in self.before.flags or not row["enabled"]:
                continue
            course = row["course_id"]
            if course not in self.courses:
                self.violation(f"flag {course}: not a course of the source")
            for video in self.videos:
                if video.course == course and (why := self.why_not_there(video)):
                    self.violation(f"flag {course}: {video.usage_key} {why}")

    def why_not_there(self, video):
        if video.usage_key in self.waived:
            return None
        # Where an id is shared, another course may have supplied what is corrupt here.
        corrupt = [code for code in self.corrupt(video) if (video.edx_video_id, code) not in self.catalog.transcripts]
        if corrupt:
            return f"is corrupt in {', '.join(corrupt)}"
        if not video.usable_id:
            return "has an id that edx-val refuses"
        if conflicts := self.conflicts(video):
            return f"has rows without objects: {', '.join(conflicts)}"
        for language in self.missing(video):
            row = self.catalog.transcripts.get((video.edx_video_id, language))
            if row is None or row["transcript"] not in self.objects:
                return f"has no {language}"
        return None


# ---------------------------------------------------------------- command line


def action(video, transcript, before, objects_before):
    row = before.transcripts.get((video.edx_video_id, transcript.language))
    if row is not None:
        lost = objects_before is not None and row["transcript"] not in objects_before
        return "conflict" if lost else "present"
    return {"good": "migrate"}.get(transcript.state, transcript.state)


def plan(exports, videos, before, objects_before):
    courses = []
    for export in exports:
        shown = []
        for video in videos:
            if video.course == export.key:
                shown.append({
                    "usage_key": video.usage_key,
                    "edx_video_id": video.edx_video_id,
                    "new_id": video.derived,
                    "display_name": video.display_name,
                    "transcripts": [
                        {
                            "language": t.language,
                            "asset": t.asset,
                            "rule": t.rule,
                            "head": t.head,
                            "format": t.content and t.content.format,
                            "bytes": t.content and t.content.size,
                            "sha256": t.content and t.content.sha256,
                            "action": action(video, t, before, objects_before),
                        }
                        for t in video.transcripts
                    ],
                })
        courses.append({"key": export.key, "videos": shown})
    return {"courses": courses}


def main():
    parser = argparse.ArgumentParser(description="Check a migration against what an OLX export asks for.")
    parser.add_argument("source", type=Path, help="an export folder, a .tar.gz of one, or a folder of either")
    parser.add_argument("catalog", type=Path, nargs="?", help="the SQLite catalog after the migration")
    parser.add_argument("store", type=Path, nargs="?", help="the object folder after the migration")
    parser.add_argument("--seeded-catalog", type=Path, metavar="FILE", help="the catalog as it was before")
    parser.add_argument("--seeded-store", type=Path, metavar="FOLDER", help="the object folder as it was before")
    parser.add_argument("--course", action="append", metavar="KEY", help="judge only this course (repeatable)")
    parser.add_argument("--waived", action="append", default=[], metavar="KEY[/LANGUAGE]",
                        help="a video, or one transcript of it, that may stay behind (repeatable)")  # fmt: skip
    parser.add_argument("--unfinished", action="store_true", help="a video may be wholly absent, never in part")
    parser.add_argument("--notes", action="store_true", help="print what was odd in the source to standard error")
    arguments = parser.parse_args()
    if (arguments.catalog is None) != (arguments.store is None):
        parser.error("CATALOG and STORE go together")
    paths = ("source", "catalog", "store", "seeded_catalog", "seeded_store")
    for path in (getattr(arguments, name) for name in paths):
        if path is not None and not path.exists():
            parser.error(f"{path} does not exist")
    sys.stdout.reconfigure(errors="backslashreplace")

    with tempfile.TemporaryDirectory(prefix="mallow-oracle-") as scratch:
        exports = list(find_exports(arguments.source, scratch))
        if arguments.course:
            exports = [export for export in exports if export.key in arguments.course]
        if not exports:
            parser.error(f"no course found in {arguments.source}")
        videos = [video for export in exports for video in export.videos()]
        seeded = arguments.seeded_catalog
        before = Catalog(seeded, scratch) if seeded else EmptyCatalog()
        objects_before = list_objects(arguments.seeded_store) if arguments.seeded_store else None
        if arguments.notes:
            for note in dict.fromkeys(note for export in exports for note in export.notes):
                print(note, file=sys.stderr)
        if arguments.catalog is None:
            print(json.dumps(plan(exports, videos, before, objects_before), ensure_ascii=False, indent=1))
            return 0
        judgement = Judgement(
            {export.key for export in exports},
            videos,
            Catalog(arguments.catalog, scratch),
            list_objects(arguments.store),
            before,
            objects_before or {},
            waived=set(arguments.waived),
            unfinished=arguments.unfinished,
        )
        violations = judgement.judge()
        print(*violations, sep="\n", end="\n" if violations else "")
        states = Counter(t.state for video in videos for t in video.transcripts)
        print(
            f"{len(exports)} courses, {len(videos)} videos; transcripts: {states['good']} good, "
            f"{states['corrupt']} corrupt, {states['dangling']} dangling in the source, "
            f"{len(judgement.catalog.transcripts)} in the catalog, {len(judgement.new_rows())} of them new; "
            f"{len(judgement.objects)} objects; {len(violations)} violations"
        )
        return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
