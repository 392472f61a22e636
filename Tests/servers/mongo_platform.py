# SPDX-License-Identifier: Apache-2.0
"""One platform as it is in production: courses in a MongoDB with a login, TLS and a replica set's name, objects in a bucket,
edx-val in MariaDB, and newer releases' course index beside it. Runs beside Tests/s3/servers.py, as Tests/run starts it.
"""
import contextlib
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / folder) for folder in ("mysql", "mongo")]

from bson import ObjectId

from course_index import CourseIndex
from courses import OLD, StoredCourse
from loader import load
from server import PASSWORD, USER
from strict_reader import videos
from synthetic import libraries
from two_platforms import Side, variable

from program import EDXVAL, call, required  # beside processes, where two_platforms leads

SOURCE = "edxapp"
INDEX, STRUCTURES = "modulestore.active_versions", "modulestore.structures"
BRANCHES = {"draft-branch": "draft_version", "published-branch": "published_version"}
READ_BACK = ("import read_back; read_back.start_django({!r}, {!r}); readable, unreadable = read_back.read_every_transcript(); "
             "raise SystemExit(1 if unreadable else 0)")


class MongoPlatform:
    """In one folder, its ledger and what its runs said; `courses` are stored in it, and a library."""

    def __init__(self, folder, mongo, port, courses, is_indexed):
        self.folder, self.mongo, self.courses = Path(folder), mongo, courses
        self.side = Side("mongo", port)
        self.side.make()
        self.children = []
        self.client = mongo.client()
        self.client.drop_database(SOURCE)
        self.source = self.client[SOURCE]
        everything = [*courses, *libraries(1, 2)]
        for stored in everything:
            load(self.source, stored)
        self.index = CourseIndex(self.side.connect, everything) if is_indexed else None

    # The program

    @property
    def places(self):
        source = (f"mongodb://{USER}@{self.mongo.address}/{SOURCE}?authSource=admin&replicaSet={self.mongo.replica_set}"
                  f"&tlsCAFile={self.mongo.certificate}")
        return ["--source", source, "--store", self.store, "--catalog", self.catalog]

    @property
    def store(self):
        return (f"s3://{self.side.bucket}?endpoint={variable('MALLOW_S3_SEAWEEDFS')}&region={variable('MALLOW_S3_REGION')}"
                "&addressing=path")

    @property
    def catalog(self):
        return f"mysql://{self.side.name}@127.0.0.1:{self.side.port}/{self.side.database}"

    @property
    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MALLOW_", "XDG_"))}
        return {**kept, "AWS_EC2_METADATA_DISABLED": "true", "HOME": str(self.folder), "MALLOW_SOURCE_PASSWORD": PASSWORD,
                "MALLOW_CATALOG_PASSWORD": self.side.password, "AWS_ACCESS_KEY_ID": variable("MALLOW_S3_ACCESS_KEY"),
                "AWS_SECRET_ACCESS_KEY": variable("MALLOW_S3_SECRET_KEY")}

    def command(self, name, *arguments):
        places = self.places if name in ("discover", "run", "verify", "recover") else []
        return [required("MALLOW"), name, "--ledger", str(self.folder / "mallow.ledger"), *places, *arguments]

    def call(self, name, *arguments):
        return call(self.command(name, *arguments), cwd=self.folder, env=self.environment)

    def start(self, *arguments):
        """A run that goes on; `end` ends it if nothing else has."""
        out = self.folder / f"run.{len(self.children)}"
        with out.open("wb") as file:
            child = subprocess.Popen(self.command("run", "--json", *arguments), stdin=subprocess.DEVNULL, stdout=file,
                                     stderr=subprocess.STDOUT, cwd=self.folder, env=self.environment)
        child.out = out
        self.children.append(child)
        return child

    def end(self):
        self.client.close()
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.wait()

    def minute_later(self):
        """Turns back the ledger's clock, rather than wait until a lost PUT can no longer arrive."""
        with contextlib.closing(sqlite3.connect(self.folder / "mallow.ledger")) as ledger, ledger:
            ledger.execute("UPDATE intent SET written = written - 61 WHERE state = 'watched'")

    # What lies there, by clients that are not ours

    def read_back(self):
        """What the real edx-val finds: (edx_video_id, language) → SHA-256, of every row in the database."""
        done = call([sys.executable, "-B", "-c", READ_BACK.format(self.catalog, self.store)], cwd=EDXVAL, env=self.environment)
        lines = [json.loads(line) for line in done.out.splitlines()]
        if done.exit or not lines:
            raise AssertionError(f"edx-val cannot read {[line for line in lines if 'error' in line]}\n{done.err}")
        return {(line["edx_video_id"], line["language"]): line["sha256"] for line in lines}

    def transcripts(self):
        """(edx_video_id, language) → (format, SHA-256 of the object that the row names)."""
        rows = self.select("""SELECT v.edx_video_id, t.language_code, t.file_format, t.transcript
                              FROM edxval_videotranscript t JOIN edxval_video v ON v.id = t.video_id""")
        return {(video, code): (kind, self.digest(name)) for video, code, kind, name in rows}

    def flags(self):
        return self.select("SELECT course_id, enabled FROM video_config_coursevideotranscriptenabledflag")

    def digest(self, key):
        return hashlib.sha256(self.side.s3.get_object(Bucket=self.side.bucket, Key=key)["Body"].read()).hexdigest()

    def select(self, query):
        with self.side.connect() as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return sorted(cursor.fetchall())

    def read(self, stored):
        """The course as the platform reads it now: by the heads that SQL names, where there is an index."""
        if stored.form == OLD:
            place = stored["modulestore"][0]["_id"]
            where = {f"_id.{name}": place[name] for name in ("org", "course")}
            return with_documents(stored, {"modulestore": [*self.source["modulestore"].find(where)]})
        heads = self.indexed_heads(stored) if self.index else self.document(stored)["versions"]
        structures = self.source[STRUCTURES].find({"_id": {"$in": [*heads.values()]}})
        return with_documents(stored, {INDEX: [stored[INDEX][0] | {"versions": heads}], STRUCTURES: [*structures]})

    def document(self, stored):
        """The course's heads as MongoDB has them, and what is said of them there."""
        return self.source[INDEX].find_one({"_id": stored[INDEX][0]["_id"]})

    def indexed_heads(self, stored):
        """Branch → structure, as SQL has them."""
        row = self.index.rows()[stored.key]
        return {branch: ObjectId(row[column]) for branch, column in BRANCHES.items()}

    def ids(self, stored):
        """Usage key → the edx_video_ids of what is published and, if that is another one, of the draft."""
        return {key: [said.get("edx_video_id") for said in (video.published, video.draft) if said is not None]
                for key, video in videos(self.read(stored)).items()}

    def state(self):
        """All that lies there and is not named or dated anew by each run."""
        return {
            "transcripts": self.transcripts(),
            "videos": self.select("SELECT edx_video_id, client_video_id, status, duration FROM edxval_video"),
            "flags": self.flags(),
            "ids": {stored.key: self.ids(stored) for stored in self.courses},
        }  # fmt: skip


def with_documents(stored, documents):
    return StoredCourse(stored.key, stored.form, stored.collections | documents)
