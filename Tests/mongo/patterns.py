# SPDX-License-Identifier: Apache-2.0
"""Regular expressions: those that Python reads as PCRE would, and an error for the rest."""
import re

from bson.regex import Regex

from errors import MongoError, not_done
from values import MISSING

OPTIONS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}
# What the two read differently: names of classes, ends of texts, escapes that only one of them knows, and switches inside.
DIFFERENT = re.compile(r"\[\[|\[:|\\[ZzGKQEXRhHuUNpPkgvV]|\(\?[^:=!<]|\(\?<[^=!]|\*\+|\+\+|\?\+|\}\+")


def pattern_test(pattern, given, options=None):
    """Whether a value is a text that has the pattern in it, or is the very pattern."""
    if isinstance(given, Regex):
        if options is not None and given.flags:
            raise MongoError(51074, "options set in both $regex and $options")
        pattern, flags = given.pattern, given.flags & ~re.UNICODE
    elif isinstance(pattern, str):
        flags = 0
    else:
        raise MongoError(2, "$regex has to be a string")
    if options is not None:
        if not isinstance(options, str):
            raise MongoError(2, "$options has to be a string")
        for letter in options:
            if letter not in OPTIONS:
                raise MongoError(51108, f" invalid flag in regex options: {letter}")
            flags |= OPTIONS[letter]
    search = _compiled(pattern, flags).search

    def test(value):
        if isinstance(value, Regex):
            return (value.pattern, value.flags & ~re.UNICODE) == (pattern, flags)
        return value is not MISSING and isinstance(value, str) and search(value) is not None

    return test


def _compiled(pattern, flags):
    if DIFFERENT.search(pattern) or (flags & re.IGNORECASE and not pattern.isascii()) or flags & re.LOCALE:
        raise not_done(f"the regular expression {pattern}")
    try:
        return re.compile(pattern, flags | re.ASCII)  # PCRE's classes \w, \d and \b are of ASCII
    except re.error as error:
        raise MongoError(51091, f"Regular expression is invalid: {error}") from None
