# SPDX-License-Identifier: Apache-2.0
"""That an export's videos, heads, fields and bytes are the ones that this project reads from it, in both forms."""
import tarfile
import tempfile
import unittest
from pathlib import Path

from contentstore import CHUNK_SIZE
from courses import old_course, split_course
from export_files import ExportError
from look_up import Contentstore
from olx import exports, read_export
from strict_reader import unreachable, videos

RUN = {
    "course.xml": '<course url_name="R" org="O" course="A"/>',
    "course/R.xml": '<course display_name="Named"><chapter url_name="c"/><wiki slug="O.A.R"/></course>',
    "chapter/c.xml": '<chapter><sequential url_name="s"/></chapter>',
    "sequential/s.xml": '<sequential><vertical url_name="v"/></sequential>',
}
# Files beside those of RUN → (videos → what `sub` is in the published and the draft head, videos that no head reaches).
OUTLINES = {
    "named element is what its file says": (
        {"vertical/v.xml": '<vertical><video url_name="x" sub="inline"/></vertical>', "video/x.xml": '<video sub="file"/>'},
        {"video/x": ("file", None)}, 0,
    ),
    "any nesting": (
        {
            "vertical/v.xml": '<vertical><split_test url_name="t"/><wrapper><library_content url_name="l">'
            '<video url_name="y" sub="y"/></library_content></wrapper></vertical>',
            "split_test/t.xml": '<split_test><vertical url_name="inner"/></split_test>',
            "vertical/inner.xml": '<vertical><videoalpha url_name="x"/></vertical>', "videoalpha/x.xml": '<videoalpha sub="x"/>',
        },
        {"video/y": ("y", None), "videoalpha/x": ("x", None)}, 0,
    ),
    "colon is a folder": (
        {"vertical/v.xml": '<vertical><video url_name="week1:x"/></vertical>', "video/week1/x.xml": '<video sub="deep"/>'},
        {"video/week1:x": ("deep", None)}, 0,
    ),
    "markup holds no blocks": (
        {"vertical/v.xml": '<vertical><problem url_name="p"><video src="a.mp4"/></problem><html><video src="b"/></html></vertical>'},
        {}, 0,
    ),
    "without a name": (
        {"vertical/v.xml": '<vertical><html/><video sub="one"/><video sub="two"/></vertical>'},
        {"video/video_e8aaeed2902a": ("one", None), "video/video_b46fdc79fd0f": ("two", None)}, 0,
    ),
    "name without a file": (
        {"vertical/v.xml": '<vertical><video url_name="gone"/><vertical url_name="lost"/></vertical>'},
        {"video/gone": (None, None)}, 0,
    ),
    "blocks that hold each other": (
        {
            "vertical/v.xml": '<vertical><vertical url_name="w"/></vertical>',
            "vertical/w.xml": '<vertical><vertical url_name="v"/><video url_name="x" sub="x"/></vertical>',
        },
        {"video/x": ("x", None)}, 0,
    ),
    "draft beside what is published, even when they agree": (
        {
            "vertical/v.xml": '<vertical><video url_name="x"/><video url_name="y"/></vertical>',
            "video/x.xml": '<video sub="old"/>', "drafts/video/x.xml": '<video sub="new"/>',
            "video/y.xml": '<video sub="same"/>', "drafts/video/y.xml": '<video sub="same"/>',
        },
        {"video/x": ("old", "new"), "video/y": ("same", "same")}, 0,
    ),
    "draft unit under a section": (
        {
            "vertical/v.xml": "<vertical/>", "drafts/video/x.xml": '<video sub="draft"/>',
            "drafts/vertical/n.xml": '<vertical parent_url="i4x://O/A/sequential/s" index_in_children_list="0">'
            '<video url_name="x"/></vertical>',
        },
        {"video/x": (None, "draft")}, 0,
    ),
    "draft video under a published unit": (
        {
            "vertical/v.xml": '<vertical><video url_name="x" sub="x"/></vertical>',
            "drafts/video/y.xml": '<video sub="draft" parent_sequential_url="i4x://O/A/vertical/v@draft"/>',
        },
        {"video/x": ("x", None), "video/y": (None, "draft")}, 0,
    ),
    "draft under a draft, and a file that was never published": (
        {
            "vertical/v.xml": "<vertical/>", "video/x.xml": '<video sub="never published"/>',
            "drafts/sequential/t.xml": '<sequential parent_url="block-v1:O+A+R+type@chapter+block@c"/>',
            "drafts/vertical/n.xml": '<vertical parent_url="block-v1:O+A+R+type@sequential+block@t"><video url_name="x"/></vertical>',
        },
        {"video/x": (None, "never published")}, 0,
    ),
    "unit whose draft no longer holds the video": (
        {
            "vertical/v.xml": '<vertical><video url_name="x"/></vertical>', "video/x.xml": '<video sub="x"/>',
            "drafts/vertical/v.xml": "<vertical/>",
        },
        {"video/x": ("x", None)}, 0,
    ),
    "inline in a draft": (
        {
            "vertical/v.xml": '<vertical><video url_name="x" sub="old"/></vertical>',
            "drafts/vertical/v.xml": '<vertical><video url_name="x" sub="new"/></vertical>',
        },
        {"video/x": ("old", "new")}, 0,
    ),
    "what nothing reaches": (
        {
            "vertical/v.xml": '<vertical><video url_name="x"/></vertical>', "video/x.xml": "<video/>", "video/y.xml": "<video/>",
            "drafts/video/y.xml": "<video/>", "videoalpha/z.xml": "<videoalpha/>", "drafts/videoalpha/d.xml": "<videoalpha/>",
            "drafts/vertical/n.xml": '<vertical parent_url="i4x://O/A/sequential/gone"><video url_name="h"/></vertical>',
            "drafts/video/h.xml": "<video/>",
        },
        {"video/x": (None, None)}, 4,
    ),
}  # fmt: skip
# The attributes and children of a <video> → the fields that are stored.
ELEMENTS = {
    '<video url_name="x"/>': {},
    '<video youtube="0.75:aaa,1.00:bbb,1.25:ccc,1.50:ddd" display_name="Cell walls" sub="bbb" download_track="true"'
    ' html5_sources="[&quot;https://a/L02.mp4&quot;]" transcripts="{&quot;fr&quot;: &quot;L02-fr.srt&quot;, &quot;de&quot;: &quot;&quot;}">'
    '<source src="https://a/other.mp4"/><transcript language="fr" src="child.srt"/><transcript language="es" src="es.srt"/></video>': {
        "html5_sources": ["https://a/L02.mp4"], "transcripts": {"fr": "L02-fr.srt", "es": "es.srt", "de": ""},
        "youtube_id_0_75": "aaa", "youtube_id_1_0": "bbb", "youtube_id_1_25": "ccc", "youtube_id_1_5": "ddd",
        "display_name": "Cell walls", "sub": "bbb", "download_track": True, "source": "https://a/other.mp4",
    },
    '<video edx_video_id=" 0f7d3d0e " html5_sources="[]" youtube="1.00:other" youtube_id_1_0="yt" download_video="false"><video_asset>'
    '<transcripts><transcript language="xx" src="no.srt"/></transcripts><transcript language="yy" src="no.srt"/></video_asset>'
    '<transcript language="en" src="0f7d3d0e-en.srt"/></video>': {
        "transcripts": {"en": "0f7d3d0e-en.srt"}, "youtube_id_1_0": "yt", "html5_sources": [], "edx_video_id": " 0f7d3d0e ",
        "download_video": False,
    },
    '<video youtube="1:&quot;bbb&quot;"/>': {"youtube_id_1_0": "bbb"},
    '<video youtube="1.0:bbb,fast:ccc,2.0:ddd"/>': {"youtube_id_1_0": "bbb"},
    '<video youtube=""/>': {},
    '<video youtube="" download_video="true"><source src="https://a/b.mp4"/></video>': {
        "html5_sources": ["https://a/b.mp4"], "youtube_id_0_75": "", "youtube_id_1_0": "", "youtube_id_1_25": "", "youtube_id_1_5": "",
        "download_video": True,
    },
    '<video transcripts="{&quot;fr&quot;: " html5_sources="{}" sub="s" download_video="true"><transcript language="de" src="d.srt"/>'
    '<source src="https://a/b.mp4"/></video>': {
        "html5_sources": ["https://a/b.mp4"], "transcripts": {"de": "d.srt"}, "sub": "s", "download_video": True,
    },
    '<video sub="null" transcripts="null" html5_sources="" display_name="null"/>': {
        "html5_sources": "", "transcripts": None, "sub": None, "display_name": None,
    },
    '<video sub="&quot;abc&quot;" display_name="&quot;A&quot; or &quot;B&quot;" from="00:01:00" max_views="3"/>': {
        "sub": "abc", "display_name": '"A" or "B"', "start_time": "00:01:00", "xml_attributes": {"max_views": "3"},
    },
    '<video sub="007" parent_url="i4x://O/A/vertical/v" index_in_children_list="2"><track src="t.srt"/><handout src="h.pdf"/></video>': {
        "track": "t.srt", "handout": "h.pdf", "sub": "007", "download_track": True,
    },
    '<video transcripts="{&quot;fr&quot;: 7, &quot;de&quot;: null}"><transcript language="de" src="d.srt"/></video>': {
        "transcripts": {"de": "d.srt", "fr": 7},
    },
}  # fmt: skip


