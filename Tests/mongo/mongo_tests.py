# SPDX-License-Identifier: Apache-2.0
"""Tests beside one server for a class of them; each test begins with no data, no faults, and counters at nothing."""
import contextlib
import socket
import unittest

import wire
from pymongo.errors import OperationFailure
from server import running_mongo


class MongoTests(unittest.TestCase):
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(running_mongo(**cls.options))

    def setUp(self):
        self.client = self.enterContext(self.server.client())
        self.client.drop_database("edxapp")
        self.database = self.client.edxapp
        self.server.reset()

    def tearDown(self):
        self.assertNotIn("Traceback", self.server.log.read_text())

    @contextlib.contextmanager
    def plain_connection(self):
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=10) as connection:
            yield connection

    def ask(self, connection, command, database="edxapp"):
        return wire.ask(connection, {**command, "$db": database})

    @contextlib.contextmanager
    def assert_refused(self, code, part=""):
        with self.assertRaises(OperationFailure) as caught:
            yield caught
        self.assertEqual(code, caught.exception.code, caught.exception)
        self.assertIn(part, str(caught.exception))
