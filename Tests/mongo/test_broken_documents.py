# SPDX-License-Identifier: Apache-2.0
"""A platform in which every course but one is broken, each in a way of its own: what is broken costs that course or one video of
it, with a sentence that names the place, and never the run.
"""
import itertools
import json
import os
import random
import re
import unittest
import uuid
from typing import NamedTuple

import broken_assets
from breaking import COURSE, NOTHING, VIDEO, Break, Broken
from broken import CATALOGUE
from courses import OLD, SPLIT, old_course, split_course
from dump import write_dump
from loader import load
from look_up import outcome
from mongo_site import SiteTests
from strict_reader import Unreadable, videos
from synthetic import Fleet, course

SEED = int(os.environ.get("MALLOW_SEED", "2018"))
# Where the program is not of the catalogue's opinion, and why that is right, too.
OTHERWISE = {
    # Which video it is cannot be told: a course with a video that nobody knows of may not flip.
    "block without id": COURSE, "block with a number for its id": COURSE, "block without type": COURSE,
    "child that is a number": COURSE, "child that is half a name": COURSE,
    # Which of the two counts is nobody's to guess.
    "block that is there twice": COURSE,
    # Its way through a course has a stack of its own.
    "thousand levels": NOTHING,
    # A field that decides about nothing else is taken as not there, and noted.
    "youtube id a number": NOTHING, "edx video id a number": NOTHING, "edx video id a list": NOTHING,
    "edx video id of four million characters": NOTHING,
}
# What there is nothing to say of: a field that may be null, a reference to nothing, which is counted apart, and a course
# that nothing tells of any more.
WITHOUT_A_WORD = {"transcripts null where there were some", "no file to the chunks", "no course document"}
CHUNKS = {
    "no chunks": r"chunk 0 of it is missing \(of 2\)", "missing chunk": r"chunk 1 of it is missing \(of 2\)",
    "chunks that do not begin at 0": r"chunk 0 of it is missing \(of 2\)",
    "extra chunk": "chunk 2 is one too many: it has 2", "empty extra chunk": "chunk 2 is one too many: it has 2",
    "short chunk": r"chunk 0 of it has \d+ bytes, and should have \d+", "doubled chunk": "chunk 1 of it is there twice",
    "chunk one byte longer": r"chunk 1 of it has \d+ bytes, and should have \d+",
    "chunk before the first": "a chunk of it has the number -1",
    "md5 of something else": r"MD5 [0-9a-f]{32}, and 0{32} is written down",
    "custom md5 of something else": r"MD5 [0-9a-f]{32}, and 0{32} is written down",
    "length of four million terabytes": "it has 4611686018427387904 bytes",
}


class Trial(NamedTuple):
    """One way to break a course, and the course before and after."""

    way: Break
    broken: Broken
    expected: dict
    """Usage key → language → SHA-256, of the course before."""
    ids: dict
    """Usage key → edx_video_id, as the broken course has them."""

    @property
    def key(self):
        return self.broken.stored.key

    @property
    def victim(self):
        return self.broken.victim

    @property
    def cost(self):
        return OTHERWISE.get(self.way.name, self.way.lost)


def trials(form):
    """Every way that there is, each on a course of its own."""
    waiting = [way for way in CATALOGUE.values() if form in way.forms]
    for index in itertools.count(1):
        if not waiting:
            return
        # Transcripts in files or English alone; what is broken in an asset is one of two chunks.
        fleet = Fleet(videos=3, transcripts=3 if index % 2 else 1, longest=300_000 if waiting[0] in broken_assets.BREAKS else 0)
        stored = stored_course(form, fleet, index)
        for way in waiting:
            try:
                broken = way(stored)
            except LookupError:
                continue
            waiting.remove(way)
            yield Trial(way, broken, outcome(stored), ids(broken.stored, stored))
            break


def stored_course(form, fleet, index):
    outline = course(fleet, index, share_name=False)
    return split_course(outline) if form == SPLIT else old_course(outline)


