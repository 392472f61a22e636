# SPDX-License-Identifier: Apache-2.0
"""What planning a large platform costs: figures to read, run by hand.

    MALLOW=... $(Tests/mongo/venv.sh) Tests/mongo/figures.py [--courses N] [--videos N] [--transcripts N] [--longest BYTES]

The courses are in the tests' own MongoDB, whose Python is most of the time that it takes; queries and memory are the
program's.
"""
import argparse
import os
import subprocess
import sys
import time

from loader import load
from server import running_mongo
from synthetic import Fleet, split_fleet


def peak(pid):
    """Megabytes of a process at its largest so far; 0 for one that has ended."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--courses", type=int, default=1000)
    parser.add_argument("--videos", type=int, default=100)
    parser.add_argument("--transcripts", type=int, default=1)
    parser.add_argument("--longest", type=int, default=0, help="bytes that each course's largest block is made to have")
    given = parser.parse_args()
    fleet = Fleet(courses=given.courses, videos=given.videos, transcripts=given.transcripts, longest=given.longest)
    with running_mongo() as server:
        begun = time.monotonic()
        database = server.client()["edxapp"]
        for stored in split_fleet(fleet):
            load(database, stored)
        print(f"{given.courses} courses of {given.videos} videos loaded in {time.monotonic() - begun:.0f} s", flush=True)
        server.reset()
        begun = time.monotonic()
        command = [os.environ["MALLOW"], "plan", "--json", "--source", f"mongodb://{server.address}/edxapp",
                   "--store", f"file:{server.folder}/store", "--catalog", f"sqlite:{server.folder}/edxval.sqlite"]
        program = subprocess.Popen(command, stdout=subprocess.PIPE)
        printed, told, memory = 0, time.monotonic(), []
        while block := program.stdout.read1(1 << 20):
            printed += len(block)
            if time.monotonic() - told > 10:
                told = time.monotonic()
                memory.append(peak(program.pid))
                print(f"  after {told - begun:.0f} s: {printed / 1e6:.0f} MB of plan, {memory[-1]:.0f} MB at most", flush=True)
            else:
                memory.append(peak(program.pid))
        status = program.wait()
        seconds = time.monotonic() - begun
        counts = [(entry["command"], entry["collection"], entry["count"]) for entry in server.counters()["commands"]
                  if entry["command"] in ("find", "getMore")]
        print(f"planned in {seconds:.0f} s, exit {status}, {max(memory):.0f} MB at most")
        for command, collection, count in counts:
            print(f"  {command} {collection}: {count}, {count / given.courses:.2f} a course")
    return status


if __name__ == "__main__":
    sys.exit(main())
