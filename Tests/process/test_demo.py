# SPDX-License-Identifier: Apache-2.0
"""mallow demo without its console: staged trouble, a killed engine, and an end that is proven, here as well."""
import contextlib
import signal
import sqlite3
import subprocess
import unittest

from program import SAMPLE, ProgramTests, Site, call, required, wait_until
from test_sample_data import LOST_ROW, STATES, TRANSCRIPTS

PATIENCE = 60  # a demo at fifty times the speed takes about ten seconds


class DemoTests(ProgramTests):
    def demo(self, *arguments, speed="50", timeout=PATIENCE):
        command = [required("MALLOW"), "demo", "--headless", "--folder", self.folder / "sandbox"]
        return call([*command, "--speed", speed, *arguments], timeout)

    @property
    def sandbox(self):
        """The sandbox as a platform: its store and its catalog are called as everywhere."""
        return Site(self.folder / "sandbox", SAMPLE / "courses")

    def assert_migrated(self):
        """By eyes that share nothing with the program."""
        seeded = ["--seeded-catalog", SAMPLE / "platform/edxval.sqlite", "--seeded-store", SAMPLE / "platform/objects"]
        self.assert_clean(self.sandbox, *seeded)
        self.assert_exit(0, self.sandbox.read_back("--schema", "--known", LOST_ROW))
        status = self.sandbox.call("status", "--json")
        self.assert_exit(0, status)
        self.assertEqual(STATES, {course["key"]: course["state"] for course in status.json["courses"]})

    def test_it_ends_proven_after_all_that_was_staged(self):
        result = self.demo("--sample-data", SAMPLE)
        self.assert_exit(0, result)
        for words in (
            "rolled back, absence proven",
            "retry 1 of 3",
            "deadlock found when trying to get lock (staged by mallow demo) (transient)",
            "the line broke before an answer came (staged by mallow demo) (ambiguous)",
            "demo: the engine was killed; the same run again settles what it left open and goes on",
            "recovery of open transactions: ",
            "ECON201+2018_Spring held: waits for the operator",
            "239 transcripts proven, 0 waived; courses: 1 empty, 2 failed, 1 held, 8 migrated",
            "Supply and Demand (en): the catalog's row names",
            "demo: everything that can migrate has",
        ):
            self.assertIn(words, result.out)
        # Staged, too: a contentstore that fails in passing is asked again, and so is a store that asks for less, for which
        # the run slows down. No course pays for either.
        self.assertNotIn("the server closed the connection", result.out)
        self.assertNotIn("503 Slow Down", result.out)
        with contextlib.closing(sqlite3.connect(self.sandbox.ledger)) as ledger:
            brakes = ledger.execute("SELECT detail FROM event WHERE kind = 'brake'").fetchall()
        self.assertIn(("the store asked for less",), brakes)
        self.assertEqual(1, result.out.count("the engine was killed"))
        self.assertIn("killed by the demo in the middle of its work", result.err)
        self.assertNotIn("wrong:", result.out)
        self.assert_migrated()

    def test_a_second_demo_in_the_same_folder_finds_nothing_to_do(self):
        self.assert_exit(0, self.demo("--sample-data", SAMPLE))
        before = self.sandbox.transcripts(), self.sandbox.objects()
        # Its sample data is not needed a second time.
        second = self.demo("--sample-data", self.folder / "nowhere", "--json")
        self.assert_exit(0, second)
        events = [line["event"] for line in second.lines]
        self.assertEqual("demo", events[-1])
        self.assertEqual([], [event for event in events if event in ("stored", "committed", "rolled back")])
        proof = second.lines[-1]
        self.assertEqual((239, []), (proof["proven"], proof["wrong"]))
        self.assertEqual(
            {"held", "failed"}, {transcript["state"] for transcript in proof["left"]}, "what is left, and in which course"
        )
        summary = next(line for line in second.lines if line["event"] == "summary")
        self.assertEqual(TRANSCRIPTS, summary["transcripts"])
        self.assertEqual(before, (self.sandbox.transcripts(), self.sandbox.objects()))

    def test_what_is_not_migrated_is_not_called_proven(self):
        self.assert_exit(0, self.demo("--sample-data", SAMPLE))
        row = self.sandbox.rows("SELECT transcript FROM edxval_videotranscript ORDER BY id DESC LIMIT 1")[0][0]
        path = self.sandbox.store / row
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        result = self.demo()
        self.assert_exit(1, result)
        self.assertIn("not everything that can migrate has", result.out)

    def test_interrupted_it_drains_and_goes_on_later(self):
        sandbox, words = self.folder / "sandbox", ["--headless", "--speed", "8", "--sample-data", f"{SAMPLE}"]
        with (self.folder / "said").open("wb") as said:
            command = [required("MALLOW"), "demo", "--folder", f"{sandbox}", *words]
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        self.addCleanup(child.wait, PATIENCE)
        self.addCleanup(child.terminate)
        puts = sandbox / "demo.json.puts"
        wait_until(lambda: puts.exists() and puts.stat().st_size > 3, "a few PUTs")
        child.send_signal(signal.SIGTERM)
        self.assertEqual(130, child.wait(PATIENCE), (self.folder / "said").read_text())
        self.assert_exit(0, self.demo())
        self.assert_migrated()

    def test_a_folder_of_somebody_else_is_left_alone(self):
        (self.folder / "sandbox").mkdir()
        (self.folder / "sandbox" / "letters").write_text("mine")
        result = self.demo()
        self.assert_exit(2, result)
        self.assertIn("is not empty and no sandbox of mallow demo", result.err)
        self.assertEqual(["letters"], [path.name for path in (self.folder / "sandbox").iterdir()])

    def test_wrong_options_are_refused_in_one_sentence(self):
        for words, *arguments in (
            ("--speed", "--speed", "0"),
            ("--sample-data", "--sample-data", self.folder / "nowhere"),
        ):
            with self.subTest(arguments):
                result = self.demo(*arguments)
                self.assert_exit(2, result)
                self.assertIn(words, result.err)
                self.assertEqual(1, len(result.err.strip().splitlines()), result.err)
        console = call([required("MALLOW"), "demo", "--folder", self.folder / "sandbox"])
        self.assert_exit(2, console)
        self.assertIn("mallow demo --headless works without one", console.err)
        self.assertFalse((self.folder / "sandbox").exists())


if __name__ == "__main__":
    unittest.main()