def ids(broken, stored):
    """By usage key, the id under which the rows of each video are to be: what is no id counts as none."""
    try:
        found = videos(broken)
    except Unreadable:
        found = videos(stored)
    return {key: next(filter(None, map(said_id, video)), str(uuid.uuid5(uuid.NAMESPACE_URL, key)))
            for key, video in ((key, (video.published, video.draft)) for key, video in found.items())}


def said_id(fields):
    said = fields.get("edx_video_id") if isinstance(fields, dict) else None
    return said.strip() if isinstance(said, str) and len(said) < 1000 else ""


class BrokenCourseTests(SiteTests):
    def migrate(self, form):
        """One run over all of it."""
        self.trials = list(trials(form))
        self.sound = stored_course(form, Fleet(videos=3, transcripts=3), 0)
        for stored in [trial.broken.stored for trial in self.trials] + [self.sound]:
            load(self.database, stored, is_unique=False)
        self.site = self.mongo_site()
        self.plan_before = self.site.call("plan", "--json")
        self.assert_exit(1, self.plan_before)
        self.run_ = self.site.call("run", "--all", "--json", "--error-budget", "10000")
        self.assert_exit(1, self.run_)
        self.events = self.run_.lines
        self.states = {course["key"]: course["state"] for course in self.site.call("status", "--json").json["courses"]}
        self.rows = {}
        for (video, language), (_, digest) in self.site.transcripts().items():
            self.rows.setdefault(video, {})[language] = digest

    def lost(self, trial):
        return {key for key, languages in trial.expected.items() if self.rows.get(trial.ids.get(key), {}) != languages}

    def said(self, trial):
        """What a run said of a course, but for what it says of every one."""
        return [event for event in self.events
                if trial.key in (event.get("course"), event.get("detail", "").partition(": ")[0])
                and event["event"] in ("notice", "unreadable", "video", "course", "failed task") and event.get("detail")
                and not event["detail"].startswith("the flag is on")]

    def assert_costs(self, trial):
        lost, flagged = self.lost(trial), (trial.key, 1) in self.site.flags()
        if trial.cost == COURSE:
            rows = {key: self.rows[video] for key, video in trial.ids.items() if video in self.rows}
            self.assertEqual({}, rows, "something of it was believed")
            self.assertIn(self.states.get(trial.key), ("failed", None))
            self.assertFalse(flagged)
            texts = [event["detail"] for event in self.said(trial) if event["event"] in ("course", "unreadable")]
            if trial.way.name not in WITHOUT_A_WORD:
                self.assertTrue([text for text in texts if trial.key in text and "source corrupt" in text], texts)
        elif trial.cost == VIDEO:
            self.assertEqual({trial.victim.usage_key}, lost)
            if trial.way.name not in WITHOUT_A_WORD:
                self.assert_named(trial)
            failed = [event for event in self.said(trial) if event["event"] == "video" and event.get("to") == "failed"]
            self.assertEqual(flagged, not failed, "a course flips exactly when none of its videos failed")
            self.assertEqual("failed" if failed else "migrated", self.states[trial.key])
        else:
            self.assertEqual(set(), lost)
            self.assertEqual("migrated", self.states[trial.key], self.said(trial))
            self.assertTrue(flagged)
            if trial.way.lost != NOTHING and trial.way.name != "thousand levels":
                self.assert_named(trial)

    def assert_named(self, trial):
        """Somewhere the victim's block or asset is named beside a cause."""
        said = self.said(trial)
        named = [event["detail"] for event in said
                 if event.get("video") == trial.victim.usage_key or trial.victim.asset in event["detail"]]
        self.assertTrue(named, f"nothing of {trial.victim.usage_key} or {trial.victim.asset}, but {said}")
        if words := CHUNKS.get(trial.way.name):
            self.assertTrue([event for event in said if event.get("class") == "source corrupt"])
            self.assertRegex("\n".join(named), words)

    def assert_dump_says_the_same(self):
        """A dump is read in a way of its own, and comes to the same as the server before the run."""
        write_dump(self.folder / "dump", "edxapp", [trial.broken.stored for trial in self.trials] + [self.sound])
        site = self.mongo_site("from-dump")
        dumped = site.call("plan", "--json", "--source", f"bson:{self.folder / 'dump'}")
        self.assert_exit(1, dumped)
        expected = json.loads(as_a_server_says(self.plan_before.out))
        found = json.loads(as_a_server_says(dumped.out.replace(f"{self.folder / 'dump'}/edxapp/", "edxapp.").replace(".bson", "")))
        for part, name in (("courses", "key"), ("unreadable", "name")):
            expected[part], found[part] = ({item[name]: item for item in plan[part]} for plan in (expected, found))
            for key in sorted(expected[part].keys() | found[part].keys()):
                with self.subTest(self.name_of(key), place=part):
                    self.assertEqual(expected[part].get(key), found[part].get(key))

    def name_of(self, key):
        return next((trial.way.name for trial in self.trials if trial.key == key), "sound")

    def assert_every_way_costs_what_it_may(self, form):
        self.migrate(form)
        self.assertGreater(len(self.trials), 90)
        self.assertEqual("migrated", self.states[self.sound.key])
        self.assertEqual(outcome(self.sound), {key: self.rows[video] for key, video in ids(self.sound, self.sound).items()})
        for trial in self.trials:
            with self.subTest(trial.way.name):
                self.assert_costs(trial)
        self.assert_dump_says_the_same()

    def test_in_split(self):
        self.assert_every_way_costs_what_it_may(SPLIT)

    def test_in_old_mongo(self):
        self.assert_every_way_costs_what_it_may(OLD)


