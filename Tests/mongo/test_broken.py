# SPDX-License-Identifier: Apache-2.0
"""That every way to break a course changes what it says that it changes, and costs a strict reader just that."""
import unittest
from pathlib import Path
from typing import NamedTuple

from breaking import COURSE, NOTHING, VIDEO, Break
from broken import CATALOGUE, PARTS
from courses import old_course, split_course
from look_up import outcome
from strict_reader import Unreadable
from synthetic import Fleet, old_fleet, split_fleet

SAMPLE = Path(__file__).resolve().parents[2] / "sample-data" / "courses"
# With transcripts in files, with English alone, and files of every age.
FLEETS = (Fleet(courses=3, videos=3, transcripts=3, longest=300_000), Fleet(courses=3, videos=3, transcripts=1))
COLLECTIONS = {
    "broken_heads": {"modulestore", "modulestore.active_versions", "modulestore.structures", "modulestore.definitions"},
    "broken_blocks": {"modulestore", "modulestore.structures"},
    "broken_videos": {"modulestore", "modulestore.structures"},
    "broken_assets": {"fs.files", "fs.chunks"},
}


class Trial(NamedTuple):
    """What came of breaking one course in one way."""

    way: Break
    form: str
    lost: str
    changed: set
    is_unique: bool


def trial(way, stored, before):
    broken = way(stored)
    raw = {name: broken.stored.raw(name) for name in stored.collections}
    chunks = [(repr(chunk["files_id"]), chunk.get("n")) for chunk in broken.stored["fs.chunks"]]
    changed = {name for name in raw if raw[name] != before.raw[name]}
    return Trial(way, stored.form, lost(broken, before.outcome), changed, len(set(chunks)) == len(chunks))


def lost(broken, before):
    """What a strict reader loses."""
    try:
        after = outcome(broken.stored)
    except Unreadable:
        return COURSE
    differing = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    if not differing:
        return NOTHING
    return VIDEO if differing == {broken.victim.usage_key} else f"{len(differing)} videos"


class Before(NamedTuple):
    outcome: dict
    raw: dict


def trials():
    """Every way on every course that can be broken so; breaking leaves the course itself as it was."""
    for stored in (stored for fleet in FLEETS for make in (split_fleet, old_fleet) for stored in make(fleet)):
        before = Before(outcome(stored), {name: stored.raw(name) for name in stored.collections})
        for way in CATALOGUE.values():
            try:
                yield trial(way, stored, before)
            except LookupError:
                continue
        assert before.raw == {name: stored.raw(name) for name in stored.collections}, f"{stored.key} itself was broken"


class CatalogueTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.trials = list(trials())

    def test_every_way_loses_what_it_says(self):
        for trial in self.trials:
            with self.subTest(trial.way.name, form=trial.form):
                self.assertEqual(trial.way.lost, trial.lost)

    def test_every_way_breaks_every_form_that_it_names(self):
        for way in CATALOGUE.values():
            with self.subTest(way.name):
                self.assertEqual(set(way.forms), {trial.form for trial in self.trials if trial.way is way})

    def test_every_way_changes_what_it_is_about_and_nothing_else(self):
        for part in PARTS:
            for trial in (trial for trial in self.trials if trial.way in part.BREAKS):
                with self.subTest(trial.way.name, form=trial.form):
                    self.assertTrue(trial.changed, "nothing is broken")
                    self.assertLessEqual(trial.changed, COLLECTIONS[part.__name__])

    def test_only_what_says_so_breaks_the_promise_of_an_index(self):
        for trial in self.trials:
            with self.subTest(trial.way.name, form=trial.form):
                self.assertEqual(trial.way.is_unique, trial.is_unique)

    def test_names_are_told_apart(self):
        self.assertEqual(sum(len(part.BREAKS) for part in PARTS), len(CATALOGUE))

    def test_course_without_such_a_thing_is_not_broken(self):
        with self.assertRaisesRegex(LookupError, "No video of course-v1:KestrelX"):
            CATALOGUE["missing chunk"](split_course(SAMPLE / "kestrelx-onb001"))
        with self.assertRaisesRegex(LookupError, "old form cannot be broken so: no root"):
            CATALOGUE["no root"](old_course(SAMPLE / "harbouru-astro101"))


if __name__ == "__main__":
    unittest.main()
