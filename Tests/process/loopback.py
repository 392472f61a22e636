# SPDX-License-Identifier: Apache-2.0
"""A port of this machine on which a test stands between the program and a server."""
import socket
import threading


class LoopbackPort:
    """Gives every connection to `serve`, on a thread of its own. A subclass is ready before it calls `listen`."""

    def listen(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def serve(self, connection):
        raise NotImplementedError

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
