# SPDX-License-Identifier: Apache-2.0
"""mallow.yaml: what mallow init writes is what every command goes by, and no secret leaves it."""
import datetime
import os
import signal
import subprocess
import unittest

from fleet import make_fleet
from program import ProgramTests, call, required, wait_until

SETTINGS = """\
DATABASES:
  default: {{ENGINE: django.db.backends.mysql, HOST: 127.0.0.1, PORT: '{port}', NAME: edxval, USER: mallow,
            PASSWORD: "s3cret-word"}}
CONTENTSTORE:
  DOC_STORE_CONFIG: {{db: edxapp, host: mongo.internal, user: edxapp, password: s3cret-word}}
MEDIA_ROOT: {media}
VIDEO_TRANSCRIPTS_SETTINGS: {{DIRECTORY_PREFIX: video-transcripts/}}
"""


class ConfigurationTests(ProgramTests):
    def setUp(self):
        super().setUp()
        self.here = self.folder / "here"
        self.here.mkdir()
        self.source = self.folder / "exports"
        make_fleet(self.source, 2, 3, 2)

    def write(self, text, name="mallow.yaml"):
        path = self.here / name
        path.write_text(text)
        return path

    def mallow(self, *arguments, **environment):
        surroundings = {**os.environ, "XDG_STATE_HOME": str(self.folder / "state"),
                        "XDG_CONFIG_HOME": str(self.folder / "config"), **environment}
        return call([required("MALLOW"), *arguments, *self.unrehearsed(arguments)], cwd=self.here, env=surroundings)

    @staticmethod
    def unrehearsed(arguments):
        """What is tested here is not whether a run was rehearsed."""
        return ["--without-rehearsals=a test of something else"] if arguments[0] == "run" else []

    def platform(self):
        return (f"production:\n  source: olx:{self.source}\n  store: file:{self.here}/objects\n"
                f"  catalog: sqlite:{self.here}/edxval.sqlite\n  prefix: transcripts/\nledger: night.ledger\n")

    def test_a_run_needs_no_more_than_the_folder_that_it_is_in(self):
        self.write(self.platform())
        self.assert_exit(0, self.mallow("run", "--all"))
        self.assertTrue((self.here / "night.ledger").exists())
        self.assertTrue(list((self.here / "objects" / "transcripts").iterdir()), "the prefix is the configuration's")
        self.assert_exit(0, self.mallow("verify", "--deep"))
        self.assertEqual(["migrated"] * 2, [row["state"] for row in self.mallow("status", "--json").json["courses"]])
        self.assert_exit(0, self.mallow("doctor"))

    def hours(self, begin, end):
        """Those from so many hours after now to so many, as mallow.yaml writes them."""
        now = datetime.datetime.now(datetime.timezone.utc)
        clocks = [(now + datetime.timedelta(hours=hours)).strftime("%H:%M") for hours in (begin, end)]
        return "window: {hours: %s-%s, zone: UTC}\n" % tuple(clocks)

    def test_no_run_begins_while_the_window_is_shut(self):
        self.write(self.platform() + self.hours(4, 6))
        refused = self.mallow("run", "--all")
        self.assert_exit(5, refused)
        self.assertIn("is shut until", refused.err)
        self.assertFalse((self.here / "night.ledger").exists())
        self.assertFalse((self.here / "objects").exists())
        # What writes nothing may be done at any hour.
        self.assert_exit(0, self.mallow("run", "--all", "--dry-run"))
        self.assert_exit(2, self.mallow("run", "--all", "--outside-window", " "))
        self.assert_exit(2, self.mallow("run", "--all", "--outside-window=x", "--wait-for-window"))
        self.assert_exit(0, self.mallow("run", "--all", "--outside-window=agreed with the site team"))
        report = self.mallow("report", "--json").json
        self.assertTrue(any("agreed with the site team" in notice for notice in report["notices"]), report["notices"])

    def test_a_run_in_its_window_needs_no_word(self):
        self.write(self.platform() + self.hours(-2, 4))
        self.assert_exit(0, self.mallow("run", "--all"))
        self.assertIn("window daily", self.mallow("report", "--json").json["options"])

    def test_the_doctor_says_how_the_window_stands(self):
        for begin, end, verdict, words in ((-2, 4, "pass", "open until"), (4, 6, "attention", "shut, opens")):
            self.write(self.platform() + self.hours(begin, end))
            checks = {check["name"]: check for check in self.mallow("doctor", "--json").json["checks"]}
            self.assertEqual(verdict, checks["window"]["verdict"], checks["window"])
            self.assertIn(words, checks["window"]["measured"])

    def test_a_run_waits_for_its_window_and_says_until_when(self):
        self.write(self.platform() + self.hours(4, 6))
        engine = self.start("run", "--all", "--wait-for-window")
        self.addCleanup(engine.kill)
        wait_until(lambda: self.standing("waiting for window"), "the run waits for its window")
        status = self.mallow("status", "--json").json
        self.assertRegex(status["run"]["reason"], r"opens \w{3} \d+ \w{3} \d\d:\d\d UTC, then goes on by itself")
        self.assertFalse(status["window"]["open"])
        self.assertIn("until", status["window"])
        self.assertEqual({"pending", "queued", "running"} | set(status["totals"]["courses"]),
                         {"pending", "queued", "running"})
        engine.send_signal(signal.SIGTERM)
        self.assertEqual(130, engine.wait(30))
        self.assertEqual(0, sum(len(files) for _, _, files in os.walk(self.here / "objects" / "transcripts")))

    def start(self, *arguments):
        surroundings = {**os.environ, "XDG_STATE_HOME": str(self.folder / "state"),
                        "XDG_CONFIG_HOME": str(self.folder / "config")}
        return subprocess.Popen([required("MALLOW"), *arguments, *self.unrehearsed(arguments)], cwd=self.here, env=surroundings,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def standing(self, state):
        """The status once its run is in a state; None before."""
        if not (self.here / "night.ledger").exists():
            return None
        status = self.mallow("status", "--json").json
        return status if status.get("run") and status["run"]["state"] == state else None

    def test_what_is_wrong_with_a_window_is_told_at_once(self):
        self.write(self.platform() + "window:\n  days: moon-fri\n  hours: 22-5\n  zone: CET\n  day: mon\n")
        refused = self.mallow("run", "--all")
        self.assert_exit(2, refused)
        for word in ("window.days", "write daily", "window.hours", "22:00-05:00", "window.zone", "Europe/Berlin",
                     "nobody knows window.day"):
            with self.subTest(word):
                self.assertIn(word, refused.err)
        self.write(self.platform() + "window: {days: mon-fri}\n")
        refused = self.mallow("run", "--all")
        self.assert_exit(2, refused)
        self.assertIn("window.hours is missing", refused.err)
        self.assertIn("window.zone is missing", refused.err)

    def test_the_command_line_goes_before_it(self):
        self.write(self.platform())
        ledger = self.folder / "other.ledger"
        self.assert_exit(0, self.mallow(
            "run", "--all", "--store", f"file:{self.folder}/elsewhere", "--ledger", str(ledger), "--prefix", "other/"))
        self.assertFalse((self.here / "objects").exists())
        self.assertTrue((self.folder / "elsewhere" / "other").exists())
        self.assertFalse((self.here / "night.ledger").exists())
        refused = self.mallow("plan", "--config", "")
        self.assert_exit(2, refused)
        self.assertIn("--source is missing", refused.err)

    def test_the_users_own_is_found_from_everywhere(self):
        (self.folder / "config" / "mallow").mkdir(parents=True)
        (self.folder / "config" / "mallow" / "mallow.yaml").write_text(self.platform())
        self.assert_exit(0, self.mallow("plan", "--json"))

    def test_everything_that_is_wrong_is_told_at_once(self):
        self.write(self.platform().replace("sqlite:", "oracle:").replace("prefix: transcripts/", "prefx: 7")
                   .replace("ledger: night.ledger", "ledger: []"))
        for command in (["run", "--all"], ["status"], ["doctor"], ["plan"]):
            refused = self.mallow(*command)
            self.assert_exit(2, refused)
            for line in ("mallow.yaml, line 4: production.catalog cannot be used", "line 5, column 3: nobody knows",
                         "line 6, column 1: ledger is a list"):
                self.assertIn(line, refused.err)
        self.assertEqual(["mallow.yaml"], [path.name for path in self.here.iterdir()], "nothing was made")

    def test_one_that_is_named_and_not_there_is_refused(self):
        refused = self.mallow("status", "--config", "none.yaml")
        self.assert_exit(2, refused)
        self.assertIn("none.yaml: there is no such file or folder; correct the path.", refused.err)

    def test_init_writes_what_the_platform_says_for_this_user_alone(self):
        settings = self.write(SETTINGS.format(port=3307, media=self.here / "media"), "lms.yml")
        made = self.mallow("init", "--platform", str(settings))
        self.assert_exit(0, made)
        path = self.here / "mallow.yaml"
        self.assertEqual(0o600, path.stat().st_mode & 0o777)
        text = path.read_text()
        for line in (f"store: file:{self.here}/media", "catalog: mysql://mallow@127.0.0.1:3307/edxval",
                     f"catalog_password: {{platform: {settings}, key: DATABASES.default.PASSWORD}}"):
            self.assertIn(line, text)
        self.assertIn(f"from {settings}, line 2: DATABASES.default.HOST", made.out)
        self.assertNotIn("s3cret", text + made.out + made.err)
        again = self.mallow("init", "--platform", str(settings))
        self.assert_exit(2, again)
        self.assertEqual(text, path.read_text(), "nothing is overwritten")
        report = self.mallow("init", "--platform", str(settings), "--output", "other.yaml", "--json")
        self.assertEqual({"****"}, {finding["value"] for finding in report.json["settings"]
                                    if "password" in finding["name"]})

    def test_init_tells_all_that_is_wrong_with_a_platform_and_writes_nothing(self):
        settings = self.write(SETTINGS.format(port="x", media="media"), "lms.yml")
        refused = self.mallow("init", "--platform", str(settings))
        self.assert_exit(2, refused)
        self.assertIn("DATABASES.default.PORT is", refused.err)
        self.assertIn("MEDIA_ROOT is", refused.err)
        self.assertFalse((self.here / "mallow.yaml").exists())
        self.assert_exit(2, self.mallow("init"))
        self.assert_exit(0, self.mallow("init", "--empty"))


if __name__ == "__main__":
    unittest.main()
