# SPDX-License-Identifier: Apache-2.0
"""How fast transcripts go to S3, beside the fastest tools there are: a table, by hand.

    swift build -c release -Xswiftc -enable-testing
    $(Tests/s3/venv.sh) Tests/s3/figures.py [--objects 20000] [--rounds 3] [--in-flight 32] [--only puts|run|memory]

MALLOW names another program to measure, such as the one that operators build.

Puts alone go to nginx on tmpfs, which stores bytes and checks nothing; whole runs go to SeaweedFS. Everything that is
compared takes turns in the same run, on the same files, with the same number in flight; but "plain" is a tool as it comes.
Beside whole runs stand the two requests alone that a run makes for each object: what no run can be faster than.
"""
import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from processes import scratch_folder
from server import ACCESS_KEY, BUCKET, REGION, SECRET_KEY
from servers import Servers

ROOT = Path(__file__).resolve().parents[2]
RELEASE = ROOT / ".build" / "release"
MALLOW = os.environ.get("MALLOW", RELEASE / "mallow")
TOOLS = Path(sys.executable).parent


def processor_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(command, environment, server):
    """Seconds, processor seconds of the client and of the server, and what it said."""
    served = processor_seconds(server.child.process.pid)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, error = process.communicate()
    seconds = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {process.returncode}: {error[-2000:]}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, used, processor_seconds(server.child.process.pid) - served, out


def environment(**more):
    kept = {name: os.environ[name] for name in ("PATH", "HOME")}
    return {**kept, "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true", **more}


class Figures:
    def __init__(self, arguments, folder):
        self.arguments, self.folder, self.count = arguments, Path(folder), arguments.objects
        self.fleet, self.files = self.folder / "fleet", self.folder / "files"

    def make(self):
        subprocess.run([RELEASE / "benchmarks", "fleet", "--transcripts", str(self.count), "--folder", self.fleet], check=True)
        self.files.mkdir()
        for file in self.fleet.glob("*/static/*.srt"):
            os.link(file, self.files / file.name)

    def line(self, name, seconds, used, served, note=""):
        each = f"{used / self.count * 1e6:5.0f} us of CPU each, the server {served / self.count * 1e6:5.0f} us"
        print(f"  {name:<16} {self.count / seconds:6.0f} objects/s  {each}  {note}", flush=True)

    def s5cmd(self, server, round_):
        return measured(
            [TOOLS / "s5cmd", "--numworkers", str(self.arguments.in_flight), "--endpoint-url", server.endpoint, "cp",
             f"{self.files}/*", f"s3://{BUCKET}/s5cmd-{round_}/"], environment(), server)

    def rclone(self, server, round_):
        return self.rclone_copy(server, f"rclone-{round_}", "--transfers", str(self.arguments.in_flight))

    def plain_rclone(self, server, round_):
        return self.rclone_copy(server, f"plain-rclone-{round_}")

    def rclone_copy(self, server, name, *options):
        remote = {f"RCLONE_CONFIG_IT_{name}": value for name, value in {
            "TYPE": "s3", "PROVIDER": "Other", "ENDPOINT": server.endpoint, "ACCESS_KEY_ID": ACCESS_KEY,
            "SECRET_ACCESS_KEY": SECRET_KEY, "REGION": REGION}.items()}
        return measured([TOOLS / "rclone", "copy", str(self.files), f"it:{BUCKET}/{name}", *options],
                        environment(RCLONE_CONFIG="/dev/null", **remote), server)

    def store(self, server, name, *options):
        return measured(
            [RELEASE / "benchmarks", "puts", "--folder", self.files, "--in-flight", str(self.arguments.in_flight),
             "--store", f"//{BUCKET}/{name}?endpoint={server.endpoint}", *options], environment(), server)

    def requests(self, server, round_):
        return self.store(server, f"requests-{round_}", "--look")

    def puts(self):
        print(f"puts alone, {self.count} objects of 20 KB, {self.arguments.in_flight} in flight, to nginx on tmpfs")
        with Servers("nginx") as servers:
            server = servers["nginx"]
            speeds, costs = [], []
            for round_ in range(self.arguments.rounds):
                ours = self.store(server, f"ours-{round_}")
                theirs = self.s5cmd(server, round_)
                self.line("mallow's store", *ours[:3], ours[3].strip())
                self.line("s5cmd cp", *theirs[:3])
                speeds.append(theirs[0] / ours[0])
                costs.append(ours[1] / theirs[1])
            print(f"  against s5cmd: {', '.join(f'{s:.2f}' for s in speeds)} times as fast, "
                  f"{', '.join(f'{c:.2f}' for c in costs)} of its CPU for each object")

    def warm(self, server):
        """A new server makes its volumes at its first object, and lets that wait for seconds."""
        file = next(self.files.iterdir())
        measured([TOOLS / "s5cmd", "--endpoint-url", server.endpoint, "cp", file, f"s3://{BUCKET}/first"],
                 environment(), server)

    def mallow_command(self, server, name, in_flight):
        place = self.folder / name
        place.mkdir()
        return [MALLOW, "run", "--all", "--source", f"olx:{self.fleet}", "--concurrency", str(in_flight),
                "--store", f"s3://{BUCKET}/{name}?endpoint={server.endpoint}",
                "--catalog", f"sqlite:{place / 'edxval.sqlite'}", "--ledger", str(place / "ledger")]

    def mallow(self, server, round_):
        return measured(self.mallow_command(server, f"ours-{round_}", self.arguments.in_flight), environment(), server)

    def run(self):
        print(f"a whole run, {self.count} transcripts of 20 KB, {self.arguments.in_flight} videos in flight, to SeaweedFS")
        tools = [("mallow run", self.mallow), ("s5cmd cp", self.s5cmd), ("rclone copy", self.rclone),
                 ("plain rclone", self.plain_rclone), ("requests alone", self.requests)]
        rounds = []
        with Servers("seaweedfs") as servers:
            server = servers["seaweedfs"]
            self.warm(server)
            for round_ in range(self.arguments.rounds):
                # A server with more in it is slower: each begins in its turn.
                seconds = {}
                begin = round_ % len(tools)
                for name, tool in tools[begin:] + tools[:begin]:
                    took = tool(server, round_)
                    self.line(name, *took[:3])
                    seconds[name] = took[0]
                rounds.append(seconds)
        of = {name: [seconds[name] for seconds in rounds] for name, _ in tools}
        compared = [("mallow run", other) for other in of if other != "mallow run"] + [("requests alone", "s5cmd cp")]
        for one, other in compared:
            ratios = ", ".join(f"{their / our:.2f}" for our, their in zip(of[one], of[other]))
            print(f"  {one} against {other}: {ratios} times as fast, {sum(of[other]) / sum(of[one]):.2f} in all")

    def memory(self):
        print(f"512 videos in flight, {self.count} transcripts, to SeaweedFS")
        with Servers("seaweedfs") as servers:
            process = subprocess.Popen(
                self.mallow_command(servers["seaweedfs"], "memory", 512), env=environment(), stdout=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            print(f"  peak memory {usage.ru_maxrss / 1024:.0f} MB, exit {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--objects", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--only", choices=("puts", "run", "memory"))
    options = parser.parse_args()
    with scratch_folder() as scratch:
        figures = Figures(options, scratch)
        figures.make()
        for name in ("puts", "run", "memory"):
            if options.only in (None, name):
                getattr(figures, name)()
