# SPDX-License-Identifier: Apache-2.0
"""The platform's course index in SQL, which releases since Maple read their heads from. Open edX: section 4.4 of its facts."""
import pymysql

TABLE = "split_modulestore_django_splitmodulestorecourseindex"
HISTORY = "split_modulestore_django_historicalsplitmodulestorecourseindex"
COLUMNS = """
    course_id varchar(255) CHARACTER SET utf8 COLLATE utf8_bin NOT NULL {unique}, org varchar(255) NOT NULL,
    objectid varchar(24) NOT NULL {unique}, draft_version varchar(24) NOT NULL, published_version varchar(24) NOT NULL,
    library_version varchar(24) NOT NULL, wiki_slug varchar(255) NOT NULL, base_store varchar(20) NOT NULL,
    edited_by_id integer NULL, edited_on datetime(6) NOT NULL, last_update datetime(6) NOT NULL, KEY (org), KEY (wiki_slug)
"""
DEFINITIONS = [
    f"CREATE TABLE {TABLE} (id integer AUTO_INCREMENT NOT NULL PRIMARY KEY, {COLUMNS.format(unique='UNIQUE')})",
    f"""CREATE TABLE {HISTORY} (
        id integer NOT NULL, {COLUMNS.format(unique='')}, KEY (id), KEY (course_id), KEY (objectid),
        history_id integer AUTO_INCREMENT NOT NULL PRIMARY KEY, history_date datetime(6) NOT NULL,
        history_change_reason varchar(100) NULL, history_type varchar(1) NOT NULL, history_user_id integer NULL
    )""",
]


class CourseIndex:
    """The two tables in one database, as the platform's own code would fill and read them."""

    def __init__(self, connect, courses):
        """Makes both tables, and a row for each course and library of split, with the history of its making."""
        self.connect = connect
        with self.connect() as connection, connection.cursor() as cursor:
            for definition in DEFINITIONS:
                cursor.execute(definition)
            for stored in courses:
                for index in stored.collections.get("modulestore.active_versions", ()):
                    insert(cursor, TABLE, row_of(stored.key, index))
        self.made = self.rows()
        with self.connect() as connection, connection.cursor() as cursor:
            for row in self.made.values():
                insert(cursor, HISTORY, row | {"history_date": row["last_update"], "history_type": "+"})

    def rows(self):
        """Course key → its row."""
        return {row["course_id"]: row for row in self.select(TABLE)}

    def changes(self):
        """Course key → what its history says after it was made."""
        found = {}
        for row in self.select(HISTORY, "WHERE history_type <> '+' ORDER BY history_id"):
            found.setdefault(row["course_id"], []).append(row)
        return found

    def select(self, table, rest=""):
        with self.connect() as connection, connection.cursor(pymysql.cursors.DictCursor) as cursor:
            cursor.execute(f"SELECT * FROM {table} {rest}")
            return cursor.fetchall()


def row_of(key, index):
    """What the platform writes into SQL beside a course's document in MongoDB."""
    versions = index["versions"]
    draft, published, library = (str(versions.get(name, "")) for name in ("draft-branch", "published-branch", "library"))
    return {
        "objectid": str(index["_id"]), "course_id": key, "org": index["org"], "draft_version": draft,
        "published_version": published, "library_version": library,
        "wiki_slug": index["search_targets"].get("wiki_slug", ""), "base_store": "mongodb",
        "edited_by_id": index["edited_by"], "edited_on": index["edited_on"], "last_update": index["last_update"],
    }  # fmt: skip


def insert(cursor, table, row):
    marks = ", ".join(["%s"] * len(row))
    cursor.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
