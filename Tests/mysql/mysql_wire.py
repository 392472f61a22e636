# SPDX-License-Identifier: Apache-2.0
"""The packets of MySQL's protocol, as far as a log-in needs them, and the two ways in which a password is proven."""
import hashlib
import struct
from dataclasses import dataclass

NATIVE, CACHING = "mysql_native_password", "caching_sha2_password"

MYSQL, CONNECT_WITH_DB, PROTOCOL_41, SSL = 1, 1 << 3, 1 << 9, 1 << 11
SECURE_CONNECTION, PLUGIN_AUTH, CONNECT_ATTRIBUTES, LENENC_AUTH = 1 << 15, 1 << 19, 1 << 20, 1 << 21
# Without those of a compressed connection, which nothing here speaks.
OF_57 = 0x01FFFFFF & ~(1 << 5)
# What 8.0 added: results without their columns' descriptions, zstd, attributes of a query, factors of a log-in.
OF_8 = OF_57 | 1 << 25 | 1 << 26 | 1 << 27 | 1 << 28
# A client that took one of these would be answered in a form that the server behind does not know.
NOT_RELAYED = OF_8 & ~OF_57


class Packets:
    """Packets with their numbers on a socket; each command begins a new count."""

    def __init__(self, socket):
        self.socket, self.next = socket, 0

    def close(self):
        self.socket.close()

    def exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise ConnectionError("the other side has gone")
            data += more
        return data

    def read(self):
        header = self.exactly(4)
        self.next = (header[3] + 1) % 256
        return self.exactly(int.from_bytes(header[:3], "little"))

    def write(self, payload):
        self.socket.sendall(len(payload).to_bytes(3, "little") + bytes([self.next]) + payload)
        self.next = (self.next + 1) % 256


def error(code, state, words):
    return b"\xff" + struct.pack("<H", code) + b"#" + state.encode() + words.encode()


def greeting(version, number, nonce, capabilities, collation, plugin):
    """The ten bytes of zeros are where a MariaDB says what it can do beyond MySQL."""
    return (b"\x0a" + version.encode() + b"\0" + struct.pack("<I", number) + nonce[:8] + b"\0"
            + struct.pack("<HBHHB", capabilities & 0xFFFF, collation, 2, capabilities >> 16, 21) + bytes(10)
            + nonce[8:] + b"\0" + plugin.encode() + b"\0")


def greeted(payload):
    """The nonce in a server's greeting, and the plug-in that it would log in by."""
    rest = payload[payload.index(b"\0", 1) + 1:]
    nonce, behind = rest[4:12], rest[31:]
    end = behind.index(b"\0")
    return nonce + behind[:end], behind[end + 1:].rstrip(b"\0").decode()


@dataclass
class LogIn:
    """What a client answers to a greeting."""

    capabilities: int
    collation: int
    beyond: int  # capabilities that only MariaDB knows
    user: str
    proof: bytes
    database: str
    plugin: str

    @staticmethod
    def parse(payload):
        capabilities, _, collation = struct.unpack("<IIB", payload[:9])
        beyond = int.from_bytes(payload[28:32], "little")
        user, _, rest = payload[32:].partition(b"\0")
        # Written with its length in either form: no proof here is longer than 250 bytes.
        proof, rest = rest[1:1 + rest[0]], rest[1 + rest[0]:]
        database = plugin = b""
        if capabilities & CONNECT_WITH_DB:
            database, _, rest = rest.partition(b"\0")
        if capabilities & PLUGIN_AUTH:
            plugin = rest.partition(b"\0")[0]
        return LogIn(capabilities, collation, beyond, user.decode(), proof, database.decode(), plugin.decode())

    def payload(self):
        """As a client of MySQL writes it that has no attributes to tell."""
        capabilities = self.capabilities & ~(SSL | CONNECT_ATTRIBUTES) | MYSQL
        return (struct.pack("<IIB", capabilities, 1 << 24, self.collation) + bytes(23) + self.user.encode() + b"\0"
                + bytes([len(self.proof)]) + self.proof
                + (self.database.encode() + b"\0" if capabilities & CONNECT_WITH_DB else b"")
                + (self.plugin.encode() + b"\0" if capabilities & PLUGIN_AUTH else b""))


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other))


def native_proof(password, nonce):
    """mysql_native_password: SHA1(password) XOR SHA1(nonce, SHA1(SHA1(password)))."""
    if not password:
        return b""
    once = hashlib.sha1(password.encode()).digest()
    return xor(once, hashlib.sha1(nonce + hashlib.sha1(once).digest()).digest())


def caching_proof(password, nonce):
    """caching_sha2_password: SHA256(password) XOR SHA256(SHA256(SHA256(password)), nonce)."""
    if not password:
        return b""
    once = hashlib.sha256(password.encode()).digest()
    return xor(once, hashlib.sha256(hashlib.sha256(once).digest() + nonce).digest())
