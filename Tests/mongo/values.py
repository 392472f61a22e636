# SPDX-License-Identifier: Apache-2.0
"""Documents as they are kept, and the order that MongoDB gives to values of all kinds.

A document is its BSON bytes: what is embedded in it comes out as it went in, keys in their order and numbers of their
width. Only what a command looks at is decoded.
"""
import bson
from bson.binary import Binary
from bson.code import Code
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128
from bson.max_key import MaxKey
from bson.min_key import MinKey
from bson.objectid import ObjectId
from bson.raw_bson import RawBSONDocument
from bson.regex import Regex
from bson.timestamp import Timestamp

from errors import MongoError

# Dates as milliseconds: every date that BSON can hold, and exactly.
OPTIONS = CodecOptions(document_class=RawBSONDocument, tz_aware=True, datetime_conversion=DatetimeConversion.DATETIME_MS)
MAX_DOCUMENT = 16 * 1024 * 1024

# Where a document has no such field; and what an empty array sorts as, before null.
MISSING = object()
UNDEFINED = object()

NULL, NUMBER, DOCUMENT, ARRAY = 5, 10, 20, 25


def document(raw):
    return RawBSONDocument(raw, OPTIONS)


def encode(mapping):
    return bytes(mapping.raw) if isinstance(mapping, RawBSONDocument) else bson.encode(mapping, codec_options=OPTIONS)


def is_document(value):
    return isinstance(value, (RawBSONDocument, dict))


def is_number(value):
    return isinstance(value, (int, float, Decimal128)) and not isinstance(value, bool)


def is_true(value):
    """As MongoDB takes a value for yes or no: 0 and null are no, and everything else but false is yes."""
    return value is not None and value is not False and not (is_number(value) and order_key(value) == (NUMBER, (1, 0)))


def order_key(value):
    """Compares as the value does in MongoDB, with a value of any other kind; equal for what MongoDB calls equal.

    Embedded documents are compared field by field in their own order, so that the same fields in another order are
    another value; numbers are equal whatever their width.
    """
    if type(value) is str:  # and not of a kind that is derived from it
        return 15, value  # by code point, as the bytes of UTF-8 are
    if value is None or value is MISSING:
        return NULL, 0
    if isinstance(value, bool):
        return 40, value
    if isinstance(value, (int, float)):
        return NUMBER, ((1, value) if value == value else (0, 0))  # not a number is before all numbers
    if isinstance(value, ObjectId):
        return 35, value.binary
    if isinstance(value, (RawBSONDocument, dict)):
        return DOCUMENT, tuple((rank, name, key) for name, (rank, key) in ((n, order_key(v)) for n, v in value.items()))
    if isinstance(value, list):
        return ARRAY, tuple(order_key(element) for element in value)
    if isinstance(value, DatetimeMS):
        return 45, int(value)
    if isinstance(value, Code):
        return (65, (str(value), order_key(value.scope))) if value.scope is not None else (60, str(value))
    if isinstance(value, bytes):
        return 30, (len(value), value.subtype if isinstance(value, Binary) else 0, bytes(value))
    return _rare_key(value)


def _rare_key(value):
    if isinstance(value, Decimal128):
        number = value.to_decimal()
        return NUMBER, ((0, 0) if number.is_nan() else (1, number))
    if isinstance(value, Timestamp):
        return 47, (value.time, value.inc)
    if isinstance(value, Regex):
        return 50, (value.pattern, value.flags)
    if isinstance(value, MinKey):
        return -1, 0
    if isinstance(value, MaxKey):
        return 127, 0
    if value is UNDEFINED:
        return 0, 0
    raise MongoError(2, f"This server does not compare a value of the kind {type(value).__name__}")
