# SPDX-License-Identifier: Apache-2.0
"""Faults come when they were asked for, as often as they were asked for; and what was asked is counted."""
import threading
import time

import pymongo
from mongo_tests import MongoTests
from pymongo.errors import AutoReconnect, NetworkTimeout, OperationFailure

CODES = {11600: "InterruptedAtShutdown", 10107: "NotWritablePrimary", 91: "ShutdownInProgress", 13: "Unauthorized",
         50: "MaxTimeMSExpired", 43: "CursorNotFound", 189: "PrimarySteppedDown", 8000: "Location8000"}


class FaultTests(MongoTests):
    def setUp(self):
        super().setUp()
        self.things, self.others = self.database.things, self.database.others
        self.things.insert_one({"_id": 1})
        # A driver that tries nothing a second time: each test sees what the server did.
        self.patient = self.client
        self.client_once = self.enterContext(self.server.client(retryReads=False, retryWrites=False))
        self.once = self.client_once.edxapp.things
        self.once.find_one()
        self.server.reset()

    def outcome(self, ask, *arguments):
        try:
            ask(*arguments)
            return "done"
        except OperationFailure as error:
            return error.code
        except AutoReconnect as error:
            return type(error).__name__

    def test_codes(self):
        for code, name in CODES.items():
            self.server.fail("find", code=code)
            with self.plain_connection() as connection:
                reply = self.ask(connection, {"find": "things"})
                self.assertEqual((0.0, code, name), (reply["ok"], reply["code"], reply["codeName"]))
                self.assertEqual(1.0, self.ask(connection, {"find": "things"})["ok"])

    def test_how_often_and_on_what(self):
        self.server.fail("find", "things", after=1, times=2, code=13)
        self.assertEqual("done", self.outcome(self.client_once.edxapp.others.find_one), "it is on another collection")
        self.assertEqual("done", self.outcome(self.once.count_documents, {}), "it is another command")
        self.assertEqual(["done", 13, 13, "done"], [self.outcome(self.once.find_one) for _ in range(4)])
        self.server.fail(code=50)
        self.assertEqual([50, "done"], [self.outcome(self.once.delete_one, {"_id": 2}) for _ in range(2)])

    def test_the_first_that_is_asked_for_comes_first(self):
        self.server.fail("find", code=13)
        self.server.fail("find", code=50)
        self.assertEqual([{"command": "find", "code": 13, "after": 0, "times": 1}, {"command": "find", "code": 50, "after": 0, "times": 1}],
                         [dict(fault) for fault in self.server.control({"faults": True})["faults"]])
        self.assertEqual([13, 50, "done"], [self.outcome(self.once.find_one) for _ in range(3)])
        self.server.fail("find", code=13)
        self.server.reset()
        self.assertEqual("done", self.outcome(self.once.find_one))

    def test_a_refusal_before_and_after(self):
        self.server.fail("insert", code=11600)
        self.assertEqual("NotPrimaryError", self.outcome(self.once.insert_one, {"_id": 2}))
        self.assertIsNone(self.things.find_one({"_id": 2}))
        self.server.fail("insert", code=11600, done=True)
        self.assertEqual("NotPrimaryError", self.outcome(self.once.insert_one, {"_id": 2}))
        self.assertIsNotNone(self.things.find_one({"_id": 2}))

    def test_connections_that_are_lost(self):
        for when, stays in (("before", True), ("after", False)):
            self.server.fail("delete", drop=when)
            self.things.replace_one({"_id": 1}, {"v": 1})
            self.assertEqual("AutoReconnect", self.outcome(self.once.delete_one, {"_id": 1}))
            self.assertEqual(stays, self.things.find_one({"_id": 1}) is not None, when)
        self.server.fail("find", drop="after", times=1)
        self.assertIsNone(self.things.find_one({"_id": 1}), "a driver that may try again does, and the fault is spent")

    def test_answers_that_are_late(self):
        self.server.fail("find", milliseconds=300)
        begun = time.monotonic()
        self.assertEqual({"_id": 1}, self.once.find_one())
        self.assertGreaterEqual(time.monotonic() - begun, 0.3)
        with self.server.client(socketTimeoutMS=100, retryReads=False) as hasty:
            self.server.fail("find", milliseconds=400)
            with self.assertRaises(NetworkTimeout):
                hasty.edxapp.things.find_one()

    def test_answers_that_never_come(self):
        self.server.fail("find", hang=True, times=2)
        with self.server.client(socketTimeoutMS=100, retryReads=False) as hasty, self.assertRaises(NetworkTimeout):
            hasty.edxapp.things.find_one()
        found = []
        waiting = threading.Thread(target=lambda: found.append(self.outcome(self.once.find_one)))
        waiting.start()
        while self.server.control({"faults": True})["faults"][0]["times"]:
            self.assertTrue(waiting.is_alive())
        self.server.reset()
        waiting.join(10)
        self.assertEqual(["AutoReconnect"], found)
        self.assertEqual({"_id": 1}, self.once.find_one())

    def test_faults_that_there_are_not(self):
        for wrong in ({}, {"code": 1, "hang": True}, {"drop": "sometimes"}, {"code": 1, "tims": 2}):
            with self.subTest(wrong), self.assertRaises(RuntimeError):
                self.server.fail("find", **wrong)
        with self.assert_refused(13, "admin"):
            self.database.command("mallowTest")

    def test_a_driver_tries_what_may_be_tried(self):
        self.server.fail("find", code=91)
        self.assertEqual({"_id": 1}, self.things.find_one())
        self.assertEqual(2, self.server.count("find", "things"))


class CounterTests(MongoTests):
    def test_what_was_asked(self):
        files = self.database.fs.files
        files.insert_many({"_id": number, "content_son": {"org": "A" if number % 2 else "B"}} for number in range(250))
        self.server.reset()
        for org in "AB":
            self.assertEqual(125, len(list(files.find({"content_son.org": org}))))
        files.count_documents({"content_son.org": "C"})
        with self.assertRaises(pymongo.errors.OperationFailure):
            files.find_one({"$bad": 1})
        counters = self.server.counters()
        by_name = {entry["command"]: entry for entry in counters["commands"] if entry["collection"] == "fs.files"}
        self.assertEqual({"find": (3, 202, 1), "getMore": (2, 48, 0), "aggregate": (1, 0, 0)},
                         {name: tuple(entry[part] for part in ("count", "documents", "errors")) for name, entry in by_name.items()})
        self.assertGreater(by_name["find"]["bytes"], 202 * 40)
        self.assertEqual([("find", "A"), ("find", "B"), ("aggregate", "C")],
                         [(entry["command"], entry["filter"].get("content_son.org")) for entry in counters["filters"]][:3])
        self.server.reset()
        self.assertEqual(0, self.server.count("find"))

    def test_a_long_filter_is_told_by_its_length(self):
        self.database.things.find_one({"_id": {"$in": list(range(1000))}})
        self.assertGreater(self.server.counters()["filters"][0]["bytes"], 7000)
