# SPDX-License-Identifier: Apache-2.0
"""Courses as an Open edX platform stores them in MongoDB: every document of one course, in one form."""
import argparse
import copy
from dataclasses import dataclass
from pathlib import Path

import bson

from contentstore import old_files, split_files
from old_modulestore import old_documents
from olx import exports, read_export
from outline import Outline
from split_modulestore import SplitHistory

SPLIT = "split"
OLD = "old"


@dataclass(frozen=True)
class StoredCourse:
    """All documents of a course, by collection: dicts with their keys in the order in which the platform writes them."""

    key: str
    form: str
    collections: dict

    def __getitem__(self, collection):
        return self.collections[collection]

    def raw(self, collection):
        """The documents' bytes, one after the other."""
        return b"".join(map(bson.encode, self[collection]))

    def copy(self):
        """Another one that shares nothing with this one."""
        return copy.deepcopy(self)


def split_course(export, root_name="course"):
    """A course of the split modulestore, `course-v1:ORG+COURSE+RUN`, from an Outline or the path of an export.

    Its root is called `course`, as in courses made in Studio; in converted ones it is called like the run.
    """
    outline = outline_of(export)
    key = f"course-v1:{outline.org}+{outline.course}+{outline.run}"
    return stored(key, SPLIT, SplitHistory(key, outline, root_name).course(), split_files(outline))


def old_course(export):
    """A course of the old modulestore, `ORG/COURSE/RUN`, from an Outline or the path of an export."""
    outline = outline_of(export)
    key = f"{outline.org}/{outline.course}/{outline.run}"
    return stored(key, OLD, {"modulestore": list(old_documents(key, outline))}, old_files(outline))


def library(outline):
    """A library of the split modulestore, `library-v1:ORG+LIBRARY`, from an Outline."""
    key = f"library-v1:{outline.org}+{outline.course}"
    return stored(key, SPLIT, SplitHistory(key, outline, "library").library(), ())


def outline_of(export):
    return export if isinstance(export, Outline) else read_export(export)


def stored(key, form, modulestore, files):
    files = list(files)
    contentstore = {
        "fs.files": [document for document, _ in files],
        "fs.chunks": [chunk for _, chunks in files for chunk in chunks],
    }
    return StoredCourse(key, form, modulestore | contentstore)


def export_arguments(description):
    """A parser of what every command here takes: which exports are stored in which form."""
    parser = argparse.ArgumentParser(description=description)
    for form, keys in ((SPLIT, "course-v1:"), (OLD, "Org/Course/Run")):
        what = f"exports stored as {keys} courses: each a folder, a .tar.gz, or a folder of these"
        parser.add_argument(f"--{form}", metavar="EXPORT", nargs="+", type=Path, default=[], help=what)
    return parser


def given_courses(given):
    """Each course that the arguments name, one after the other."""
    for paths, make in ((given.split, split_course), (given.old, old_course)):
        for path in paths:
            yield from map(make, exports(path))
