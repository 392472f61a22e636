# SPDX-License-Identifier: Apache-2.0
"""Which transcripts a stored course has, byte by byte: the look-up rules, and GridFS read without trust."""
import hashlib
import re

from strict_reader import videos

DEFAULT_YOUTUBE_ID = "3_yD_cEKoCk"
LONGEST = 64 << 20
DANGLING, CORRUPT, UNREADABLE, REFUSED = "dangling", "corrupt", "unreadable", "refused"
FAILURES = {DANGLING, CORRUPT}


def outcome(stored):
    """By usage key, what comes of each video: by language, the SHA-256 of what learners should see, DANGLING or CORRUPT;
    or UNREADABLE or REFUSED for the video as a whole. Raises Unreadable for the course as a whole."""
    files = Contentstore(stored)
    return {key: outcome_of(video, files) for key, video in videos(stored).items()}


def outcome_of(video, files):
    """Published wins where it can be read."""
    results = {}
    for said in (video.draft, video.published):
        if said is None:
            continue
        fields = video_fields(said)
        if isinstance(fields, str):
            return fields
        for language, (names, is_declared) in candidates(fields).items():
            result = files.first(names)
            if result == DANGLING and not is_declared:
                continue
            if result not in FAILURES or results.get(language, DANGLING) in FAILURES:
                results[language] = result
    return results


def video_fields(said):
    """The fields that decide; UNREADABLE when one of them is of another type, REFUSED for an id that edx-val refuses."""
    if said is False:
        return UNREADABLE
    texts = {name: said.get(name) or "" for name in ("sub", "edx_video_id", "youtube_id_1_0")}
    if not all(isinstance(text, str) for text in texts.values()):
        return UNREADABLE
    texts["edx_video_id"] = texts["edx_video_id"].strip()
    if not re.fullmatch(r"[a-zA-Z0-9\-_]{0,100}", texts["edx_video_id"]):
        return REFUSED
    files, sources = said.get("transcripts"), said.get("html5_sources")
    files = files if isinstance(files, dict) else {}
    sources = sources if isinstance(sources, list) else []
    return texts | {
        "is_youtube_set": "youtube_id_1_0" in said,
        "transcripts": {language: file for language, file in files.items() if isinstance(file, str) and file},
        "html5": list(filter(None, (re.sub(r"\.[^.]*$", "", s.split("/")[-1]) for s in sources if isinstance(s, str)))),
    }


def candidates(fields):
    """By language, the names that its asset may have, in order, and whether somebody declared the language."""
    youtube = fields["youtube_id_1_0"] if fields["is_youtube_set"] else DEFAULT_YOUTUBE_ID
    ids = [name for name in (fields["sub"], youtube, *fields["html5"]) if name]
    found = {}
    for language, file in fields["transcripts"].items():
        if language != "en":
            found[language] = [file, *(f"{language}_subs_{name}.srt.sjson" for name in ids)], True
    if fields["sub"] or "en" in fields["transcripts"]:
        names = [name for known in ids for name in (f"subs_{known}.srt.sjson", known)]
        if "en" in fields["transcripts"]:
            names.insert(2 if fields["sub"] else 0, fields["transcripts"]["en"])
        found["en"] = names, True
    else:
        found["en"] = [f"subs_{name}.srt.sjson" for name in ids if fields["is_youtube_set"] or name != youtube], False
    return {language: (list(map(clean_name, names)), said) for language, (names, said) in found.items()}


def clean_name(name):
    return re.sub(r"[^\w.%-]", "_", name)


class Contentstore:
    """The assets of one course."""

    def __init__(self, stored):
        self.files = {name: file for file in stored["fs.files"] if (name := asset_name(file["_id"]))}
        self.chunks = {}
        for chunk in stored["fs.chunks"]:
            self.chunks.setdefault(identity(chunk.get("files_id")), []).append(chunk)

    def first(self, names):
        """The SHA-256 of the first that is there."""
        for name in names:
            if name in self.files:
                content = self.content(name)
                return CORRUPT if content is None else hashlib.sha256(content).hexdigest()
        return DANGLING

    def content(self, name):
        """The bytes; None when the documents do not agree with each other to the last."""
        file = self.files[name]
        length, size = file.get("length"), file.get("chunkSize")
        if not is_whole(length) or not is_whole(size) or not 0 <= length <= LONGEST or size <= 0:
            return None
        chunks = self.chunks.get(identity(file["_id"]), [])
        if not all(is_whole(chunk.get("n")) and isinstance(chunk.get("data"), bytes) for chunk in chunks):
            return None
        pieces = [chunk["data"] for chunk in sorted(chunks, key=lambda chunk: chunk["n"])]
        content = b"".join(pieces)
        are_whole = [len(piece) for piece in pieces] == [min(size, length - start) for start in range(0, int(length), int(size))]
        if not are_whole or sorted(chunk["n"] for chunk in chunks) != list(range(len(chunks))):
            return None
        md5 = hashlib.md5(content).hexdigest()
        return content if all(file.get(name, md5) == md5 or not isinstance(file[name], str) for name in ("md5", "custom_md5")) else None


def is_whole(number):
    return isinstance(number, (int, float)) and not isinstance(number, bool) and float(number).is_integer()


def asset_name(identifier):
    """The name of an asset; None for what else lies there."""
    if isinstance(identifier, dict):
        return identifier["name"] if identifier["category"] == "asset" else None
    kind, _, name = identifier.partition("+block@")
    return name if kind.endswith("+type@asset") else None


def identity(identifier):
    """The id so that two are equal exactly when MongoDB would find the one by the other."""
    return tuple(identifier.items()) if isinstance(identifier, dict) else (type(identifier).__name__, identifier)
