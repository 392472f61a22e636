# SPDX-License-Identifier: Apache-2.0
"""A wrong command line: exit 2, one sentence on standard error, and with --json an object on standard output."""
import json
import os
import pty
import subprocess
import unittest

from program import SAMPLE, ProgramTests, call, required


class UsageErrorTests(ProgramTests):
    def command(self, name, *arguments, **changed):
        ends = {
            "source": f"olx:{SAMPLE / 'courses'}",
            "store": f"file:{self.folder / 'objects'}",
            "catalog": f"sqlite:{self.folder / 'edxval.sqlite'}",
            "ledger": self.folder / "mallow.ledger",
        } | changed
        given = [part for option, value in ends.items() for part in (f"--{option}", value)]
        return [required("MALLOW"), name, *given, *arguments]

    def assert_usage_error(self, command, *words):
        for arguments in ([], ["--json"]):
            result = call(command + arguments)
            with self.subTest(command=command[1], arguments=arguments):
                self.assert_exit(2, result)
                sentence = result.err.strip()
                self.assertEqual(1, len(sentence.splitlines()), sentence)
                for word in words:
                    self.assertIn(word, sentence)
                self.assertNotIn("hunter2", sentence + result.out)
                if arguments:
                    error = json.loads(result.out)
                    self.assertEqual(2, error["exit"])
                    self.assertIn(error["error"].rstrip("."), sentence)
                else:
                    self.assertEqual("", result.out)

    def test_unknown_scheme(self):
        for option in ("source", "store", "catalog"):
            with self.subTest(option):
                self.assert_usage_error(self.command("plan", **{option: "pigeon:coop"}), "pigeon", f"--{option}")

    def test_password_in_a_url_is_refused_and_not_repeated(self):
        url = "mysql://mallow:hunter2@127.0.0.1:3306/edxapp"
        self.assert_usage_error(self.command("plan", catalog=url), "password", "--catalog")
        self.assert_usage_error(self.command("run", "--all", catalog=url), "password", "--catalog")

    def test_catalog_in_a_folder_that_does_not_exist(self):
        """Else a mistyped path plans, or begins, the migration of a platform that is not there."""
        path = self.folder / "nowhere" / "edxval.sqlite"
        self.assert_usage_error(self.command("plan", catalog=f"sqlite:{path}"), "nowhere")
        self.assert_usage_error(self.command("run", "--all", catalog=f"sqlite:{path}"), "nowhere")
        self.assertFalse(path.parent.exists())

    def test_source_that_does_not_exist_is_named(self):
        path = self.folder / "nowhere"
        for name, *arguments in (["plan"], ["plan", "--json"], ["run", "--all"], ["run", "--all", "--json"]):
            with self.subTest(name, arguments=arguments):
                result = call(self.command(name, *arguments, source=f"olx:{path}"))
                self.assertIn(result.exit, (1, 2))
                self.assertIn(str(path), result.out + result.err)
                if arguments == ["--json"]:
                    self.assertIn("nowhere", json.loads(result.out)["error"])

    def test_no_courses_selected(self):
        self.assert_usage_error(self.command("run"), "--all", "--course", "--failed")

    def test_two_selections(self):
        self.assert_usage_error(self.command("run", "--all", "--failed"), "--all", "--failed")

    def test_unknown_course_is_named(self):
        result = call(self.command("run", "--course", "course-v1:No+Such+Course"))
        self.assertIn(result.exit, (1, 2))
        self.assertIn("course-v1:No+Such+Course", result.out + result.err)

    def test_unknown_option(self):
        """The list of options may follow the sentence, when it is a person who reads."""
        result = call(self.command("run", "--everything"))
        self.assert_exit(2, result)
        self.assertIn("--everything", result.err.splitlines()[0])
        result = call(self.command("run", "--everything", "--json"))
        self.assert_exit(2, result)
        self.assertIn("--everything", json.loads(result.out or "{}").get("error", ""))

    def test_number_out_of_range(self):
        self.assert_usage_error(self.command("run", "--all", "--concurrency", "0"), "--concurrency")

    def test_a_folder_for_a_ledger_is_told_as_one(self):
        for name, *arguments in (["run", "--all"], ["status"]):
            command = [required("MALLOW"), name, "--ledger", self.folder, *arguments]
            if name == "run":
                command = self.command(name, *arguments, ledger=self.folder)
            result = call(command)
            self.assert_exit(1, result)
            self.assertIn(f"{self.folder.resolve()}", result.err)
            self.assertIn("it is a folder", result.err)
            self.assertIn("name a file with --ledger", result.err)
            self.assertNotIn("disk", result.err)
        self.assertEqual([], list(self.folder.iterdir()))

    def test_a_terminal_that_cannot_show_the_console_is_told_in_whole_sentences(self):
        ours, theirs = pty.openpty()
        try:
            child = subprocess.run(
                self.command("console"), stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, timeout=60,
                env=os.environ | {"TERM": "dumb"})
        finally:
            os.close(ours)
            os.close(theirs)
        self.assertEqual(2, child.returncode)
        self.assertIn(
            b"a terminal of type 'dumb' cannot move its cursor; mallow status --watch works on any terminal.", child.stderr)

    def test_nothing_is_made_by_a_command_line_that_is_refused(self):
        call(self.command("run"))
        call(self.command("run", "--all", store="pigeon:coop"))
        self.assertEqual([], list(self.folder.iterdir()))


if __name__ == "__main__":
    unittest.main()
