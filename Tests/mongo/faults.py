# SPDX-License-Identifier: Apache-2.0
"""What a test has the server do wrong, and what it was asked: behind a command that no real server has.

In the database `admin`, and open to those who have not logged in:

    {mallowTest: 1, fail: {command: "find", collection: "fs.chunks", after: 2, times: 3, code: 11600}}
    {mallowTest: 1, counters: true}   {mallowTest: 1, faults: true}   {mallowTest: 1, reset: true}
    {mallowTest: 1, grants: [{command: "insert", collection: "modulestore.structures"}]}   {mallowTest: 1, lags: true}

Without `command`, all but greetings and logins; without `collection`, on all. The first `after` of them are done as
ever, the next `times` (1) are not. One of these says how:

    code: N             refused with that error, or with `done: true` done and then refused
    drop: "before"      the connection is closed instead; "after": closed when the command has been done
    milliseconds: N     done, and answered that much later
    hang: true          neither done nor answered, until the client goes or the faults are reset
"""
import collections
import contextlib
import socket
import threading

from errors import MongoError, NAMES
from request import refuse_others
from values import encode, is_document

GREETINGS = ("hello", "isMaster", "ismaster", "saslStart", "saslContinue", "ping", "buildInfo", "buildinfo", "endSessions")
HOWS = ("code", "drop", "milliseconds", "hang")


class Fault:
    def __init__(self, given):
        refuse_others(given, {"command", "collection", "after", "times", "done", *HOWS}, set(), "mallowTest.fail")
        if sum(how in given for how in HOWS) != 1:
            raise MongoError(2, f"A fault has one of {', '.join(HOWS)}")
        if given.get("drop") not in (None, "before", "after"):
            raise MongoError(2, "A connection is dropped before or after the command")
        self.given = given
        self.after, self.times = given.get("after", 0), given.get("times", 1)
        self.code, self.drop = given.get("code"), given.get("drop")
        self.milliseconds, self.hangs = given.get("milliseconds", 0), bool(given.get("hang"))
        self.is_done = bool(given.get("done")) or self.code is None and self.drop != "before" and not self.hangs

    def is_for(self, request):
        command, collection = self.given.get("command"), self.given.get("collection")
        return (request.name == command if command else request.name not in GREETINGS) and collection in (None, request.collection)

    def error(self):
        return MongoError(self.code, f"{NAMES.get(self.code, self.code)}, as the test asked for")


class Faults:
    """In the order in which they were asked for; a command meets the first that is for it."""

    def __init__(self):
        self._lock = threading.Lock()
        self._faults, self._hanging = [], set()

    def add(self, given):
        fault = Fault(given)
        with self._lock:
            self._faults.append(fault)

    def met_by(self, request):
        with self._lock:
            for fault in self._faults:
                if fault.times and fault.is_for(request):
                    if fault.after:
                        fault.after -= 1
                        continue
                    fault.times -= 1
                    if fault.hangs:  # now, so that a reset after this ends it
                        self._hanging.add(request.connection.socket)
                    return fault
        return None

    def left(self):
        with self._lock:
            return [{**dict(fault.given.items()), "after": fault.after, "times": fault.times} for fault in self._faults]

    def hang(self, connection):
        """Of one that met such a fault: returns when the client has gone, or the faults are reset."""
        try:
            while connection.recv(4096):
                continue
        finally:
            with self._lock:
                self._hanging.discard(connection)

    def reset(self):
        with self._lock:
            self._faults.clear()
            for connection in self._hanging:
                with contextlib.suppress(OSError):  # its client has gone in the meantime
                    connection.shutdown(socket.SHUT_RDWR)


class Counters:
    """Of the commands that were answered since the last reset, by name and collection; and what they asked for."""

    KEPT_FILTERS, LONGEST_FILTER = 5000, 2000

    def __init__(self):
        self._lock = threading.Lock()
        self.reset()

    def reset(self):
        with self._lock:
            self._counts = collections.defaultdict(collections.Counter)
            self._filters = collections.deque(maxlen=self.KEPT_FILTERS)

    def add(self, request, reply, size):
        cursor = reply.get("cursor", {})
        with self._lock:
            self._counts[request.name, request.collection].update(
                count=1, errors=int(not reply["ok"]), bytes=size,
                documents=len(cursor.get("firstBatch", cursor.get("nextBatch", ()))))
            for filter in request.filters:
                raw = encode(filter)
                shown = {"bytes": len(raw)} if len(raw) > self.LONGEST_FILTER else {"filter": filter}
                self._filters.append({"command": request.name, "collection": request.collection, **shown})

    def report(self):
        with self._lock:
            counts = [{"command": name, "collection": collection, **counts} for (name, collection), counts in self._counts.items()]
            return {"commands": counts, "filters": list(self._filters)}


def control(server, request):
    """The reply to `mallowTest`."""
    try:
        if request.database != "admin":
            raise MongoError(13, "mallowTest may only be run against the admin database.")
        refuse_others(request.fields, {"mallowTest", "$db", "lsid", "$readPreference", "fail", "counters", "faults", "reset",
                                       "grants", "lags"},
                      set(), "mallowTest")
        reply = {"ok": 1.0}
        if is_document(fault := request.fields.get("fail")):
            server.faults.add(fault)
        if (grants := request.take("grants", "array")) is not None:
            server.rights.set(grants)
        if (lags := request.take("lags", "bool")) is not None:
            server.lag(bool(lags))
        if request.fields.get("reset"):
            server.faults.reset()
            server.counters.reset()
        if request.fields.get("counters"):
            reply |= server.counters.report()
        if request.fields.get("faults"):
            reply["faults"] = server.faults.left()
        return reply
    except MongoError as error:
        return error.reply()
