# SPDX-License-Identifier: Apache-2.0
"""The driver in C, which the program uses, finds in the server what it expects of one. Needs Debian's libmongoc-1.0-0."""
import contextlib
import ctypes
import json
from ctypes import POINTER, byref, c_char, c_char_p, c_int, c_size_t, c_ssize_t, c_uint8, c_uint32, c_void_p
from urllib.parse import quote

import gridfs
from mongo_tests import MongoTests
from server import PASSWORD, USER

MONGOC, BSON = ctypes.CDLL("libmongoc-1.0.so.0"), ctypes.CDLL("libbson-1.0.so.0")
OLD_ID = {"category": "asset", "name": "a.srt", "course": "Bio1", "tag": "c4x", "org": "AcmeX", "revision": None}
SERVER_ERROR, CLIENT_ERROR = 17, 1  # domains of the driver's errors
NOT_LOGGED_IN = 11


class Error(ctypes.Structure):
    _fields_ = [("domain", c_uint32), ("code", c_uint32), ("message", c_char * 504)]


def function(library, name, result, *arguments):
    found = getattr(library, name)
    found.restype, found.argtypes = result, arguments
    return found


uri_new = function(MONGOC, "mongoc_uri_new_with_error", c_void_p, c_char_p, POINTER(Error))
uri_destroy = function(MONGOC, "mongoc_uri_destroy", None, c_void_p)
client_new = function(MONGOC, "mongoc_client_new_from_uri_with_error", c_void_p, c_void_p, POINTER(Error))
client_destroy = function(MONGOC, "mongoc_client_destroy", None, c_void_p)
set_error_api = function(MONGOC, "mongoc_client_set_error_api", c_int, c_void_p, c_int)
get_collection = function(MONGOC, "mongoc_client_get_collection", c_void_p, c_void_p, c_char_p, c_char_p)
get_database = function(MONGOC, "mongoc_client_get_database", c_void_p, c_void_p, c_char_p)
find_with_opts = function(MONGOC, "mongoc_collection_find_with_opts", c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)
update_one = function(
    MONGOC, "mongoc_collection_update_one", c_uint8, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, POINTER(Error))
cursor_next = function(MONGOC, "mongoc_cursor_next", c_uint8, c_void_p, POINTER(c_void_p))
cursor_error = function(MONGOC, "mongoc_cursor_error", c_uint8, c_void_p, POINTER(Error))
cursor_destroy = function(MONGOC, "mongoc_cursor_destroy", None, c_void_p)
bucket_new = function(MONGOC, "mongoc_gridfs_bucket_new", c_void_p, c_void_p, c_void_p, c_void_p, POINTER(Error))
open_download = function(MONGOC, "mongoc_gridfs_bucket_open_download_stream", c_void_p, c_void_p, c_void_p, POINTER(Error))
stream_read = function(MONGOC, "mongoc_stream_read", c_ssize_t, c_void_p, c_void_p, c_size_t, c_size_t, c_int)
stream_destroy = function(MONGOC, "mongoc_stream_destroy", None, c_void_p)
from_json = function(BSON, "bson_new_from_json", c_void_p, c_char_p, c_ssize_t, POINTER(Error))
as_json = function(BSON, "bson_as_relaxed_extended_json", c_void_p, c_void_p, POINTER(c_size_t))
iter_find = function(BSON, "bson_iter_init_find", c_uint8, c_void_p, c_void_p, c_char_p)
iter_value = function(BSON, "bson_iter_value", c_void_p, c_void_p)
MONGOC.mongoc_log_set_handler(None, None)
MONGOC.mongoc_init()


def bson(mapping):
    text = json.dumps(mapping).encode()
    return from_json(text, len(text), byref(Error()))


class LibmongocTests(MongoTests):
    options = {"auth": True, "tls": True, "replica_set": "rs0"}

    @contextlib.contextmanager
    def driver(self, password=PASSWORD):
        options = f"authSource=admin&replicaSet=rs0&tls=true&tlsCAFile={self.server.certificate}&serverSelectionTimeoutMS=5000"
        address = f"mongodb://{USER}:{quote(password, safe='')}@{self.server.address}/edxapp?{options}"
        uri = uri_new(address.encode(), byref(Error()))
        client = client_new(uri, byref(Error()))
        set_error_api(client, 2)
        yield client
        client_destroy(client)
        uri_destroy(uri)

    def found(self, client, collection, filter, options, take=lambda document: json.loads(
            ctypes.string_at(as_json(document, None)))):
        """What is taken of every document, and the error's domain and code, or None."""
        cursor = find_with_opts(get_collection(client, b"edxapp", collection), bson(filter), bson(options), None)
        document, error, taken = c_void_p(), Error(), []
        while cursor_next(cursor, byref(document)):
            taken.append(take(document))
        failed = (error.domain, error.code) if cursor_error(cursor, byref(error)) else None
        cursor_destroy(cursor)
        return taken, failed

    def test_queries(self):
        self.database.things.insert_many({"_id": number, "a": [{"b": number, "c": 1}, 5]} for number in range(1000))
        with self.driver() as client:
            self.assertEqual(([{"_id": number} for number in range(1000)], None),
                             self.found(client, b"things", {}, {"projection": {"_id": 1}, "batchSize": 7}))
            options = {"projection": {"a.b": 1}, "sort": {"_id": -1}, "limit": 2}
            self.assertEqual(([{"_id": 999, "a": [{"b": 999}]}, {"_id": 998, "a": [{"b": 998}]}], None),
                             self.found(client, b"things", {"a.b": {"$gt": 3}}, options))
            self.assertEqual(([], (SERVER_ERROR, 2)), self.found(client, b"things", {"a": {"$size": 2}}, {}))
            self.server.fail("getMore", code=43)
            self.assertEqual((SERVER_ERROR, 43), self.found(client, b"things", {}, {})[1])

    def test_a_wrong_password(self):
        with self.driver("wrong") as client:
            self.assertEqual(([], (CLIENT_ERROR, NOT_LOGGED_IN)), self.found(client, b"things", {}, {}))

    def test_files(self):
        files, ids = gridfs.GridFS(self.database), [OLD_ID, "asset-v1:A+B+C+type@asset+block@Über.srt"]
        contents = [b"", b"x" * 700_001]
        for id, content in zip(ids, contents):
            files.put(content, _id=id)
        with self.driver() as client:
            bucket = bucket_new(get_database(client, b"edxapp"), None, None, byref(Error()))

            def content(document):
                place, buffer, error = (ctypes.c_uint64 * 10)(), ctypes.create_string_buffer(800_000), Error()
                self.assertTrue(iter_find(place, document, b"_id"))
                stream = open_download(bucket, iter_value(place), byref(error))
                self.assertTrue(stream, error.message)
                size = stream_read(stream, buffer, len(buffer), 0, 0)
                stream_destroy(stream)
                return buffer.raw[:size]

            self.assertEqual((contents, None), self.found(client, b"fs.files", {}, {}, content))

    def test_a_write_whose_reply_was_lost(self):
        self.database.things.insert_one({"_id": 1, "v": 1})
        with self.driver() as client:
            things = get_collection(client, b"edxapp", b"things")
            self.server.fail("update", drop="after")
            done = update_one(things, bson({"_id": 1, "v": 1}), bson({"$set": {"v": 2}}), None, None, byref(Error()))
        self.assertEqual((1, {"_id": 1, "v": 2}), (done, self.database.things.find_one()))
