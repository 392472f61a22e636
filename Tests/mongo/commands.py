# SPDX-License-Identifier: Apache-2.0
"""Every command that there is, with the fields it knows; and what is the same for all of them."""
from administration import create_indexes, drop, drop_database, list_collections, list_databases, list_indexes
from errors import RETRIABLE, MongoError, not_done
from greeting import build_info, end_sessions, hello, ping, sasl_continue, sasl_start
from reading import aggregate, count, find, get_more, kill_cursors
from request import refuse_others
from writing import delete, insert, update

# What drivers send with any command, and what decides nothing here, but for whom a secondary answers.
COMMON = {"$db", "lsid", "$clusterTime", "$readPreference", "maxTimeMS", "comment", "apiVersion", "apiStrict",
          "apiDeprecationErrors", "txnNumber", "startTransaction", "autocommit"}
STATEMENTS = {"insert": "documents", "update": "updates", "delete": "deletes"}


class Command:
    def __init__(self, run, fields="", undone="", reads=False, writes=False, is_open=False, is_lenient=False):
        self.run = run
        self.fields = COMMON | set(fields.split()) | ({"readConcern"} if reads else set())
        self.fields |= {"writeConcern"} if writes else set()
        self.undone = set(undone.split())
        self.reads, self.writes = reads, writes
        self.is_open = is_open  # to those who have not logged in
        self.is_lenient = is_lenient  # about fields of newer drivers


COMMANDS = {
    "find": Command(find, "filter projection sort skip limit batchSize singleBatch noCursorTimeout allowDiskUse"
                          " allowPartialResults", "hint collation min max returnKey showRecordId tailable awaitData let", reads=True),
    "getMore": Command(get_more, "collection batchSize", "term lastKnownCommittedOpTime"),
    "killCursors": Command(kill_cursors, "cursors"),
    "aggregate": Command(aggregate, "pipeline cursor allowDiskUse", "explain hint collation let bypassDocumentValidation",
                         reads=True, writes=True),
    "count": Command(count, "query limit skip", "hint collation fields", reads=True),
    "insert": Command(insert, "documents ordered bypassDocumentValidation", writes=True),
    "update": Command(update, "updates ordered bypassDocumentValidation", "let", writes=True),
    "delete": Command(delete, "deletes ordered", "let", writes=True),
    "listCollections": Command(list_collections, "filter nameOnly authorizedCollections cursor"),
    "listDatabases": Command(list_databases, "filter nameOnly authorizedDatabases"),
    "listIndexes": Command(list_indexes, "cursor"),
    "createIndexes": Command(create_indexes, "indexes commitQuorum", writes=True),
    "drop": Command(drop, writes=True),
    "dropDatabase": Command(drop_database, writes=True),
    "endSessions": Command(end_sessions),
    "ping": Command(ping, is_open=True),
    "buildInfo": Command(build_info, is_open=True),
    "buildinfo": Command(build_info, is_open=True),
    "hello": Command(hello, is_open=True, is_lenient=True),
    "isMaster": Command(hello, is_open=True, is_lenient=True),
    "ismaster": Command(hello, is_open=True, is_lenient=True),
    "saslStart": Command(sasl_start, "mechanism payload autoAuthorize options", is_open=True),
    "saslContinue": Command(sasl_continue, "conversationId payload", is_open=True),
}


def answer(server, request):
    """The reply to a command, of which a refusal is one kind."""
    try:
        return _run(server, request)
    except MongoError as error:
        return refusal(server, request, error)


def refusal(server, request, error):
    reply = error.reply()
    if error.code in RETRIABLE and server.replica_set and "txnNumber" in request.fields:
        reply["errorLabels"] = ["RetryableWriteError"]
    return reply


def _run(server, request):
    command = COMMANDS.get(request.name)
    if command is None:
        raise MongoError(59, f"no such command: '{request.name}'")
    if not (command.is_open or request.connection.user or not server.needs_login):
        raise MongoError(13, f"Command {request.name} requires authentication")
    server.rights.check(request)
    if not (server.is_primary or command.is_open):
        _check_preference(request, command)
    if not command.is_lenient:
        refuse_others(request.fields, command.fields | {request.name}, command.undone, request.name)
    _check_session(server, request)
    concern_error = _write_concern(server, request)
    with server.databases.lock:
        server.catch_up()
        reply = _once(server, request, command)
    return {**reply, **concern_error}


def _check_preference(request, command):
    """A secondary changes nothing, and is read by those who say that they read from secondaries."""
    if command.writes and request.name != "aggregate":
        raise MongoError(10107, "not primary")
    preference = request.take("$readPreference", "object") or {}
    if command.reads and preference.get("mode", "primary") == "primary":
        raise MongoError(13435, "not primary and secondaryOk=false")


def _check_session(server, request):
    if request.fields.get("startTransaction") or "autocommit" in request.fields:
        raise not_done("transactions")
    if "txnNumber" in request.fields:
        if not server.replica_set:
            raise MongoError(20, "Transaction numbers are only allowed on a replica set member or mongos")
        if request.name not in STATEMENTS:
            raise MongoError(50768, f"txnNumber may only be provided for multi-document transactions and retryable write commands, "
                                    f"and not for {request.name}")
    level = (request.take("readConcern", "object") or {}).get("level", "local")
    if level not in ("local", "available", "majority"):
        raise not_done(f"reads at the level {level}")


def _write_concern(server, request):
    """Fields of the reply that say how many copies there are not; none where enough are asked for."""
    concern = request.take("writeConcern", "object") or {}
    copies = concern.get("w", 1)
    if copies in (0, 1, "majority"):
        return {}
    if not server.replica_set:
        raise MongoError(2, "cannot use 'w' > 1 when a host is not replicated")
    return {"writeConcernError": {"code": 100, "codeName": "UnsatisfiableWriteConcern", "errmsg": "Not enough data-bearing nodes"}}


def _once(server, request, command):
    """A numbered write that was done before is not done again; it gets the reply that was lost."""
    number = request.fields.get("txnNumber")
    if number is None:
        return command.run(server, request)
    if request.session is None:
        raise MongoError(72, "Transaction number requires a session ID to also be specified")
    earlier = server.databases.earlier_reply(request.session, number)
    if earlier is not None:
        count = len(request.fields[STATEMENTS[request.name]])
        return {**dict(earlier.items()), "retriedStmtIds": list(range(count))}
    reply = command.run(server, request)
    server.databases.remember(request.session, number, reply)
    return reply
