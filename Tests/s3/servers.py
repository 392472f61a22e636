# SPDX-License-Identifier: Apache-2.0
"""Starts S3 servers on free loopback ports, runs a command that finds them in its environment, and stops them.

    servers.py [--only seaweedfs,moto,rclone,nginx] [--signed] -- COMMAND...

Without --only all of them; --signed leaves out those that check no signature (nginx). The exit code is the command's.

Environment of the command:
    MALLOW_S3_SEAWEEDFS, MALLOW_S3_MOTO, MALLOW_S3_RCLONE, MALLOW_S3_NGINX   http://127.0.0.1:PORT
    MALLOW_S3_STRICT              SeaweedFS behind the strict verifier of signatures, which tells refusals on stderr
    MALLOW_S3_SESSION_TOKEN       the one session token that may be sent to MALLOW_S3_STRICT, and need not be
    MALLOW_S3_ACCESS_KEY, MALLOW_S3_SECRET_KEY            the keys of all but moto
    MALLOW_S3_MOTO_ACCESS_KEY, MALLOW_S3_MOTO_SECRET_KEY  moto makes its own
    MALLOW_S3_BUCKET, MALLOW_S3_REGION                    the bucket is in each of them, and empty
"""
import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time

from processes import die_with_parent, scratch_folder
from server import ACCESS_KEY, BUCKET, REGION, SECRET_KEY
from server_kinds import KINDS
from signature import Keys
from verifier import Verifier

SESSION_TOKEN = "mallow//session+token=="


class Servers:
    """Servers by name, as a context manager. Start and stop them on the thread that made them:
    the children die with that thread.
    """

    def __init__(self, *names):
        self.names = names or tuple(KINDS)
        self.by_name, self.seconds, self.strict = {}, {}, None
        self._exits = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as exits:
            self.folder = exits.enter_context(scratch_folder())
            self.by_name = {name: KINDS[name](self.folder) for name in self.names}
            begun = time.monotonic()
            for server in self.by_name.values():
                server.launch()
                exits.callback(server.kill)
            for name, server in self.by_name.items():
                server.wait()
                self.seconds[name] = time.monotonic() - begun
            if "seaweedfs" in self.by_name:
                keys = Keys(ACCESS_KEY, SECRET_KEY, REGION, SESSION_TOKEN)
                strict = Verifier(self["seaweedfs"].endpoint, keys, said=sys.stderr)
                self.strict = exits.enter_context(strict)
            self._exits = exits.pop_all()
        return self

    def __exit__(self, *error):
        self._exits.close()

    def __getitem__(self, name):
        return self.by_name[name]

    def stop(self, name):
        self[name].stop()

    def kill(self, name):
        self[name].kill()

    def start(self, name):
        """On the same port, with the data it had; moto alone comes back empty and with other keys."""
        self[name].start()

    def environment(self):
        found = {
            "MALLOW_S3_ACCESS_KEY": ACCESS_KEY, "MALLOW_S3_SECRET_KEY": SECRET_KEY,
            "MALLOW_S3_BUCKET": BUCKET, "MALLOW_S3_REGION": REGION,
        }
        for name, server in self.by_name.items():
            found[f"MALLOW_S3_{name.upper()}"] = server.endpoint
        if self.strict is not None:
            found |= {"MALLOW_S3_STRICT": self.strict.endpoint, "MALLOW_S3_SESSION_TOKEN": SESSION_TOKEN}
        if "moto" in self.by_name:
            moto = self["moto"]
            found |= {"MALLOW_S3_MOTO_ACCESS_KEY": moto.access_key, "MALLOW_S3_MOTO_SECRET_KEY": moto.secret_key}
        return found


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(KINDS), help="names of servers, with commas")
    parser.add_argument("--signed", action="store_true", help="only servers that check signatures")
    parser.add_argument("command", nargs="+")
    given = parser.parse_args()
    given.names = [name for name in given.only.split(",") if name]
    if unknown := set(given.names) - set(KINDS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    if given.signed:
        given.names = [name for name in given.names if KINDS[name].checks_signatures]
    return given


def main():
    given = arguments()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _: sys.exit(128 + got))
    with Servers(*given.names) as servers:
        for name, seconds in servers.seconds.items():
            print(f"{name} {servers[name].endpoint} after {seconds:.1f} s", file=sys.stderr)
        environment = {**os.environ, **servers.environment()}
        command = subprocess.Popen(given.command, env=environment, preexec_fn=die_with_parent(signal.SIGTERM))
        try:
            code = command.wait()
        finally:
            if command.poll() is None:
                command.terminate()
                command.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
