# SPDX-License-Identifier: Apache-2.0
"""What the platform's import makes of a <video> element: the fields that it stores with the block.

Where the platform lets one half of an element hide the other (an attribute its children, an attribute that is no JSON),
both are kept as VideoXML.swift keeps them: a course must read the same from its export and from its documents.
"""
import json

TEXTS = frozenset(
    "display_name sub edx_video_id youtube_id_0_75 youtube_id_1_0 youtube_id_1_25 youtube_id_1_5 track source"
    " transcript_url handout start_time end_time thumbnail transcript_language".split()
)
OTHERS = frozenset("download_track download_video show_captions only_on_web public_access".split())
RENAMED = {"from": "start_time", "to": "end_time"}
SPEEDS = {"0.75": "youtube_id_0_75", "1.00": "youtube_id_1_0", "1.25": "youtube_id_1_25", "1.50": "youtube_id_1_5"}
# What only says where the block stands, or how it is called.
PLACE = frozenset("url_name name slug org course filename parent_url parent_sequential_url index_in_children_list".split())


def video_fields(element):
    """The fields that the element sets; what it does not name is not there."""
    given = {RENAMED.get(name, name): value for name, value in element.attrib.items() if name not in PLACE}
    sources = [source.get("src") for source in element.findall("source") if source.get("src") is not None]
    fields = child_fields(element, sources)
    if "youtube" in given:
        fields |= youtube_fields(given.pop("youtube"), beside_files=bool(sources))
    if "html5_sources" in given:
        fields |= listed_sources(given.pop("html5_sources"))
    if "transcripts" in given:
        fields |= merged_transcripts(given.pop("transcripts"), fields.get("transcripts", {}))
    for name, value in given.items():
        if name in TEXTS:
            fields[name] = text(value)
        elif name in OTHERS:
            fields[name] = json_or_text(value)
        else:
            fields.setdefault("xml_attributes", {})[name] = value
    return fields | old_style_fields(element, fields, sources)


def child_fields(element, sources):
    fields = {"html5_sources": sources} if sources else {}
    for name in ("track", "handout"):
        if (child := element.find(name)) is not None:
            fields[name] = child.get("src")
    transcripts = {
        child.get("language"): child.get("src")
        for child in element.findall("transcript")
        if child.get("language") is not None and child.get("src") is not None
    }
    return fields | ({"transcripts": transcripts} if transcripts else {})


def youtube_fields(speeds, beside_files):
    """Ids by speed. Beside video files an empty id is stored too, so that the default video does not take its place."""
    ids = dict.fromkeys(SPEEDS, "")
    for speed in speeds.split(","):
        factor, separator, name = speed.partition(":")
        try:
            factor = f"{float(factor):.2f}"
        except ValueError:
            continue
        if separator and factor in ids:
            ids[factor] = name.strip('"')
    return {SPEEDS[factor]: name for factor, name in ids.items() if name or beside_files}


def listed_sources(value):
    """What is no JSON is stored as the text that it is, when it is empty; broken JSON is taken as not there."""
    if value == "":
        return {"html5_sources": ""}
    try:
        listed = json.loads(value)
    except (ValueError, RecursionError):
        return {}
    return {"html5_sources": listed} if listed is None or isinstance(listed, list) else {}


def merged_transcripts(value, children):
    """The attribute's languages, and those that only the children name."""
    try:
        named = json.loads(value) if value else ""
    except (ValueError, RecursionError):
        return {}
    if isinstance(named, dict):
        return {"transcripts": children | {k: v for k, v in named.items() if isinstance(v, str) or k not in children}}
    return {"transcripts": named} if named in (None, "") and not children else {}


def text(value):
    """`null` is the platform's word for none, and for a while it wrote texts in JSON's quotes."""
    parsed = json_or_text(value)
    return parsed if parsed is None or isinstance(parsed, str) else value


def json_or_text(value):
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def old_style_fields(element, fields, sources):
    """What the platform adds for elements older than the attributes `download_video` and `download_track`."""
    added = {}
    if "download_video" not in fields and sources:
        added["source"] = sources[0]
    if "download_track" not in fields and element.find("track") is not None:
        added["download_track"] = True
    return added
