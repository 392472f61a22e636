# SPDX-License-Identifier: Apache-2.0
"""One way through an export from its root, along one head, as BlockWalk.swift goes it."""
import hashlib
from xml.etree import ElementTree

from export_files import ExportError
from outline import Block, BlockKey, LEAF_TYPES, VIDEO_TYPES
from video_element import PLACE, json_or_text, video_fields

LAST = 1 << 30
NUMBERS = {"attempts", "max_attempts", "weight", "days_early_for_beta"}


class Walk:
    """Collects blocks; each is taken where it is met first."""

    def __init__(self, files, drafts=None):
        """`drafts` are those that hang under a parent of their own naming; None for the published head."""
        self.files = files
        self.drafts = drafts
        self.blocks = {}
        self.from_drafts = set()
        """Blocks of which a file under `drafts/` says what they are."""
        self.unnamed = {}

    def walk(self, pointer, is_draft=False, shut=frozenset()):
        """Goes through all that an element names, its own block first, but for blocks that are `shut`."""
        steps = [(pointer, is_draft)]
        while steps:
            element, is_draft = steps.pop()
            key = BlockKey(element.tag, element.get("url_name"))
            if not key.name:
                raise ExportError(f"A <{key.type}> in {self.files.folder} has an empty url_name.")
            if key in self.blocks or key in shut:
                continue
            said, is_draft = self.said(key, element, is_draft)
            members = list(self.members(said, key)) if key.type not in LEAF_TYPES | VIDEO_TYPES else None
            hung = (self.drafts or {}).get(key, [])
            self.blocks[key] = Block(*self.saying(key, said, is_draft), children(members, hung))
            if is_draft:
                self.from_drafts.add(key)
            steps += [(member, is_draft) for member in reversed(members or [])]
            steps += [(pointer_to(draft), True) for draft, _ in reversed(hung)]

    def walk_orphan(self, key, reached):
        """Takes a block that nothing names, and what it holds."""
        if key not in reached:
            self.walk(pointer_to(key), shut=reached)

    def said(self, key, element, is_draft):
        """The element that says what a block is: its file's root where it has one, else the one that names it."""
        if self.drafts is not None and (draft := self.files.block(key, is_draft=True)) is not None:
            return draft, True
        file = self.files.block(key)
        return (element, is_draft) if file is None else (file, False)

    def members(self, element, owner):
        """The named elements directly in a block; an element without a name is passed through, but for videos."""
        for child in element:
            if child.get("url_name") is not None:
                yield child
            elif child.tag in VIDEO_TYPES:
                yield self.named(child, owner)
            elif child.tag not in LEAF_TYPES:
                yield from self.members(child, owner)

    def named(self, video, owner):
        """A video without a name gets one from where it stands."""
        self.unnamed[owner] = self.unnamed.get(owner, 0) + 1
        place = f"{owner.type}/{owner.name.replace(':', '/')}/{self.unnamed[owner]}"
        name = f"{video.tag}_{hashlib.sha256(place.encode()).hexdigest()[:12]}"
        named = ElementTree.Element(video.tag, {**video.attrib, "url_name": name})
        named.extend(video)
        return named

    def saying(self, key, element, is_draft):
        """(settings, content) of a block."""
        if key.type in VIDEO_TYPES:
            return video_fields(element), {"data": ""}
        settings = {name: setting(name, value) for name, value in element.attrib.items() if name not in PLACE}
        return settings, self.content(key, element, is_draft)

    def content(self, key, element, is_draft):
        if key.type == "html" and (name := element.get("filename")):
            return {"data": self.files.text(f"{'drafts/' if is_draft else ''}html/{name.replace(':', '/')}.html") or ""}
        if key.type == "course":
            wiki = element.find("wiki")
            return {} if wiki is None else {"wiki_slug": wiki.get("slug")}
        return {"data": ElementTree.tostring(element, "unicode")} if key.type in LEAF_TYPES and len(element) else {}


def pointer_to(key):
    return ElementTree.Element(key.type, url_name=key.name)


def children(members, hung):
    """The keys of a block's children, in order; drafts that hang under it stand where they say, when nothing names them."""
    if members is None:
        return None
    keys = [BlockKey(member.tag, member.get("url_name")) for member in members]
    keys = list(dict.fromkeys(keys))
    for key, draft in sorted(hung, key=lambda item: index_of(item[1])):
        if key not in keys:
            keys.insert(index_of(draft), key)
    return tuple(keys)


def index_of(draft):
    index = draft.get("index_in_children_list", "")
    return int(index) if index.isdigit() else LAST


def setting(name, value):
    """Nearly every text of digits is a name; numbers are stored where a field is one."""
    parsed = json_or_text(value)
    is_number = isinstance(parsed, (int, float)) and not isinstance(parsed, bool)
    return value if is_number and name not in NUMBERS else parsed
