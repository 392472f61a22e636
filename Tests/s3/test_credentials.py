# SPDX-License-Identifier: Apache-2.0
"""Where the keys are found, and which of several places counts."""
import json
import unittest

from http_plumbing import Proxy, Response, error
from product_proxies import CredentialHost, TokenProxy
from product_site import BucketTests, shared, surroundings

WRONG = {"AWS_ACCESS_KEY_ID": "WRONGKEY", "AWS_SECRET_ACCESS_KEY": "wrong/secret"}


class InstanceHost(Proxy):
    """A cloud's machine that tells its role's credentials to who got a token from it first (IMDSv2)."""

    ROLES = "/latest/meta-data/iam/security-credentials/"

    def __init__(self, server):
        super().__init__("http://127.0.0.1:9")
        self.host, self.asked = CredentialHost(server), []

    async def answer(self, request):
        self.asked.append((request.method, request.path))
        if (request.method, request.path) == ("PUT", "/latest/api/token"):
            return Response([], b"for six hours", 200, "OK") if request.get("x-aws-ec2-metadata-token-ttl-seconds") \
                else error(400, "BadRequest", "how long?")
        if request.get("x-aws-ec2-metadata-token") != "for six hours":
            return error(401, "Unauthorized", "no token")
        if request.path == self.ROLES:
            return Response([("Content-Type", "text/plain")], b"mallow-role", 200, "OK")
        if request.path == f"{self.ROLES}mallow-role":
            request.target = "/credentials"
            answer = await self.host.answer(request)
            answer.body = json.dumps({"Code": "Success", "Type": "AWS-HMAC", **json.loads(answer.body)}).encode()
            return answer
        return error(404, "NotFound", "nothing is there")


class CredentialTests(BucketTests):
    def setUp(self):
        super().setUp()
        self.weed = shared("seaweedfs")["seaweedfs"]
        self.right = {"AWS_ACCESS_KEY_ID": self.weed.access_key, "AWS_SECRET_ACCESS_KEY": self.weed.secret_key}
        self.proxy = self.enterContext(TokenProxy(self.weed, lambda token, came: False))
        self.source = self.fleet(1, 1, 2)

    def profile(self, name="default"):
        """The variables that lead to a file with a profile of this name."""
        path = self.folder / "credentials"
        path.write_text(
            f"[other]\naws_access_key_id = WRONGKEY\naws_secret_access_key = wrong\n\n"
            f"[{name}]\naws_access_key_id = {self.weed.access_key}\n"
            f"aws_secret_access_key={self.weed.secret_key}\n")
        return {"AWS_SHARED_CREDENTIALS_FILE": str(path), "AWS_CONFIG_FILE": str(self.folder / "none")}

    def run_with(self, **environment):
        nowhere = dict.fromkeys(("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"), str(self.folder / "none"))
        site = self.bucket_site(
            self.source, self.weed, endpoint=self.proxy.endpoint,
            environment=surroundings(**{**nowhere, **environment}))
        return site, site.call("run", "--all")

    def assert_run(self, **environment):
        site, result = self.run_with(**environment)
        self.assert_exit(0, result)
        self.assert_whole(site, 1)

    def test_of_the_environment(self):
        self.assert_run(**self.right)

    def configuration(self, endpoint, secrets):
        path = self.folder / "mallow.yaml"
        path.write_text(f"production:\n  store: {endpoint}\n  secrets:\n{secrets}")
        path.chmod(0o600)
        return path

    def test_of_mallow_yaml(self):
        """From a file of its own and from the environment; for the very bucket that stands there, and no other."""
        (self.folder / "id").write_text(f"{self.weed.access_key}\n")
        (self.folder / "id").chmod(0o600)
        secrets = (f"    aws_access_key_id: {{file: {self.folder}/id}}\n"
                   "    aws_secret_access_key: {env: CAMPUS_SECRET}\n")
        nowhere = dict.fromkeys(("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"), str(self.folder / "none"))
        site = self.bucket_site(
            self.source, self.weed, endpoint=self.proxy.endpoint,
            environment=surroundings(**nowhere, CAMPUS_SECRET=self.weed.secret_key))
        path = self.configuration(site.url, secrets)
        result = site.call("run", "--all", "--config", str(path), "--without-rehearsals=a test of something else")
        self.assert_exit(0, result)
        self.assert_whole(site, 1)
        self.assertNotIn(self.weed.secret_key, result.out + result.err + path.read_text())
        path = self.configuration(site.url + "&accept=unchecked", secrets)
        refused = site.call("verify", "--config", str(path))
        self.assert_exit(1, refused)
        self.assertIn("there are none", refused.out + refused.err)

    def test_of_a_profile(self):
        self.assert_run(**self.profile())

    def test_of_a_profile_by_name(self):
        self.assert_run(**self.profile("transcripts"), AWS_PROFILE="transcripts")

    def test_of_the_configuration_file(self):
        path = self.folder / "config"
        path.write_text(
            f"[profile transcripts]\naws_access_key_id={self.weed.access_key}\n"
            f"aws_secret_access_key={self.weed.secret_key}\n")
        self.assert_run(AWS_CONFIG_FILE=str(path), AWS_PROFILE="transcripts")

    def test_of_the_containers_host(self):
        host = self.enterContext(CredentialHost(self.weed))
        self.assert_run(**host.environment)
        self.assertEqual((1, ["session//token+1=="]), (host.given, self.proxy.tokens))

    def test_of_the_machines_role(self):
        host = self.enterContext(InstanceHost(self.weed))
        self.assert_run(AWS_EC2_METADATA_DISABLED=None, AWS_EC2_METADATA_SERVICE_ENDPOINT=host.endpoint)
        self.assertEqual(("PUT", "/latest/api/token"), host.asked[0])
        self.assertEqual(["session//token+1=="], self.proxy.tokens)

    def test_the_machines_role_is_not_asked_where_that_is_forbidden(self):
        host = self.enterContext(InstanceHost(self.weed))
        _, result = self.run_with(AWS_EC2_METADATA_SERVICE_ENDPOINT=host.endpoint)
        self.assertEqual((1, []), (result.exit, host.asked))

    def test_the_environment_goes_before_profile_and_host(self):
        host = self.enterContext(CredentialHost(self.weed))
        self.assert_run(**self.right, **host.environment, **self.profile())
        self.assertEqual(0, host.given)
        site, result = self.run_with_wrong(**host.environment)
        self.assertEqual((1, 0), (result.exit, host.given), "wrong ones are wrong: no other place is tried in silence")

    def run_with_wrong(self, **environment):
        (self.folder / "second").mkdir()
        site = self.bucket_site(
            self.source, self.weed, name="second/site", endpoint=self.proxy.endpoint,
            environment=surroundings(**environment, **WRONG))
        return site, site.call("run", "--all")

    def test_none_at_all_is_told_in_one_sentence(self):
        site, result = self.run_with()
        self.assertEqual(1, result.exit)
        self.assertIn("AWS_ACCESS_KEY_ID", result.out + result.err)
        self.assertEqual(0, self.proxy.came)
        doctor = site.call("doctor")
        self.assert_exit(1, doctor)
        self.assertIn("AWS_ACCESS_KEY_ID", doctor.out)


if __name__ == "__main__":
    unittest.main()
