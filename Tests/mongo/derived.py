# SPDX-License-Identifier: Apache-2.0
"""Ids and moments that follow from names alone, so that a course made twice is the same to the last byte."""
import hashlib
from datetime import datetime, timedelta

from bson import ObjectId


def digest(*names):
    return hashlib.sha256("\0".join(names).encode()).digest()


def number(limit, *names):
    """A number from 0 to below `limit`."""
    return int.from_bytes(digest(*names)[:8], "big") % limit


def moment(first_year, years, *names):
    """A moment within some years, in UTC, of whole milliseconds as MongoDB keeps them."""
    return datetime(first_year, 1, 1) + timedelta(milliseconds=number(years * 365 * 86_400_000, "moment", *names))


def object_id(when, *names):
    """An id that says, as a real one does, in which second it was made."""
    seconds = int((when - datetime(1970, 1, 1)).total_seconds())
    return ObjectId(seconds.to_bytes(4, "big") + digest("id", *names)[:8])
