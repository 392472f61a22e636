# SPDX-License-Identifier: Apache-2.0
"""Servers that cannot do all that is asked of a bucket: doctor names it, a run refuses, an operator may accept it."""
import re
import unittest

from product_proxies import PlannedProxy
from product_site import BucketTests, keys_of, shared

NAMES = ("put-race", "unchecked", "delete-race")
COURSES, VIDEOS, TRANSCRIPTS = 2, 3, 2


class WeakerServerTests:
    """What holds for each of them; `lacking` is what the server cannot do."""

    server_name, lacking = "", ()

    def setUp(self):
        super().setUp()
        self.weak = shared(self.server_name)[self.server_name]
        self.proxy = self.enterContext(PlannedProxy(self.weak.endpoint, lambda method, ordinal: None))
        self.source = self.fleet(COURSES, VIDEOS, TRANSCRIPTS)

    def sited(self, accepted=(), name="site"):
        return self.bucket_site(
            self.source, self.weak, name=name, endpoint=self.proxy.endpoint, accept=",".join(accepted),
            location=f"{self.server_name}/{self.id().rpartition('.')[2]}/{name}", environment=keys_of(self.weak))

    def names_in(self, text):
        """What the text says can be accepted: the command that was given is no news."""
        return {name for name in NAMES if re.search(rf"accept=[a-z,-]*{name}", text)}

    def test_doctor_says_what_it_cannot_do_and_how_to_accept_it(self):
        site = self.sited()
        result = site.call("doctor", "--json")
        self.assert_exit(1, result)
        self.assertFalse(result.json["ready"])
        failed = [check for check in result.json["checks"] if check["verdict"] == "fail"]
        self.assertTrue(all(check["name"].startswith("store") for check in failed), failed)
        self.assertEqual(set(self.lacking), self.names_in(" ".join(check["advice"] for check in failed)), failed)
        self.assertEqual({}, site.bucket.etags(), "nothing of the trial stays")
        text = site.call("doctor")
        self.assert_exit(1, text)
        self.assertEqual(set(self.lacking), self.names_in(text.out))

    def test_run_is_refused_before_anything_is_written(self):
        site = self.sited()
        result = site.call("run", "--all")
        self.assertNotIn(result.exit, (0, 3), result.out + result.err)
        self.assertEqual(set(self.lacking), self.names_in(result.out + result.err), result.out + result.err)
        self.assertEqual({}, site.bucket.etags())
        self.assertEqual((set(), []), (site.named(), list(site.intents())))
        written = set(self.proxy.keys_written(site.bucket))
        self.assertLessEqual(len(written), 1, "one object is for trying, and transcripts are not")

    def test_accepting_less_than_it_lacks_is_refused(self):
        for number, name in enumerate(self.lacking):
            with self.subTest(without=name):
                site = self.sited([other for other in self.lacking if other != name], name=f"without-{number}")
                doctor = site.call("doctor", "--json")
                self.assert_exit(1, doctor)
                failed = [check for check in doctor.json["checks"] if check["verdict"] == "fail"]
                self.assertEqual({name}, self.names_in(" ".join(check["advice"] for check in failed)))
                result = site.call("run", "--all")
                self.assertNotIn(result.exit, (0, 3), result.out + result.err)
                self.assertEqual(({}, set()), (site.bucket.etags(), site.named()))

    def test_with_all_of_it_accepted_it_works(self):
        site = self.sited(self.lacking)
        self.assert_exit(0, site.call("doctor"))
        self.assert_exit(0, site.call("run", "--all"))
        self.assert_whole(site, COURSES * VIDEOS)
        self.assert_exit(0, site.call("verify", "--deep"))
        before = site.bucket.etags()
        self.assert_exit(0, site.call("run", "--all"))
        self.assertEqual(before, site.bucket.etags())

    def test_the_weaker_mode_is_named(self):
        """By doctor before a run, and by whoever shows the run, besides in the address that the operator gave."""
        site = self.sited(self.lacking)
        doctor = site.call("doctor", "--json")
        self.assert_exit(0, doctor)
        attention = " ".join(str(check) for check in doctor.json["checks"] if check["verdict"] == "attention")
        self.assert_exit(0, site.call("run", "--all"))
        shown = {
            "doctor": attention, "doctor's lines": site.call("doctor").out, "status": site.call("status").out,
            "status as JSON": site.call("status", "--json").out.replace("\\/", "/"), "report": site.call("report").out,
        }
        silent = [
            (what, name) for what, text in shown.items() for name in self.lacking
            if name not in re.sub(r"accept=[a-z,-]+", "", text)
        ]
        self.assertEqual([], silent, "(where, what is not named there)")

    def test_what_is_corrupted_on_the_way_is_seen(self):
        """The server takes it, so it is seen by reading back."""
        site = self.sited(self.lacking)
        self.proxy.plan = lambda method, ordinal: "corrupt-upload" if (method, ordinal) == ("PUT", 2) else None
        self.proxy.requests.clear()
        run = site.call("run", "--all", "--json", "--concurrency", "1")
        self.assert_exit(0, run)
        self.assertEqual(1, self.proxy.counts["corrupt-upload"])
        self.assertEqual(1, run.lines[-1]["rollbacks"])
        self.assert_whole(site, COURSES * VIDEOS)

    def test_lost_replies_are_looked_into(self):
        site = self.sited(self.lacking)
        plan = {("PUT", 0): "reset-after", ("PUT", 3): "409", ("DELETE", 0): "reset-after"}
        self.proxy.plan = lambda method, ordinal: plan.get((method, ordinal))
        self.proxy.requests.clear()
        self.assert_exit(0, site.call("run", "--all", "--concurrency", "1"))
        self.assert_whole(site, COURSES * VIDEOS)
        landed = self.proxy.keys_written(site.bucket)
        self.assertEqual(len(landed), len(set(landed)), "a key was written twice")


class MotoTests(WeakerServerTests, BucketTests):
    server_name, lacking = "moto", ("unchecked",)


class RcloneTests(WeakerServerTests, BucketTests):
    server_name, lacking = "rclone", NAMES


class AcceptedNamesTests(BucketTests):
    def test_a_name_nobody_knows_is_refused(self):
        weed = shared("seaweedfs")["seaweedfs"]
        site = self.bucket_site(self.fleet(1, 1, 1), weed, accept="everything")
        for command, code in ((("doctor",), 1), (("run", "--all"), 2)):
            result = site.call(*command)
            self.assert_exit(code, result)
            for name in NAMES:
                self.assertIn(name, result.out + result.err)

    def test_a_server_that_can_is_used_weaker_when_that_is_accepted(self):
        """Whoever accepts by name is taken at his word, and nothing is lost by it."""
        weed = shared("seaweedfs")["seaweedfs"]
        site = self.bucket_site(self.fleet(COURSES, VIDEOS, TRANSCRIPTS), weed, accept=",".join(NAMES))
        self.assert_exit(0, site.call("run", "--all"))
        self.assert_whole(site, COURSES * VIDEOS)


if __name__ == "__main__":
    unittest.main()
