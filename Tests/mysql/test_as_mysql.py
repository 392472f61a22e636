# SPDX-License-Identifier: Apache-2.0
"""The program on servers that it takes for MySQL 5.7, 8.0 and 8.4. What is MySQL's of them says `as_mysql.py`."""
import json
import unittest

import pymysql

from database import PASSWORD, running_database
from mysql_site import DatabaseTests
from mysql_wire import CACHING, NATIVE

import fleet  # beside program, where mysql_site leads
from as_mysql import KINDS, AsMySQL


class AsMySQLTests:
    """Of one kind, by its name in KINDS."""

    name = None

    @classmethod
    def setUpClass(cls):
        cls.kind = KINDS[cls.name]
        context = running_database(options=cls.kind.server_options)
        cls.database = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)

    def setUp(self):
        super().setUp()
        self.exports = self.folder / "fleet"
        self.total = fleet.make_fleet(self.exports, 2, 4, 2)
        self.site = self.mysql_site(self.exports)

    def stand_before(self, **ways):
        self.front = AsMySQL(self.kind, self.database.port, {"mallow": PASSWORD}, self.database.certificate, **ways)
        self.addCleanup(self.front.close)
        self.site.port = self.front.port
        return self.front.seen

    def catalog(self, **environment):
        """The doctor's verdict on the catalog."""
        done = self.site.call("doctor", "--json", environment=environment)
        return next(check for check in done.json["checks"] if check["name"] == "catalog")

    def assert_doctor_and_run(self):
        check = self.catalog()
        self.assertEqual("pass", check["verdict"], check)
        self.assert_exit(0, self.site.call("run", "--all"))
        self.assert_exit(0, self.site.call("verify", "--deep"))
        again = self.site.call("run", "--all", "--json")
        self.assert_exit(0, again)
        self.site.port = None  # everything from here on asks the server itself
        self.assert_clean(self.site)
        rows = self.site.rows("SELECT transcript FROM edxval_videotranscript")
        self.assertEqual(self.total, len(rows))
        self.assertEqual({name for name, in rows}, self.site.objects().keys(), "orphans, or rows without an object")
        self.assertEqual(2, len(self.site.flags()))
        read = self.site.read_back()
        self.assert_exit(0, read)
        self.assertEqual([self.total, 0], json.loads(read.out.splitlines()[-1]))
        refused = [what for what in self.front.seen if isinstance(what, int)]
        self.assertEqual([], refused, "statements that MySQL does not take")

    def test_a_doctor_and_a_run_without_tls(self):
        seen = self.stand_before()
        self.assert_doctor_and_run()
        if self.kind.plugin == NATIVE:
            self.assertEqual({f"{NATIVE}, plain"}, seen.keys())
        else:
            self.assertEqual({f"{CACHING}, plain, full", f"{CACHING}, plain, fast"}, seen.keys())

    def test_a_doctor_and_a_run_with_tls(self):
        seen = self.stand_before()
        self.site.options = f"?ca={self.database.certificate}"
        self.assert_doctor_and_run()
        if self.kind.plugin == NATIVE:
            self.assertEqual({f"{NATIVE}, tls"}, seen.keys())
        else:
            self.assertEqual({f"{CACHING}, tls, full", f"{CACHING}, tls, fast"}, seen.keys())

    def test_a_user_of_another_plug_in_than_the_greeting_names_is_switched_to_it(self):
        other = CACHING if self.kind.plugin == NATIVE else NATIVE
        seen = self.stand_before(greets=other)
        self.assertEqual("pass", self.catalog()["verdict"])
        self.assertIn(f"switched to {self.kind.plugin}", seen)

    def test_a_wrong_password_is_told_as_one(self):
        for option in ("", f"?ca={self.database.certificate}"):
            self.stand_before()
            self.site.options = option
            check = self.catalog(MALLOW_CATALOG_PASSWORD="another")
            self.assertEqual("fail", check["verdict"])
            self.assertIn("Access denied for user 'mallow'", check["measured"])
            self.assertIn("its password", check["advice"])

    def test_what_mysql_does_not_take_is_refused(self):
        seen = self.stand_before()
        with pymysql.connect(host="127.0.0.1", port=self.front.port, user="mallow", password=PASSWORD,
                             database="edxval") as connection, connection.cursor() as cursor:
            self.assertTrue(connection.server_version.startswith(self.name))
            cursor.execute("SELECT collation_name FROM information_schema.columns "
                           "WHERE table_schema = 'edxval' AND column_name = 'edx_video_id'")
            column, = cursor.description
            collation, = cursor.fetchone()
            self.assertEqual(("COLLATION_NAME", "utf8mb4_0900_ai_ci") if self.kind.release >= 8
                             else ("collation_name", "utf8mb4_unicode_ci"), (column[0], collation))
            for code, statement in [
                (1064, "SET STATEMENT max_statement_time = 1 FOR SELECT 1"),
                (1064, "INSERT INTO edxval_profile (profile_name) VALUES ('a') RETURNING id"),
                (1064, "SELECT id FROM edxval_video LOCK IN SHARE MODE NOWAIT"),
                (1193, "SET SESSION max_statement_time = 1"),
                *([(1193, "SELECT @@tx_isolation")] if self.kind.release >= 8 else []),
            ]:
                with self.assertRaises(pymysql.Error) as refusal:
                    cursor.execute(statement)
                self.assertEqual(code, refusal.exception.args[0])
        self.assertGreater(seen[1064], 0)


class As57Tests(AsMySQLTests, DatabaseTests):
    name = "5.7"


class As80Tests(AsMySQLTests, DatabaseTests):
    name = "8.0"

    def test_an_operator_whose_library_has_not_the_plug_in_is_told_where_it_is(self):
        self.stand_before()
        (self.folder / "empty").mkdir()
        check = self.catalog(MARIADB_PLUGIN_DIR=str(self.folder / "empty"))
        self.assertEqual("fail", check["verdict"])
        self.assertIn("caching_sha2_password", check["measured"])
        self.assertIn("libmariadb3", check["advice"])

    def test_a_user_that_was_left_with_the_old_plug_in_is_switched_to_it(self):
        seen = self.stand_before(plugins={"mallow": NATIVE})
        self.assertEqual("pass", self.catalog()["verdict"])
        self.assertIn(f"switched to {NATIVE}", seen)


class As84Tests(AsMySQLTests, DatabaseTests):
    name = "8.4"

    def test_a_user_of_a_plug_in_that_is_not_loaded_is_told_so(self):
        self.stand_before(plugins={"mallow": NATIVE})
        check = self.catalog()
        self.assertEqual("fail", check["verdict"])
        self.assertIn("'mysql_native_password' is not loaded", check["measured"])
        self.assertIn("give it caching_sha2_password", check["advice"])


if __name__ == "__main__":
    unittest.main()
