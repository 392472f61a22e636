# SPDX-License-Identifier: Apache-2.0
"""Exports made to harm or merely broken, beside a good one: the good course migrates, each bad one is named."""
import io
import os
import tarfile
import unittest

from fleet import make_course
from program import ProgramTests

BOMB = """<?xml version="1.0"?>
<!DOCTYPE course [
 <!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">
""" + "".join(
    f' <!ENTITY {b} "{f"&{a};" * 10}">\n' for a, b in zip("abcdefghi", "bcdefghij")
) + ']>\n<video display_name="&j;" sub="v001x000"/>\n'  # fmt: skip


class HostileExportTests(ProgramTests):
    def setUp(self):
        super().setUp()
        self.exports = self.folder / "exports"
        make_course(self.exports / "good", 0, 3, 2, seed=3)
        self.here = self.site("platform", self.exports)
        self.secret = self.folder / "secret.srt"
        self.secret.write_text("1\n00:00:00,000 --> 00:00:01,000\nnot for students\n")

    def bad(self, number=1):
        folder = self.exports / f"bad-{number}"
        make_course(folder, number, 2, 2, seed=3)
        return folder

    def assert_named(self, *words):
        """The run ends, in time, with the good course migrated, and says what was wrong where."""
        result = self.here.call("run", "--all", "--json", timeout=60)
        self.assert_exit(1, result)
        flags = [course for course, enabled in self.here.flags() if enabled]
        self.assertIn("course-v1:FleetX+F000+2018", flags)
        self.assertGreaterEqual(len(self.here.transcripts()), 6)
        self.assert_nothing_leaked()
        told = " ".join(event.get("detail", "") for event in result.lines)
        for word in words:
            self.assertIn(word, told)
        # Who comes in the morning reads the report alone.
        for arguments in ([], ["--json"]):
            report = self.here.call("report", *arguments).out
            for word in words:
                with self.subTest("report", arguments=arguments):
                    self.assertIn(word, report)

    def assert_nothing_leaked(self):
        for key, data in self.here.objects().items():
            self.assertNotIn(b"not for students", data, key)

    def test_broken_xml_is_named_with_file_and_line(self):
        (self.bad() / "video/v001x000.xml").write_text('<video\n display_name="x"\n sub="a" <\n')
        self.assert_named("video/v001x000.xml", ":3")

    def test_broken_course_file_is_named_with_file_and_line(self):
        (self.bad() / "course.xml").write_text('<course url_name="2018" org="FleetX"\n course="F001"\n')
        self.assert_named("bad-1", "course.xml", ":")

    def test_entity_bomb_is_named_and_does_not_go_off(self):
        (self.bad() / "video/v001x000.xml").write_text(BOMB)
        self.assert_named("video/v001x000.xml")

    def test_external_entity_reads_no_file(self):
        text = f'<!DOCTYPE video [<!ENTITY x SYSTEM "file://{self.secret}">]>\n<video sub="v001x000">&x;</video>\n'
        (self.bad() / "video/v001x000.xml").write_text(text)
        self.assert_named("video/v001x000.xml")

    def test_huge_attribute_is_named(self):
        name = "x" * (64 << 20)
        (self.bad() / "video/v001x000.xml").write_text(f'<video\n display_name="{name}" sub="v001x000"/>\n')
        self.assert_named("video/v001x000.xml")

    def test_nul_bytes_are_named_with_file_and_line(self):
        (self.bad() / "video/v001x000.xml").write_bytes(b'<video\n display_name="a\0b" sub="v001x000"/>\n')
        self.assert_named("video/v001x000.xml", ":2")

    def test_link_out_of_the_export_is_not_followed(self):
        link = self.bad() / "static/subs_v001x000.srt.sjson"
        link.unlink()
        os.symlink(self.secret, link)
        self.assert_named("subs_v001x000.srt.sjson")

    def test_linked_block_out_of_the_export_is_not_followed(self):
        elsewhere = self.folder / "elsewhere.xml"
        link = self.bad() / "video/v001x000.xml"
        link.rename(elsewhere)
        os.symlink(elsewhere, link)
        self.assert_named("video/v001x000.xml")

    def test_name_that_climbs_out_of_the_export_finds_nothing(self):
        """Asset names are cleaned, so `..` in one is only a language whose asset does not exist."""
        text = '<video display_name="x" sub="" transcripts=\'{"fr": "../../../secret.srt"}\' youtube_id_1_0=""/>\n'
        (self.bad() / "video/v001x000.xml").write_text(text)
        result = self.here.call("run", "--all", "--json", timeout=60)
        self.assert_exit(0, result)
        self.assertEqual(1, result.lines[-1]["transcripts"]["dangling"])
        self.assert_nothing_leaked()

    def test_pointer_that_climbs_out_of_the_export_is_named(self):
        (self.folder / "outside.xml").write_text('<video sub="v001x000"/>')
        (self.bad() / "vertical/u0.xml").write_text('<vertical>\n<video url_name="../../../outside"/>\n</vertical>\n')
        self.assert_named("../../../outside")

    def test_archive_with_names_that_climb_out_is_named(self):
        self.make_archive("climbs.tar.gz", lambda name: "../../climbed/" + name)
        self.assert_named("climbs.tar.gz")
        self.assertFalse((self.folder / "climbed").exists())
        self.assertFalse((self.exports / "climbed").exists())

    def test_archive_cut_off_in_the_middle_is_named(self):
        archive = self.make_archive("short.tar.gz", lambda name: "course/" + name)
        archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
        self.assert_named("short.tar.gz")

    def test_all_at_once(self):
        (self.bad(1) / "video/v001x000.xml").write_text(BOMB)
        (self.bad(2) / "video/v002x000.xml").write_text("<video>\n<")
        (self.bad(3) / "course.xml").write_bytes(b"\0\0\0\0")
        self.make_archive("climbs.tar.gz", lambda name: "../" + name)
        self.assert_named("video/v001x000.xml", "video/v002x000.xml", "bad-3", "climbs.tar.gz")

    def make_archive(self, name, rename):
        source = self.folder / "archived"
        make_course(source, 9, 1, 2, seed=3)
        path = self.exports / name
        with tarfile.open(path, "w:gz") as archive:
            for file in sorted(p for p in source.rglob("*") if p.is_file()):
                member = tarfile.TarInfo(rename(file.relative_to(source).as_posix()))
                data = file.read_bytes()
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
        return path


if __name__ == "__main__":
    unittest.main()
