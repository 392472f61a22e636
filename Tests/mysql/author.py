# SPDX-License-Identifier: Apache-2.0
"""One author of the platform: changes transcripts through edx-val's own API, and keeps a log of what came of it.

    author.py CATALOG STORE KEYS SEED PAUSE

KEYS is a JSON file of [edx_video_id, language]; nobody else may write these, so that the log alone says what an author wrote
last. It prints `ready`, begins at the first line on its standard input, and ends with it. PAUSE is the longest time between
two changes, in seconds. The log is one JSON object a line:

    number, change      which; put, create, provider, delete, or video for the Video row itself
    video, language
    began, ended        when, by the clock of this machine
    outcome             wrote, deleted, nothing (there was none), taken (a unique key has one), undone (a deadlock)
    sha256              of the bytes that went to the store, also where no row came of them
    loaded              the key in the row that edx-val's API read and then changed
    row                 what the database held for the key afterwards, and the SHA-256 of the object behind it
"""
import hashlib
import json
import random
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "edxval"))

DEADLOCK, DUPLICATE = 1213, 1062
# Weights of what an author does to one transcript.
CHANGES = {"put": 5, "create": 3, "delete": 3, "provider": 2}
ROW = """SELECT t.id, v.edx_video_id, t.language_code, t.transcript, t.provider, t.file_format, t.created, t.modified
         FROM edxval_videotranscript t JOIN edxval_video v ON v.id = t.video_id"""


def read_rows(cursor, store, where="", values=()):
    """(video, language) → the row, all its columns, and the SHA-256 of its object."""
    cursor.execute(f"{ROW} {where} ORDER BY t.id", values)
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row)) for row in cursor.fetchall()]
    for row in rows:
        path = Path(store) / (row["transcript"] or "nowhere")
        row |= {"created": str(row["created"]), "modified": str(row["modified"]),
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None}
    return rows


class Author:
    def __init__(self, store, keys, seed):
        from django.db.models.signals import post_init
        from edxval.models import VideoTranscript

        self.store, self.keys, self.seed, self.number = store, [tuple(key) for key in keys], seed, 0
        self.chance = random.Random(seed)
        self.loaded = None
        post_init.connect(self.note_loaded, sender=VideoTranscript)

    def note_loaded(self, instance, **_):
        """edx-val's API does not say whether it made a row or changed one."""
        if instance.pk:
            self.loaded = instance.transcript.name

    def work(self):
        """One request: a change, or two transcripts of a video at once in a transaction, as Studio's requests are."""
        from django.db import transaction

        video, language = self.chance.choice(self.keys)
        others = [key for key in self.keys if key[0] == video and key[1] != language]
        if others and self.chance.random() < 0.25:
            pair = [(video, language), self.chance.choice(others)]
            entries = []
            try:
                with transaction.atomic():
                    for key in pair:
                        entries.append(self.change("put", *key))
                        if "error" in entries[-1]:
                            raise Undone
            except Undone:
                for entry in entries:
                    entry["outcome"] = entry["outcome"] if "error" in entry else "undone"
        else:
            change, = self.chance.choices(list(CHANGES), CHANGES.values())
            entries = [self.change(change, video, language)]
        for entry in entries:
            self.write(entry)
        if entries[0]["outcome"] == "nothing" and entries[0]["change"] in ("put", "create") and self.chance.random() < 0.5:
            self.write(self.change("video", video, language))

    def write(self, entry):
        from django.db import connection

        with connection.cursor() as cursor:
            where = "WHERE v.edx_video_id = %s AND t.language_code = %s"
            rows = read_rows(cursor, self.store, where, [entry["video"], entry["language"]])
        print(json.dumps({**entry, "row": rows[0] if rows else None}), flush=True)

    def change(self, change, video, language):
        from django.db import IntegrityError, OperationalError
        from edxval.exceptions import ValCannotCreateError

        self.number += 1
        entry = {"number": self.number, "change": change, "video": video, "language": language, "began": time.time()}
        self.loaded = None
        try:
            entry["outcome"] = getattr(self, change)(entry, video, language)
        except ValCannotCreateError as error:  # the Video row is not there yet, or is there already
            entry |= {"outcome": "nothing", "says": str(error)}
        except (IntegrityError, OperationalError) as error:
            if error.args[0] not in (DEADLOCK, DUPLICATE):
                raise
            entry |= {"outcome": "taken" if error.args[0] == DUPLICATE else "undone", "error": str(error)}
        return entry | {"loaded": self.loaded, "ended": time.time()}

    def content(self, entry):
        from django.core.files.base import ContentFile

        text = f"author {self.seed} wrote {self.number}"
        format_ = self.chance.choice(["srt", "sjson"])
        data = {"srt": f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n\n",
                "sjson": json.dumps({"start": [1000], "end": [2000], "text": [text]})}[format_].encode()
        entry["sha256"] = hashlib.sha256(data).hexdigest()
        return format_, ContentFile(data)

    def put(self, entry, video, language):
        from edxval.api import create_or_update_video_transcript

        format_, content = self.content(entry)
        metadata = {"provider": "Custom", "file_format": format_}
        return "wrote" if create_or_update_video_transcript(video, language, metadata, content) else "nothing"

    def create(self, entry, video, language):
        from edxval.api import create_video_transcript

        create_video_transcript(video, language, *self.content(entry))
        return "wrote"

    def provider(self, _, video, language):
        from edxval.api import update_transcript_provider

        provider = self.chance.choice(["3PlayMedia", "Cielo24"])
        return "wrote" if update_transcript_provider(video, language, provider) else "nothing"

    def delete(self, _, video, language):
        from edxval.api import delete_video_transcript

        delete_video_transcript(video, language)
        return "deleted" if self.loaded else "nothing"

    def video(self, _, video, __):
        from edxval.api import create_video

        create_video({"edx_video_id": video, "client_video_id": "theirs", "status": "external", "duration": 0,
                      "encoded_videos": [], "courses": []})
        return "wrote"


class Undone(Exception):
    """A request's transaction is rolled back."""


def main():
    catalog, store, keys, seed, pause = sys.argv[1:]
    from read_back import start_django

    start_django(catalog, store)
    author = Author(store, json.loads(Path(keys).read_text()), seed)
    print("ready", flush=True)
    sys.stdin.readline()
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    # People pause between two changes. Nothing waits for that.
    while not ended.wait(author.chance.uniform(0, float(pause))):
        author.work()


if __name__ == "__main__":
    main()
