# SPDX-License-Identifier: Apache-2.0
"""What the split modulestore keeps of a course or library. Open edX: section 4.1 of its facts.

The history behind the heads is always the same: the course was made, imported and published; if the export has drafts,
they were made after that, and structural blocks that changed with them were published by themselves, without their new
children. Versions before the heads are named as previous ones and not kept, as after a platform's own clean-up.
"""
from datetime import timedelta
from typing import NamedTuple

from bson import Int64

from derived import moment, object_id
from outline import BlockKey, STRUCTURAL_TYPES

AUTHOR = 4


class Version(NamedTuple):
    """A structure that was saved at some time, kept or not."""

    id: object
    when: object


class SplitHistory:
    """The documents of one course, by collection."""

    def __init__(self, key, outline, root_name="course"):
        self.key = key
        self.outline = outline
        self.root = BlockKey(outline.root.type, root_name)
        made = moment(2015, 3, key)
        self.made = self.version(made, "made")
        self.imported = self.version(made + timedelta(minutes=7), "imported")
        self.published = self.version(made + timedelta(minutes=9), "published")
        self.edited = self.version(made + timedelta(days=12), "edited")
        self.followed = self.version(made + timedelta(days=12, milliseconds=350), "followed")

    def version(self, when, name):
        return Version(object_id(when, self.key, name), when)

    def course(self):
        drafted = self.outline.drafted
        draft, before_draft = (self.edited, self.imported) if drafted else (self.imported, self.made)
        follows = any(key.type in STRUCTURAL_TYPES and key in self.outline.published for key in drafted)
        published = (self.followed, self.published) if follows else (self.published, self.made)
        draft_blocks = [self.draft_block(key, block) for key, block in self.outline.draft.items()]
        published_blocks = [self.published_block(key, block) for key, block in self.outline.published.items()]
        return {
            "modulestore.active_versions": [self.index({"draft-branch": draft.id, "published-branch": published[0].id}, self.wiki())],
            "modulestore.structures": [
                self.structure(draft, before_draft, draft_blocks), self.structure(*published, published_blocks),
            ],
            "modulestore.definitions": list(self.definitions()),
        }  # fmt: skip

    def library(self):
        """A library has one head, and its blocks no drafts."""
        blocks = [self.draft_block(key, block) for key, block in self.outline.draft.items()]
        return {
            "modulestore.active_versions": [self.index({"library": self.imported.id}, {})],
            "modulestore.structures": [self.structure(self.imported, self.made, blocks)],
            "modulestore.definitions": list(self.definitions()),
        }

    def wiki(self):
        return {"wiki_slug": f"{self.outline.org}.{self.outline.course}.{self.outline.run}"}

    def index(self, versions, targets):
        place = self.outline
        saved = self.followed.when if place.drafted else self.published.when
        return dict(
            _id=object_id(self.made.when, self.key, "index"), org=place.org, course=place.course, run=place.run,
            edited_by=Int64(AUTHOR), edited_on=self.made.when, last_update=saved + timedelta(milliseconds=50),
            versions=versions, schema_version=1, search_targets=targets,
        )  # fmt: skip

    def structure(self, version, previous, blocks):
        return dict(
            _id=version.id, root=list(self.root), previous_version=previous.id, original_version=self.made.id,
            edited_by=AUTHOR, edited_on=version.when, schema_version=1, blocks=blocks,
        )  # fmt: skip

    def draft_block(self, key, block):
        if key not in self.outline.drafted:
            return self.block(key, block, self.imported, None, None)
        return self.block(key, block, self.edited, self.imported if key in self.outline.published else None, None)

    def published_block(self, key, block):
        """Equal to the draft's when it names the draft's version as its source."""
        if key not in self.outline.drafted:
            return self.block(key, block, self.published, None, self.imported)
        if key.type in STRUCTURAL_TYPES:
            return self.block(key, block, self.followed, self.published, self.edited)
        return self.block(key, block, self.published, None, self.imported)

    def block(self, key, block, version, previous, source):
        fields = dict(block.settings)
        if block.children is not None:
            fields["children"] = [list(child) for child in block.children]
        return dict(
            fields=fields, block_type=key.type, definition=self.definition_id(key, block), defaults={}, asides={},
            edit_info=dict(
                edited_by=AUTHOR, edited_on=version.when, update_version=version.id,
                previous_version=previous and previous.id, source_version=source and source.id,
                original_usage=None, original_usage_version=None,
            ),
            block_id=self.root.name if key == self.outline.root else key.name,
        )  # fmt: skip

    def definition_id(self, key, block):
        """Settings change without it; content does not."""
        first = self.outline.published.get(key, self.outline.draft.get(key))
        if block.content == first.content:
            return object_id(self.imported.when, self.key, *key, "definition")
        return object_id(self.edited.when, self.key, *key, "definition")

    def definitions(self):
        for key in sorted(self.outline.published.keys() | self.outline.draft.keys()):
            heads = [blocks[key] for blocks in (self.outline.published, self.outline.draft) if key in blocks]
            made = self.imported
            first = previous = None
            for block in heads:
                identifier = self.definition_id(key, block)
                if identifier == previous:
                    continue
                first = first or identifier
                yield dict(
                    _id=identifier, block_type=key.type, fields=dict(block.content), schema_version=1,
                    edit_info=dict(edited_by=AUTHOR, edited_on=made.when, previous_version=previous, original_version=first),
                )  # fmt: skip
                previous, made = identifier, self.edited
