# SPDX-License-Identifier: Apache-2.0
"""A server that a client takes for a MySQL of 5.7, 8.0 or 8.4, while a MariaDB behind it does the work.

It is no MySQL. What is MySQL's is the whole of the log-in (greeting, capabilities, plug-ins, TLS, the RSA key), and what
`mysql_sql.py` knows of statements; from there on each packet is handed on as it is. Parser, optimiser, locks and
prepared statements are MariaDB's.
"""
import contextlib
import re
import secrets
import select
import socket
import ssl
import threading
from collections import Counter
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from loopback import LoopbackPort  # beside program, where database leads
from mysql_sql import ITS_STAND_IN, translated
from mysql_wire import (
    CACHING, NATIVE, NOT_RELAYED, OF_57, OF_8, SSL, LogIn, Packets, caching_proof, error, greeted, greeting,
    native_proof, xor,
)

MAKES_USER = re.compile(r"^\s*CREATE\s+USER\s+(\w+)@\S+\s+IDENTIFIED\s+BY\s+'([^']*)'", re.IGNORECASE)
COM_QUERY, COM_STMT_PREPARE = 3, 22
MORE_OF_THE_PROOF, FAST, FULL, KEY_PLEASE = b"\x01", b"\x03", b"\x04", b"\x02"


@dataclass(frozen=True)
class Kind:
    version: str
    release: int
    capabilities: int
    # utf8mb4_general_ci, or 8.x's own utf8mb4_0900_ai_ci, whose number no MariaDB gives to anything
    collation: int
    plugin: str
    has_native: bool = True

    @property
    def server_options(self):
        """What the MariaDB behind it is started with."""
        return [f"--collation-server={ITS_STAND_IN}"] if self.release >= 8 else []


KINDS = {
    "5.7": Kind("5.7.44-log", 5, OF_57, 45, NATIVE),
    "8.0": Kind("8.0.36", 8, OF_8, 255, CACHING),
    # The old plug-in is there and not loaded, unless somebody asks for it.
    "8.4": Kind("8.4.0", 8, OF_8, 255, CACHING, has_native=False),
}


class Refused(Exception):
    """An error that a client is sent instead of what it wanted."""

    def __init__(self, code, state, words):
        super().__init__(words)
        self.payload = error(code, state, words)


