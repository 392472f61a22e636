# SPDX-License-Identifier: Apache-2.0
"""What every S3 server of the tests has: a port, a folder, keys, a bucket, and a life that may be interrupted."""
import http.client
import signal
from pathlib import Path

from processes import Child, free_ports, wait_until
from signed_request import Requester

BUCKET = "transcripts"
REGION = "us-east-1"
ACCESS_KEY = "MALLOWTESTKEY"
SECRET_KEY = "mallow/test+secret=0123456789"


def get(port, path="/", method="GET", body=None, headers=None):
    """(status, body) of a plain request to a loopback port."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


class Server:
    """One server on one port with one folder: it may be stopped and started again, and keeps both."""

    name = ""
    checks_signatures = True
    keeps_data = True
    port_count = 1
    patience = 15

    def __init__(self, folder):
        self.folder = Path(folder) / self.name
        self.folder.mkdir(parents=True)
        self.ports = free_ports(self.port_count)
        self.port = self.ports[0]
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.access_key, self.secret_key = ACCESS_KEY, SECRET_KEY
        self.child = None

    def command(self):
        raise NotImplementedError

    def environment(self):
        return {}

    def launch(self):
        """Starts the process and returns at once."""
        self.child = Child(self.command(), self.folder.parent / f"{self.name}.log", self.environment())

    def wait(self):
        """Returns when the server answers and the bucket is there."""
        wait_until(self.answers, self.child, self.name)
        self.set_up()

    def start(self):
        self.launch()
        self.wait()

    def stop(self):
        """The polite end, as far as `patience` seconds go."""
        self.child.end(patience=self.patience)
        self.ended()

    def kill(self):
        """The end without a chance to write anything."""
        self.child.end(signal.SIGKILL)
        self.ended()

    def ended(self):
        """What the process leaves outside its folder is removed here."""

    def answers(self):
        return get(self.port)[0] > 0

    def set_up(self):
        wait_until(self.make_bucket, self.child, f"{self.name}'s bucket")

    def make_bucket(self):
        there = self.requester().send("HEAD", BUCKET).status == 200
        return there or self.requester().send("PUT", BUCKET).status == 200

    def requester(self, endpoint=None):
        return Requester(endpoint or self.endpoint, self.access_key, self.secret_key, REGION)
