# SPDX-License-Identifier: Apache-2.0
"""What is secret stays in the process: it is in no argument, no output, no ledger, no report, no log and no crash."""
import asyncio
import contextlib
import os
import re
import shlex
import signal
import sys
import threading
import unittest
import urllib.parse
from pathlib import Path

from http_plumbing import error
from product_proxies import RecordingProxy
from product_site import BucketTests, required, shared, surroundings, wait_until
from signature import Authorization, Keys, Refused, verify, without_token

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "console"))
from terminals import Tmux  # noqa: E402

SECRET = "Zq7XwSECRETkJ4vPp/Lb0+unmistakable9TtYy3M"
TOKEN = "FwoGZXIvTOKENdzEJr/8unmistakable+Qk2vHs51Nn=="
WRONG = "Wr0ngWr0ngSECRET/notTheOne+atAll55xXyYzZ4"
PIECE = 10


def needles(secret):
    """Every piece of it that is long enough to be no chance, as text and as a dump of memory would show it."""
    for start in range(len(secret) - PIECE + 1):
        piece = secret[start : start + PIECE].encode()
        yield piece
        yield piece.hex().encode()
        yield piece.hex(" ").encode()
    yield urllib.parse.quote(secret, safe="").encode()


class SecretProxy(RecordingProxy):
    """Takes the made-up keys for right, keeps the signatures made with them, and signs anew for the real server."""

    def __init__(self, server, pace=0.0):
        super().__init__(server.endpoint, "secrets", faults=(), share=0)
        self.real = Keys(server.access_key, server.secret_key)
        self.made_up = Keys(server.access_key, SECRET, token=TOKEN)
        self.pace, self.signatures, self.refused = pace, set(), 0

    async def answer(self, request):
        given = request.get("authorization")
        if given:
            self.signatures.add(Authorization.of(request).signature)
        try:
            verify(request, self.made_up)
        except Refused as refused:
            self.refused += 1
            # Amazon's answers have these.
            token = request.get("x-amz-security-token")
            extra = f"<SignatureProvided>{given}</SignatureProvided><Token-0>{token}</Token-0>"
            return error(refused.status, refused.code, "The signature we calculated does not match.", extra)
        if self.pace:
            await asyncio.sleep(self.pace)
        return await super().answer(without_token(request, self.real))


class CommandLines:
    """Looks at the arguments of every process of this machine while the context lasts."""

    def __enter__(self):
        self.seen, self._over = set(), threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def _watch(self):
        while not self._over.wait(0.01):
            for process in os.listdir("/proc"):
                if process.isdigit():
                    with contextlib.suppress(OSError):
                        self.seen.add(Path(f"/proc/{process}/cmdline").read_bytes())

    def __exit__(self, *error):
        self._over.set()
        self._thread.join()


