# SPDX-License-Identifier: Apache-2.0
"""That courses without an export hold what was asked for, and come one at a time."""
import itertools
import unittest

from contentstore import CHUNK_SIZE
from look_up import DANGLING, outcome
from strict_reader import unreachable, videos
from synthetic import Fleet, libraries, old_fleet, split_fleet, templates

BOTH = (split_fleet, old_fleet)


def identifiers(stored):
    return [(video.published or video.draft)["edx_video_id"] for _, video in sorted(videos(stored).items())]


class FleetTests(unittest.TestCase):
    def test_every_transcript_is_there(self):
        for make in BOTH:
            for transcripts in (0, 1, 4):
                courses = list(make(Fleet(courses=2, videos=23, transcripts=transcripts)))
                self.assertEqual(2, len({stored.key for stored in courses}))
                for stored in courses:
                    found = outcome(stored)
                    self.assertEqual([transcripts] * 23, list(map(len, found.values())))
                    self.assertNotIn(DANGLING, [result for video in found.values() for result in video.values()])

    def test_courses_are_made_one_at_a_time(self):
        for make in BOTH:
            first = list(itertools.islice(make(Fleet(courses=10**9, videos=1)), 2))
            self.assertEqual(2, len(first))

    def test_the_same_fleet_is_the_same_bytes_and_another_seed_is_not(self):
        one, again, other = (next(split_fleet(Fleet(seed=seed))) for seed in (1, 1, 2))
        self.assertEqual(one, again)
        self.assertNotEqual(one.raw("fs.chunks"), other.raw("fs.chunks"))

    def test_orphans_are_stored_and_hang_nowhere(self):
        for make in BOTH:
            stored = next(make(Fleet(videos=4, orphans=3)))
            self.assertEqual((4, 3), (len(videos(stored)), unreachable(stored)))

    def test_blocks_of_the_old_type(self):
        for make in BOTH:
            keys = list(videos(next(make(Fleet(videos=5, videoalphas=2)))))
            self.assertEqual(2, sum("videoalpha" in key for key in keys))
            self.assertEqual(5, len(keys))

    def test_drafts_have_another_name(self):
        for make in BOTH:
            drafts = [video for video in videos(next(make(Fleet(videos=5, drafts=2)))).values() if video.draft is not None]
            self.assertEqual(2, len(drafts))
            for video in drafts:
                self.assertEqual(video.published | {"display_name": video.published["display_name"] + " (edited)"}, video.draft)

    def test_reruns_share_the_ids_of_their_videos(self):
        for make in BOTH:
            first, rerun, another = map(identifiers, make(Fleet(courses=3, videos=20, reruns=True)))
            self.assertEqual(first, rerun)
            self.assertLessEqual(set(first) & set(another), {""})
            self.assertIn("", first)
            self.assertGreater(len(set(first)), 10)

    def test_reruns_of_the_split_store_differ_by_run_alone(self):
        keys = [stored.key for stored in split_fleet(Fleet(courses=2, reruns=True))]
        self.assertEqual(["course-v1:SynthX+S00000+2018", "course-v1:SynthX+S00000+2019"], keys)

    def test_roots_are_called_in_both_ways(self):
        roots = [stored["modulestore.structures"][0]["root"] for stored in split_fleet(Fleet(courses=3))]
        self.assertEqual([["course", "course"], ["course", "course"], ["course", "2018"]], roots)

    def test_long_transcript_has_several_chunks(self):
        for make in BOTH:
            stored = next(make(Fleet(videos=2, longest=2 * CHUNK_SIZE)))
            self.assertGreaterEqual(max(chunk["n"] for chunk in stored["fs.chunks"]), 2)
            self.assertEqual(2, len(outcome(stored)))

    def test_thumbnails_are_called_like_transcripts_and_are_none(self):
        for make in BOTH:
            with_thumbnails, without = (next(make(Fleet(transcripts=2, thumbnails=said))) for said in (True, False))
            self.assertEqual(2, len(with_thumbnails["fs.files"]) - len(without["fs.files"]))
            self.assertEqual(outcome(without), outcome(with_thumbnails))


class OtherThingsTests(unittest.TestCase):
    def test_libraries_have_one_head_and_videos(self):
        stored = list(libraries(2, 3))
        self.assertEqual(["library-v1:SynthX+L00000", "library-v1:SynthX+L00001"], [library.key for library in stored])
        for library in stored:
            (index,), (structure,) = library["modulestore.active_versions"], library["modulestore.structures"]
            self.assertEqual(("library", {"library": structure["_id"]}), (index["run"], index["versions"]))
            self.assertEqual(["library", "library"], structure["root"])
            self.assertEqual(["library", "video", "video", "video"], [block["block_type"] for block in structure["blocks"]])

    def test_templates_look_like_a_course(self):
        documents = templates()["modulestore"]
        self.assertEqual({("edx", "templates")}, {(document["_id"]["org"], document["_id"]["course"]) for document in documents})
        self.assertEqual({"course", "video"}, {document["_id"]["category"] for document in documents})


if __name__ == "__main__":
    unittest.main()
