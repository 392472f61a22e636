# SPDX-License-Identifier: Apache-2.0
"""How clients come to the server, what becomes of its data when it is killed, and the command beside which it runs."""
import base64
import contextlib
import hashlib
import hmac
import itertools
import os
import struct
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import bson
import gridfs
import pymongo
from mongo_tests import MongoTests
from pymongo.errors import ServerSelectionTimeoutError
from server import HERE, PASSWORD, READER, USER, running_mongo

from certificates import certificate  # beside the program's tests, where server leads


class LoginTests(MongoTests):
    options = {"auth": True}

    def test_the_right_password(self):
        for mechanism in (None, "SCRAM-SHA-256", "SCRAM-SHA-1"):
            more = {"authMechanism": mechanism} if mechanism else {}
            with self.subTest(mechanism), self.server.client(**more) as client:
                client.edxapp.things.insert_one({})
                self.assertEqual(1, client.edxapp.things.delete_one({}).deleted_count)

    def test_every_step(self):
        """By a client of its own, which asks for the last and empty exchange too."""
        with self.plain_connection() as connection:
            first = f"n={USER},r=nonce"
            begun = self.ask(connection, {"saslStart": 1, "mechanism": "SCRAM-SHA-256", "payload": b"n,," + first.encode()}, "admin")
            challenge = begun["payload"].decode()
            nonce, salt, rounds = (part[2:] for part in challenge.split(",", 2))
            self.assertTrue(nonce.startswith("nonce") and len(nonce) > 20)
            salted = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), base64.b64decode(salt), int(rounds))
            key, server_key = (hmac.digest(salted, name, "sha256") for name in (b"Client Key", b"Server Key"))
            last = f"c=biws,r={nonce}"
            talk = f"{first},{challenge},{last}".encode()
            mask = hmac.digest(hashlib.sha256(key).digest(), talk, "sha256")
            proof = base64.b64encode(bytes(one ^ other for one, other in zip(key, mask))).decode()
            step = {"saslContinue": 1, "conversationId": 1}
            proven = self.ask(connection, {**step, "payload": f"{last},p={proof}".encode()}, "admin")
            signature = b"v=" + base64.b64encode(hmac.digest(server_key, talk, "sha256"))
            self.assertEqual((False, signature), (proven["done"], proven["payload"]))
            self.assertEqual(13, self.ask(connection, {"find": "things"})["code"], "not before the end")
            done = self.ask(connection, {**step, "payload": b""}, "admin")
            self.assertEqual((True, b""), (done["done"], done["payload"]))
            self.assertEqual(1.0, self.ask(connection, {"find": "things"})["ok"])
            self.assertEqual(17, self.ask(connection, {**step, "payload": b""}, "admin")["code"])

    def test_what_is_wrong(self):
        for wrong in ({"password": "wrong"}, {"username": "nobody"}, {"authSource": "edxapp"}, {"password": PASSWORD[:-1]}):
            for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-1"):
                with self.subTest(wrong, mechanism=mechanism), self.server.client(authMechanism=mechanism, **wrong) as client:
                    with self.assert_refused(18):
                        client.edxapp.things.find_one()

    def test_nobody_may_do_anything(self):
        with pymongo.MongoClient(self.server.address) as client:
            self.assertEqual(1.0, client.admin.command("ping")["ok"])
            for ask in (client.edxapp.things.find_one, client.list_database_names, lambda: client.edxapp.things.insert_one({})):
                with self.assert_refused(13, "requires authentication"):
                    ask()
        self.assertEqual([], self.client.list_database_names())

    def test_a_server_that_asks_for_no_login_knows_passwords_all_the_same(self):
        with running_mongo() as server:
            for password, may in ((PASSWORD, True), ("wrong", False)):
                with server.client(username=USER, password=password, authSource="admin") as client:
                    if may:
                        client.edxapp.things.find_one()
                    else:
                        with self.assert_refused(18):
                            client.edxapp.things.find_one()

    def test_a_reader_changes_what_was_granted_and_nothing_else(self):
        self.database.things.insert_one({"_id": 1, "n": 1})
        with self.server.client(username=READER) as client:
            things = client.edxapp.things
            changes = {"insert": lambda: things.insert_one({"_id": 2}), "update": lambda: things.update_one({"_id": 9}, {"$set": {"n": 2}}),
                       "delete": lambda: things.delete_one({"_id": 1}), "createIndexes": lambda: things.create_index("n"),
                       "drop": things.drop, "dropDatabase": lambda: client.drop_database("edxapp")}
            for granted in (None, "insert", "update", "delete"):
                self.server.grant(*([(granted, "things")] if granted else []))
                for command, change in changes.items():
                    with self.subTest(command, granted=granted):
                        if command == granted:
                            change()
                            continue
                        with self.assert_refused(13, "not authorized on edxapp"):
                            change()
            self.assertEqual([{"_id": 2}], list(things.find()))
            self.server.grant(("insert", "others"))
            with self.assert_refused(13):
                things.insert_one({"_id": ["refused", "for its rights first"]})
            self.server.grant(("insert", "things"))
            with self.assert_refused(53):
                things.insert_one({"_id": ["no", "name"]})

    def test_a_user_of_another_database(self):
        with running_mongo(auth=True, auth_database="edxapp") as server:
            with server.client() as client:
                self.assertIsNone(client.edxapp.things.find_one())
            with server.client(authSource="admin") as client, self.assert_refused(18):
                client.edxapp.things.find_one()


