# SPDX-License-Identifier: Apache-2.0
"""How the program comes to a database: certificates are verified, and a password is left nowhere."""
import json
import unittest

from database import PASSWORD
from mysql_site import DatabaseTests

import fleet  # beside program, where mysql_site leads
from certificates import certificate


class ConnectionTests(DatabaseTests):
    def setUp(self):
        super().setUp()
        self.exports = self.folder / "fleet"
        fleet.make_fleet(self.exports, 1, 2, 2)
        self.site = self.mysql_site(self.exports)

    def catalog(self, options):
        """The verdict on the catalog, and what was measured."""
        self.site.options = options
        checks = json.loads(self.site.call("doctor", "--json").out)["checks"]
        return next((check["verdict"], check["measured"]) for check in checks if check["name"] == "catalog")

    def test_a_certificate_is_verified_where_it_is_asked_for(self):
        verdict, measured = self.catalog(f"?tls=on&ca={self.database.certificate}")
        self.assertEqual("pass", verdict, measured)
        verdict, measured = self.catalog("?tls=on")
        self.assertEqual("fail", verdict, "nobody knows who made it")
        self.assertIn("certificate", measured)
        stranger = certificate(self.folder, "127.0.0.1")
        verdict, measured = self.catalog(f"?ca={stranger}")
        self.assertEqual("fail", verdict, "somebody else made it")
        self.assertIn("certificate", measured)

    def test_no_password_is_left_anywhere(self):
        self.assert_exit(0, self.site.call("run", "--all", "--json"))
        wrong = self.site.call("verify", "--catalog", self.site.endpoint.replace("mallow@", "nobody@"))
        self.assertEqual(1, wrong.exit)
        self.assertNotIn(PASSWORD, wrong.out + wrong.err)
        said = self.site.call("verify", "--catalog", self.site.endpoint.replace("mallow@", f"mallow:{PASSWORD[:4]}@"))
        self.assertEqual(2, said.exit, "a password on the command line is refused")
        self.assertNotIn(PASSWORD[:4] + "@", said.out + said.err)
        report = self.site.call("report")
        self.assertNotIn(PASSWORD, report.out + report.err)
        for path in self.folder.rglob("*"):
            if path.is_file():
                self.assertNotIn(PASSWORD.encode(), path.read_bytes(), path)


if __name__ == "__main__":
    unittest.main()
