# SPDX-License-Identifier: Apache-2.0
"""The server's process: listens on one port of this machine, with a thread for each connection, until it is ended.

The password of its users, `mallow` and `reader`, is in its environment, as MALLOW_SOURCE_PASSWORD.
"""
import argparse
import itertools
import os
import socket
import ssl
import threading
from pathlib import Path

from connection import Connection
from cursors import Cursors
from databases import Databases
from faults import Counters, Faults
from journal import Follower, Journal
from rights import READER, Rights
from scram import User


class Daemon:
    def __init__(self, port, databases, users, needs_login, replica_set, members, followed, certificate):
        self.address = f"127.0.0.1:{port}"
        # Of the set, the primary first: it stays the primary.
        self.members = members or [self.address]
        self.is_primary = self.members[0] == self.address
        self.databases, self.cursors = databases, Cursors()
        self._followed, self._lags = followed, False
        self.faults, self.counters, self.rights = Faults(), Counters(), Rights()
        self.needs_login, self.replica_set = needs_login, replica_set
        self._users = {(user.database, user.name): user for user in users}
        self._port = port
        self._tls = None
        if certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate)

    def user(self, database, name):
        """None where nobody is called that there."""
        return self._users.get((database, name))

    def catch_up(self):
        """A secondary has what the primary has at each command, unless a test has it lag. Under the databases' lock."""
        if self._followed and not self._lags:
            for change in self._followed.changes():
                self.databases.redo(change)

    def lag(self, lags):
        """From now on it stays as it is now, or no longer."""
        with self.databases.lock:
            self.catch_up()
            self._lags = lags

    def serve(self):
        listener = socket.create_server(("127.0.0.1", self._port), backlog=256)
        for number in itertools.count(1):
            connection, _ = listener.accept()
            threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _serve(self, connection, number):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls:
            try:
                connection = self._tls.wrap_socket(connection, server_side=True)
            except OSError as error:
                print(f"connection {number} is closed: {error}", flush=True)
                connection.close()
                return
        Connection(self, connection, number).serve()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, help="where changes are kept; without it, they end with the server")
    parser.add_argument("--auth", action="store_true", help="only who has logged in may ask")
    parser.add_argument("--auth-database", default="admin", help="the database that keeps the user")
    parser.add_argument("--tls", type=Path, help="a file with the certificate and its key")
    parser.add_argument("--replica-set", help="the name of the set that this is a member of")
    parser.add_argument("--member", action="append", help="the members of the set, the primary first; else it is the only one")
    parser.add_argument("--follow", type=Path, help="where the primary keeps its changes; for a secondary")
    given = parser.parse_args()
    databases = Databases(Journal(given.folder) if given.folder else None)
    users = [User(given.auth_database, name, os.environ["MALLOW_SOURCE_PASSWORD"]) for name in ("mallow", READER)]
    followed = Follower(given.follow) if given.follow else None
    Daemon(given.port, databases, users, given.auth, given.replica_set, given.member, followed, given.tls).serve()


if __name__ == "__main__":
    main()