class TLSTests(MongoTests):
    options = {"tls": True, "auth": True}

    def test_who_vouches_for_the_server(self):
        self.assertIsNone(self.client.edxapp.things.find_one())
        with tempfile.TemporaryDirectory() as folder:
            stranger = certificate(Path(folder), "127.0.0.1")
            for wrong in ({"tlsCAFile": str(stranger)}, {"tlsCAFile": None}, {"tls": False, "tlsCAFile": None}):
                with self.subTest(wrong), self.server.client(serverSelectionTimeoutMS=500, **wrong) as client:
                    with self.assertRaises(ServerSelectionTimeoutError):
                        client.edxapp.things.find_one()


class ReplicaSetTests(MongoTests):
    options = {"replica_set": "rs0"}

    def test_names(self):
        hello = self.client.admin.command("hello")
        self.assertEqual(("rs0", [self.server.address], True),
                         tuple(hello[name] for name in ("setName", "hosts", "isWritablePrimary")))
        self.client.edxapp.things.insert_one({"_id": 1})
        self.assertEqual({"_id": 1}, self.client.edxapp.things.find_one())
        for wrong in ({"replicaSet": "rs1"}, {"readPreference": "secondary"}):
            with self.subTest(wrong), self.server.client(serverSelectionTimeoutMS=300, **wrong) as client:
                with self.assertRaises(ServerSelectionTimeoutError):
                    client.edxapp.things.find_one()

    def test_a_single_server_is_in_no_set(self):
        with running_mongo() as single, single.client(replicaSet="rs0", serverSelectionTimeoutMS=300) as client:
            with self.assertRaises(ServerSelectionTimeoutError):
                client.edxapp.things.find_one()


class OldMessageTests(MongoTests):
    def ask_as_of_old(self, connection, command):
        raw = bson.encode(command)
        body = struct.pack("<i", 0) + b"edxapp.$cmd\0" + struct.pack("<ii", 0, -1) + raw
        connection.sendall(struct.pack("<iiii", 16 + len(body), 7, 0, 2004) + body)
        length, _, number, kind = struct.unpack("<iiii", connection.recv(16, 0x100))
        self.assertEqual((7, 1), (number, kind))
        return bson.decode(connection.recv(length - 16, 0x100)[20:])

    def test_only_greetings(self):
        with self.plain_connection() as connection:
            greeting = self.ask_as_of_old(connection, {"isMaster": 1, "helloOk": True})
            self.assertEqual((True, True, 21), tuple(greeting[name] for name in ("ismaster", "helloOk", "maxWireVersion")))
            self.assertEqual(352, self.ask_as_of_old(connection, {"find": "things"})["code"])

    def test_what_is_no_message_ends_the_connection(self):
        for junk in (b"GET / HTTP/1.1\r\n\r\n", struct.pack("<iiii", 48_000_001, 1, 0, 2013), struct.pack("<iiii", 20, 1, 0, 9) + bytes(4),
                     struct.pack("<iiii", 21, 1, 0, 2013) + bytes(5), struct.pack("<iiiiIBi", 27, 1, 0, 2013, 0, 0, 6) + b"\x10\0"):
            with self.plain_connection() as connection:
                connection.sendall(junk)
                with contextlib.suppress(ConnectionResetError):  # so it is told where the server left something unread
                    self.assertEqual(b"", connection.recv(1))


