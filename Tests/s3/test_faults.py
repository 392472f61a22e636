# SPDX-License-Identifier: Apache-2.0
"""The laws on a bucket behind a network and a server that fail in every way that a client can meet.

MALLOW_S3_SEEDS (40) says how many seeded runs there are, MALLOW_S3_SEED names a single one to do again.
"""
import collections
import concurrent.futures
import os
import random
import sqlite3
import sys
import unittest

from product_proxies import CredentialHost, PlannedProxy, RecordingProxy, TokenProxy
from product_site import OPEN, PLANTED, BucketSite, BucketTests, shared, surroundings
from proxy import FAULTS
from signature import Keys
from verifier import Verifier

SEEDS = int(os.environ.get("MALLOW_S3_SEEDS", "40"))
SEED = os.environ.get("MALLOW_S3_SEED")
AT_ONCE = 20
ATTEMPTS = 6
COURSES, VIDEOS, TRANSCRIPTS = 2, 3, 2
# A run reads heads alone; what it reads of bodies is verify's.
NEVER_MET = ("truncate", "corrupt")
VIDEOS_OF_ONE = 12
ALL = COURSES * VIDEOS * TRANSCRIPTS


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
        result = self.site.call(*command)
        self.said.append((" ".join(command), result.exit, result.out[-600:] + result.err[-600:]))
        return result

    def next(self):
        states = {course["state"] for course in self.site.status()["courses"]}
        if "failed" in states:
            return "run", "--failed"
        if not states:
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
        self.violations = []

    def expect(self, holds, what):
        if not holds:
            self.violations.append(what)

    def play(self):
        self.folder.mkdir()
        with (
            RecordingProxy(self.upstream, self.seed, share=self.share) as self.proxy,
            TokenlessHost(self.weed) as host,
        ):
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
        return self

    def calm(self):
        """The faults are over, and the minute in which a lost PUT may arrive: now all of it can be brought to its end."""
        self.proxy.share = 0
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

        self.expect({k: etags.get(k) for k in self.planted} == self.planted, "an object of somebody else was touched")
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
        self.expect(len(site.named()) >= verified * TRANSCRIPTS, f"{verified} videos verified, {len(site.named())} rows")

    def __str__(self):
        said = "\n".join(f"    mallow {command} → {code}\n{text}" for command, code, text in self.operator.said)
        faults = "\n".join(f"    {' '.join(map(str, fault))}" for fault in self.proxy.made)
        intents = "\n".join(f"    {key} {state}" for key, (state, *_) in self.site.intents().items())
        found = "\n".join(f"  ! {violation}" for violation in self.violations)
        return f"seed {self.seed}, share {self.share}:\n{found}\n{said}\n  faults:\n{faults}\n  intents:\n{intents}"


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
        odd = {seed.seed: seed.first_exit for seed in played if seed.first_exit not in (0, 3)}
        print(
            f"\n  {len(played)} seeds: exits {dict(exits)}, commands needed {dict(sorted(calls.items()))}, "
            f"{watched} with PUTs still watched for, {sum(faults.values())} faults {dict(faults)}, other exits by seed {odd}", file=sys.stderr)
        self.assertEqual("", "\n".join(str(seed) for seed in played if seed.violations))
        strange = [refusal for refusal in strict.refusals if "XAmzContentSHA256Mismatch" not in refusal[2]]
        self.assertEqual([], strange, "refused for more than bytes that changed on the way")
        if len(played) >= 40:
            # Else this has proven little.
            self.assertGreaterEqual(exits[0], len(played) // 3)
            self.assertEqual(set(FAULTS) - faults.keys(), set(NEVER_MET))


class PlannedFaultTests(BucketTests):
    def setUp(self):
        super().setUp()
        self.weed = shared("seaweedfs")["seaweedfs"]
        self.source = self.fleet(1, 2, 2)

    def sited(self, proxy, **options):
        return self.bucket_site(self.source, self.weed, endpoint=proxy.endpoint, **options)

    def run_against(self, plan, name="site"):
        """(site, result, proxy) of a run in which requests meet the faults of a plan: (method, ordinal) → kind."""
        look = plan if callable(plan) else lambda method, ordinal: plan.get((method, ordinal))
        proxy = self.enterContext(PlannedProxy(self.weed.endpoint, look))
        site = self.sited(proxy, name=name)
        result = site.call("run", "--all", "--json", "--concurrency", "1")
        return site, result, proxy

    def assert_done(self, site, result, retries=0, rollbacks=0):
        self.assert_exit(0, result)
        summary = result.lines[-1]
        self.assertEqual((retries, rollbacks), (summary["retries"], summary["rollbacks"]))
        self.assert_whole(site, 2)

    def test_412_to_our_own_write_is_known_as_ours(self):
        site, result, proxy = self.run_against({("PUT", 0): "412"})
        self.assert_done(site, result)
        self.assertEqual((4, 0), (len(proxy.written), len(proxy.deleted)))

    def test_lost_reply_to_a_put_is_looked_for(self):
        site, result, proxy = self.run_against({("PUT", 1): "reset-after"})
        self.assert_done(site, result)
        self.assertEqual((4, 0), (len(proxy.written), len(proxy.deleted)))

    def test_lost_put_is_taken_back_and_done_again(self):
        """Not a trace of it is in the bucket, and it may yet arrive, so the ledger goes on watching for it."""
        site, result, proxy = self.run_against({("PUT", 0): "reset-before"})
        self.assert_exit(3, result)
        states = collections.Counter(state for state, *_ in site.intents().values())
        self.assertEqual({"committed": 4, "removed": 1, "watched": 1}, states)
        self.assertEqual((5, 1), (len(proxy.written), len(proxy.deleted)), "its sister was stored, and removed")
        self.assert_exit(3, site.call("recover"))
        site.fetch()
        self.assert_clean(site)
        minute_later(site)
        self.assert_exit(0, site.call("recover"))
        self.assert_whole(site, 2)

    def test_a_put_that_arrives_late_is_removed(self):
        site, result, proxy = self.run_against({("PUT", 0): "reset-before"})
        self.assert_exit(3, result)
        late, = [key for key, (state, *_) in site.intents().items() if state == "watched"]
        identifier, = site.ledger_rows(f"SELECT hex(id) FROM intent WHERE object = '{late}'")[0]
        body = b"what was sent so long ago"
        site.bucket.client.put_object(
            Bucket=site.bucket.name, Key=site.bucket.root + late, Body=body,
            Metadata={"mallow-run": "1", "mallow-intent": dashed(identifier)})
        self.assert_exit(3, site.call("recover"))
        self.assertNotIn(late, site.bucket.etags())
        site.fetch()
        self.assert_clean(site)

    def test_a_stranger_at_our_key_is_left_alone(self):
        site, result, proxy = self.run_against({("PUT", 0): "reset-before"})
        late, = [key for key, (state, *_) in site.intents().items() if state == "watched"]
        site.bucket.put({late: b"somebody else's"})
        before = site.bucket.etags()
        self.assert_exit(3, site.call("recover"))
        self.assertEqual(before, site.bucket.etags())

    def test_lost_reply_to_a_delete_is_looked_into(self):
        """The video's second PUT fails for certain, so its first object is removed, and that reply is lost."""
        site, result, proxy = self.run_against({("PUT", 1): "409", ("DELETE", 0): "reset-after"})
        self.assert_done(site, result, retries=1, rollbacks=1)
        self.assertEqual((5, 1), (len(proxy.written), len(proxy.deleted)))

    def test_a_delete_that_never_came_is_sent_again(self):
        site, result, proxy = self.run_against({("PUT", 1): "409", ("DELETE", 0): "reset-before"})
        self.assert_done(site, result, retries=1, rollbacks=1)
        self.assertEqual((5, 1), (len(proxy.written), len(proxy.deleted)))

    def test_conflict_of_the_moment_is_no_overwriting(self):
        site, result, proxy = self.run_against({("PUT", 0): "409"})
        self.assert_done(site, result, retries=1, rollbacks=1)

    def test_upload_corrupted_on_the_way_is_sent_again(self):
        site, result, proxy = self.run_against({("PUT", 0): "corrupt-upload"})
        self.assert_done(site, result, retries=1, rollbacks=1)
        self.assertEqual(len(proxy.written), len(set(proxy.written)))

    def test_upload_corrupted_twice_is_given_up(self):
        site, result, proxy = self.run_against(lambda method, _: "corrupt-upload" if method == "PUT" else None)
        self.assert_exit(1, result)
        self.assertEqual(2 * 4, proxy.requests["PUT"], "each of four transcripts was sent twice")
        self.assertEqual({}, site.bucket.etags())
        self.assertEqual({}, site.transcripts())
        self.assertEqual({"rolled back": 2}, site.status()["totals"]["videos"])
        failures = site.call("failures", "--json").json
        self.assertEqual({"integrity"}, {cause["class"] for cause in failures["causes"]})
        self.assertRegex(str(failures), "BadDigest|ChecksumMismatch")

    def test_a_write_is_never_sent_twice_behind_our_back(self):
        """On a connection that was used before, an HTTP library likes to send again what got no answer."""
        for fault in ("reset-after", "reset-before"):
            with self.subTest(fault):
                site, result, proxy = self.run_against({("PUT", 2): fault}, name=fault)
                asked = proxy.targets["PUT"]
                self.assertEqual(len(asked), len(set(asked)), "a PUT was sent again with no look at what became of it")

    def test_an_object_that_turns_into_another_is_never_called_proven(self):
        """Somebody else's write, or a disk that rots, between our PUT and the check at the end of its video."""
        proxy = self.enterContext(MeddledProxy(self.weed))
        site = self.sited(proxy)
        result = site.call("run", "--all", "--json", "--concurrency", "1")
        self.assertEqual(1, len(proxy.meddled))
        self.assert_exit(1, site.call("verify"))
        self.assertNotEqual(0, result.exit, "done and proven, though verify finds another object than was stored")
        self.assertEqual(1, site.status()["totals"]["videos"].get("verified", 0))
        self.assertEqual([False], [bool(flag) for _, flag in site.flags()] or [False], "it was cut over")
        self.assertEqual([], [key for key in proxy.deleted if key in proxy.meddled], "what is not ours was removed")

    def test_answers_corrupted_on_the_way_are_not_believed(self):
        site, result, proxy = self.run_against({})
        self.assert_done(site, result)
        proxy.plan = lambda method, ordinal: "corrupt" if method == "GET" else None
        verified = site.call("verify", "--deep", "--json")
        self.assert_exit(1, verified)
        proxy.plan = lambda method, ordinal: None
        self.assert_exit(0, site.call("verify", "--deep"))


class MeddledProxy(RecordingProxy):
    """Behind it the first object that is put becomes another one, by the hand of somebody else."""

    def __init__(self, server):
        super().__init__(server.endpoint, "meddled", faults=(), share=0)
        self.requester, self.meddled = server.requester(), []

    async def forward(self, request):
        response = await super().forward(request)
        if request.method == "PUT" and response.status == 200 and not self.meddled:
            self.meddled.append(request.path)
            self.requester.send("PUT", request.path.lstrip("/"), body=b"1\n00:00:01,000 --> 00:00:02,000\nother\n")
        return response


class ExpiringCredentialTests(BucketTests):
    def setUp(self):
        super().setUp()
        self.weed = shared("seaweedfs")["seaweedfs"]
        self.source = self.fleet(1, VIDEOS_OF_ONE, 2)

    def run_with(self, host, expired):
        self.host = self.enterContext(host)
        proxy = self.enterContext(TokenProxy(self.weed, expired))
        site = self.bucket_site(
            self.source, self.weed, endpoint=proxy.endpoint, environment=surroundings(**self.host.environment))
        result = site.call("run", "--all", "--json", "--concurrency", "2")
        return site, result, proxy

    def test_credentials_that_expire_in_the_middle_are_renewed_once(self):
        first = "session//token+1=="
        site, result, proxy = self.run_with(CredentialHost(self.weed), lambda token, came: token == first and came > 9)
        self.assert_exit(0, result)
        self.assert_whole(site, VIDEOS_OF_ONE)
        self.assertEqual((0, 0), (result.lines[-1]["retries"], result.lines[-1]["rollbacks"]))
        self.assertEqual(2, self.host.given, "whoever was refused waited for the same new ones")
        self.assertGreaterEqual(proxy.refused, 1)
        self.assertEqual([first, "session//token+2=="], list(dict.fromkeys(proxy.tokens)))

    def test_credentials_near_their_end_are_renewed_before_it(self):
        site, result, proxy = self.run_with(CredentialHost(self.weed, lifetime=60), lambda token, came: False)
        self.assert_exit(0, result)
        self.assert_whole(site, VIDEOS_OF_ONE)
        self.assertEqual(0, proxy.refused)

    def test_second_refusal_stops_the_run(self):
        site, result, proxy = self.run_with(CredentialHost(self.weed), lambda token, came: came > 9)
        self.assert_stopped(site, result)

    def test_refusal_without_others_to_be_had_stops_the_run(self):
        site, result, proxy = self.run_with(CredentialHost(self.weed, most=1), lambda token, came: came > 9)
        self.assert_stopped(site, result)

    def assert_stopped(self, site, result):
        """It ends, with the cause and what to do; and when the bucket takes it again, the next run does the rest."""
        self.assert_exit(1, result)
        run = site.status()["run"]
        text = result.out + result.err + site.call("failures").out + str(run)
        self.assertNotIn("session//token", text)
        self.assertIn("ExpiredToken", text)
        self.assertIn("credentials", run["reason"])
        # It stops: those in flight are refused too, and no other video is begun.
        begun, = site.ledger_rows("SELECT count(DISTINCT owner) FROM intent")[0]
        self.assertLessEqual(begun, 1 + 2 + 2, f"of {VIDEOS_OF_ONE} videos")
        site.fetch()
        self.assert_clean(site, "--unfinished")
        site.environment = surroundings(
            AWS_ACCESS_KEY_ID=self.weed.access_key, AWS_SECRET_ACCESS_KEY=self.weed.secret_key)
        site.url = site.raw_url
        for command in (("recover",), ("run", "--all")):
            last = site.call(*command)
        self.assertIn(last.exit, (0, 3), last.out + last.err)
        site.fetch()
        self.assert_clean(site)


def minute_later(site):
    """Turns back the ledger's clock, rather than wait until a lost PUT can no longer arrive."""
    connection = sqlite3.connect(site.ledger)
    with connection:
        connection.execute("UPDATE intent SET written = written - 61 WHERE state = 'watched'")
    connection.close()


def dashed(hexadecimal):
    h = hexadecimal.lower()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


if __name__ == "__main__":
    unittest.main()
