# SPDX-License-Identifier: Apache-2.0
"""Production and staging on one SeaweedFS and one MariaDB: a bucket, a database and a database's user for each, and a
`mallow.yaml` that names both. Runs beside Tests/s3/servers.py and Tests/mysql/database.py, as Tests/run starts them.
"""
import hashlib
import os
import sys
from pathlib import Path

import boto3
import pymysql
from botocore.config import Config

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "process"))

from program import required, call

TRANSCRIPTS = "edxval_videotranscript"
TEMPLATE = "edxval"  # has the tables that edx-val's own migrations make


def variable(name):
    value = os.environ.get(name)
    if not value:
        raise AssertionError(f"{name} is missing: start these tests with Tests/run servers")
    return value


class Side:
    """One of the two, as nobody but a test sees it: by clients that are not ours."""

    def __init__(self, name, port=None):
        """On the MariaDB that Tests/run starts, or one at another port with the same tables and users."""
        self.name, self.bucket, self.database = name, f"mallow-{name}", f"{name}_edxval"
        self.password = f"{name}/secret'word"
        self.port = port or int(variable("MALLOW_MYSQL").rpartition(":")[2])
        self.s3 = boto3.client(
            "s3", endpoint_url=variable("MALLOW_S3_SEAWEEDFS"), region_name=variable("MALLOW_S3_REGION"),
            aws_access_key_id=variable("MALLOW_S3_ACCESS_KEY"), aws_secret_access_key=variable("MALLOW_S3_SECRET_KEY"),
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, proxies={},
                          request_checksum_calculation="when_required", response_checksum_validation="when_required"))

    def connect(self, database=None):
        """As the user who may do everything."""
        return pymysql.connect(host="127.0.0.1", port=self.port, user="mallow", autocommit=True,
                               password=variable("MALLOW_CATALOG_PASSWORD"), database=database or self.database)

    def make(self):
        """An empty bucket, and a database whose user has no right to any other."""
        if self.bucket not in [bucket["Name"] for bucket in self.s3.list_buckets()["Buckets"]]:
            self.s3.create_bucket(Bucket=self.bucket)
        self.empty_bucket()
        with self.connect(TEMPLATE) as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {self.database}")
            cursor.execute(f"CREATE DATABASE {self.database}")
            cursor.execute(f"CREATE OR REPLACE USER {self.name}@'127.0.0.1' IDENTIFIED BY %s", [self.password])
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {self.database}.* TO {self.name}@'127.0.0.1'")
            cursor.execute("SHOW TABLES")
            definitions = []
            for table, in cursor.fetchall():
                cursor.execute(f"SHOW CREATE TABLE {table}")
                definitions.append(cursor.fetchone()[1])
            cursor.execute(f"USE {self.database}")
            cursor.execute("SET foreign_key_checks = 0")
            for definition in definitions:
                cursor.execute(definition)

    def objects(self):
        """Key → what says whether it is still the same object, without its bytes."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        return {item["Key"]: (item["ETag"], item["LastModified"]) for page in pages for item in page.get("Contents", [])}

    def keys(self):
        return sorted(self.objects())

    def empty_bucket(self):
        for key in self.keys():
            self.s3.delete_object(Bucket=self.bucket, Key=key)

    def tables(self):
        """Table → its rows, of every table there is."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SHOW TABLES")
            tables = {}
            for table, in cursor.fetchall():
                cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
                tables[table] = [tuple(map(repr, row)) for row in cursor.fetchall()]
            return tables

    def inventory(self):
        """Every object with its bytes' hash, ETag and time, and every row."""
        objects = {}
        for key in self.keys():
            found = self.s3.get_object(Bucket=self.bucket, Key=key)
            objects[key] = (hashlib.sha256(found["Body"].read()).hexdigest(), found["ETag"], found["LastModified"])
        return objects, self.tables()

    def named(self):
        """The objects that rows name."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"SELECT transcript FROM {TRANSCRIPTS}")
            return sorted(name for name, in cursor.fetchall())

    def empty(self):
        self.empty_bucket()
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SET foreign_key_checks = 0")
            for table in self.tables():
                cursor.execute(f"TRUNCATE {table}")

    def places(self):
        upper = self.name.upper()
        return (f"  store: s3://{self.bucket}?endpoint={variable('MALLOW_S3_SEAWEEDFS')}"
                f"&region={variable('MALLOW_S3_REGION')}&addressing=path\n"
                f"  catalog: mysql://{self.name}@127.0.0.1:{self.port}/{self.database}\n"
                "  secrets:\n"
                f"    catalog_password: {{env: {upper}_CATALOG}}\n"
                f"    aws_access_key_id: {{env: {upper}_ID}}\n    aws_secret_access_key: {{env: {upper}_SECRET}}\n")

    def secrets(self):
        upper = self.name.upper()
        return {f"{upper}_CATALOG": self.password, f"{upper}_ID": variable("MALLOW_S3_ACCESS_KEY"),
                f"{upper}_SECRET": variable("MALLOW_S3_SECRET_KEY")}


class TwoPlatforms:
    """One folder with one `mallow.yaml`; what an operator's shell has are the secrets, under names of their own."""

    def __init__(self, folder, source):
        self.folder, self.source = Path(folder), source
        self.production, self.staging = Side("production"), Side("staging")
        for side in (self.production, self.staging):
            side.make()
        self.configure()

    def configure(self, window="", staging=None):
        (self.folder / "mallow.yaml").write_text(
            f"production:\n  source: olx:{self.source}\n{self.production.places()}"
            f"staging:\n{staging or self.staging.places()}ledger: mallow.ledger\n{window}")

    @property
    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MALLOW_"))}
        return {**kept, "AWS_EC2_METADATA_DISABLED": "true", "HOME": str(self.folder),
                "XDG_CONFIG_HOME": str(self.folder / "config"), "XDG_STATE_HOME": str(self.folder / "state"),
                **self.production.secrets(), **self.staging.secrets()}

    def mallow(self, *arguments, timeout=150, **environment):
        return call([required("MALLOW"), *arguments], timeout, cwd=self.folder, env={**self.environment, **environment})

    def rehearse(self):
        """In a shell that has production's secrets under their usual names."""
        return self.mallow("run", "--rehearsal", "--all", MALLOW_CATALOG_PASSWORD=self.production.password,
                           AWS_ACCESS_KEY_ID="PRODUCTIONSKEY", AWS_SECRET_ACCESS_KEY="production/secret")
