# SPDX-License-Identifier: Apache-2.0
"""One client's connection: its commands one after another, and what a test has asked to go wrong with them."""
import time
import traceback

from bson.errors import InvalidBSON

from commands import answer, refusal
from errors import MongoError
from faults import control
from request import Request
from wire import OP_QUERY, Malformed, read_message, reply_bytes

# What drivers may still send in the old message.
OLD_COMMANDS = ("hello", "isMaster", "ismaster", "saslStart", "saslContinue", "buildInfo", "buildinfo")


class Connection:
    def __init__(self, server, socket, number):
        self.server, self.socket, self.number = server, socket, number
        self.conversation = None  # a login that has begun
        self.user = None  # who has logged in

    def serve(self):
        """Until the client goes, a test wants it closed, or it sends what is no message."""
        try:
            while (message := read_message(self.socket)) is not None and self._serve(message):
                continue
        except Malformed as error:
            print(f"connection {self.number} is closed: it sent {error}", flush=True)
        except OSError:
            pass  # the client went; what it asked for is done or not, as with a real server
        finally:
            self.socket.close()

    def _serve(self, message):
        """Whether the connection goes on."""
        if not message.command:
            raise Malformed("a command without a name")
        request = Request(message.command, self)
        if request.name == "mallowTest":
            self.socket.sendall(reply_bytes(message, control(self.server, request)))
            return True
        fault = self.server.faults.met_by(request)
        if fault and fault.hangs:
            self.server.faults.hang(self.socket)
            return False
        reply = self._answer(message, request) if fault is None or fault.is_done else None
        if fault and fault.drop:
            return False
        if fault and fault.code is not None:
            reply = refusal(self.server, request, fault.error())
        if fault and fault.milliseconds:
            time.sleep(fault.milliseconds / 1000)
        if message.wants_reply:
            self._send(message, request, reply)
        return True

    def _send(self, message, request, reply):
        try:
            raw = reply_bytes(message, reply)
        except MongoError as error:
            reply = error.reply()
            raw = reply_bytes(message, reply)
        self.server.counters.add(request, reply, len(raw))  # before: who has the reply may ask for the counters
        self.socket.sendall(raw)

    def _answer(self, message, request):
        if message.kind == OP_QUERY and request.name not in OLD_COMMANDS:
            error = MongoError(352, f"Unsupported OP_QUERY command: {request.name}. The client driver may require an upgrade.")
            return error.reply()
        try:
            return answer(self.server, request)
        except InvalidBSON as error:
            return MongoError(22, f"Invalid BSON: {error}").reply()
        except Exception as error:  # a fault of this server is told as one, and its place stands in the log
            traceback.print_exc()
            return MongoError(8, f"The server of the tests failed: {error!r}").reply()