class SecretTests(BucketTests):
    def setUp(self):
        super().setUp()
        self.weed = shared("seaweedfs")["seaweedfs"]
        self.proxy = self.enterContext(SecretProxy(self.weed))
        self.lines = self.enterContext(CommandLines())
        self.source = self.fleet(2, 8, 2)
        self.shown = []

    def sited(self, secret=SECRET, **changes):
        # A short name, because the console asks for it to be typed.
        options = {"location": self.id()[-4:], "endpoint": self.proxy.endpoint}
        environment = surroundings(
            AWS_ACCESS_KEY_ID=self.weed.access_key, AWS_SECRET_ACCESS_KEY=secret, AWS_SESSION_TOKEN=TOKEN, **changes)
        return self.bucket_site(self.source, self.weed, environment=environment, **options)

    def say(self, site, name, *arguments):
        """What a command prints counts as shown."""
        result = site.call(name, *arguments)
        self.shown.append((f"{name} {' '.join(arguments)}", (result.out + result.err).encode()))
        return result

    def say_everything(self, site, has_run=True):
        for words in (
            ["status"], ["status", "--json"], ["failures"], ["failures", "--json"], ["report"],
            ["report", "--as", "markdown"], ["report", "--as", "json"], ["doctor"], ["doctor", "--json"],
            ["verify"], ["recover", "--json"], ["plan", "--json"],
        ):
            result = self.say(site, *words)
            if words[0] == "report":
                self.assert_exit(0 if has_run else 2, result)

    def assert_kept(self, site):
        """In nothing that was shown, and in no file that the program left: the ledger, SQLite's and its own logs."""
        self.assertTrue(self.proxy.signatures, "nothing was signed")
        files = [path for path in site.folder.rglob("*") if path.is_file() and site.store not in path.parents]
        self.assertIn(site.ledger, files)
        found = []
        texts = self.shown + [(path.name, path.read_bytes()) for path in files]
        texts += [(f"command line {line[:40]}", line) for line in self.lines.seen]
        sought = [(name, needle) for name, secret in (("secret", SECRET), ("wrong secret", WRONG), ("token", TOKEN))
                  for needle in needles(secret)]
        sought += [("signature", signature.encode()) for signature in self.proxy.signatures]
        sought += [("signature", b"AWS4-HMAC-SHA256"), ("signature", b"SignatureProvided")]
        for place, text in texts:
            for name, needle in sought:
                if needle in text:
                    at = text.index(needle)
                    found.append(f"{name} in {place}: {text[max(0, at - 80) : at + 60]!r}")
                    break
        self.assertEqual([], found)

    def test_of_a_run_that_ends_well(self):
        site = self.sited()
        self.assert_exit(0, self.say(site, "doctor"))
        self.assert_exit(0, self.say(site, "run", "--all", "--json"))
        self.assert_exit(0, self.say(site, "run", "--all"))
        self.say_everything(site)
        self.assertEqual(0, self.proxy.refused)
        self.assert_kept(site)

    def test_of_a_run_with_the_wrong_one(self):
        """And the server repeats in its refusal what it was sent."""
        site = self.sited(WRONG)
        self.assert_exit(1, self.say(site, "doctor"))
        self.assert_exit(1, self.say(site, "run", "--all", "--json"))
        self.assertGreater(self.proxy.refused, 0)
        self.assertEqual({}, site.bucket.etags())
        # Refused before a run began.
        self.say_everything(site, has_run=False)
        self.assert_kept(site)

    def test_of_a_run_that_crashes(self):
        self.proxy.pace = 0.5
        for number in (signal.SIGABRT, signal.SIGSEGV):
            with self.subTest(number.name):
                site = self.sited_for(number)
                child = site.start("run", "--all", "--json", "--concurrency", "2")
                seen = lambda: '"stored"' in child.out.read_text()  # noqa: E731
                wait_until(lambda: child.poll() is not None or seen(), "something is stored")
                self.assertIsNone(child.poll())
                self.crash(child.pid, number, child.err)
                self.assertNotEqual(0, child.wait(10))
                self.assert_kept(site)

    @staticmethod
    def crash(pid, number, log):
        """Lets Swift write its own report of the crash, and then ends the process for good.

        A signal that came from outside is no crash in the program's code: it would go on once the report is there.
        """
        os.kill(pid, number)
        wait_until(lambda: b"Backtrace took" in log.read_bytes(), f"a report in {log.name}", seconds=60)
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)

    def sited_for(self, number):
        environment = surroundings(
            AWS_ACCESS_KEY_ID=self.weed.access_key, AWS_SECRET_ACCESS_KEY=SECRET, AWS_SESSION_TOKEN=TOKEN,
            SWIFT_BACKTRACE="enable=yes,interactive=no,color=no")
        return self.bucket_site(
            self.source, self.weed, name=number.name, endpoint=self.proxy.endpoint, environment=environment)

    def test_of_a_console_and_its_engine(self):
        """The engine is started by the console, with the console's environment and not with arguments."""
        self.proxy.pace = 0.5
        site = self.sited(TERM="tmux-256color", SWIFT_BACKTRACE="enable=yes,interactive=no,color=no",
                          XDG_CONFIG_HOME=str(self.folder / "config"), LANG="C.UTF-8")
        tmux = Tmux(self, ["sh", self.script(site)], {}, width=120, height=36)
        tmux.see("No course is known yet")
        tmux.keys("L")
        tmux.see("Courses 2 ")
        tmux.keys("*", "r")
        phrase = re.search("type (.+) to confirm", tmux.see("type .+ to confirm"))[1]
        tmux.bytes(phrase)
        tmux.see(f"confirm: {re.escape(phrase)}_")
        tmux.keys("Enter")
        run = wait_until(lambda: self.run_of(site), "an engine")
        self.addCleanup(self.kill, run["pid"])
        wait_until(lambda: self.proxy.written, "something is stored", seconds=30)
        engine_log = site.folder / f"{site.ledger.name}.engine.log"
        self.crash(run["pid"], signal.SIGABRT, engine_log)
        # It has a guard of its own, which gives the terminal back; the first one, from outside, may be survived.
        signals = iter([signal.SIGABRT, signal.SIGABRT, signal.SIGKILL])

        def is_dead():
            if tmux.show("#{pane_dead}") != "1" and (number := next(signals, None)):
                os.kill(int(tmux.show("#{pane_pid}")), number)
            return tmux.show("#{pane_dead}") == "1"
        wait_until(is_dead, "the console's end", seconds=20, every=1)
        self.shown.append(("the console's terminal", tmux.screen("-S", "-").encode()))
        self.assert_kept(site)

    def script(self, site):
        """Sets the variables and becomes the console: tmux would have them as arguments."""
        variables = [f"export {name}={shlex.quote(site.environment[name])}" for name in site.environment
                     if name.isidentifier()]
        line = shlex.join(str(word) for word in [required("MALLOW"), *site.command("run")[2:]])
        path = self.folder / "console.sh"
        path.write_text("\n".join([*variables, f"exec {line}", ""]))
        return path

    def run_of(self, site):
        if not site.ledger.exists():
            return None
        status = site.call("status", "--json")
        run = status.json.get("run") if status.exit == 0 else None
        return run if run and run.get("heartbeat_age") is not None else None

    @staticmethod
    def kill(pid):
        with contextlib.suppress(OSError):
            if b"mallow" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)

    def test_of_an_address_with_a_secret_in_it(self):
        """It does not belong there, and who refuses it does not repeat it into a log."""
        for number, place in enumerate((
            f"s3://{self.weed.access_key}:{SECRET}@transcripts",
            f"s3://transcripts?endpoint=http://{self.weed.access_key}:{SECRET}@127.0.0.1:9",
            f"s3://transcripts?secret_key={SECRET}", f"s3://transcripts?{SECRET}",
        )):
            with self.subTest(place.replace(SECRET, "…")):
                (self.folder / f"{number}").mkdir()
                site = self.bucket_site(self.source, self.weed, name=f"{number}/site")
                site.url = place
                result = site.call("run", "--all")
                self.assertEqual(2, result.exit, result.err)
                self.assertNotIn(SECRET[:PIECE], result.out + result.err)
                self.assertFalse(site.ledger.exists())


if __name__ == "__main__":
    unittest.main()
