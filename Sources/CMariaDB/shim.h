// SPDX-License-Identifier: Apache-2.0
// libmariadb: the client of MariaDB and of MySQL.
#include <mariadb/mysql.h>
#include <mariadb/errmsg.h>
#include <mariadb/mysqld_error.h>
// MYSQL_CLIENT_AUTHENTICATION_PLUGIN: the header that has it does not stand by itself.
enum { mallow_authentication_plugin = 2 };
