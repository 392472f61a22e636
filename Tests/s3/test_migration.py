# SPDX-License-Identifier: Apache-2.0
"""A fleet goes into a bucket: every transcript, once, where edx-val finds it."""
import hashlib
import unittest

from product_proxies import RecordingProxy
from product_site import PREFIX, BucketTests, keys_of, shared
from servers import SESSION_TOKEN

COURSES, VIDEOS, TRANSCRIPTS = 2, 7, 3
ALL = COURSES * VIDEOS * TRANSCRIPTS


class MigrationTests(BucketTests):
    def setUp(self):
        super().setUp()
        servers = shared("seaweedfs")
        self.weed, self.strict = servers["seaweedfs"], servers.strict
        self.refused_before = len(self.strict.refusals)
        # What is counted here was let through by a server that takes signatures as strictly as Amazon does.
        proxy = RecordingProxy(self.strict.endpoint, "migration", faults=(), share=0)
        self.proxy = self.enterContext(proxy)
        self.source = self.fleet(COURSES, VIDEOS, TRANSCRIPTS)

    def tearDown(self):
        self.assertEqual([], self.strict.refusals[self.refused_before:])

    def sited(self, **options):
        return self.bucket_site(self.source, self.weed, endpoint=self.proxy.endpoint, **options)

    def requests(self, since=None):
        """How many requests of each method came."""
        return dict(self.proxy.requests - (since or type(self.proxy.requests)()))

    def test_all_transcripts_are_in_the_bucket_and_read_by_edx_val(self):
        site = self.sited(location="media/open-edx")
        run = site.call("run", "--all", "--json")
        self.assert_exit(0, run)
        self.assertEqual(ALL, run.lines[-1]["transcripts"]["migrated"])
        self.assertEqual(ALL, self.requests()["PUT"], "one PUT for each transcript")
        self.assertNotIn("DELETE", self.requests())
        self.assert_whole(site, COURSES * VIDEOS)
        self.assert_exit(0, site.call("verify", "--deep"))
        self.assertTrue(all(flag for _, flag in site.flags()))

        # The location is in the bucket's keys and not in the catalog, where readers add it themselves.
        page = site.bucket.client.list_objects_v2(Bucket=site.bucket.name, Prefix="media/open-edx/")
        self.assertEqual({f"media/open-edx/{name}" for name in site.named()}, {o["Key"] for o in page["Contents"]})
        self.assertTrue(all(name.startswith(PREFIX) for name in site.named()))

        read = site.read_back("--schema")
        self.assert_exit(0, read)
        *rows, counts = read.lines
        self.assertEqual({"readable": ALL, "unreadable": 0}, counts)
        stored = {(row["edx_video_id"], row["language"]): row["sha256"] for row in rows}
        self.assertEqual({key: digest for key, (_, digest) in site.transcripts().items()}, stored)

    def test_another_location_has_none_of_the_objects_that_the_catalog_names(self):
        site = self.sited(location="media/open-edx")
        self.assert_exit(0, site.call("run", "--all"))
        there, = [c for c in site.call("doctor", "--json").json["checks"] if c["name"] == "store: objects"]
        self.assertEqual(
            ("pass", "all 16 objects that the catalog's newest rows name are there"), (there["verdict"], there["measured"]))
        site.url, site.ledger = site.url.replace("media/open-edx", "media"), site.folder / "new.ledger"
        before = self.proxy.requests.copy()
        refused = site.call("run", "--all")
        self.assert_exit(1, refused)
        self.assertIn("none of the 16 objects that the catalog's newest rows name is at s3://", refused.err)
        self.assertEqual(16, self.requests(before)["HEAD"])
        self.assertLessEqual(self.requests(before).keys(), {"GET", "HEAD"}, "not even a canary is written")
        self.assertEqual("store: objects", site.call("doctor", "--json").json["checks"][0]["name"])

    def test_each_object_says_what_it_is_and_who_wrote_it(self):
        site = self.sited()
        self.assert_exit(0, site.call("run", "--all"))
        intents = site.intents()
        for key in sorted(site.named())[:10]:
            head = site.bucket.client.head_object(
                Bucket=site.bucket.name, Key=site.bucket.root + key, ChecksumMode="ENABLED")
            body = site.bucket.get(key)
            self.assertEqual(("committed", hashlib.sha256(body).hexdigest(), len(body)), intents[key])
            self.assertEqual("1", head["Metadata"]["mallow-run"])
            self.assertEqual(intents[key][1], head["Metadata"]["mallow-sha256"])
            self.assertIn("mallow-intent", head["Metadata"])
            self.assertIn("ChecksumSHA256", head, "the server itself vouches for the bytes")
            self.assertNotEqual("binary/octet-stream", head["ContentType"], "that is what nobody said")

    def test_second_run_writes_nothing(self):
        site = self.sited()
        self.assert_exit(0, site.call("run", "--all"))
        etags, rows, before = site.bucket.etags(), site.transcripts(), self.proxy.requests.copy()
        again = site.call("run", "--all", "--json")
        self.assert_exit(0, again)
        # The engine reads to prove what is there, and that is all it does.
        self.assertLessEqual(self.requests(before).keys(), {"GET", "HEAD"})
        self.assertEqual(0, sum(1 for line in again.lines if line["event"] == "stored"))
        self.assertEqual((etags, rows), (site.bucket.etags(), site.transcripts()))

    def test_dry_run_writes_nothing(self):
        site = self.sited()
        self.assert_exit(0, site.call("run", "--all", "--dry-run"))
        self.assertLessEqual(self.requests().keys(), {"GET", "HEAD"})
        self.assertEqual({}, site.bucket.etags())

    def test_a_session_token_goes_along(self):
        site = self.sited(environment=keys_of(self.weed, AWS_SESSION_TOKEN=SESSION_TOKEN))
        self.assert_exit(0, site.call("run", "--all"))
        self.assert_whole(site, COURSES * VIDEOS)

    def test_what_the_platform_itself_put_there_is_present(self):
        """Its storage library keeps no SHA-256 with an object: a HEAD cannot tell it."""
        site = self.sited()
        self.assert_exit(0, site.call("run", "--all"))
        site.bucket.put({key: site.bucket.get(key) for key in site.named()})
        for part in site.folder.glob("mallow.ledger*"):
            part.unlink()
        before = site.bucket.etags()
        run = site.call("run", "--all", "--json")
        self.assert_exit(0, run)
        self.assertEqual((ALL, 0), tuple(run.lines[-1]["transcripts"][kind] for kind in ("present", "migrated")))
        self.assertEqual(before, site.bucket.etags())
        self.assert_exit(0, site.call("verify", "--deep"))
        self.assert_exit(0, site.call("verify"))

    def test_lost_objects_are_named_by_verify(self):
        site = self.sited()
        self.assert_exit(0, site.call("run", "--all"))
        first, second, *_ = sorted(site.named())
        site.bucket.client.delete_object(Bucket=site.bucket.name, Key=site.bucket.root + first)
        site.bucket.put({second: b"other bytes"})
        verified = site.call("verify", "--json")
        self.assert_exit(1, verified)
        self.assertIn(first, verified.out)
        self.assertIn(second, verified.out)


if __name__ == "__main__":
    unittest.main()
