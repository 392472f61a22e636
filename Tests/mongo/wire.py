# SPDX-License-Identifier: Apache-2.0
"""The messages of MongoDB's protocol: OP_MSG, and the OP_QUERY with which drivers begin."""
import itertools
import struct

from bson.errors import InvalidBSON

from errors import MongoError
from values import document, encode

OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
MAX_MESSAGE = 48_000_000
CHECKSUM_PRESENT, MORE_TO_COME, EXHAUST_ALLOWED = 1, 2, 1 << 16
HEADER = struct.Struct("<iiii")

_numbers = itertools.count(1)


class Message:
    """A command: its document, with the documents that were sent beside it put into their fields."""

    def __init__(self, number, kind, command, wants_reply=True):
        self.number, self.kind, self.command, self.wants_reply = number, kind, command, wants_reply


class Malformed(Exception):
    """Not a message of this protocol: a real server closes the connection."""


def read_message(connection):
    """The next message, or None at the end of the connection."""
    head = _read(connection, HEADER.size)
    if head is None:
        return None
    length, number, _, kind = HEADER.unpack(head)
    if not HEADER.size < length <= MAX_MESSAGE:
        raise Malformed(f"a message of {length} bytes")
    body = _read(connection, length - HEADER.size)
    if body is None:
        return None
    try:
        if kind == OP_QUERY:
            return Message(number, kind, _query(body))
        if kind == OP_MSG:
            flags = struct.unpack_from("<I", body)[0]
            return Message(number, kind, _sections(body, flags), not flags & MORE_TO_COME)
    except (InvalidBSON, ValueError, struct.error) as error:
        raise Malformed(f"a message that ends too early or holds no BSON: {error}") from None
    raise Malformed(f"a message of kind {kind}")


def reply_bytes(message, reply):
    """The message that answers this one."""
    raw = encode(reply)
    kind, head = (OP_REPLY, struct.pack("<iqii", 8, 0, 0, 1)) if message.kind == OP_QUERY else (OP_MSG, struct.pack("<IB", 0, 0))
    length = HEADER.size + len(head) + len(raw)
    if length > MAX_MESSAGE:
        raise MongoError(10334, f"The reply of {len(raw)} bytes is larger than a message may be")
    return HEADER.pack(length, next(_numbers), message.number, kind) + head + raw


def ask(connection, command):
    """The reply to a command that is sent over this connection."""
    raw = encode(command)
    number = next(_numbers)
    connection.sendall(HEADER.pack(HEADER.size + 5 + len(raw), number, 0, OP_MSG) + struct.pack("<IB", 0, 0) + raw)
    reply = read_message(connection)
    if reply is None:
        raise ConnectionError("The server closed the connection.")
    return reply.command


def _read(connection, count):
    found = bytearray(count)
    view = memoryview(found)
    while view:
        got = connection.recv_into(view)
        if not got:
            return None
        view = view[got:]
    return bytes(found)


def _query(body):
    name = body.index(b"\0", 4)
    namespace = body[4:name].decode()
    start = name + 1 + 8
    command = dict(_document_at(body, start).items())
    command = dict(command["$query"].items()) if "$query" in command else command
    return {**command, "$db": namespace.split(".", 1)[0]}


def _sections(body, flags):
    if flags & 0xFFFF & ~(CHECKSUM_PRESENT | MORE_TO_COME):
        raise Malformed(f"flags {flags:#x}")
    at, end = 4, len(body) - (4 if flags & CHECKSUM_PRESENT else 0)
    command, sequences = None, {}
    while at < end:
        kind, size = struct.unpack_from("<Bi", body, at)
        if kind == 0 and command is None:
            command = _document_at(body, at + 1)
        elif kind == 1:
            name = body.index(b"\0", at + 5)
            sequences[body[at + 5:name].decode()] = list(_documents(body, name + 1, at + 1 + size))
        else:
            raise Malformed(f"a section of kind {kind}")
        at += 1 + size
    if command is None:
        raise Malformed("a message without a document")
    return {**dict(command.items()), **sequences}


def _documents(body, at, end):
    while at < end:
        found = _document_at(body, at)
        yield found
        at += len(found.raw)


def _document_at(body, at):
    size = struct.unpack_from("<i", body, at)[0]
    if size < 5 or at + size > len(body):
        raise Malformed(f"a document of {size} bytes")
    return document(body[at:at + size])
