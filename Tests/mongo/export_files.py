# SPDX-License-Identifier: Apache-2.0
"""The files of one export: where they lie, and their XML."""
import json
import os
import re
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from outline import BlockKey

# Folders that hold no blocks, or not one in a file.
OTHER_FOLDERS = {"about", "assets", "course", "custom_tags", "drafts", "info", "policies", "static", "tabs"}
PARENT = re.compile(r"(?:i4x://[^/]+/[^/]+/([^/]+)/([^/@]+)(?:@[^/]*)?|block-v1:[^+]+\+[^+]+\+[^+]+\+type@([^+]+)\+block@([^+]+))")


class ExportError(Exception):
    """An export that cannot be understood; it says which and why, in whole sentences."""


class ExportFiles:
    """Finds the files of blocks, and parses each once."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.parsed = {}

    def root(self, path):
        """The root element of a file; None when there is no such file."""
        if path not in self.parsed:
            file = self.folder / path
            self.parsed[path] = parse(file) if file.is_file() else None
        return self.parsed[path]

    def block(self, key, is_draft=False):
        """What a block's own file says; a colon in the name is a folder in the path."""
        return self.root(f"{'drafts/' if is_draft else ''}{key.type}/{key.name.replace(':', '/')}.xml")

    def text(self, path):
        file = self.folder / path
        return file.read_text(encoding="utf-8") if file.is_file() else None

    def json(self, path):
        """A JSON object; an empty one where there is none that can be read."""
        try:
            value = json.loads(self.text(path) or "{}")
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def listed(self, place, suffix):
        folder = self.folder / place
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name.encode()) if folder.is_dir() else []
        return [entry for entry in entries if entry.suffix == suffix and not entry.name.startswith(".")]

    def keys(self, place=""):
        """Every block with a file of its own."""
        types = [entry.name for entry in (self.folder / place).iterdir() if entry.is_dir() and entry.name not in OTHER_FOLDERS]
        return {BlockKey(kind, file.stem) for kind in types for file in self.listed(f"{place}{kind}", ".xml")}

    def draft_keys(self):
        return self.keys("drafts/") if (self.folder / "drafts").is_dir() else set()

    def drafts_by_parent(self):
        """The drafts that say where they hang, by their parent, in order of their names."""
        hung = {}
        for key in sorted(self.draft_keys(), key=lambda key: "/".join(key).encode()):
            root = self.block(key, is_draft=True)
            if parent := PARENT.fullmatch(root.get("parent_url", root.get("parent_sequential_url", ""))):
                hung.setdefault(BlockKey(*filter(None, parent.groups())), []).append((key, root))
        return hung

    def static(self):
        """(path, file) of everything under `static/`, in order of the paths' bytes; links to folders are not followed."""
        found = {}
        static = self.folder / "static"
        for folder, _, names in os.walk(static):
            for name in names:
                file = Path(folder) / name
                if file.is_file():
                    found[str(file.relative_to(static))] = file
        return sorted(found.items(), key=lambda item: item[0].encode())


def parse(file):
    """The root element. Namespaces mean nothing here: authors' HTML has prefixes that nobody declared."""
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate()
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(file.read_bytes(), True)
    except expat.ExpatError as error:
        raise ExportError(f"{file} is no XML: {error}.") from error
    return builder.close()
