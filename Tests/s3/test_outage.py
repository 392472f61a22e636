# SPDX-License-Identifier: Apache-2.0
"""A bucket that cannot be reached for a while: the run waits for it, says so, and goes on by itself.

MALLOW_OUTAGE_SECONDS (20) says for how long.
"""
import os
import signal
import time
import unittest

from product_proxies import BusyProxy, GatedProxy
from product_site import OPEN, PLANTED, BucketTests, minute_later, shared, wait_until

SECONDS = float(os.environ.get("MALLOW_OUTAGE_SECONDS", "20"))
COURSES, VIDEOS, TRANSCRIPTS = 3, 12, 2


class OutageTests(BucketTests):
    def setUp(self):
        super().setUp()
        weed = shared("seaweedfs")["seaweedfs"]
        self.gate = self.enterContext(GatedProxy(weed.endpoint, pace=0.03))
        self.site = self.bucket_site(self.fleet(COURSES, VIDEOS, TRANSCRIPTS), weed, endpoint=self.gate.endpoint)
        self.site.bucket.put(PLANTED)
        self.planted = self.site.bucket.etags()
        self.child = self.site.start("run", "--all", "--json", "--concurrency", "4")

    def events(self, kind):
        return self.child.out.read_text().count(f'"event":"{kind}"')

    def shut_after(self, stored, **options):
        wait_until(lambda: self.child.poll() is not None or self.events("stored") >= stored, f"{stored} stored")
        self.assertIsNone(self.child.poll(), "it ended before its bucket was gone")
        self.gate.shut(**options)
        self.shut_at = time.monotonic()

    def paused(self):
        """What status says once the run has stopped for the outage."""
        def look():
            self.assertIsNone(self.child.poll(), f"the run did not wait: {self.told()}")
            run = self.site.status()["run"]
            return run if run["state"] == "paused" else None
        return wait_until(look, lambda: f"paused, but {self.site.status()['run']}", seconds=max(SECONDS, 15), every=0.2)

    def told(self):
        return self.child.out.read_text()[-1500:] + self.child.err.read_text()[-1500:]

    def outlast(self):
        """The rest of the outage, in which the run stays where it is."""
        while time.monotonic() < self.shut_at + SECONDS:
            self.assertIsNone(self.child.poll(), f"the run did not wait: {self.told()}")
            time.sleep(0.1)
        self.assertEqual("paused", self.site.status()["run"]["state"])

    def assert_ended_well(self):
        """A PUT that was cut off may arrive for a minute: the run waits for it, and is proven when it ends."""
        self.assertEqual(0, self.child.wait(170), self.told())
        self.assertEqual([], [key for key, (state, *_) in self.site.intents().items() if state in OPEN])

    def drained(self):
        """The objects that are still watched for when a run is not given that minute."""
        exit = self.site.impatient(self.child).exit
        opened = {key: state for key, (state, *_) in self.site.intents().items() if state in OPEN}
        self.assertEqual(130 if opened else 0, exit, self.told())
        self.assertLessEqual(set(opened.values()), {"watched"})
        return opened

    def assert_settled(self):
        minute_later(self.site)
        self.assertEqual(0, self.site.call("recover").exit)
        self.assertEqual({}, {k: v for k, (v, *_) in self.site.intents().items() if v in OPEN})
        self.assert_nothing_lost_or_doubled()

    def assert_nothing_lost_or_doubled(self, opened=()):
        etags = self.site.bucket.etags()
        self.assertEqual(self.planted, {key: etags.get(key) for key in self.planted})
        landed = self.gate.keys_written(self.site.bucket)
        self.assertEqual(len(landed), len(set(landed)), "a key was written twice")
        rows = self.site.named()
        self.assertEqual(COURSES * VIDEOS * TRANSCRIPTS, len(rows))
        self.assertEqual(rows, etags.keys() - self.planted.keys() - set(opened), "orphans, or rows without an object")
        self.site.bucket.fetch(self.site.store, leaving_out=self.planted.keys() | set(opened))
        self.assert_clean(self.site)
        self.assertEqual({"verified": COURSES * VIDEOS}, self.site.status()["totals"]["videos"])
        retries = sum(course["retries"] for course in self.site.status()["courses"])
        self.assertLessEqual(retries, 1, "one for what was cut off before the outage was known, and no more")

    def test_a_run_waits_for_its_bucket_and_goes_on(self):
        """The outage begins between requests, so none of them is in doubt."""
        self.shut_after(10)
        run = self.paused()
        self.assertRegex(run["reason"], r"store|bucket|s3://|127\.0\.0\.1")
        self.outlast()
        self.gate.open()
        self.assert_ended_well()
        self.assert_nothing_lost_or_doubled()
        self.assertEqual(0, self.site.call("verify", "--deep").exit)

    def test_requests_cut_off_by_the_outage_are_settled(self):
        self.shut_after(10, cutting=True)
        self.paused()
        self.gate.open()
        self.assert_ended_well()
        self.assert_nothing_lost_or_doubled()

    def test_a_bucket_that_hangs_is_out_long_before_its_calls_have_timed_out(self):
        weed = shared("seaweedfs")["seaweedfs"].child.process
        wait_until(lambda: self.child.poll() is not None or self.events("stored") >= 10, "10 stored")
        self.assertIsNone(self.child.poll(), "it ended before its bucket hung")
        weed.send_signal(signal.SIGSTOP)
        try:
            run = self.paused()
        finally:
            weed.send_signal(signal.SIGCONT)
        self.assertIn("it does not answer", run["reason"])
        self.assert_nothing_lost_or_doubled(self.drained())
        self.assert_settled()

    def test_a_run_that_waits_can_be_stopped(self):
        self.shut_after(6)
        self.paused()
        self.child.send_signal(2)
        self.assertEqual(130, self.child.wait(30), self.told())
        self.gate.open()
        self.child = self.site.start("run", "--unfinished")
        self.assert_nothing_lost_or_doubled(self.drained())


class RestTests(BucketTests):
    """A bucket that asks to be left alone for some seconds."""

    def test_a_store_that_asks_to_be_left_alone_is(self):
        weed, seconds, in_flight = shared("seaweedfs")["seaweedfs"], 8, 2
        proxy = self.enterContext(BusyProxy(weed.endpoint, refusing=9, seconds=seconds, pace=0.02))
        site = self.bucket_site(self.fleet(COURSES, VIDEOS, TRANSCRIPTS), weed, endpoint=proxy.endpoint)
        child = site.start("run", "--all", "--json", "--concurrency", str(in_flight))

        def look():
            run = site.status().get("run")  # none while the store is tried
            return run if run and run["state"] == "paused" else None
        run = wait_until(look, lambda: f"paused, but {site.status()}", seconds=30, every=0.1)
        self.assertRegex(run["reason"], r"the object store asked to be left alone until \d\d:\d\d:\d\d UTC")
        self.assertEqual(0, child.wait(60), child.err.read_text())
        # What was in flight was finished or taken back, and nothing was begun.
        during = [at for at in proxy.puts if proxy.asked < at < proxy.asked + seconds - 0.5]
        self.assertLessEqual(len(during), in_flight * TRANSCRIPTS)
        self.assertLess(max(during, default=0) - proxy.asked, 2, "they were those in flight")
        after = [at for at in proxy.puts if at >= proxy.asked + seconds - 0.5]
        self.assertGreater(len(after), TRANSCRIPTS, "and then the run went on")
        site.bucket.fetch(site.store)
        self.assert_clean(site)


if __name__ == "__main__":
    unittest.main()
