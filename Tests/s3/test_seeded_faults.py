# SPDX-License-Identifier: Apache-2.0
"""The laws on a bucket behind a network and a server that fail at random in every way that a client can meet.

MALLOW_S3_SEEDS (40) says how many seeded runs there are, MALLOW_S3_SEED names a single one to do again.
"""
import collections
import concurrent.futures
import os
import random
import sys
import unittest

from product_proxies import CredentialHost, RecordingProxy
from product_site import OPEN, PLANTED, BucketSite, BucketTests, minute_later, shared, surroundings
from proxy import FAULTS
from signature import Keys
from verifier import Verifier

SEEDS = int(os.environ.get("MALLOW_S3_SEEDS", "40"))
SEED = os.environ.get("MALLOW_S3_SEED")
# Most of the time they wait before they try again.
AT_ONCE = 20
ATTEMPTS = 6
COURSES, VIDEOS, TRANSCRIPTS = 2, 3, 2
ALL = COURSES * VIDEOS * TRANSCRIPTS
# A run reads a body only where a head was refused without a word; verify reads them all.
SELDOM_MET = {"truncate", "corrupt"}


class Operator:
    """Runs until it is done, as somebody would who reads what the program says and no more."""

    def __init__(self, site):
        self.site, self.said = site, []

    def work(self):
        """The last exit code."""
        result = self.do("run", "--all")
        while result.exit != 0 and len(self.said) < ATTEMPTS:
            result = self.do(*self.next())
            if self.is_only_watched():
                break
        return result.exit

    def do(self, *command):
        run, arguments = command[0] == "run", command[1:]
        result = self.site.run(*arguments) if run else self.site.call(*command)
        self.said.append((" ".join(command), result.exit, result.out[-600:] + result.err[-600:]))
        return result

    def next(self):
        states = {course["state"] for course in self.site.status()["courses"]}
        if "failed" in states:
            return "run", "--failed"
        if not states or "held" in states:
            return "run", "--all"
        if states - {"migrated"}:
            return "run", "--unfinished"
        return ("recover",)

    def is_only_watched(self):
        """Everything is migrated, and what is open is open because a lost PUT may still arrive."""
        states = {course["state"] for course in self.site.status()["courses"]}
        left = {state for state, *_ in self.site.intents().values() if state in OPEN}
        return states == {"migrated"} and left == {"watched"}


