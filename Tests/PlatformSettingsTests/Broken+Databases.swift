// SPDX-License-Identifier: Apache-2.0

extension Broken {
    /// In `DATABASES`.
    static let databases: [Broken] = [
        Broken(
            "DATABASES:\n", "DATABASE:\n",
            "/lms.yml: DATABASES is missing; perhaps DATABASE in line 11 is meant to be DATABASES."
        ),
        Broken(
            "DATABASES:\n", "DATABASES: []\nOTHER:\n",
            "/lms.yml, line 11, column 1: DATABASES is a list, not a mapping; write keys and values below "
                + "DATABASES:."
        ),
        Broken(
            "  default:\n    ENGINE", "  defualt:\n    ENGINE",
            "/lms.yml, line 11, column 1: DATABASES.default is missing; perhaps defualt in line 12 is meant "
                + "to be default."
        ),
        Broken(
            "  default:\n    ENGINE", "  default: mysql\n  other:\n    ENGINE",
            "/lms.yml, line 12, column 3: DATABASES.default is text, not a mapping; write keys and values "
                + "below default:."
        ),
        Broken(
            "    ENGINE: django.db.backends.mysql\n", "",
            "/lms.yml, line 12, column 3: DATABASES.default.ENGINE is missing; write for example ENGINE: "
                + "django.db.backends.mysql."
        ),
        Broken(
            "    ENGINE: django.db.backends.mysql\n", "    ENGINE: django.db.backends.sqlite3\n",
            "/lms.yml, line 13, column 5: DATABASES.default.ENGINE is SQLite, in which Open edX keeps only "
                + "tests; give the settings of the platform that people use."
        ),
        Broken(
            "    ENGINE: django.db.backends.mysql\n", "    ENGINE: django.db.backends.postgresql\n",
            "/lms.yml, line 13, column 5: DATABASES.default.ENGINE is PostgreSQL, which Mallow does not "
                + "write to; only MySQL and MariaDB can be a catalog."
        ),
        Broken(
            "    ENGINE: django.db.backends.mysql\n", "    ENGINE: django.db.backends.oracle\n",
            "/lms.yml, line 13, column 5: DATABASES.default.ENGINE is Oracle, which Mallow does not write "
                + "to; only MySQL and MariaDB can be a catalog."
        ),
        Broken(
            "    ENGINE: django.db.backends.mysql\n", "    ENGINE: django.db.backends.mysq1\n",
            "/lms.yml, line 13, column 5: DATABASES.default.ENGINE is \"django.db.backends.mysq1\", which "
                + "Mallow does not know; write ENGINE: django.db.backends.mysql."
        ),
        Broken(
            "HOST: db.internal", "HOST: {}",
            "/lms.yml, line 14, column 5: DATABASES.default.HOST is a mapping, not text; write one value in "
                + "quotes after HOST:."
        ),
        Broken(
            "HOST: db.internal", "HOST: /var/run/mysqld/mysqld.sock",
            "/lms.yml, line 14, column 5: DATABASES.default.HOST is a socket's path, which Mallow does not "
                + "connect to; write a host that MySQL listens on, such as 127.0.0.1."
        ),
        Broken(
            "HOST: db.internal", "HOST: edxapp:s3cret@db.internal",
            "/lms.yml, line 14, column 5: DATABASES.default.HOST is no name of a host; write the host alone, "
                + "as port, user and password have keys of their own."
        ),
        Broken(
            "HOST: db.internal", "HOST: \"{{ EDXAPP_MYSQL_HOST }}\"",
            "/lms.yml, line 14, column 5: DATABASES.default.HOST is a template that is not filled in; give "
                + "the file as the platform reads it, or write the value."
        ),
        Broken(
            "HOST: db.internal", "HOST: 2024-01-02",
            "/lms.yml, line 14, column 5: DATABASES.default.HOST is a date, not text; put it in quotes."
        ),
        Broken(
            "PORT: '3306'", "PORT: abc",
            "/lms.yml, line 15, column 5: DATABASES.default.PORT is \"abc\", which is no whole number; write "
                + "a number from 1 to 65535, such as PORT: 3306."
        ),
        Broken(
            "PORT: '3306'", "PORT: 70000",
            "/lms.yml, line 15, column 5: DATABASES.default.PORT is 70000, and there is no such port; write "
                + "a number from 1 to 65535, such as PORT: 3306."
        ),
        Broken(
            "PORT: '3306'", "PORT: '0'",
            "/lms.yml, line 15, column 5: DATABASES.default.PORT is 0, and there is no such port; write a "
                + "number from 1 to 65535, such as PORT: 3306."
        ),
        Broken(
            "PORT: '3306'", "PORT: [3306]",
            "/lms.yml, line 15, column 5: DATABASES.default.PORT is a list, not a port; write a number from "
                + "1 to 65535, such as PORT: 3306."
        ),
        Broken(
            "PORT: '3306'", "PORT: true",
            "/lms.yml, line 15, column 5: DATABASES.default.PORT is a boolean, not a port; write a number "
                + "from 1 to 65535, such as PORT: 3306."
        ),
        Broken(
            "PORT: '3306'", "PORT: 3306.5",
            "/lms.yml, line 15, column 5: DATABASES.default.PORT is \"3306.5\", which is no whole number; "
                + "write a number from 1 to 65535, such as PORT: 3306."
        ),
        Broken(
            "    NAME: edxapp\n", "",
            "/lms.yml, line 12, column 3: DATABASES.default.NAME is missing; write for example NAME: edxapp."
        ),
        Broken(
            "    NAME: edxapp\n", "    NAME: ''\n",
            "/lms.yml, line 16, column 5: DATABASES.default.NAME is empty; write for example NAME: edxapp."
        ),
        Broken(
            "    NAME: edxapp\n", "    NAME: 2024\n",
            "/lms.yml, line 16, column 5: DATABASES.default.NAME is a number, not text; put it in quotes."
        ),
        Broken(
            "    USER: edxapp001\n", "    USR: edxapp001\n",
            "/lms.yml, line 12, column 3: DATABASES.default.USER is missing; perhaps USR in line 17 is meant "
                + "to be USER."
        ),
        Broken(
            "    USER: edxapp001\n", "    USER: ~\n    NAME_: x\n",
            "/lms.yml, line 12, column 3: DATABASES.default.USER is missing; write for example USER: "
                + "edxapp001."
        ),
        Broken(
            "    USER: edxapp001\n", "    USER: yes\n",
            "/lms.yml, line 17, column 5: DATABASES.default.USER is a boolean, not text; put it in quotes."
        ),
        Broken(
            "PASSWORD: mysql-s3cret", "PASSWORD: {a: s3cret}",
            "/lms.yml, line 18, column 5: DATABASES.default.PASSWORD is a mapping, not text; write one value "
                + "in quotes after PASSWORD:."
        ),
        Broken(
            "PASSWORD: mysql-s3cret", "PASSWORD: [s3cret]",
            "/lms.yml, line 18, column 5: DATABASES.default.PASSWORD is a list, not text; write one value in "
                + "quotes after PASSWORD:."
        ),
        Broken(
            "PASSWORD: mysql-s3cret", "PASSWORD: 123456",
            "/lms.yml, line 18, column 5: DATABASES.default.PASSWORD is a number, not text; put it in quotes."
        ),
        Broken(
            "PASSWORD: mysql-s3cret", "PASSWORD: !vault s3cret",
            "/lms.yml, line 18, column 5: DATABASES.default.PASSWORD begins with !, which makes it a tag that "
                + "the platform does not know; put it in quotes, or give the file decrypted and rendered."
        ),
        Broken(
            "OPTIONS: {}", "OPTIONS: none",
            "/lms.yml, line 19, column 5: DATABASES.default.OPTIONS is text, not a mapping; write keys and "
                + "values below OPTIONS:."
        ),
        Broken(
            "OPTIONS: {}", "OPTIONS: {ssl: true}",
            "/lms.yml, line 19, column 15: DATABASES.default.OPTIONS.ssl is a boolean, not a mapping; write "
                + "keys and values below ssl:."
        ),
        Broken(
            "OPTIONS: {}", "OPTIONS: {ssl: {ca: 7}}",
            "/lms.yml, line 19, column 21: DATABASES.default.OPTIONS.ssl.ca is a number, not text; put it in "
                + "quotes."
        ),
        Broken(
            "OPTIONS: {}", "OPTIONS: {ssl_mode: SOMETIMES}",
            "/lms.yml, line 19, column 15: DATABASES.default.OPTIONS.ssl_mode is \"SOMETIMES\", which MySQL "
                + "does not know; write REQUIRED, VERIFY_CA, VERIFY_IDENTITY, PREFERRED or DISABLED."
        ),
        Broken(
            "OPTIONS: {}", "OPTIONS: {unix_socket: /tmp/mysql.sock}",
            "/lms.yml, line 19, column 15: DATABASES.default.OPTIONS.unix_socket is a socket's path, which "
                + "Mallow does not connect to; write a host that MySQL listens on, such as 127.0.0.1."
        ),
    ]
}
