# SPDX-License-Identifier: Apache-2.0
"""What the old ("draft") modulestore keeps of a course. Open edX: section 4.3 of its facts."""
from dataclasses import replace
from datetime import timedelta


from derived import moment
from outline import STRUCTURAL_TYPES

AUTHOR = 4


def old_documents(key, outline):
    """One document for each block and revision."""
    made = moment(2012, 3, key)
    for block_key in sorted(outline.published.keys() | outline.draft.keys()):
        published, draft = outline.published.get(block_key), outline.draft.get(block_key)
        if block_key.type in STRUCTURAL_TYPES:
            yield document(outline, block_key, None, merged(published, draft), made)
            continue
        if published is not None:
            yield document(outline, block_key, None, published, made)
        if block_key in outline.drafted:
            yield document(outline, block_key, "draft", draft, made, was_published=published is not None)


def merged(published, draft):
    """A structural block has no draft of its own: its one document holds the children of both heads."""
    if published is None or draft is None or not draft.children:
        return published or draft
    return replace(published, children=tuple(dict.fromkeys((*draft.children, *published.children))))


def document(outline, key, revision, block, made, was_published=True):
    edited = made + (timedelta(days=12) if revision else timedelta(minutes=7))
    edit_info = dict(edited_on=edited, edited_by=AUTHOR)
    if was_published:
        edit_info.update(published_date=made + timedelta(minutes=12), published_by=AUTHOR)
    return dict(
        _id=dict(tag="i4x", org=outline.org, course=outline.course, category=key.type, name=key.name, revision=revision),
        definition=dict(data=dict(block.content), children=[usage(outline, child) for child in block.children or ()]),
        metadata=dict(block.settings),
        edit_info=edit_info,
    )


def usage(outline, key):
    return f"i4x://{outline.org}/{outline.course}/{key.type}/{key.name}"