class Seed:
    """One seeded run, and everything that must hold after it. Its own thread's; asserts nothing, but lists."""

    def __init__(self, seed, folder, source, weed, strict):
        self.seed, self.chance = seed, random.Random(f"mallow/{seed}")
        self.folder, self.source, self.weed = folder, source, weed
        self.upstream = self.chance.choice([weed, strict]).endpoint
        self.share = self.chance.choice([0.02, 0.05, 0.1, 0.2, 0.3])
        self.proxy = RecordingProxy(self.upstream, seed, share=self.share)
        self.operator, self.violations, self.watched = Operator(None), [], set()
        self.exit = self.first_exit = None

    def expect(self, holds, what):
        if not holds:
            self.violations.append(what)

    def play(self):
        try:
            self.play_out()
        except Exception as error:
            # In a thread of its own it would say nothing of the seed.
            self.violations.append(f"{type(error).__name__}: {error}")
        return self

    def play_out(self):
        self.folder.mkdir()
        with self.proxy, TokenlessHost(self.weed) as host:
            self.site = BucketSite(
                self.folder, self.source, self.weed, f"faults/{self.seed}", endpoint=self.proxy.endpoint,
                environment=surroundings(**host.environment))
            self.site.bucket.put(PLANTED)
            self.planted = self.site.bucket.etags()
            self.operator = Operator(self.site)
            self.exit = self.first_exit = self.operator.work()
            self.watched = {key for key, (state, *_) in self.site.intents().items() if state == "watched"}
            self.judge()
            self.calm()

    def calm(self):
        """The faults are over, and so is the minute in which a lost PUT may arrive: now everything comes to its end."""
        self.proxy.share = 0
        minute_later(self.site)
        recovered = self.operator.do("recover")
        if recovered.exit == 3:
            # What was refused to everybody until now could not be looked into: its minute begins with the first look.
            minute_later(self.site)
            recovered = self.operator.do("recover")
        self.expect(recovered.exit == 0, f"recover, without a fault: {recovered.exit}")
        self.exit = self.operator.do("run", "--all").exit
        self.expect(self.exit == 0, f"a run without a fault: {self.exit}")
        self.judge()

    def judge(self):
        site, bucket = self.site, self.site.bucket
        etags, intents, rows = bucket.etags(), site.intents(), site.named()
        opened = {key for key, (state, *_) in intents.items() if state in OPEN}
        ours = etags.keys() - self.planted.keys()

        untouched = {key: etags.get(key) for key in self.planted} == self.planted
        self.expect(untouched, "an object of somebody else was touched")
        self.expect(ours <= intents.keys(), f"objects without an intent: {ours - intents.keys()}")
        self.expect(ours <= rows | opened, f"orphans: {ours - rows - opened}")
        self.expect(rows <= ours, f"rows without an object: {rows - ours}")
        landed = collections.Counter(self.proxy.keys_written(bucket))
        twice = [key for key, count in landed.items() if count > 1]
        self.expect(not twice, f"keys written twice: {twice}")
        self.expect(landed.keys() <= intents.keys(), "a PUT without an intent")
        self.expect(not opened & rows or self.exit != 0, f"committed and still open: {opened & rows}")

        # The bytes, and all or nothing, by who shares no code with the program.
        bucket.fetch(site.store, leaving_out=self.planted.keys() | (opened - rows))
        unfinished = [] if self.all_migrated() else ["--unfinished"]
        oracle = site.oracle(*unfinished)
        self.expect(oracle.exit == 0, f"oracle: {oracle.out}{oracle.err}")
        if self.exit == 0:
            self.expect(self.all_migrated(), "done and proven, and not everything is migrated")
            self.expect(not opened, "done and proven, with open intents")
            self.expect(len(rows) == ALL, f"done and proven, with {len(rows)} rows")
        self.proven(site)

    def all_migrated(self):
        return all(course["state"] == "migrated" for course in self.site.status()["courses"])

    def proven(self, site):
        """What the ledger says is what is there."""
        totals = site.status()["totals"]
        verified = totals["videos"].get("verified", 0)
        rows = len(site.named())
        self.expect(rows >= verified * TRANSCRIPTS, f"{verified} videos verified, {rows} rows")

    def __str__(self):
        lines = [f"seed {self.seed}, share {self.share}:", *(f"  ! {violation}" for violation in self.violations)]
        lines += [f"    mallow {command} → {code}\n{text}" for command, code, text in self.operator.said]
        lines += ["  faults:", *(f"    {' '.join(map(str, fault))}" for fault in self.proxy.made), "  intents:"]
        if self.operator.site:
            lines += [f"    {key} {state}" for key, (state, *_) in self.operator.site.intents().items()]
        return "\n".join(lines)


class TokenlessHost(CredentialHost):
    """New credentials each time that only differ in their end: the server knows of no tokens."""

    token = None


class SeededFaultTests(BucketTests):
    def test_laws_hold_under_every_fault(self):
        weed, source = shared("seaweedfs")["seaweedfs"], self.fleet(COURSES, VIDEOS, TRANSCRIPTS)
        strict = self.enterContext(Verifier(weed.endpoint, Keys(weed.access_key, weed.secret_key)))
        seeds = [SEED] if SEED else range(SEEDS)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            played = list(pool.map(lambda n: Seed(n, self.folder / f"seed-{n}", source, weed, strict).play(), seeds))
        exits = collections.Counter(seed.first_exit for seed in played)
        faults = sum((seed.proxy.counts for seed in played), collections.Counter())
        calls = collections.Counter(len(seed.operator.said) - 2 for seed in played)
        watched = sum(1 for seed in played if seed.watched)
        odd = {seed.seed: seed.first_exit for seed in played if seed.first_exit not in (0, 3, 130)}
        print(
            f"\n  {len(played)} seeds: exits {dict(exits)}, commands needed {dict(sorted(calls.items()))}, "
            f"{watched} with PUTs still watched for, {sum(faults.values())} faults {dict(faults)}, "
            f"other exits by seed {odd}", file=sys.stderr)
        self.assertEqual("", "\n".join(str(seed) for seed in played if seed.violations))
        strange = [refusal for refusal in strict.refusals if "XAmzContentSHA256Mismatch" not in refusal[2]]
        self.assertEqual([], strange, "refused for more than bytes that changed on the way")
        if len(played) >= 40:
            # Else this has proven little.
            self.assertGreaterEqual(exits[0], len(played) // 3)
            self.assertLessEqual(set(FAULTS) - faults.keys(), SELDOM_MET)


if __name__ == "__main__":
    unittest.main()
