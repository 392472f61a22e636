#!/usr/bin/env python3
"""Reads a catalog and a folder or bucket of objects made by Mallow through the real edx-val, as the platform would.

    read_back.py CATALOG STORE [--schema] [--failed-tasks] [--known ID/LANGUAGE]...

Prints one JSON object a line for every VideoTranscript row, one for everything else found wrong,
and the counts last. Exits 1 if any row is unreadable or anything else is wrong; a row that was unreadable
before Mallow came can be named with --known, and is then reported but not held against the catalog.
It works on a copy of the catalog; the given file is never opened by SQLite.
"""
import argparse
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main():
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="mallow-read-back-") as scratch:
        catalog = copy_of(arguments.catalog, Path(scratch))
        start_django(catalog, arguments.store)
        readable, unreadable = read_every_transcript()
        failures = set(unreadable) - set(arguments.known)
        problems = language_problems(catalog)
        if arguments.schema:
            problems += schema_problems(catalog, migrated_catalog(Path(scratch)))
        if arguments.failed_tasks:
            print_failed_tasks()
    for problem in problems:
        emit({"problem": problem})
    emit({"readable": readable, "unreadable": len(unreadable)})
    return 1 if failures or problems else 0


def parse_arguments():
    parser = argparse.ArgumentParser(description="Read a Mallow catalog back through the real edx-val.")
    parser.add_argument("catalog", type=Path, help="the SQLite file")
    parser.add_argument("store", help="the folder that holds the objects, or s3://BUCKET[/LOCATION]?endpoint=URL")
    parser.add_argument("--schema", action="store_true", help="compare with what edxval's migrations make")
    parser.add_argument("--failed-tasks", action="store_true", help="print the FailedTask rows too")
    parser.add_argument("--known", action="append", default=[], metavar="ID/LANGUAGE", help="unreadable before")
    arguments = parser.parse_args()
    if not arguments.catalog.is_file():
        parser.error(f"no catalog at {arguments.catalog}")
    if not arguments.store.startswith("s3://"):
        if not os.path.isdir(arguments.store):
            parser.error(f"no object folder at {arguments.store}")
        arguments.store = os.path.realpath(arguments.store)
    return arguments


def copy_of(catalog, scratch):
    """The catalog with whatever is still in its write-ahead log or rollback journal, under the same names."""
    folder = scratch / "catalog"
    folder.mkdir()
    for suffix in ("", "-wal", "-journal"):
        part = catalog.with_name(catalog.name + suffix)
        if part.exists():
            shutil.copyfile(part, folder / part.name)
    return folder / catalog.name


def start_django(catalog, store):
    os.environ.update(DJANGO_SETTINGS_MODULE="settings", MALLOW_CATALOG=str(catalog), MALLOW_STORE=store)
    sys.path.insert(0, str(HERE))
    import django

    django.setup()


def emit(fields):
    print(json.dumps(fields, ensure_ascii=False))


# Transcripts


def read_every_transcript():
    """How many rows can be read, and which cannot."""
    from edxval.models import VideoTranscript

    readable, unreadable = 0, []
    for row in VideoTranscript.objects.select_related("video").order_by("id"):
        line = {
            "edx_video_id": row.video and row.video.edx_video_id,
            "language": row.language_code,
            "provider": row.provider,
            "file_format": row.file_format,
        }
        try:
            line |= read_transcript(row)
            readable += 1
        except Exception as error:
            line["error"] = f"{type(error).__name__}: {error}"
            unreadable.append(f"{line['edx_video_id']}/{row.language_code}")
        emit(line)
    return readable, unreadable