def as_a_server_says(plan):
    """A server leaves fields out that are no document when it is asked for some of them."""
    return re.sub("are (null|a text), not a document, and are taken as empty", "are not there, and are taken as empty", plan)


class BrokenDumpTests(SiteTests):
    """What no server would store: bytes that are no documents."""

    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)
        self.site = self.mongo_site()

    def dump(self, form, name):
        stored = stored_course(form, Fleet(videos=3, transcripts=2), 1)
        write_dump(self.folder / name, "edxapp", [stored])
        return self.folder / name / "edxapp"

    def assert_ends_well(self, place):
        """With an exit code of its own, and with a sentence where it is not 0. Returns whether it went wrong."""
        result = self.site.call("plan", "--json", "--source", f"bson:{place}", timeout=30)
        self.assertIn(result.exit, range(7), f"{place}: {result.err[-2000:]}")
        if result.exit and "unreadable" not in result.json:
            self.assertRegex(result.err, r"\Amallow: [^\n]+\.\n\Z")
        else:
            self.assertEqual(bool(result.exit), bool(result.json["unreadable"]))
        return result.exit != 0

    def test_a_dump_that_was_cut_off_says_at_which_byte(self):
        for form in (SPLIT, OLD):
            place = self.dump(form, form)
            for file in sorted(place.glob("*.bson")):
                whole = file.read_bytes()
                if file.name == "modulestore.definitions.bson":
                    continue
                with self.subTest(form=form, file=file.name):
                    file.write_bytes(whole[: self.chance.randrange(1, len(whole)) | 1])
                    result = self.site.call("plan", "--json", "--source", f"bson:{place}")
                    said = result.out + result.err
                    self.assertIn(result.exit, (0, 1), said)
                    self.assertRegex(said, r"no whole document begins at byte \d+ of \d+")
                    self.assertIn(file.name, said)
                file.write_bytes(whole)
            self.assertFalse(self.assert_ends_well(place))

    def test_bytes_that_are_changed_anywhere_neither_crash_nor_hang_it(self):
        for form in (SPLIT, OLD):
            place = self.dump(form, form)
            files = [file for file in sorted(place.glob("*.bson")) if file.name != "modulestore.definitions.bson"]
            wrong = 0
            for number in range(30):
                file = files[number % len(files)]
                whole = file.read_bytes()
                bytes_ = bytearray(whole)
                for _ in range(self.chance.choice((1, 1, 4))):
                    bytes_[self.chance.randrange(len(bytes_))] = self.chance.randrange(256)
                file.write_bytes(bytes_)
                with self.subTest(form=form, file=file.name, number=number, seed=SEED):
                    wrong += self.assert_ends_well(place)
                file.write_bytes(whole)
            self.assertGreater(wrong, 5, "hardly anything was broken")


if __name__ == "__main__":
    unittest.main()
