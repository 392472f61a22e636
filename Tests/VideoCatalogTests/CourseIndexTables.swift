// SPDX-License-Identifier: Apache-2.0

/// The platform's course index as its own migrations make it. Open edX: section 4.4.
enum CourseIndexTables {
    /// In an SQLite file.
    static let sqlite = [
        """
        CREATE TABLE split_modulestore_django_splitmodulestorecourseindex (
            id integer NOT NULL PRIMARY KEY AUTOINCREMENT, objectid varchar(24) NOT NULL UNIQUE,
            course_id varchar(255) NOT NULL UNIQUE, org varchar(255) NOT NULL, draft_version varchar(24) NOT NULL,
            published_version varchar(24) NOT NULL, library_version varchar(24) NOT NULL,
            wiki_slug varchar(255) NOT NULL, base_store varchar(20) NOT NULL, edited_by_id integer NULL,
            edited_on datetime NOT NULL, last_update datetime NOT NULL
        )
        """,
        """
        CREATE TABLE split_modulestore_django_historicalsplitmodulestorecourseindex (
            id integer NOT NULL, objectid varchar(24) NOT NULL, course_id varchar(255) NOT NULL,
            org varchar(255) NOT NULL, draft_version varchar(24) NOT NULL, published_version varchar(24) NOT NULL,
            library_version varchar(24) NOT NULL, wiki_slug varchar(255) NOT NULL, base_store varchar(20) NOT NULL,
            edited_by_id integer NULL, edited_on datetime NOT NULL, last_update datetime NOT NULL,
            history_id integer NOT NULL PRIMARY KEY AUTOINCREMENT, history_date datetime NOT NULL,
            history_change_reason varchar(100) NULL, history_type varchar(1) NOT NULL, history_user_id integer NULL
        )
        """,
    ]

    /// On a MySQL or MariaDB server. The platform's migration gives `course_id` a collation in which case counts.
    static let mysql = [
        """
        CREATE TABLE split_modulestore_django_splitmodulestorecourseindex (
            id integer AUTO_INCREMENT NOT NULL PRIMARY KEY, objectid varchar(24) NOT NULL UNIQUE,
            course_id varchar(255) CHARACTER SET utf8 COLLATE utf8_bin NOT NULL UNIQUE, org varchar(255) NOT NULL,
            draft_version varchar(24) NOT NULL, published_version varchar(24) NOT NULL,
            library_version varchar(24) NOT NULL, wiki_slug varchar(255) NOT NULL, base_store varchar(20) NOT NULL,
            edited_by_id integer NULL, edited_on datetime(6) NOT NULL, last_update datetime(6) NOT NULL,
            KEY (org), KEY (wiki_slug)
        )
        """,
        """
        CREATE TABLE split_modulestore_django_historicalsplitmodulestorecourseindex (
            id integer NOT NULL, objectid varchar(24) NOT NULL,
            course_id varchar(255) CHARACTER SET utf8 COLLATE utf8_bin NOT NULL, org varchar(255) NOT NULL,
            draft_version varchar(24) NOT NULL, published_version varchar(24) NOT NULL,
            library_version varchar(24) NOT NULL, wiki_slug varchar(255) NOT NULL, base_store varchar(20) NOT NULL,
            edited_by_id integer NULL, edited_on datetime(6) NOT NULL, last_update datetime(6) NOT NULL,
            history_id integer AUTO_INCREMENT NOT NULL PRIMARY KEY, history_date datetime(6) NOT NULL,
            history_change_reason varchar(100) NULL, history_type varchar(1) NOT NULL, history_user_id integer NULL,
            KEY (id), KEY (objectid), KEY (course_id), KEY (org), KEY (wiki_slug)
        )
        """,
    ]
}