class KeptTests(MongoTests):
    def test_what_was_acknowledged_outlives_a_kill(self):
        files, things = gridfs.GridFS(self.database), self.database.things
        things.create_index("a", unique=True)
        for number in range(20):
            files.put(bytes([number]) * 300_000, _id={"name": str(number), "tag": "c4x"})
            things.insert_one({"_id": number, "a": number})
        things.delete_one({"_id": 3})
        things.update_one({"_id": 4}, {"$set": {"b": {"z": 1, "a": 2}}})
        self.database.dropped.insert_one({})
        self.database.dropped.drop()
        before = list(things.find())
        self.server.kill()
        self.server.start()
        self.assertEqual(before, list(things.find()))
        self.assertEqual([bytes([number]) * 300_000 for number in range(20)],
                         [files.get({"name": str(number), "tag": "c4x"}).read() for number in range(20)])
        self.assertEqual(["fs.chunks", "fs.files", "things"], sorted(self.database.list_collection_names()))
        with self.assertRaises(pymongo.errors.DuplicateKeyError):
            things.insert_one({"a": 5})
        self.assertEqual({"_id": 4, "a": 4, "b": {"z": 1, "a": 2}}, things.find_one({"b": {"z": 1, "a": 2}}))

    def test_a_kill_in_the_midst_of_writes(self):
        acknowledged, enough = [], threading.Event()

        def write(writer):
            with self.server.client(retryWrites=False, serverSelectionTimeoutMS=100) as client:
                with contextlib.suppress(pymongo.errors.PyMongoError):
                    for number in itertools.count():
                        client.edxapp.things.insert_one({"_id": f"{writer}-{number}", "data": bytes(50_000)})
                        acknowledged.append(f"{writer}-{number}")
                        if len(acknowledged) == 200:
                            enough.set()

        writers = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
        for writer in writers:
            writer.start()
        self.assertTrue(enough.wait(30))
        self.server.kill()
        for writer in writers:
            writer.join()
        self.server.start()
        kept = {found["_id"] for found in self.database.things.find({}, {"_id": 1})}
        self.assertEqual(set(), set(acknowledged) - kept)
        self.assertLessEqual(len(kept), len(acknowledged) + len(writers), "each had at most one on its way")

    def test_a_change_that_was_cut_off_is_no_change(self):
        self.database.things.insert_many([{"_id": 1}, {"_id": 2}])
        self.server.kill()
        journal = self.server.data / "changes.bson"
        whole = journal.stat().st_size
        for cut in (1, 3, 30):
            with journal.open("ab") as file:
                file.write(bson.encode({"do": "insert", "in": "edxapp.things", "document": {"_id": 3}})[:cut])
            self.server.start()
            self.assertEqual(whole, journal.stat().st_size)
            self.assertEqual(2, self.database.things.estimated_document_count())
            self.server.kill()
        self.server.start()

    def test_cursors_end_with_the_server(self):
        self.database.things.insert_many({"_id": number} for number in range(10))
        first = self.database.command("find", "things", batchSize=2)["cursor"]
        self.server.kill()
        self.server.start()
        with self.server.client() as client, self.assert_refused(43):
            client.edxapp.command("getMore", first["id"], collection="things")

    def test_nobody_else_has_the_folder(self):
        with self.assertRaisesRegex(RuntimeError, "Another server has"):
            with running_mongo(data=self.server.data):
                self.fail("two servers with one folder")


class CommandTests(unittest.TestCase):
    def run_beside(self, options, code):
        return subprocess.run([sys.executable, HERE / "database.py", *options, "--", sys.executable, "-c", code],
                              capture_output=True, text=True, env={**os.environ, "PYTHONPATH": ""})

    def test_a_command_finds_the_server_and_its_data_stays(self):
        begin = "import os, pymongo; e = os.environ; c = pymongo.MongoClient(e['MALLOW_MONGO'], username='mallow', " \
                "password=e['MALLOW_SOURCE_PASSWORD'], tls=True, tlsCAFile=e['MALLOW_MONGO_CA'], replicaSet='rs0'); "
        with tempfile.TemporaryDirectory() as folder:
            options = ["--auth", "--tls", "--replica-set", "rs0", "--folder", folder]
            first = self.run_beside(options, begin + "c.a.b.insert_one({'_id': 5}); raise SystemExit(3)")
            self.assertEqual(3, first.returncode, first.stderr)
            second = self.run_beside(options, begin + "print(c.a.b.find_one())")
            self.assertEqual((0, "{'_id': 5}\n"), (second.returncode, second.stdout), second.stderr)


if __name__ == "__main__":
    unittest.main()
