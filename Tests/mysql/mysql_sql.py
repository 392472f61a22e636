# SPDX-License-Identifier: Apache-2.0
"""Where MySQL and MariaDB do not take the same statements, or answer the same otherwise: as far as this program, the
platform's tables and these tests come to it.
"""
import re

# The collation of MariaDB that compares as 8.x's own does: accents and case are one, blanks at the end are not.
DEFAULT_OF_8, ITS_STAND_IN = "utf8mb4_0900_ai_ci", "utf8mb4_unicode_520_nopad_ci"

SYNTAX = (1064, "42000", "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server "
                         "version for the right syntax to use near '{0}'")
UNKNOWN_VARIABLE = (1193, "HY000", "Unknown system variable '{0}'")
UNKNOWN_COLLATION = (1273, "HY000", "Unknown collation: '{0}'")

# (statement, what comes of it, since which release): MariaDB takes these, MySQL does not.
REFUSED = [(re.compile(pattern, re.IGNORECASE | re.DOTALL), answer, since) for pattern, answer, since in [
    (r"^\s*(SET\s+STATEMENT)\b", SYNTAX, 0),
    (r"^\s*(?:INSERT|DELETE|REPLACE)\b.*\b(RETURNING)\b", SYNTAX, 0),
    (r"\bLOCK\s+IN\s+SHARE\s+MODE\s+(NOWAIT|WAIT|SKIP)\b", SYNTAX, 0),
    (r"\bFOR\s+UPDATE\s+(WAIT)\b", SYNTAX, 0),
    (r"^\s*KILL\s+(HARD|SOFT|USER|QUERY\s+ID)\b", SYNTAX, 0),
    (r"^\s*CREATE\s+(OR\s+REPLACE\s+TABLE|SEQUENCE)\b", SYNTAX, 0),
    (r"\bADD\s+(?:COLUMN|INDEX|KEY)\s+(IF\s+NOT\s+EXISTS)\b", SYNTAX, 0),
    (r"^\s*GRANT\b.*\b(IDENTIFIED)\b", SYNTAX, 8),
    (r"\b(max_statement_time)\b", UNKNOWN_VARIABLE, 0),
    (r"(?:@@(?:SESSION\.|GLOBAL\.)?|\bSET\s+(?:SESSION\s+)?)(tx_isolation|tx_read_only)\b", UNKNOWN_VARIABLE, 8),
    (r"\b(\w*uca1400_\w+)\b", UNKNOWN_COLLATION, 0),
]]

DESCRIPTION = re.compile(r"^\s*SELECT\s+(?P<columns>[\w\s,]+?)\s+FROM\s+information_schema\.", re.IGNORECASE)


def translated(statement, release):
    """`statement` as a MariaDB does what MySQL `release` (5 or 8) would do.

    Or (code, SQL state, words), where MySQL would not.
    """
    for pattern, (code, state, words), since in REFUSED:
        if release >= since and (found := pattern.search(statement)):
            return code, state, words.format(found[1])
    if DEFAULT_OF_8 in statement:
        if release < 8:
            code, state, words = UNKNOWN_COLLATION
            return code, state, words.format(DEFAULT_OF_8)
        statement = statement.replace(DEFAULT_OF_8, ITS_STAND_IN)
    if described := DESCRIPTION.match(statement):
        columns = ", ".join(_as_described(name.strip(), release) for name in described["columns"].split(","))
        statement = statement[:described.start("columns")] + columns + statement[described.end("columns"):]
    return statement


def _as_described(name, release):
    """A column of information_schema. 8.x calls all of them in capitals, however they were asked for."""
    told = name.upper() if release >= 8 else name
    match name.lower():
        case "column_default":  # MariaDB writes an expression, MySQL a value: no word for none
            return f"NULLIF({name}, 'NULL') AS {told}"
        case "collation_name" if release >= 8:
            return f"REPLACE({name}, '{ITS_STAND_IN}', '{DEFAULT_OF_8}') AS {told}"
        case _:
            return f"{name} AS {told}" if name.isidentifier() else name