class ExportTests(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, files, name="export"):
        for path, content in (RUN | files).items():
            file = self.folder / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self.folder / name

    def both(self, files, name="export"):
        export = self.write(files, name)
        return split_course(export), old_course(export)


class OutlineTests(ExportTests):
    def test_videos_and_their_heads(self):
        for name, (files, expected, unreached) in OUTLINES.items():
            for stored in self.both(files, name):
                with self.subTest(name, form=stored.form):
                    found = {
                        "/".join(key.replace("+block@", "/").replace("type@", "/").split("/")[-2:]): tuple(
                            None if head is None else head.get("sub") for head in (video.published, video.draft)
                        )
                        for key, video in videos(stored).items()
                    }
                    self.assertEqual(expected, found)
                    self.assertEqual(unreached, unreachable(stored))

    def test_course_may_stand_whole_in_one_file(self):
        pointer = '<course url_name="R" org="O" course="A" display_name="Inline"><chapter><video url_name="x" sub="s"/></chapter></course>'
        export = self.folder / "whole"
        export.mkdir()
        (export / "course.xml").write_text(pointer)
        self.assertEqual({"display_name": "Inline"}, read_export(export).published["course", "R"].settings)
        self.assertEqual(["block-v1:O+A+R+type@video+block@x"], list(videos(split_course(export))))
        self.assertEqual(["i4x://O/A/video/x"], list(videos(old_course(export))))

    def test_drafts_stand_where_they_say(self):
        outline = read_export(self.write(OUTLINES["draft unit under a section"][0]))
        section = ("sequential", "s")
        self.assertEqual([("vertical", "v")], list(outline.published[section].children))
        self.assertEqual([("vertical", "n"), ("vertical", "v")], list(outline.draft[section].children))

    def test_what_only_drafts_hold_is_in_no_published_head(self):
        files = OUTLINES["draft under a draft, and a file that was never published"][0]
        # A page among the drafts that hangs somewhere, and an orphan that names what only the draft head reaches.
        files = files | {"drafts/html/h.xml": '<html parent_url="i4x://O/A/vertical/n"/>'}
        files["vertical/orphan.xml"] = files["drafts/vertical/n.xml"]
        outline = read_export(self.write(files))
        only_drafts = {("sequential", "t"), ("vertical", "n"), ("video", "x"), ("html", "h")}
        self.assertEqual(only_drafts, set(outline.draft) - set(outline.published))
        self.assertLessEqual(only_drafts, outline.drafted)
        self.assertIn(("vertical", "orphan"), outline.published)
        self.assertEqual([("video", "x"), ("html", "h")], list(outline.draft["vertical", "n"].children))

    def test_block_without_a_draft_is_the_same_in_both_heads(self):
        files = {
            "vertical/v.xml": '<vertical><video url_name="x" sub="first"/><vertical url_name="w"/></vertical>',
            "vertical/w.xml": '<vertical><video url_name="x" sub="second"/></vertical>',
            "drafts/vertical/v.xml": '<vertical><vertical url_name="w"/></vertical>',
        }
        outline = read_export(self.write(files))
        for head in (outline.published, outline.draft):
            self.assertEqual({"sub": "first"}, head["video", "x"].settings)
        self.assertNotIn(("video", "x"), outline.drafted)

    def test_pages_and_texts_are_blocks_too(self):
        files = {"vertical/v.xml": '<vertical><html url_name="h"/><problem url_name="p"><p>1</p></problem></vertical>'}
        files |= {"html/h.xml": '<html filename="h" display_name="2018"/>', "html/h.html": "<p>text</p>", "info/updates.html": "new"}
        head = read_export(self.write(files)).published
        self.assertEqual(({"display_name": "2018"}, {"data": "<p>text</p>"}), (head["html", "h"].settings, head["html", "h"].content))
        self.assertEqual({"data": '<problem url_name="p"><p>1</p></problem>'}, head["problem", "p"].content)
        self.assertEqual({"data": "new"}, head["course_info", "updates"].content)
        self.assertEqual({"wiki_slug": "O.A.R"}, head["course", "R"].content)

    def test_policy_goes_before_the_course_file_but_for_the_name(self):
        policy = '{"course/R": {"display_name": "Policy", "language": "fr", "tabs": [{"type": "wiki"}]}}'
        files = {"course/R.xml": '<course display_name="Named" language="en"><chapter url_name="c"/></course>'}
        outline = read_export(self.write(files | {"policies/R/policy.json": policy, "vertical/v.xml": "<vertical/>"}))
        expected = {"display_name": "Named", "language": "fr", "tabs": [{"type": "wiki"}]}
        self.assertEqual(expected, outline.published["course", "R"].settings)
        self.assertEqual(expected, outline.draft["course", "R"].settings)

    def test_broken_exports_are_named(self):
        for files, word in (
            ({"video/x.xml": "<video\n sub='a' <\n"}, "video/x.xml"),
            ({"course.xml": "<library/>"}, "course.xml"),
            ({"vertical/v.xml": '<vertical><video url_name=""/></vertical>'}, "empty url_name"),
        ):
            with self.subTest(word), self.assertRaisesRegex(ExportError, word):
                read_export(self.write({"vertical/v.xml": '<vertical><video url_name="x"/></vertical>'} | files, word.replace("/", "-")))

    def test_archives_and_folders_of_exports(self):
        export = self.write({"vertical/v.xml": "<vertical/>", "static/a.srt": "a"}, "b")
        with tarfile.open(self.folder / "a.tar.gz", "w:gz") as archive:
            archive.add(export, "course")
        (self.folder / "notes.txt").write_text("no export")
        self.assertEqual(["a.tar.gz", "b"], [path.name for path in exports(self.folder)])
        self.assertEqual([export], exports(export))
        archived, unpacked = map(split_course, exports(self.folder))
        self.assertEqual(unpacked, archived)


    def test_content_of_a_draft_is_another_definition(self):
        files = {
            "vertical/v.xml": '<vertical><html url_name="h"/><html url_name="i"/></vertical>',
            "drafts/vertical/v.xml": '<vertical><html url_name="h"/><html url_name="i"/></vertical>',
            "html/h.xml": '<html filename="h"/>', "html/h.html": "old", "drafts/html/h.xml": '<html filename="h"/>',
            "drafts/html/h.html": "new", "html/i.xml": '<html filename="i"/>', "html/i.html": "same",
            "drafts/html/i.xml": '<html filename="i" display_name="renamed"/>', "drafts/html/i.html": "same",
        }  # fmt: skip
        split, old = self.both(files)
        definitions = {definition["_id"]: definition for definition in split["modulestore.definitions"]}
        draft, published = (
            {block["block_id"]: definitions[block["definition"]] for block in structure["blocks"]}
            for structure in split["modulestore.structures"]
        )
        self.assertEqual(("new", "old"), (draft["h"]["fields"]["data"], published["h"]["fields"]["data"]))
        self.assertEqual(published["h"]["_id"], draft["h"]["edit_info"]["previous_version"])
        self.assertEqual(published["h"]["_id"], draft["h"]["edit_info"]["original_version"])
        self.assertEqual(published["i"], draft["i"])
        texts = {(d["_id"]["name"], d["_id"]["revision"]): d["definition"]["data"].get("data") for d in old["modulestore"]}
        self.assertEqual(("old", "new"), (texts["h", None], texts["h", "draft"]))


