# SPDX-License-Identifier: Apache-2.0
"""A platform whose catalog is a database on a private MariaDB; what lies there is read through a copy in SQLite, for which
the oracle is made.
"""
import os
import sqlite3
import sys
from pathlib import Path

import pymysql

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "process"))

from database import PASSWORD, running_database
from program import EDXVAL, ProgramTests, Site, call

TABLES = ("edxval_video", "edxval_videotranscript", "video_config_coursevideotranscriptenabledflag",
          "video_config_videotranscriptenabledflag", "celery_utils_failedtask")


class MySQLSite(Site):
    """`port` is where the program is sent, the server's own unless something stands before it; `options` end the endpoint."""

    database = None
    port = None
    options = ""

    @property
    def endpoint(self):
        return f"mysql://mallow@127.0.0.1:{self.port or self.database.port}/edxval{self.options}"

    @property
    def environment(self):
        return {**os.environ, "MALLOW_CATALOG_PASSWORD": PASSWORD}

    def command(self, name, *arguments):
        words = super().command(name, *arguments)
        return [self.endpoint if word == f"sqlite:{self.catalog}" else word for word in words]

    def call(self, name, *arguments, timeout=120, environment=None):
        """`environment` goes before this site's own."""
        return call(self.command(name, *arguments), timeout, env={**self.environment, **(environment or {})})

    def start(self, name, *arguments, **options):
        return super().start(name, *arguments, **{"env": self.environment, **options})

    def connect(self):
        return pymysql.connect(host="127.0.0.1", port=self.database.port, user="mallow", password=PASSWORD,
                               database="edxval", autocommit=True)

    def empty(self):
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SET foreign_key_checks = 0")
            for table in TABLES:
                cursor.execute(f"TRUNCATE {table}")

    def copy(self):
        """What the database holds, as a file that everything which reads SQLite can read."""
        self.catalog.unlink(missing_ok=True)
        with self.connect() as connection, connection.cursor() as cursor, sqlite3.connect(self.catalog) as file:
            for table in TABLES:
                cursor.execute(f"SELECT * FROM {table}")
                names = [column[0] for column in cursor.description]
                file.execute(f"CREATE TABLE {table} ({', '.join(names)})")
                marks = ", ".join("?" * len(names))
                rows = [[str(value) if hasattr(value, "isoformat") else value for value in row] for row in cursor]
                file.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        file.close()

    def oracle(self, *arguments):
        self.copy()
        return super().oracle(*arguments)

    def rows(self, query):
        self.copy()
        return super().rows(query)

    def read_back(self):
        """What the real edx-val reads from the database itself: (readable, unreadable)."""
        read = ("import read_back, json; read_back.start_django({!r}, {!r}); "
                "readable, unreadable = read_back.read_every_transcript(); print(json.dumps([readable, len(unreadable)]))")
        done = call([sys.executable, "-B", "-c", read.format(self.endpoint, str(self.store))], cwd=EDXVAL,
                    env=self.environment)
        return done


class DatabaseTests(ProgramTests):
    """One server for all tests of a class; its tables are emptied before each."""

    @classmethod
    def setUpClass(cls):
        context = running_database()
        cls.database = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)

    def mysql_site(self, source):
        (self.folder / "site").mkdir()
        site = MySQLSite(self.folder / "site", source)
        site.database = self.database
        self.addCleanup(site.end)
        site.empty()
        return site
