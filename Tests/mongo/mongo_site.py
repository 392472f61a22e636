# SPDX-License-Identifier: Apache-2.0
"""The built program on a platform whose courses are in the MongoDB of the tests.

Environment:
    MALLOW  the program
"""
import json
import os

import bson
from bson.codec_options import DatetimeConversion
from bson.raw_bson import RawBSONDocument

from mongo_tests import MongoTests
from server import PASSWORD, USER

from program import ProgramTests, Site, call, required, wait_until  # beside processes, where server leads


class MongoSite(Site):
    """One platform on one database of a server; `options` end the endpoint."""

    def __init__(self, folder, server, database="edxapp", options="", user=USER):
        super().__init__(folder, "")
        self.server, self.database, self.options, self.user = server, database, options, user

    @property
    def endpoint(self):
        user = f"{self.user}@" if self.server.auth else ""
        return f"mongodb://{user}{self.server.address}/{self.database}{self.options}"

    @property
    def places(self):
        return ["--source", self.endpoint, "--store", f"file:{self.store}", "--catalog", f"sqlite:{self.catalog}"]

    @property
    def environment(self):
        return {**os.environ, "MALLOW_SOURCE_PASSWORD": PASSWORD} if self.server.auth else dict(os.environ)

    def command(self, name, *arguments):
        places = self.places if name in ("discover", "plan", "run", "verify", "recover", "compare", "doctor", "undo-write-back") else []
        return [required("MALLOW"), name, "--ledger", f"{self.ledger}", *places, *arguments]

    def call(self, name, *arguments, timeout=120, **environment):
        return call(self.command(name, *arguments), timeout, env={**self.environment, **environment})

    def start(self, name, *arguments, **options):
        return super().start(name, *arguments, **{"env": self.environment, **options})

    def status(self):
        """Course key → what status says of it."""
        return {course["key"]: course for course in self.call("status", "--json").json["courses"]}


class SiteTests(MongoTests, ProgramTests):
    """Each test begins with an empty database on the one server of its class."""

    def setUp(self):
        MongoTests.setUp(self)
        ProgramTests.setUp(self)

    def mongo_site(self, name="site", **options):
        (self.folder / name).mkdir()
        site = MongoSite(self.folder / name, self.server, **options)
        self.addCleanup(site.end)
        return site

    def assert_same_documents(self, before, after, why=""):
        """Of two inventories, byte for byte; what differs is named."""
        differing = {name: [bson.decode(raw)["_id"] for raw in sorted(set(before.get(name, ())) ^ set(after.get(name, ())))]
                     for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        self.assertEqual({}, differing, why)

    def wait_until_met(self):
        """Until every fault that was asked for has been met as often as it should."""
        wait_until(lambda: not any(fault["times"] for fault in self.server.control({"faults": True})["faults"]), "the fault is met")


def inventory(database):
    """Collection → every document's bytes, in the order of its ids'."""
    names = sorted(database.list_collection_names())
    return {name: sorted(bytes(document.raw) for document in documents(database[name])) for name in names}


def documents(collection, **filter):
    """As they are stored, byte for byte."""
    return list(collection.with_options(RAW).find(filter))


RAW = bson.CodecOptions(document_class=RawBSONDocument, datetime_conversion=DatetimeConversion.DATETIME_MS)


def events(result):
    """How often each kind of event is among what a run printed."""
    kinds = [json.loads(line)["event"] for line in result.out.splitlines()]
    return {kind: kinds.count(kind) for kind in kinds}