class VideoElementTests(ExportTests):
    def test_fields_that_the_element_sets_and_no_others(self):
        for number, (element, expected) in enumerate(ELEMENTS.items()):
            files = {"vertical/v.xml": '<vertical><video url_name="x"/></vertical>', "video/x.xml": element}
            for stored in self.both(files, str(number)):
                with self.subTest(element, form=stored.form):
                    ((_, video),) = videos(stored).items()
                    self.assertEqual(expected, video.published)


class AssetTests(ExportTests):
    def assets(self, files):
        split, old = self.both({"vertical/v.xml": "<vertical/>"} | {f"static/{path}": data for path, data in files.items()})
        contents = [{name: store.content(name) for name in store.files} for store in (Contentstore(split), Contentstore(old))]
        self.assertEqual(*contents)
        return contents[0]

    def test_folders_and_odd_characters_become_underscores(self):
        paths = {
            "subs/abc.srt.sjson": "subs_abc.srt.sjson", "my file (1).srt": "my_file__1_.srt", "a/b/c.srt": "a_b_c.srt",
            "a+b@c:d~e.srt": "a_b_c_d_e.srt", "Über.srt": "Über.srt", "中文.srt": "中文.srt", "a%20b.srt": "a%20b.srt",
            "-Fab.SRT": "-Fab.SRT", "e\u0301.srt": "e_.srt",
        }  # fmt: skip
        self.assertEqual({name: path.encode() for path, name in paths.items()}, self.assets({path: path for path in paths}))

    def test_first_in_order_of_paths_is_taken(self):
        self.assertEqual({"a_b.srt": b"first"}, self.assets({"a_b.srt": "second", "a/b.srt": "first", "a~b.srt": "third"}))
        self.assertEqual({"a_b_c": b"first", "a_b.srt": b"first"}, self.assets({"a~b/c": "second", "a/b~c": "first"}))

    def test_every_length_is_cut_into_chunks_and_joined_again(self):
        lengths = (0, 1, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 3 * CHUNK_SIZE + 7)
        files = {f"{length}.srt": bytes(index % 251 for index in range(length)) for length in lengths}
        self.assertEqual(files, self.assets(files))

    def test_what_the_export_knows_of_an_asset_is_stored_with_it(self):
        policy = '{"subs_a.srt": {"displayname": "A", "contentType": null, "locked": true, "filename": "/c4x/O/A/asset/subs_a.srt"}}'
        files = {"vertical/v.xml": "<vertical/>", "policies/assets.json": policy, "static/subs/a.srt": "a", "static/subs/b.srt": "b"}
        first, second = read_export(self.write(files)).assets
        self.assertEqual(("A", "subs/a.srt", None, True), (first.displayname, first.import_path, first.content_type, first.locked))
        said = (second.displayname, second.import_path, second.content_type, second.locked)
        self.assertEqual(("b.srt", "subs/b.srt", "application/x-subrip", False), said)


if __name__ == "__main__":
    unittest.main()
