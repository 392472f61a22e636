# SPDX-License-Identifier: Apache-2.0
"""A private MariaDB on loopback, whose database `edxval` has the tables that edx-val's own migrations make.

    database.py [--as 5.7|8.0|8.4] [--tls] -- COMMAND...

Runs COMMAND beside it, ends with it, and exits as it does. With --as a client takes it for such a MySQL (`as_mysql.py`).
COMMAND finds in its environment:

    MALLOW_MYSQL              127.0.0.1:PORT
    MALLOW_MYSQL_AUTHORITY    with --tls: the file to verify it with
    MALLOW_CATALOG_PASSWORD   the password of the user `mallow`, who may do everything there

It runs as the Python of Tests/edxval; its folder is in memory where there is room.
"""
import argparse
import contextlib
import os
import pwd
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / folder) for folder in ("s3", "edxval", "process")]  # behind: names of tests are the same

from as_mysql import KINDS, AsMySQL
from certificates import certificate
from processes import Child, free_ports, scratch_folder, wait_until

PASSWORD = "mallow/test'secret=0123"
# The video_config tables, which edx-platform alone makes.
FLAGS = """
CREATE TABLE video_config_videotranscriptenabledflag (
    id integer AUTO_INCREMENT NOT NULL PRIMARY KEY, change_date datetime(6) NOT NULL, enabled bool NOT NULL,
    enabled_for_all_courses bool NOT NULL, changed_by_id integer NULL
);
CREATE TABLE video_config_coursevideotranscriptenabledflag (
    id integer AUTO_INCREMENT NOT NULL PRIMARY KEY, change_date datetime(6) NOT NULL, enabled bool NOT NULL,
    course_id varchar(255) NOT NULL, changed_by_id integer NULL, KEY (course_id)
);
"""


class Database:
    """One server with one folder: it may be killed and started again, and keeps both."""

    def __init__(self, folder, options=()):
        self.folder, self.options = Path(folder), options
        self.port = free_ports(1)[0]
        self.socket = self.folder / "m.sock"
        self.user = pwd.getpwuid(os.getuid()).pw_name
        self.child = None

    def make(self):
        with (self.folder / "install.log").open("wb") as log:
            subprocess.run(
                ["mariadb-install-db", "--no-defaults", f"--user={self.user}", f"--datadir={self.folder / 'data'}",
                 "--auth-root-authentication-method=normal", "--skip-test-db"],
                check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

        self.certificate = certificate(self.folder, "127.0.0.1")

    def start(self):
        self.child = Child(
            ["/usr/sbin/mariadbd", "--no-defaults", f"--user={self.user}", f"--datadir={self.folder / 'data'}",
             f"--socket={self.socket}", f"--port={self.port}", "--bind-address=127.0.0.1", "--skip-name-resolve",
             "--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci", "--max-connections=200",
             f"--ssl-cert={self.certificate}", f"--ssl-key={self.certificate}",
             "--innodb-buffer-pool-size=128M", f"--pid-file={self.folder / 'm.pid'}",
             *self.options],
            self.folder / "mariadb.log")
        wait_until(lambda: self.sql("SELECT 1"), self.child, "MariaDB")

    def sql(self, statements, database=""):
        """Whether it did them, as root."""
        result = subprocess.run(
            ["mariadb", "--no-defaults", f"--socket={self.socket}", "--user=root", *([database] if database else [])],
            input=statements.encode(), capture_output=True)
        if result.returncode and self.socket.exists() and statements != "SELECT 1":
            raise RuntimeError(result.stderr.decode())
        return result.returncode == 0

    def set_up(self):
        secret = PASSWORD.replace("'", "''")
        self.sql(f"""
            CREATE DATABASE edxval;
            CREATE USER mallow@'127.0.0.1' IDENTIFIED BY '{secret}';
            GRANT ALL ON *.* TO mallow@'127.0.0.1' WITH GRANT OPTION;
            """)
        migrate = "import django, sys; django.setup(); from django.core.management import call_command; call_command('migrate', verbosity=0)"
        subprocess.run(
            [sys.executable, "-c", migrate], check=True, cwd=HERE.parent / "edxval",
            env={**os.environ, **self.environment(), "DJANGO_SETTINGS_MODULE": "settings", "MALLOW_STORE": "/nowhere",
                 "MALLOW_CATALOG": f"mysql://mallow@127.0.0.1:{self.port}/edxval"})
        self.sql(FLAGS, "edxval")

    def environment(self):
        return {"MALLOW_MYSQL": f"127.0.0.1:{self.port}", "MALLOW_CATALOG_PASSWORD": PASSWORD}


@contextlib.contextmanager
def running_database(parent=None, options=()):
    """In memory where there is room, or in a folder of its own in `parent`; `options` are the server's."""
    with tempfile.TemporaryDirectory(dir=parent) if parent else scratch_folder("mallow-mysql-") as folder:
        database = Database(folder, options)
        database.make()
        database.start()
        try:
            database.set_up()
            yield database
        finally:
            database.child.end()


def main():
    arguments = argparse.ArgumentParser(usage=__doc__)
    arguments.add_argument("--as", dest="kind", choices=KINDS)
    arguments.add_argument("--tls", action="store_true")
    arguments.add_argument("command", nargs="+")
    wanted = arguments.parse_args()
    kind = KINDS.get(wanted.kind)
    begun = time.monotonic()
    with running_database(options=kind.server_options if kind else ()) as database:
        environment = database.environment()
        if kind:
            front = AsMySQL(kind, database.port, {"mallow": PASSWORD}, database.certificate)
            environment["MALLOW_MYSQL"] = f"127.0.0.1:{front.port}"
        if wanted.tls:
            environment["MALLOW_MYSQL_AUTHORITY"] = str(database.certificate)
        like = f", as MySQL {kind.version}" if kind else ""
        print(f"MariaDB with edx-val's tables{like} after {time.monotonic() - begun:.1f} s", file=sys.stderr)
        return subprocess.run(wanted.command, env={**os.environ, **environment}).returncode


if __name__ == "__main__":
    sys.exit(main())
