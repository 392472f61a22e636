# SPDX-License-Identifier: Apache-2.0
"""How the program comes to a MongoDB: certificates are verified, log-ins are asked for, and a password is left nowhere."""
import json
import unittest
import urllib.parse

from courses import split_course
from loader import load
from mongo_site import SiteTests, call
from server import PASSWORD

from certificates import certificate  # beside program, where mongo_site leads
from program import SAMPLE

WRONG = "mallow/wrong'secret=8901"
EXPORT = SAMPLE / "courses/alderx-stat150"


class ConnectionTests(SiteTests):
    options = {"auth": True, "tls": True, "replica_set": "rs7"}

    def setUp(self):
        super().setUp()
        load(self.database, split_course(EXPORT))
        self.site = self.mongo_site()
        self.set_options()

    def set_options(self, site=None, **changes):
        """None leaves an option out."""
        options = {"authSource": "admin", "replicaSet": "rs7", "tlsCAFile": self.server.certificate} | changes
        (site or self.site).options = "?" + "&".join(f"{name}={value}" for name, value in options.items() if value)

    def assert_no_password(self, *results):
        """In nothing that was printed, and in no file that is left, however it is written."""
        needles = [form(secret).encode() for secret in (PASSWORD, WRONG) for form in (str, urllib.parse.quote, urllib.parse.quote_plus)]
        texts = [("printed", f"{result.out}{result.err}".encode()) for result in results]
        texts += [(path.name, path.read_bytes()) for path in self.folder.rglob("*") if path.is_file()]
        self.assertEqual([], [(place, needle) for place, text in texts for needle in needles if needle in text])
        self.assertFalse(any(needle in str(self.site.command("run")).encode() for needle in needles))

    def assert_sentence(self, result, *words):
        """One sentence on standard error, with the words in it."""
        self.assertNotRegex(result.out + result.err, "Traceback|Fatal error|crashed|Backtrac")
        self.assertRegex(result.err, r"\Amallow: [^\n]+\.\n\Z")
        for word in words:
            self.assertIn(word, result.err)

    def test_logged_in_over_tls_to_a_replica_set_the_plan_is_that_of_the_export(self):
        expected = self.site.call("plan", "--json", "--source", f"olx:{EXPORT}")
        for mechanism in (None, "SCRAM-SHA-256", "SCRAM-SHA-1"):
            with self.subTest(mechanism):
                self.set_options(authMechanism=mechanism)
                plan = self.site.call("plan", "--json")
                self.assert_exit(0, plan)
                self.assertEqual(json.loads(expected.out), json.loads(plan.out))
                self.assertEqual(expected.out, plan.out)

    def test_a_migration_that_ends_well_leaves_no_password(self):
        results = [self.site.call(*words) for words in (
            ["doctor"], ["run", "--all", "--json"], ["run", "--all"], ["verify", "--deep"], ["status", "--json"], ["report"],
            ["undo-write-back", "--course", "course-v1:AlderX+STAT150+2018_Summer"])]
        for result in results:
            self.assert_exit(0, result)
        self.assert_no_password(*results)

    def test_a_wrong_password_is_one_sentence_and_exit_1(self):
        results = [self.site.call(*words, MALLOW_SOURCE_PASSWORD=WRONG) for words in (
            ["plan", "--json"], ["discover"], ["verify"], ["doctor"], ["run", "--all"], ["run", "--all", "--json"])]
        for result in results:
            self.assert_exit(1, result)
            self.assertIn("Authentication failed", result.out + result.err)
            self.assertIn("MALLOW_SOURCE_PASSWORD", result.out + result.err)
            self.assertNotRegex(result.out + result.err, "Traceback|Fatal error|crashed|Backtrac")
        for result in results[:3]:
            self.assert_sentence(result, "edxapp.modulestore", "(auth)")
        self.assert_no_password(*results)

    def test_no_password_is_one_sentence_and_no_crash(self):
        for password in ("", None):
            with self.subTest(password):
                environment = self.site.environment | {"MALLOW_SOURCE_PASSWORD": password}
                given = {name: value for name, value in environment.items() if value is not None}
                result = call(self.site.command("plan", "--json"), env=given)
                self.assertIn(result.exit, (1, 2), result.err)
                self.assert_sentence(result, "MALLOW_SOURCE_PASSWORD")

    def test_nobody_is_not_let_in(self):
        nobody = self.site.endpoint.replace("mallow@", "").replace("authSource=admin&", "")
        refused = self.site.call("plan", "--json", "--source", nobody)
        self.assert_exit(1, refused)
        self.assert_sentence(refused, "requires authentication", "(auth)")

    def test_a_password_in_the_address_is_refused_and_not_repeated(self):
        places = (f"mongodb://mallow:{urllib.parse.quote(WRONG, safe='')}@{self.server.address}/edxapp",
                  f"mongodb://mallow@{self.server.address}/edxapp?password={WRONG}",
                  f"mongodb://mallow@{self.server.address}/edxapp?{WRONG}")
        for place in places:
            refused = self.site.call("run", "--all", "--source", place)
            self.assert_exit(2, refused)
            self.assert_no_password(refused)
        self.assertFalse(self.site.ledger.exists())

    def test_who_cannot_be_reached_is_named_with_the_reason(self):
        """All at once, since each takes as long as a client looks for a server."""
        stranger = certificate(self.folder, "127.0.0.1")
        trials = {
            "self-signed": ({"tlsCAFile": None, "tls": "on"}, ["certificate"]),
            "somebody else's": ({"tlsCAFile": stranger}, ["certificate"]),
            "no TLS": ({"tlsCAFile": None}, ["socket error"]),
            "another set": ({"replicaSet": "rs8"}, ["replica"]),
        }
        children = {}
        for name, (changes, words) in trials.items():
            site = self.mongo_site(name)
            self.set_options(site, **changes)
            children[name] = site.start("plan", "--json"), words
        gone = self.mongo_site("gone")
        gone.server = Gone(self.server)
        gone.options = self.site.options
        children["gone"] = gone.start("plan", "--json"), ["127.0.0.1:1", "Failed to connect"]
        for name, (child, words) in children.items():
            with self.subTest(name):
                self.assertEqual(1, child.wait(60), child.err.read_text())
                said = child.err.read_text()
                self.assertRegex(said, r"\Amallow: [^\n]+\.\n\Z")
                for word in words:
                    self.assertIn(word.lower(), said.lower())
        self.assert_no_password()

    def test_what_an_address_may_not_say_is_a_usage_error(self):
        address = self.server.address
        for place in (f"mongodb:{address}/edxapp", f"mongodb://{address}", f"mongodb://{address}/", "mongodb:///edxapp",
                      f"mongodb://{address}/edxapp?tls=maybe", f"mongodb://{address}/edxapp?bucket=",
                      f"mongodb://{address}/edxapp?readPreference=near", f"mongodb://{address}/edxapp?authSource=admin",
                      f"mongodb://{address}/edxapp?tls=off&tlsCAFile=ca.pem", f"mongodb://{address}/edxapp?tlsCAFile=ca.pem&tls=off",
                      "mongodb://127.0.0.1:0/edxapp",
                      f"mongodb://{address}/edxapp?retryWrites=false", "mongodb+srv://mongo.example/edxapp"):
            with self.subTest(place):
                refused = self.site.call("plan", "--json", "--source", place)
                self.assert_exit(2, refused)
                self.assertRegex(refused.err, r"\Amallow: [^\n]+\.\n\Z")

    def test_a_password_from_the_configuration_is_enough(self):
        """Below `secrets:`, from a file; the environment's own variable is empty."""
        (self.folder / "password").write_text(f"{PASSWORD}\n")
        (self.folder / "password").chmod(0o600)
        (self.folder / "mallow.yaml").write_text(
            f"production:\n  source: {self.site.endpoint}\n  store: file:objects\n  catalog: sqlite:edxval.sqlite\n"
            f"  secrets:\n    source_password: {{file: {self.folder / 'password'}}}\nledger: mallow.ledger\n")
        environment = {name: value for name, value in self.site.environment.items() if name != "MALLOW_SOURCE_PASSWORD"}
        plan = call([self.site.command("plan")[0], "plan", "--json"], cwd=self.folder, env=environment)
        self.assert_exit(0, plan)
        self.assertEqual(self.site.call("plan", "--json").out, plan.out)


class Gone:
    """Where no server is: nothing listens on port 1."""

    address = "127.0.0.1:1"

    def __init__(self, server):
        self.auth = server.auth


if __name__ == "__main__":
    unittest.main()
