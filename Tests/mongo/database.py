# SPDX-License-Identifier: Apache-2.0
"""A private MongoDB on loopback, for as long as a command runs.

    database.py [OPTIONS] -- COMMAND...

Runs COMMAND beside it, ends with it, and exits as it does. COMMAND finds in its environment:

    MALLOW_MONGO              127.0.0.1:PORT
    MALLOW_SOURCE_PASSWORD    the password of the user `mallow` in the database `admin`
    MALLOW_MONGO_CA           with --tls, the file with the certificate that vouches for the server
"""
import argparse
import os
import subprocess
import sys
from pathlib import Path

from server import running_mongo


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--auth", action="store_true", help="only who has logged in may ask")
    parser.add_argument("--tls", action="store_true", help="only over TLS, with a certificate that nobody knows")
    parser.add_argument("--replica-set", metavar="NAME", help="it is the only member of the set of that name")
    parser.add_argument("--folder", type=Path, help="where its data is and stays; without it, the data goes with the server")
    parser.add_argument("command", nargs="+")
    return parser.parse_args()


def main():
    given = arguments()
    with running_mongo(data=given.folder, auth=given.auth, tls=given.tls, replica_set=given.replica_set) as server:
        print(f"MongoDB of the tests on {server.address}", file=sys.stderr)
        environment = {**os.environ, **server.environment()}
        return subprocess.run(given.command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
