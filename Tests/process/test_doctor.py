# SPDX-License-Identifier: Apache-2.0
"""`mallow doctor`: what it proves, what it says of places that cannot be used, and that it leaves them as they were."""
import shutil
import sqlite3
import time
import unittest
from pathlib import Path

from program import SAMPLE, ProgramTests, call, required

COURSES = SAMPLE / "courses"
STORE = ["store: put if absent", "store: checksum", "store: delete if match", "store: damaged bytes", "store: nothing left"]


class DoctorTests(ProgramTests):
    def setUp(self):
        super().setUp()
        # Endpoints are kept as absolute paths without links.
        self.folder = self.folder.resolve()
        self.ends = {
            "source": f"olx:{COURSES}",
            "store": f"file:{self.folder / 'objects'}",
            "catalog": f"sqlite:{self.folder / 'edxval.sqlite'}",
            "ledger": self.folder / "mallow.ledger",
        }

    def call(self, name, *arguments, **changed):
        ends = [f"--{option}={value}" for option, value in (self.ends | changed).items() if value is not None]
        return call([required("MALLOW"), name, *ends, *arguments])

    def migrate(self):
        """One course, so that every place is there."""
        self.assert_exit(0, self.call("run", "--course", "course-v1:AcmeX+Bio1+2018", source=f"olx:{self.source()}"))

    def source(self):
        """The one course of a source with one video and no transcript."""
        folder = self.folder / "exports" / "bio"
        if not folder.exists():
            (folder / "course").mkdir(parents=True)
            (folder / "course.xml").write_text('<course org="AcmeX" course="Bio1" url_name="2018"/>')
            (folder / "course" / "2018.xml").write_text('<course display_name="Bio"/>')
        return folder.parent

    def contents(self):
        """Every folder, and every file with its bytes; of a database what it says, as opening one moves its pages."""
        paths = [*self.folder.rglob("*")]
        return {p: self.content(p) for p in paths}

    def content(self, path):
        if not path.is_file():
            return None
        if not path.read_bytes().startswith(b"SQLite format 3"):
            return path.read_bytes()
        connection = sqlite3.connect(path)
        try:
            return list(connection.iterdump())
        finally:
            connection.close()

    def checks(self, exit, **changed):
        """By name; with what is true of every answer."""
        result = self.call("doctor", "--json", **changed)
        self.assert_exit(exit, result)
        self.assertEqual("", result.err)
        answer = result.json
        self.assertEqual({"checks", "ready"}, set(answer))
        self.assertIs(exit == 0, answer["ready"])
        for check in answer["checks"]:
            self.assertLessEqual({"name", "measured", "verdict", "seconds"}, set(check))
            self.assertLessEqual(set(check), {"name", "measured", "limit", "verdict", "advice", "seconds"})
            self.assertIn(check["verdict"], ("pass", "attention", "fail"))
            self.assertEqual(check["verdict"] != "pass", "advice" in check, check)
            self.assertTrue(0 <= check["seconds"] < 20, check)
        self.assertEqual(exit != 0, any(check["verdict"] == "fail" for check in answer["checks"]))
        return {check["name"]: check for check in answer["checks"]}

    def assert_verdicts(self, checks, **expected):
        """Those named, by the first word of their names; all others pass."""
        for name, check in checks.items():
            with self.subTest(name):
                self.assertEqual(expected.get(name.split(":")[0], "pass"), check["verdict"], check)

    # Ready

    def test_platform_that_is_there_is_ready_and_left_as_it_was(self):
        self.migrate()
        self.call("doctor")  # makes the folders of the store's own, and the one of the prefix
        before = self.contents()
        checks = self.checks(0)
        self.assert_verdicts(checks)
        self.assertEqual(["source", *STORE, "catalog", "ledger", "ledger: transactions", "clock"], [*checks][:-1])
        self.assertTrue([*checks][-1].startswith("disk: "))
        self.assertIn("course-v1:", checks["source"]["measured"])
        # What was tried: whether there is room to write is for the disk's check to say.
        self.assertEqual("can be locked; no engine runs", checks["ledger"]["measured"])
        self.assertIn("free", [*checks.values()][-1]["measured"])
        self.assertEqual(before, self.contents())
        self.assertEqual([], [*self.folder.rglob("*canary*")])

    def test_nothing_of_the_canary_is_left_in_a_store_that_is_new(self):
        (self.folder / "objects").mkdir()
        self.assertEqual(STORE, [name for name in self.checks(0) if name.startswith("store")])
        self.assertEqual([], [p for p in (self.folder / "objects").rglob("*") if not p.is_dir()])

    def test_places_that_are_missing_are_said_to_be_made_and_are_not(self):
        checks = self.checks(0)
        self.assert_verdicts(checks)
        for name in ("store", "catalog", "ledger"):
            self.assertIn("will be made by the first run", checks[name]["measured"])
        self.assertEqual({}, self.contents())
        self.assert_verdicts(self.checks(0, ledger=self.folder / "a" / "b" / "c.ledger"))
        self.assertEqual({}, self.contents())

    def test_empty_files_are_not_made_into_anything(self):
        for name in ("edxval.sqlite", "mallow.ledger"):
            (self.folder / name).touch()
        self.assert_verdicts(self.checks(0))
        self.assertEqual({b""}, set(self.contents().values()))

    def test_endpoints_are_those_of_the_last_run(self):
        self.migrate()
        checks = self.checks(0, source=None, store=None, catalog=None)
        self.assertIn("course-v1:AcmeX+Bio1+2018 with 0 videos", checks["source"]["measured"])

    def test_text_is_a_line_a_check(self):
        lines = self.call("doctor").out.splitlines()
        self.assertEqual("ready: a run can begin", lines[-1])
        self.assertTrue(all(line.startswith("✓ ") for line in lines[:-1]), lines)
        column = lines[0].index("course-v1:")
        self.assertTrue(all(line[column - 2 : column] == "  " and line[column] != " " for line in lines[:-1]), lines)

        result = self.call("doctor", store=f"file:{Path(__file__)}")
        self.assert_exit(1, result)
        lines = result.out.splitlines()
        self.assertEqual("not ready: 1 check failed", lines[-1])
        (failed,) = [number for number, line in enumerate(lines) if line.startswith("✗ ")]
        self.assertTrue(lines[failed].startswith("✗ store "))
        self.assertTrue(lines[failed + 1].startswith("    "))

    def test_help_has_an_example(self):
        result = call([required("MALLOW"), "doctor", "--help"])
        self.assert_exit(0, result)
        self.assertIn("mallow doctor --source olx:", result.out)

    # Not ready

    def test_store_that_is_a_file(self):
        path = self.folder / "objects"
        path.write_text("a file")
        self.assert_verdicts(self.checks(1), store="fail")
        self.assertEqual("a file", path.read_text())

    def test_store_that_cannot_be_made(self):
        (self.folder / "file").touch()
        path = self.folder / "file" / "deeper" / "objects"
        checks = self.checks(1, store=f"file:{path}")
        self.assertEqual("fail", checks["store"]["verdict"])
        self.assertIn(str(self.folder / "file"), checks["store"]["measured"])

    def test_store_whose_prefix_is_taken_by_a_file(self):
        """Writing under the prefix is refused, and what was not tried is not called proven."""
        (self.folder / "objects").mkdir()
        (self.folder / "objects" / "video-transcripts").touch()
        checks = self.checks(1)
        self.assertEqual("fail", checks["store: put if absent"]["verdict"])
        self.assertEqual("attention", checks["store: checksum"]["verdict"])
        self.assertEqual("attention", checks["store: delete if match"]["verdict"])
        self.assertEqual([], [*self.folder.rglob("*canary*")])

    def test_sources_that_cannot_be_read(self):
        missing = self.checks(1, source=f"olx:{self.folder / 'nowhere'}")
        self.assert_verdicts(missing, source="fail")
        self.assertIn("nowhere", missing["source"]["measured"])
        broken = self.folder / "broken"
        (broken / "bio").mkdir(parents=True)
        (broken / "bio" / "course.xml").write_text("<course org=")
        self.assert_verdicts(self.checks(1, source=f"olx:{broken}"), source="fail")

    def test_broken_course_before_a_good_one_is_told(self):
        broken = self.source() / "a-broken-one"
        broken.mkdir()
        (broken / "course.xml").write_text("<course org=")
        check = self.checks(0, source=f"olx:{self.source()}")["source"]
        self.assertEqual("attention", check["verdict"])
        self.assertIn("course-v1:AcmeX+Bio1+2018", check["measured"])
        self.assertIn("1 before it cannot be read", check["measured"])
        self.assertIn("a-broken-one", check["advice"])

    def test_catalogs_that_cannot_be_used(self):
        foreign = self.folder / "foreign.sqlite"
        with sqlite3.connect(foreign) as connection:
            connection.execute("CREATE TABLE edxval_video (id INTEGER PRIMARY KEY)")
        connection.close()
        before = foreign.read_bytes()
        (self.folder / "text").write_text("no database, but long enough to be looked at " * 100)
        for name in ("foreign.sqlite", "text", "nowhere/edxval.sqlite"):
            with self.subTest(name):
                path = self.folder / name
                checks = self.checks(1, catalog=f"sqlite:{path}")
                self.assertEqual("fail", checks["catalog"]["verdict"])
                self.assertIn(str(path), checks["catalog"]["measured"])
        self.assertEqual(before, foreign.read_bytes())

    def test_catalog_that_somebody_keeps_locked(self):
        self.migrate()
        holder = sqlite3.connect(self.folder / "edxval.sqlite", isolation_level=None)
        self.addCleanup(holder.close)
        holder.execute("BEGIN IMMEDIATE")
        checks = self.checks(1)
        self.assert_verdicts(checks, catalog="fail")
        self.assertEqual("another program holds its write lock", checks["catalog"]["measured"])
        self.assertLess(checks["catalog"]["seconds"], 8, "a preflight does not wait as a run does")

    def test_ledger_that_somebody_keeps_locked(self):
        self.migrate()
        holder = sqlite3.connect(self.folder / "mallow.ledger", isolation_level=None)
        self.addCleanup(holder.close)
        holder.execute("BEGIN IMMEDIATE")
        checks = self.checks(1)
        self.assert_verdicts(checks, ledger="fail")
        self.assertEqual("another program holds its write lock", checks["ledger"]["measured"])

    def test_ledgers_that_cannot_be_used(self):
        foreign = self.folder / "foreign.sqlite"
        with sqlite3.connect(foreign) as connection:
            connection.execute("CREATE TABLE something (id INTEGER PRIMARY KEY)")
        connection.close()
        text = self.folder / "text"
        text.write_text("no ledger, but long enough to be looked at " * 100)
        for path in (foreign, text):
            with self.subTest(path.name):
                before = path.read_bytes()
                self.assertEqual("fail", self.checks(1, ledger=path)["ledger"]["verdict"])
                self.assertEqual(before, path.read_bytes())

    # What the ledger knows

    def change(self, statement, *arguments):
        connection = sqlite3.connect(self.folder / "mallow.ledger")
        with connection:
            connection.execute(statement, arguments)
        connection.close()

    def test_engine_that_holds_the_ledger_is_named(self):
        self.migrate()
        self.change("UPDATE lease SET released = 0, host = 'lms-3', pid = 4711, heartbeat = ?", time.time())
        check = self.checks(1)["ledger"]
        self.assertEqual("fail", check["verdict"], "mallow run would be refused")
        self.assertIn("process 4711 on lms-3", check["measured"])

    def test_ledger_of_an_earlier_version_stays_one(self):
        self.migrate()
        self.change("DELETE FROM grdb_migrations WHERE identifier LIKE '4 %'")
        for column in ("reading", "storing", "checking"):
            self.change(f"ALTER TABLE video DROP COLUMN {column}")
        self.call("doctor")
        before = self.contents()
        for changed in ({}, {"source": None, "store": None, "catalog": None}):
            check = self.checks(0, **changed)["ledger"]
            self.assertEqual("attention", check["verdict"])
            self.assertIn("earlier version", check["measured"])
        self.assertEqual(before, self.contents())

    # Places that are gone

    def migrate_a_transcript(self):
        source = self.folder / "exports" / "chem"
        (source / "course").mkdir(parents=True)
        (source / "video").mkdir()
        (source / "static").mkdir()
        (source / "course.xml").write_text('<course org="AcmeX" course="Chem1" url_name="2018"/>')
        (source / "course" / "2018.xml").write_text(
            '<course><chapter><sequential><vertical><video url_name="v1"/></vertical></sequential></chapter></course>')
        (source / "video" / "v1.xml").write_text('<video url_name="v1" sub="one" edx_video_id="chem-1"/>')
        (source / "static" / "subs_one.srt.sjson").write_text('{"start": [0], "end": [9], "text": ["one"]}')
        self.ends["source"] = f"olx:{source.parent}"
        self.assert_exit(0, self.call("run", "--all"))

    def assert_lost(self, name):
        """Doctor and run say the same, and neither makes anything."""
        self.call("status")  # takes what is left of the ledger's log
        before = self.contents()
        checks = self.checks(1)
        self.assertEqual(name, [*checks][0], "what failed comes first")
        self.assertEqual("fail", checks[name]["verdict"])
        self.assertIn("run 1 stored transcripts there, and nothing is there now", checks[name]["measured"])
        self.assertIn("a new place needs a new ledger", checks[name]["advice"])
        result = self.call("run", "--all", "--json")
        self.assert_exit(1, result)
        self.assertIn(checks[name]["measured"].split(": ", 1)[1], result.err)
        self.assertIn(checks[name]["advice"], result.err)
        self.assertNotIn("making", result.err)
        lines = [line for line in result.lines if "failure" in line]
        self.assertEqual("conflict", lines[-1]["failure"]["class"])
        now = self.contents()
        now.pop(self.folder / "mallow.ledger.lock", None)
        before.pop(self.folder / "mallow.ledger.lock", None)
        self.assertEqual(before, now)

    def test_store_that_is_not_mounted_is_no_new_one(self):
        self.migrate_a_transcript()
        store = self.folder / "objects"
        store.rename(self.folder / "elsewhere")
        self.assert_lost("store")
        store.mkdir()  # what it would be mounted on
        self.assert_lost("store")
        # Another place is a new one, and the catalog's transcripts are not in it.
        elsewhere = self.checks(1, store=f"file:{self.folder / 'new'}")
        self.assertEqual("store: objects", [*elsewhere][0])
        self.assertIn("the one object that the catalog's newest rows name is not at", elsewhere["store: objects"]["measured"])
        store.rmdir()
        (self.folder / "elsewhere").rename(store)
        self.assert_verdicts(self.checks(0))
        self.assert_exit(0, self.call("run", "--all"))

    def test_no_run_begins_on_a_store_without_the_objects_that_the_catalog_names(self):
        """A new ledger knows of no loss: what the catalog names tells that a mount point is empty."""
        self.migrate_a_transcript()
        self.assertEqual("pass", self.checks(0)["store: objects"]["verdict"])
        (self.folder / "objects").rename(self.folder / "elsewhere")
        self.ends["ledger"] = self.folder / "new.ledger"
        for is_mount_point in (False, True):
            if is_mount_point:
                (self.folder / "objects").mkdir()
            check = self.checks(1)["store: objects"]
            self.assertEqual("fail", check["verdict"])
            refused = self.call("run", "--all", "--json")
            self.assert_exit(1, refused)
            self.assertIn(check["measured"], refused.err)
            self.assertIn("--accept-missing-objects", refused.err)
            self.assertEqual("conflict", refused.lines[-1]["failure"]["class"])
            self.assertEqual(is_mount_point, (self.folder / "objects").exists(), "nothing is made")
            self.assertIsNone(self.call("status", "--json", source=None, store=None, catalog=None).json.get("run"))
        accepted = self.call("run", "--all", "--json", "--accept-missing-objects")
        self.assert_exit(3, accepted)
        self.assertEqual(1, accepted.lines[-1]["transcripts"]["conflict"])
        notices = [line["detail"] for line in accepted.lines if line["event"] == "notice"]
        self.assertTrue(any("accepted by --accept-missing-objects" in notice for notice in notices), notices)

    def test_catalog_that_is_gone_is_no_new_one(self):
        self.migrate_a_transcript()
        catalog = self.folder / "edxval.sqlite"
        catalog.rename(self.folder / "elsewhere")
        self.assert_lost("catalog")
        catalog.touch()
        self.assert_lost("catalog")

    def test_nothing_is_proven_absent_where_nothing_is_mounted(self):
        self.migrate()
        self.open_transaction()
        store = self.folder / "objects"
        store.rename(self.folder / "elsewhere")
        for name in ("recover", "run"):
            lost = self.call(name, *(["--all"] if name == "run" else []))
            self.assert_exit(1, lost)
            self.assertIn("run 1 left transactions open there, and nothing is there now", lost.err)
            self.assertFalse(store.exists())
        (self.folder / "elsewhere").rename(store)
        self.assert_exit(0, self.call("recover"))

    def test_runs_that_stored_nothing_have_lost_nothing(self):
        """A course without transcripts, a discovery and a recovery: their places may be made anew."""
        self.migrate()
        for name in ("discover", "recover"):
            self.assert_exit(0, self.call(name))
        shutil.rmtree(self.folder / "objects")
        (self.folder / "edxval.sqlite").unlink()
        checks = self.checks(0)
        for name in ("store", "catalog"):
            self.assertIn("will be made by the first run", checks[name]["measured"])
        self.migrate()

    def open_transaction(self):
        self.change("INSERT INTO video_transaction VALUES (99, x'00112233445566778899aabbccddee01', 1, 'c', 'b', 'v')")
        self.change("INSERT INTO intent VALUES (x'00112233445566778899aabbccddee02', 99, 'en', 'k', 1, ?, 'srt', 'open', 0)", "0" * 64)

    def test_open_transactions_are_counted(self):
        self.migrate()
        self.open_transaction()
        check = self.checks(0)["ledger: transactions"]
        self.assertEqual("attention", check["verdict"])
        self.assertIn("1 video transaction is open", check["measured"])

    def test_open_transactions_of_other_stores_let_no_run_begin(self):
        self.migrate()
        self.open_transaction()
        other = f"file:{self.folder / 'other'}"
        check = self.checks(1, store=other)["ledger"]
        self.assertEqual("fail", check["verdict"])
        self.assertIn("mallow recover", check["advice"])
        self.assertIn("objects", check["advice"])

    def test_clock_that_went_back(self):
        self.migrate()
        self.change("UPDATE event SET at = ? WHERE seq = (SELECT max(seq) FROM event)", time.time() + 7200)
        check = self.checks(0)["clock"]
        self.assertEqual("attention", check["verdict"])
        self.assertIn("before the newest event", check["measured"])

    # What is tried where, and how it is printed

    def test_canary_is_under_the_prefix_that_is_given(self):
        (self.folder / "objects").mkdir()
        (self.folder / "objects" / "mine").touch()
        self.assert_verdicts(self.checks(0))
        result = self.call("doctor", "--json", "--prefix", "mine/")
        self.assert_exit(1, result)
        self.assertEqual("store: put if absent", result.json["checks"][0]["name"])
        self.assertIn("mine/mallow-canary-", str(result.json["checks"][0]))

    def test_failures_come_first(self):
        (self.folder / "objects").mkdir()
        (self.folder / "objects" / "video-transcripts").touch()
        checks = self.checks(1, ledger=self.folder / "objects")
        self.assertEqual(["store: put if absent", "ledger"], [*checks][:2])
        order = ["fail", "attention", "pass"]
        verdicts = [order.index(check["verdict"]) for check in checks.values()]
        self.assertEqual(sorted(verdicts), verdicts)

    def test_names_do_not_act_on_a_terminal(self):
        folder = self.folder / "ex\x1b[2Jports"
        folder.mkdir()
        result = self.call("doctor", source=f"olx:{folder}")
        self.assert_exit(1, result)
        self.assertIn("ex[2Jports", result.out)
        self.assertNotIn("\x1b", result.out)

    # Usage

    def test_wrong_command_lines(self):
        for changed in ({"store": "pigeon:coop"}, {"source": "exports"}, {"catalog": None}, {"prefix": "/mine"}):
            with self.subTest(changed):
                result = self.call("doctor", "--json", **changed)
                self.assert_exit(2, result)
                self.assertEqual(2, result.json["exit"])
                self.assertEqual({}, self.contents())


if __name__ == "__main__":
    unittest.main()