class AsMySQL(LoopbackPort):
    """Stands before the MariaDB at `port`, and is ready when it is made.

    `users` are their passwords, and `plugins` what they are logged in by, where that is not the kind's own; `greets` is
    the plug-in of the greeting. `seen` counts log-ins by the way they took, and refused statements by their code.
    """

    def __init__(self, kind, port, users, certificate, greets=None, plugins=None):
        self.kind, self.server, self.users = kind, port, dict(users)
        self.greets, self.plugins = greets or kind.plugin, plugins or {}
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(certificate)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.cached, self.seen, self.lock = set(), Counter(), threading.Lock()
        self.listen()

    def note(self, what):
        with self.lock:
            self.seen[what] += 1

    def serve(self, near):
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client = Packets(near)
        with contextlib.closing(client), contextlib.suppress(OSError):
            try:
                log_in = self.welcome(client)
            except Refused as refusal:
                client.write(refusal.payload)
                return
            with socket.create_connection(("127.0.0.1", self.server)) as far:
                far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                answer = self.log_in_behind(Packets(far), log_in)
                client.write(answer)
                if answer[0] == 0:
                    self.relay(client, far)

    # The log-in

    def welcome(self, client):
        """Returns the log-in of a client that has proven who it is."""
        nonce = bytes(secrets.choice(range(1, 128)) for _ in range(20))
        client.write(greeting(self.kind.version, 7, nonce, self.kind.capabilities, self.kind.collation, self.greets))
        payload = client.read()
        way = "plain"
        if len(payload) == 32 and int.from_bytes(payload[:4], "little") & SSL:
            client.socket, way = self.tls.wrap_socket(client.socket, server_side=True), "tls"
            payload = client.read()
        log_in = LogIn.parse(payload)
        if log_in.capabilities & ~self.kind.capabilities & 0x1FFFFFFF or log_in.beyond:
            raise Refused(1043, "08S01", "Bad handshake")
        assert not log_in.capabilities & NOT_RELAYED, "a client that wants answers in a form of 8.x alone"
        plugin = self.plugins.get(log_in.user, self.kind.plugin)
        if plugin == NATIVE and not self.kind.has_native:
            raise Refused(1524, "HY000", f"Plugin '{plugin}' is not loaded")
        if log_in.plugin != plugin:
            nonce = bytes(reversed(nonce))
            client.write(b"\xfe" + plugin.encode() + b"\0" + nonce + b"\0")
            log_in.proof = client.read()
            self.note(f"switched to {plugin}")
        if not getattr(self, f"_{plugin}")(client, log_in, nonce, way):
            raise Refused(1045, "28000", f"Access denied for user '{log_in.user}'@'127.0.0.1' (using password: "
                                         f"{'YES' if log_in.proof else 'NO'})")
        return log_in

    def _mysql_native_password(self, client, log_in, nonce, way):
        self.note(f"{NATIVE}, {way}")
        return log_in.proof == native_proof(self.users.get(log_in.user, secrets.token_hex()), nonce)

    def _caching_sha2_password(self, client, log_in, nonce, way):
        password = self.users.get(log_in.user, secrets.token_hex())
        if not log_in.proof:
            return password == ""
        if log_in.user in self.cached and log_in.proof == caching_proof(password, nonce):
            self.note(f"{CACHING}, {way}, fast")
            client.write(MORE_OF_THE_PROOF + FAST)
            return True
        client.write(MORE_OF_THE_PROOF + FULL)
        told = client.read()
        if way != "tls":
            if told == KEY_PLEASE:
                client.write(MORE_OF_THE_PROOF + self.key.public_key().public_bytes(
                    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
                told = client.read()
            sha1 = hashes.SHA1()  # as every MySQL has it
            told = self.key.decrypt(told, padding.OAEP(padding.MGF1(sha1), sha1, None))
            told = xor(told, nonce * (len(told) // len(nonce) + 1))
        self.note(f"{CACHING}, {way}, full")
        if told != password.encode() + b"\0":
            return False
        self.cached.add(log_in.user)
        return True

    def log_in_behind(self, server, log_in):
        """The server's answer to the same log-in, by its own plug-in."""
        nonce, _ = greeted(server.read())
        log_in.plugin, log_in.proof = NATIVE, native_proof(self.users[log_in.user], nonce)
        server.write(log_in.payload())
        return server.read()

    # And everything behind it

    def relay(self, client, far):
        near = client.socket
        while True:
            # What TLS has read already shows on no socket.
            is_read = isinstance(near, ssl.SSLSocket) and near.pending()
            ready = [near] if is_read else select.select([near, far], [], [])[0]
            if far in ready:
                data = far.recv(65536)
                if not data:
                    return
                near.sendall(data)
            if near in ready:
                command = client.read()
                number = (client.next - 1) % 256
                try:
                    command = self.as_mysql_takes(command) if number == 0 else command
                except Refused as refusal:
                    client.write(refusal.payload)
                    continue
                far.sendall(len(command).to_bytes(3, "little") + bytes([number]) + command)

    def as_mysql_takes(self, command):
        if not command or command[0] not in (COM_QUERY, COM_STMT_PREPARE):
            return command
        statement = command[1:].decode("utf-8", "surrogateescape")
        answer = translated(statement, self.kind.release)
        if isinstance(answer, tuple):
            self.note(answer[0])
            raise Refused(*answer)
        if made := MAKES_USER.match(statement):
            self.users[made[1]] = made[2]
        return command[:1] + answer.encode("utf-8", "surrogateescape")
