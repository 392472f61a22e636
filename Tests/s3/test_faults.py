# SPDX-License-Identifier: Apache-2.0
"""One fault at a time, at a chosen request: what the run does about it, and what the bucket holds then."""
import collections
import unittest

from product_proxies import CredentialHost, OnceASecondProxy, PlannedProxy, RecordingProxy, TokenProxy
from product_site import OPEN, BucketTests, minute_later, shared, surroundings

VIDEOS_OF_ONE = 12


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
        result = site.run("--all", "--json", "--concurrency", "1")
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

    def test_412_that_cannot_be_looked_into_is_no_conflict(self):
        """Whose object it is stays unknown for the moment, and that passes: nobody has to decide anything."""
        site, result, proxy = self.run_against({("PUT", 0): "412", ("HEAD", 0): "500"})
        self.assert_exit(130, result)
        self.assertEqual((1, 1), (result.lines[-1]["retries"], result.lines[-1]["rollbacks"]))
        self.assertEqual({"migrated": 1}, result.lines[-1]["courses"])
        minute_later(site)
        self.assert_exit(0, site.call("recover"))
        self.assert_whole(site, 2)

    def test_a_store_that_is_busy_is_asked_again_and_nothing_is_taken_back(self):
        site, result, proxy = self.run_against(
            {("PUT", 0): "503", ("PUT", 1): "503", ("PUT", 2): "503", ("HEAD", 1): "503"})
        self.assert_done(site, result)
        self.assertEqual((4, 0), (len(proxy.written), len(proxy.deleted)))

    def test_so_it_is_by_those_who_only_look(self):
        refusals = []
        site, result, _ = self.run_against(lambda method, ordinal: refusals.pop() if refusals else None)
        self.assert_done(site, result)
        for command in (["verify"], ["verify", "--deep"], ["plan", "--compare"]):
            refusals[:] = ["503"] * 2
            self.assert_exit(0, site.call(*command))
            self.assertEqual([], refusals, command)

    def test_so_it_is_by_those_who_settle(self):
        refusals = []
        plan = {("PUT", 0): "reset-before"}
        site, result, _ = self.run_against(
            lambda method, ordinal: refusals.pop() if refusals else plan.get((method, ordinal)))
        self.assert_exit(130, result)
        minute_later(site)
        refusals[:] = ["503"] * 2
        self.assert_exit(0, site.call("recover"))
        self.assertEqual([], refusals)
        self.assert_whole(site, 2)

    def test_a_store_that_takes_one_write_a_second_at_a_key_is_proven_and_used(self):
        proxy = self.enterContext(OnceASecondProxy(self.weed.endpoint))
        site = self.sited(proxy)
        self.assert_exit(0, site.call("doctor"))
        tried = proxy.refused
        self.assertGreater(tried, 0)
        self.assert_done(site, site.run("--all", "--json"))
        self.assertGreater(proxy.refused, tried)

    def test_a_balancer_without_its_server_proves_nothing_absent(self):
        """One object of a video is stored and the other refused; what is asked of both is answered by the balancer."""
        plan = {("PUT", 1): "corrupt-upload"} | {(method, n): "404" for method in ("HEAD", "GET") for n in (0, 1)}
        site, result, proxy = self.run_against(plan)
        # Its rollback could not be proven at first, so both objects are watched for a minute.
        self.assertIn(result.exit, (0, 130))
        minute_later(site)
        self.assert_exit(0, site.call("recover"))
        self.assert_whole(site, 2)
        self.assertEqual((5, 1), (len(proxy.written), len(proxy.deleted)))

    def test_lost_reply_to_a_put_is_looked_for(self):
        site, result, proxy = self.run_against({("PUT", 1): "reset-after"})
        self.assert_done(site, result)
        self.assertEqual((4, 0), (len(proxy.written), len(proxy.deleted)))

    def test_lost_put_is_taken_back_and_done_again(self):
        """Not a trace of it is in the bucket, and it may yet arrive, so the ledger goes on watching for it."""
        site, result, proxy = self.run_against({("PUT", 0): "reset-before"})
        self.assert_exit(130, result)
        states = collections.Counter(state for state, *_ in site.intents().values())
        self.assertEqual({"committed": 4, "removed": 1, "watched": 1}, states)
        self.assertEqual((5, 1), (len(proxy.written), len(proxy.deleted)), "its sister was stored, and removed")
        rolled_back, = [line for line in result.lines if line["event"] == "rolled back"]
        self.assertEqual("1 object proven absent; 1 object may still arrive and is watched for", rolled_back["detail"])
        told = site.call("status", "--json").json["open"]
        self.assertEqual((1, 1), (told["transactions"], told["watched"]))
        words = f"1 object whose PUT got no answer is not there and might still arrive; " \
            f"mallow recover --ledger '{site.ledger}', or the next run, settles it for good from {told['until']} on"
        for command in (("status",), ("report",)):
            self.assertIn(words, site.call(*command).out)
        self.assertEqual(told, site.call("report", "--json").json["open"])
        early = site.call("recover")
        self.assert_exit(3, early)
        self.assertIn(words, early.out)
        site.fetch()
        self.assert_clean(site)
        minute_later(site)
        last = site.call("recover")
        self.assert_exit(0, last)
        self.assertIn("1 object that might still have arrived is proven absent now; nothing is open", last.out)
        self.assertNotIn("might still arrive", site.call("status").out)
        self.assert_whole(site, 2)

    def test_a_put_that_arrives_late_is_removed(self):
        site, result, proxy = self.run_against({("PUT", 0): "reset-before"})
        self.assert_exit(130, result)
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

    def test_what_is_rolled_back_in_a_bucket_with_versions_is_gone_for_readers(self):
        """It stays as an old version, which doctor says beforehand."""
        plan = {("PUT", 1): "409"}
        proxy = self.enterContext(PlannedProxy(self.weed.endpoint, lambda *request: plan.get(request)))
        site = self.sited(proxy, bucket="versions")
        site.bucket.client.create_bucket(Bucket="versions")
        site.bucket.client.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
        told = [check for check in site.call("doctor", "--json").json["checks"] if check["name"] == "store: versions"]
        self.assertEqual(["attention"], [check["verdict"] for check in told])
        proxy.requests.clear()
        result = site.run("--all", "--json", "--concurrency", "1")
        self.assert_done(site, result, retries=1, rollbacks=1)
        kept = site.bucket.client.list_object_versions(Bucket="versions", Prefix=site.bucket.root)["Versions"]
        old = {site.bucket.root + key for key, (state, *_) in site.intents().items() if state == "removed"}
        self.assertLessEqual({v["Key"] for v in kept if not v["IsLatest"] and "canary" not in v["Key"]}, old)
        self.assertEqual({v["Key"] for v in kept if v["IsLatest"]}, {site.bucket.root + key for key in site.named()})

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
        self.assert_stopped(site, result, proxy)

    def test_refusal_without_others_to_be_had_stops_the_run(self):
        site, result, proxy = self.run_with(CredentialHost(self.weed, most=1), lambda token, came: came > 9)
        self.assert_stopped(site, result, proxy)

    def assert_stopped(self, site, result, proxy):
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
        # Who is refused cannot take back either: the ledger names what it may have left.
        opened = {key for key, (state, *_) in site.intents().items() if state in OPEN}
        site.bucket.fetch(site.store, leaving_out=opened)
        self.assert_clean(site, "--unfinished")
        site.environment = surroundings(
            AWS_ACCESS_KEY_ID=self.weed.access_key, AWS_SECRET_ACCESS_KEY=self.weed.secret_key)
        proxy.expired = lambda token, came: False
        for command in (("recover",), ("run", "--all")):
            last = site.call(*command)
        self.assertIn(last.exit, (0, 3), last.out + last.err)
        site.fetch()
        self.assert_clean(site)


def dashed(hexadecimal):
    h = hexadecimal.lower()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


if __name__ == "__main__":
    unittest.main()
