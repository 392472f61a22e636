# SPDX-License-Identifier: Apache-2.0
"""How many videos a second the program commits to a database, beside a plain client in C: figures to read, run by hand.

    MALLOW=... $(Tests/edxval/venv.sh) Tests/mysql/figures.py [--rounds N] [--videos N] [--transcripts N] [--connections N]
                                                   [--folder PATH]

All go to one private MariaDB and take turns there; it lies in memory, or in --folder, where a commit waits for the disk.
The plain client sends the statements of plain_client.c, which are those of a video that is migrated, and does nothing else.
The catalog alone (`benchmarks commits`, beside the program) does the same by the program's own code. The program does a whole run: it reads exports, hashes, stores objects (in memory), keeps its ledger (there, too) and proves
each video.
"""
import argparse
import os
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from database import running_database
from mysql_site import MySQLSite

import fleet  # beside program, where mysql_site leads
from processes import scratch_folder

HERE = Path(__file__).resolve().parent
# Loaded into the program: who sends a statement is a thread of the catalog's, and is called so. Nothing else tells them apart.
NAMES = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/prctl.h>
#include <unistd.h>

int mysql_stmt_execute(void *statement) {
    static int (*next)(void *);
    static _Thread_local int named;
    if (!next) next = (int (*)(void *))dlsym(RTLD_NEXT, "mysql_stmt_execute");
    if (!named && gettid() != getpid()) prctl(PR_SET_NAME, "catalog");
    named = 1;
    return next(statement);
}
"""


def processor_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def seconds_by_thread(pid):
    """What the scheduler gave to threads, added up by their names; nothing for a process that has ended."""
    used = Counter()
    for task in Path("/proc").glob(f"{pid}/task/*"):
        try:
            used[(task / "comm").read_text().strip()] += int((task / "schedstat").read_text().split()[0]) / 1e9
        except OSError:
            continue  # a thread that ended meanwhile
    return used


class Watch:
    """The server's count of commits while somebody works, and what the threads of `pid` have used so far."""

    def __init__(self, site, pid=None):
        self.site, self.pid, self.samples, self.threads = site, pid, [], Counter()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        with self.site.connect() as connection, connection.cursor() as cursor:
            while not self.over.is_set():
                cursor.execute("SHOW GLOBAL STATUS LIKE 'Com_commit'")
                self.samples.append((time.monotonic(), int(cursor.fetchone()[1])))
                if self.pid and len(self.samples) % 10 == 0:
                    self.threads = seconds_by_thread(self.pid) or self.threads
                self.over.wait(0.02)

    def end(self):
        """Commits a second without the first and the last tenth of them."""
        self.over.set()
        self.thread.join()
        first, last = self.samples[0][1], self.samples[-1][1]
        middle = [s for s in self.samples if 0.1 <= (s[1] - first) / max(1, last - first) <= 0.9]
        if len(middle) < 5:
            raise SystemExit("too short to be measured: --videos more")
        return (middle[-1][1] - middle[0][1]) / (middle[-1][0] - middle[0][0])


class Figures:
    def __init__(self, arguments, folder, database):
        self.arguments, self.folder, self.database = arguments, folder, database
        self.exports = folder / "exports"
        fleet.make_fleet(self.exports, 4, arguments.videos // 4, arguments.transcripts)
        self.client = folder / "plain_client"
        self.names = folder / "names.so"
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-xc", "-", "-o", self.names], input=NAMES, text=True, check=True)
        flags = [shlex.split(subprocess.check_output(["mariadb_config", option], text=True)) for option in ("--cflags", "--libs")]
        subprocess.run(["gcc", "-O2", *flags[0], HERE / "plain_client.c", "-o", self.client, *flags[1], "-pthread"], check=True)

    def fresh(self, name):
        place = self.folder / name
        place.mkdir()
        site = MySQLSite(place, self.exports)
        site.database = self.database
        site.empty()
        return site

    def measured(self, site, command, preload=None):
        """Commits a second; microseconds of processor for each video: the server's, the client's, and by thread."""
        server = self.database.child.process.pid
        served, before = processor_seconds(server), resource.getrusage(resource.RUSAGE_CHILDREN)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=site.environment | ({"LD_PRELOAD": str(preload)} if preload else {}))
        watch = Watch(site, process.pid if preload else None)
        _, error = process.communicate()
        rate = watch.end()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if process.returncode:
            raise SystemExit(f"{command[0]} ended with {process.returncode}: {error.decode()[-2000:]}")
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        served = processor_seconds(server) - served
        each = 1e6 / self.arguments.videos
        return rate, served * each, used * each, Counter({name: s * each for name, s in watch.threads.items()})

    def plain(self, number):
        site = self.fresh(f"plain-{number}")
        words = (self.database.port, self.arguments.connections, self.arguments.videos, self.arguments.transcripts)
        return self.measured(site, [self.client, *map(str, words)])

    def catalog(self, number):
        site = self.fresh(f"catalog-{number}")
        words = {"port": self.database.port, "videos": self.arguments.videos, "transcripts": self.arguments.transcripts,
                 "connections": self.arguments.connections}
        benchmarks = Path(os.environ["MALLOW"]).with_name("benchmarks")
        return self.measured(site, [benchmarks, "commits", *(part for name, n in words.items() for part in (f"--{name}", str(n)))])

    def program(self, number):
        site = self.fresh(f"program-{number}")
        words = ["--all", "--json", "--concurrency", str(self.arguments.connections)]
        result = self.measured(site, site.command("run", *words), self.names)
        shutil.rmtree(site.folder)
        return result

    def run(self):
        results = {"plain client": [], "catalog": [], "program": []}
        for number in range(self.arguments.rounds):
            turns = [("plain client", self.plain), ("catalog", self.catalog), ("program", self.program)]
            for name, measure in turns if number % 2 else turns[::-1]:
                rate, served, used, threads = measure(number)
                results[name].append((rate, served, used, threads))
                print(f"  {name:<12} {rate:6.0f} commits/s   server {served:4.0f} us of CPU each, client {used:4.0f} us", flush=True)
        rates = {name: statistics.median(r[0] for r in rounds) for name, rounds in results.items()}
        costs = {name: statistics.median(r[1] for r in rounds) for name, rounds in results.items()}
        alone = statistics.median(r[2] for r in results["plain client"])
        print(f"{self.arguments.videos} videos of {self.arguments.transcripts}, {self.arguments.connections} connections: plain client "
              f"{rates['plain client']:.0f} commits/s, the catalog alone {rates['catalog']:.0f}: "
              f"{rates['catalog'] / rates['plain client']:.1%}; program {rates['program']:.0f}: "
              f"{rates['program'] / rates['plain client']:.1%} in a whole run (medians of {self.arguments.rounds})")
        threads = sum((r[3] for r in results["program"]), Counter())
        shown = {name: used / self.arguments.rounds for name, used in threads.most_common(6)}
        print("program's CPU by thread, us each: " + ", ".join(f"{name} {used:.0f}" for name, used in shown.items()))
        print(f"with the server, us each: plain client {alone:.0f} + {costs['plain client']:.0f}, "
              f"catalog alone {statistics.median(r[2] for r in results['catalog']):.0f} + {costs['catalog']:.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--videos", type=int, default=8000)
    parser.add_argument("--transcripts", type=int, default=1)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--folder", type=Path, help="where the database lies, else in memory")
    arguments = parser.parse_args()
    server = running_database(arguments.folder)
    with scratch_folder("mallow-figures-") as folder, server as database:
        Figures(arguments, folder, database).run()


if __name__ == "__main__":
    sys.exit(main())
