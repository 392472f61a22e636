# SPDX-License-Identifier: Apache-2.0
"""The commands by which a client comes to a server: hello, ping, buildInfo, and logging in."""
import datetime

from bson.objectid import ObjectId

from errors import MongoError
from scram import MECHANISMS, Conversation
from values import MAX_DOCUMENT, is_document
from wire import MAX_MESSAGE
from writing import MAX_STATEMENTS

VERSION = [7, 0, 14, 0]
WIRE_VERSION = 21


def hello(server, request):
    now = datetime.datetime.now(datetime.timezone.utc)
    reply = {"isWritablePrimary" if request.name == "hello" else "ismaster": server.is_primary}
    if request.fields.get("helloOk"):
        reply["helloOk"] = True
    if server.replica_set:
        reply |= {
            "hosts": server.members, "setName": server.replica_set, "setVersion": 1,
            "secondary": not server.is_primary, "primary": server.members[0], "me": server.address,
            "lastWrite": {"lastWriteDate": now}}
        reply |= {"electionId": ObjectId("7fffffff0000000000000001")} if server.is_primary else {}
    reply |= {
        "maxBsonObjectSize": MAX_DOCUMENT, "maxMessageSizeBytes": MAX_MESSAGE, "maxWriteBatchSize": MAX_STATEMENTS,
        "localTime": now, "logicalSessionTimeoutMinutes": 30, "connectionId": request.connection.number,
        "minWireVersion": 0, "maxWireVersion": WIRE_VERSION, "readOnly": False}
    asked = request.fields.get("saslSupportedMechs")
    if isinstance(asked, str) and "." in asked and server.user(*asked.split(".", 1)):
        reply["saslSupportedMechs"] = list(MECHANISMS)
    return reply | _speculative(server, request) | {"ok": 1.0}


def _speculative(server, request):
    """The first step of a login with the greeting; where it fails, the client learns it from the login itself."""
    start = request.fields.get("speculativeAuthenticate")
    if not is_document(start) or "saslStart" not in start:
        return {}
    try:
        return {"speculativeAuthenticate": _start(server, request.connection, start, start.get("db", "admin"))}
    except MongoError:
        return {}


def ping(server, request):
    return {"ok": 1.0}


def build_info(server, request):
    return {"version": ".".join(map(str, VERSION[:3])), "versionArray": VERSION, "modules": [], "bits": 64, "debug": False,
            "maxBsonObjectSize": MAX_DOCUMENT, "storageEngines": ["wiredTiger"], "ok": 1.0}


def sasl_start(server, request):
    return _start(server, request.connection, request.fields, request.database) | {"ok": 1.0}


def _start(server, connection, start, database):
    options = start.get("options") or {}
    connection.conversation = None
    conversation = Conversation(start["mechanism"], options.get("skipEmptyExchange") is True)
    challenge = conversation.start(bytes(start["payload"]), lambda name: server.user(database, name))
    connection.conversation = conversation
    return {"conversationId": 1, "done": False, "payload": challenge}


def sasl_continue(server, request):
    conversation = request.connection.conversation
    if conversation is None or request.fields.get("conversationId") != 1:
        raise MongoError(17, "No SASL session state found")
    try:
        payload = conversation.go_on(bytes(request.fields["payload"]))
    except MongoError:
        request.connection.conversation = None
        raise
    if conversation.is_done:
        request.connection.user = conversation.user
        request.connection.conversation = None
    return {"conversationId": 1, "done": conversation.is_done, "payload": payload, "ok": 1.0}


def end_sessions(server, request):
    request.require("endSessions", "array")
    return {"ok": 1.0}
