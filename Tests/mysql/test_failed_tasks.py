# SPDX-License-Identifier: Apache-2.0
"""A course that fails for good is a failed task of edX's: its own model reads it, and its own task class keeps the same."""
import json
import sys
import unittest
import uuid
from datetime import datetime, timezone

from mysql_site import DatabaseTests

import fleet  # beside program, where mysql_site leads
from program import EDXVAL, call

COURSE, TASK = "course-v1:FleetX+F000+2018", "mallow.migrate_course"
# With it the exception is longer than its column, and holds letters of two, three and four bytes where it is cut.
LONG = "Größe_水_𝒢_" * 14 + ".sjson"
COLUMNS = "task_name, task_id, args, kwargs, exc, datetime_resolved"

# What runs in edX's own Django gives its result as `answer`.
TASKS = """
from celery_utils.models import FailedTask

def shown(time):
    assert time is None or time.tzinfo, "Django reads it as a time of a zone"
    return time and time.timestamp()

answer = [
    {"task_name": task.task_name, "task_id": task.task_id, "args": task.args, "kwargs": task.kwargs, "exc": task.exc,
     "created": shown(task.created), "modified": shown(task.modified), "resolved": shown(task.datetime_resolved),
     "says": str(task)}
    for task in FailedTask.objects.order_by("id")
]
"""
# `apply` runs a task here, as a worker would: no broker is asked.
FAIL = """
import celery, logging
from celery_utils.models import FailedTask
from celery_utils.persist_on_failure import LoggedPersistOnFailureTask

logging.disable()

class Told(Exception):
    def __repr__(self):
        return {exception!r}

@celery.Celery("platform", broker="memory://").task(base=LoggedPersistOnFailureTask, name={name!r})
def fail(course):
    raise Told

answer = []
for task_id in {task_ids!r}:
    fail.apply([{course!r}], task_id=task_id)
    answer.append(FailedTask.objects.count())
"""
REAPPLY = """
from celery_utils.models import FailedTask

try:
    FailedTask.objects.get().reapply()
    answer = "sent again"
except TypeError as error:
    answer = str(error)
"""
MIGRATIONS = """
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

call_command("makemigrations", "celery_utils", check_changes=True, dry_run=True, verbosity=0)
loader = MigrationLoader(connection)
answer = [sorted(name for app, name in found if app == "celery_utils")
          for found in (loader.disk_migrations, loader.applied_migrations)]
"""


class FailedTaskTests(DatabaseTests):
    def setUp(self):
        super().setUp()
        self.exports = self.folder / "fleet"
        self.total = fleet.make_fleet(self.exports, 2, 3, 2)
        self.site = self.mysql_site(self.exports)
        self.corrupt(self.exports / "course-000")
        self.began = datetime.now(timezone.utc).timestamp()
        self.assert_exit(1, self.site.call("run", "--all"))

    def corrupt(self, course):
        """One transcript of one video, in a file with a long name."""
        file, = course.glob("static/v000x001-*")
        video = course / "video/v000x001.xml"
        video.write_text(video.read_text().replace(file.name, LONG))
        self.asset, self.good = file.rename(file.with_name(LONG)), file.with_name(LONG).read_bytes()
        self.asset.write_text('{"start": [1, 2, 3], "end": [1, 2], "text": ["cell"]}')

    def edx(self, code):
        begin = f"import json, read_back; read_back.start_django({self.site.endpoint!r}, {str(self.site.store)!r})\n"
        done = call([sys.executable, "-B", "-c", f"{begin}{code}\nprint(json.dumps(answer))"], cwd=EDXVAL,
                    env=self.site.environment)
        self.assert_exit(0, done)
        return json.loads(done.out.splitlines()[-1])

    def raw(self):
        with self.site.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"SELECT {COLUMNS} FROM celery_utils_failedtask ORDER BY id")
            return cursor.fetchall()

    def test_tables_are_those_of_edx(self):
        on_disk, applied = self.edx(MIGRATIONS)
        self.assertGreaterEqual(len(on_disk), 3)
        self.assertEqual(on_disk, applied)

    def test_edx_reads_the_task_of_a_course_that_failed(self):
        task, = self.edx(TASKS)
        self.assertEqual((TASK, [COURSE], {}), (task["task_name"], task["args"], task["kwargs"]))
        self.assertEqual(str(uuid.UUID(task["task_id"])), task["task_id"])
        self.assertIsNone(task["resolved"])
        self.assertTrue(task["says"].endswith("(not resolved)"), task["says"])
        now = datetime.now(timezone.utc).timestamp()
        self.assertTrue(self.began <= task["created"] <= task["modified"] <= now, task)

    def test_task_is_kept_as_edx_keeps_its_own(self):
        ours, = self.raw()
        exception = self.site.call("failures", "--json").json["tasks"][0]["exception"]
        self.assertGreater(len(exception.replace(",", "")), 255, "it must be one that is cut")
        self.assertIn(",", exception)
        another = str(uuid.uuid4())
        code = FAIL.format(exception=exception, name=TASK, course=COURSE, task_ids=[ours[1], another])
        self.assertEqual([1, 2], self.edx(code), "edX takes our row for the task's own, and adds none; then one of another")
        _, theirs = self.raw()
        self.assertEqual((another, *ours[:1], *ours[2:]), (theirs[1], *theirs[:1], *theirs[2:]), "as text, column by column")

    def test_task_is_resolved_when_its_course_succeeds(self):
        self.assert_exit(1, self.site.call("failures", "--retry"))
        before, = self.edx(TASKS)
        self.assertIsNone(before["resolved"], "it failed again, and is the same task")
        self.asset.write_bytes(self.good)
        self.assert_exit(0, self.site.call("failures", "--retry"))
        task, = self.edx(TASKS)
        self.assertTrue(task["says"].endswith("(resolved)"), task["says"])
        now = datetime.now(timezone.utc).timestamp()
        self.assertTrue(before["modified"] < task["resolved"] <= task["modified"] <= now, (before, task))
        kept = ("task_name", "task_id", "args", "kwargs", "exc", "created")
        self.assertEqual([before[name] for name in kept], [task[name] for name in kept])
        self.assertIn("Cannot reapply a resolved task", self.edx(REAPPLY))
        self.assert_clean(self.site)
        self.assertEqual(self.total, len(self.site.transcripts()))
        self.assertEqual([], self.site.call("failures", "--json").json["tasks"])


if __name__ == "__main__":
    unittest.main()