def read_transcript(row):
    from edxval.api import get_video_transcript_data

    if row.video is None:
        raise ValueError("the row belongs to no video")
    # Django silently reads a time that it cannot parse as None.
    if None in (row.created, row.modified, row.video.created):
        raise ValueError("a time of the row or its video is not one that Django understands")
    data = get_video_transcript_data(row.video.edx_video_id, row.language_code)
    if data is None:
        raise ValueError("edx-val finds no such transcript")
    content = data["content"]
    check_playable(content, row.file_format)
    return {
        "file_name": data["file_name"],
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def check_playable(content, file_format):
    """What the player needs: text in UTF-8 without a mark, and the shape that file_format promises."""
    from edxval.transcript_utils import Transcript

    text = content.decode("utf-8")
    if text.startswith("\ufeff"):
        raise ValueError("it begins with a byte order mark")
    if file_format == "srt":
        Transcript.convert(content, "srt", "sjson")
    elif file_format == "sjson":
        cues = json.loads(text)
        lengths = {name: len(cues[name]) for name in ("start", "end", "text")}
        if len(set(lengths.values())) != 1:
            raise ValueError(f"sjson arrays of unequal length: {lengths}")
    else:
        raise ValueError(f"edx-val knows no format {file_format!r}")


def language_problems(catalog):
    """edx-val's list of languages against a plain SELECT, for every video."""
    from edxval.api import get_available_transcript_languages

    expected = {}
    with sqlite3.connect(catalog) as connection:
        for video, language in connection.execute(
            "SELECT v.edx_video_id, t.language_code FROM edxval_video v"
            " LEFT JOIN edxval_videotranscript t ON t.video_id = v.id"
        ):
            expected.setdefault(video, []).extend([language] if language is not None else [])
    problems = []
    for video, languages in sorted(expected.items()):
        listed = get_available_transcript_languages(video)
        if sorted(listed) != sorted(languages):
            problems.append(f"video {video}: edx-val lists {sorted(listed)}, the table has {sorted(languages)}")
    return problems


def print_failed_tasks():
    from celery_utils.models import FailedTask

    for task in FailedTask.objects.order_by("id"):
        resolved = task.datetime_resolved
        emit({
            "failed_task": task.task_id,
            "task_name": task.task_name,
            "args": task.args,
            "kwargs": task.kwargs,
            "exc": task.exc,
            "created": task.created.isoformat(),
            "resolved": resolved and resolved.isoformat(),
        })


# Schema


def migrated_catalog(scratch):
    """A fresh database, made by the real migrations in a process of its own."""
    fresh = scratch / "migrated.sqlite"
    environment = os.environ | {"MALLOW_CATALOG": str(fresh), "PYTHONPATH": str(HERE)}
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0"], env=environment, check=True, stdout=sys.stderr
    )
    return fresh


def schema_problems(catalog, fresh):
    found, right = schema_of(catalog), schema_of(fresh)
    problems = []
    for table in sorted(found.keys() | right.keys()):
        if table not in found:
            if table.startswith("edxval_"):
                problems.append(f"schema: table {table} is missing")
        elif table not in right:
            problems.append(f"schema: table {table} is unknown to this edx-val")
        else:
            for fact in sorted(right[table] - found[table]):
                problems.append(f"schema: {table} lacks {fact}")
            for fact in sorted(found[table] - right[table]):
                problems.append(f"schema: {table} has instead {fact}")
    return problems


def schema_of(database):
    """Each table of edxval and celery_utils as a set of sentences; two schemas are alike when the sets are."""
    schema = {}
    with sqlite3.connect(database) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND (name GLOB 'edxval_*' OR name = 'celery_utils_failedtask')"
        ).fetchall()
        for (table,) in tables:
            facts = schema[table] = set()
            for position, name, kind, not_null, default, key in connection.execute(f'PRAGMA table_info("{table}")'):
                facts.add(f"column {position} {name}: type {kind}, notnull {not_null}, default {default}, pk {key}")
            for _, name, unique, origin, partial in connection.execute(f'PRAGMA index_list("{table}")').fetchall():
                parts = connection.execute(f'PRAGMA index_xinfo("{name}")').fetchall()
                columns = [f"{part[2]} {part[4]}{' desc' * part[3]}" for part in parts if part[5]]
                shown = name if origin == "c" else "(from a constraint)"
                facts.add(f"index {shown} on {columns}: unique {unique}, partial {partial}")
            for reference in connection.execute(f'PRAGMA foreign_key_list("{table}")'):
                facts.add(f"foreign key {reference[3]} to {reference[2]}.{reference[4]}")
    return schema


if __name__ == "__main__":
    sys.exit(main())
