# SPDX-License-Identifier: Apache-2.0
"""A private MongoDB on loopback, as far as tests need one: its process, its address, its faults and its counters."""
import contextlib
import signal
import socket
import ssl
import sys
import tempfile
from pathlib import Path

import pymongo

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / folder) for folder in ("s3", "process")]  # behind: names of tests are the same

from certificates import certificate
from processes import Child, free_ports, scratch_folder, wait_until
from rights import READER
from wire import ask

USER = "mallow"
PASSWORD = "mallow/test'secret=4567"


class Server:
    """One server with one port and one folder: it may be killed and started again, and has both again."""

    def __init__(self, folder, data, auth=False, auth_database="admin", tls=False, replica_set=None):
        self.folder, self.data = Path(folder), data and Path(data)
        self.auth, self.auth_database, self.replica_set = auth, auth_database, replica_set
        self.port = free_ports(1)[0]
        self.certificate = certificate(self.folder, "127.0.0.1") if tls else None
        self.members = []  # all of the set, the primary first; none where this is all of it
        self.child = None

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    @property
    def log(self):
        return self.folder / f"mongo-{self.port}.log"

    def start(self):
        command = [sys.executable, HERE / "daemon.py", "--port", self.port, "--auth-database", self.auth_database]
        command += ["--folder", self.data] if self.data else []
        command += ["--auth"] if self.auth else []
        command += ["--tls", self.certificate] if self.certificate else []
        command += ["--replica-set", self.replica_set] if self.replica_set else []
        for member in self.members:
            command += ["--member", member.address]
        if self.members and self.members[0] is not self:
            command += ["--follow", self.members[0].data]
        self.child = Child(command, self.log, {"MALLOW_SOURCE_PASSWORD": PASSWORD})
        wait_until(lambda: self.control({})["ok"], self.child, "MongoDB")

    def kill(self):
        self.child.end(signal.SIGKILL)

    def client(self, **options):
        """A driver that has logged in, if that is asked for here; further options are the driver's own."""
        own = {"host": self.address, "serverSelectionTimeoutMS": 5000}
        if self.auth:
            own |= {"username": USER, "password": PASSWORD, "authSource": self.auth_database}
        if self.certificate:
            own |= {"tls": True, "tlsCAFile": str(self.certificate)}
        if self.replica_set:
            own |= {"replicaSet": self.replica_set}
        return pymongo.MongoClient(**(own | options))

    def fail(self, command=None, collection=None, **how):
        """Has the server do something wrong; `faults.py` says what there is."""
        asked = {"command": command, "collection": collection, **how}
        self.control({"fail": {name: value for name, value in asked.items() if value is not None}})

    def lag(self, lags=True):
        """A secondary stays as it is now, whatever the primary does from now on; or no longer."""
        self.control({"lags": lags})

    def reset(self):
        """No more faults, and all counters from nothing."""
        self.control({"reset": True})

    def grant(self, *grants):
        """What the user `reader` may do besides reading, as (command, collection): these, and none of before."""
        self.control({"grants": [{"command": command, "collection": collection} for command, collection in grants]})

    def counters(self):
        return self.control({"counters": True})

    def count(self, command, collection=None):
        """How often the command was answered since the last reset, on this collection or on all."""
        return sum(entry["count"] for entry in self.counters()["commands"]
                   if entry["command"] == command and collection in (None, entry["collection"]))

    def control(self, command):
        """Over a connection of its own, so that it meets no fault and needs no login."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as plain:
            with self._secured(plain) as connection:
                reply = ask(connection, {"mallowTest": 1, **command, "$db": "admin"})
        if not reply["ok"]:
            raise RuntimeError(reply["errmsg"])
        return reply

    def _secured(self, connection):
        if not self.certificate:
            return contextlib.nullcontext(connection)
        context = ssl.create_default_context(cafile=self.certificate)
        return context.wrap_socket(connection, server_hostname="127.0.0.1")

    def environment(self):
        found = {"MALLOW_MONGO": self.address, "MALLOW_SOURCE_PASSWORD": PASSWORD}
        return found | ({"MALLOW_MONGO_CA": str(self.certificate)} if self.certificate else {})


@contextlib.contextmanager
def running_set(**options):
    """A primary and a secondary, which keeps nothing of its own: started again, it has what the primary has."""
    with scratch_folder("mallow-mongo-") as folder:
        primary = Server(folder, Path(folder) / "data", **{"replica_set": "rs7"} | options)
        secondary = Server(folder, None, **{"replica_set": "rs7"} | options)
        primary.members = secondary.members = [primary, secondary]
        with contextlib.ExitStack() as running:
            for server in primary.members:
                server.start()
                running.callback(lambda server=server: server.child.end())
            yield primary, secondary


@contextlib.contextmanager
def running_mongo(parent=None, data=None, **options):
    """In memory where there is room, or in a folder of its own in `parent`; its data in the folder `data`, if one is said."""
    with tempfile.TemporaryDirectory(dir=parent) if parent else scratch_folder("mallow-mongo-") as folder:
        server = Server(folder, data or Path(folder) / "data", **options)
        server.start()
        try:
            yield server
        finally:
            server.child.end()
