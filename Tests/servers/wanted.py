# SPDX-License-Identifier: Apache-2.0
"""Which bytes learners must get of which video, worked out without the program: of exports by the oracle of Tests/edxval, of
courses that never were an export by the reader of Tests/mongo.
"""
import tempfile
from typing import NamedTuple

import oracle
from look_up import DANGLING, outcome


class LeftBehind(NamedTuple):
    """A video, or one transcript of it, that cannot be migrated."""

    course: str
    usage_key: str
    language: str | None
    reason: str


class Wanted:
    def __init__(self, exports, others):
        self.transcripts = {}
        """Usage key → language → the SHA-256 of what is to be stored."""
        self.left_behind = []
        with tempfile.TemporaryDirectory() as scratch:
            videos = [video for export in oracle.find_exports(exports, scratch) for video in export.videos()]
        for video in videos:
            self.add_exported(video)
        self.disputed = disputed(videos)
        for stored in others:
            for usage_key, found in outcome(stored).items():
                self.transcripts[usage_key] = {code: digest for code, digest in found.items() if digest != DANGLING}

    def add_exported(self, video):
        if corrupt := video.languages("corrupt"):
            self.left_behind.append(LeftBehind(video.course, video.usage_key, None, f"corrupt: {', '.join(corrupt)}"))
        elif not video.usable_id:
            self.left_behind.append(LeftBehind(video.course, video.usage_key, None, "edx-val refuses its id"))
        else:
            found = self.transcripts[video.usage_key] = {}
            for code, transcript in sorted(video.languages("good").items()):
                if code.lower() in map(str.lower, found):
                    reason = "the database takes its code for another one's"
                    self.left_behind.append(LeftBehind(video.course, video.usage_key, code, reason))
                else:
                    found[code] = transcript.content.sha256


def disputed(videos):
    """Each (edx_video_id, language) that runs of a course share and have other bytes for: the first that is migrated counts."""
    found = {}
    for video in videos:
        for code, transcript in video.languages("good").items():
            found.setdefault((video.edx_video_id, code), set()).add(transcript.content.sha256)
    return {key for key, digests in found.items() if len(digests) > 1}
