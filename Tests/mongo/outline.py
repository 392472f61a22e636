# SPDX-License-Identifier: Apache-2.0
"""A course before it is documents: its blocks in both heads, and its assets."""
import re
from dataclasses import dataclass
from typing import NamedTuple

VIDEO_TYPES = frozenset({"video", "videoalpha"})
# Blocks that learners see as soon as they are saved: the platform keeps no draft of them.
STRUCTURAL_TYPES = frozenset({"course", "chapter", "sequential", "about", "static_tab", "course_info"})
# Blocks that never hold blocks: what stands inside them is their own markup.
LEAF_TYPES = frozenset(
    "about annotatable chat combinedopenended course_info customtag discussion drag-and-drop-v2 edx_sga google-calendar"
    " google-document html imageannotation lti lti_consumer openassessment peergrading poll poll_question problem"
    " recommender static_tab survey textannotation textbook videoannotation wiki word_cloud".split()
)


class BlockKey(NamedTuple):
    """What tells the blocks of a course apart."""

    type: str
    name: str


@dataclass(frozen=True)
class Block:
    """What one head says of a block: only what somebody set."""

    settings: dict
    content: dict
    children: tuple | None = None
    """Keys in order; None for a block of a type that never has any."""


@dataclass(frozen=True)
class Asset:
    """A file of the contentstore under its clean name."""

    name: str
    data: bytes
    displayname: str
    import_path: str | None
    content_type: str | None = None
    locked: bool = False
    category: str = "asset"
    """`thumbnail` for the small pictures that lie beside assets, under names of their own."""


def clean_name(path):
    """The name that the contentstore gives to a file called `path`."""
    return re.sub(r"[^\w.%-]", "_", path)


@dataclass(frozen=True)
class Outline:
    """A course. Blocks that the root does not reach are among its heads like all others."""

    org: str
    course: str
    run: str
    published: dict
    draft: dict
    assets: tuple
    drafted: frozenset = frozenset()
    """Blocks whose draft is kept apart from what is published."""
    root_type: str = "course"

    @property
    def root(self):
        return BlockKey(self.root_type, self.run)
