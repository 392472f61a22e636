# SPDX-License-Identifier: Apache-2.0
"""One command as those who carry it out see it: fields that are of the kind that is asked for, or an error."""
from errors import MongoError, not_done
from values import is_document, is_number

KINDS = {"object": is_document, "array": lambda value: isinstance(value, list), "string": lambda value: isinstance(value, str),
         "bool": lambda value: isinstance(value, bool) or is_number(value), "number": is_number}


class Request:
    def __init__(self, command, connection):
        self.connection = connection
        self.filters = []  # of its queries, for those who ask what was asked
        self.fields = command
        self.name = next(iter(command))
        self.database = command.get("$db", "admin")
        # What the command is about; of those on a whole database, none.
        named = command.get("collection") if self.name == "getMore" else command[self.name]
        self.collection = named if isinstance(named, str) else None

    @property
    def namespace(self):
        if not self.collection or self.collection.startswith("."):
            raise MongoError(73, f"Invalid namespace specified '{self.database}.{self.collection or ''}'")
        return f"{self.database}.{self.collection}"

    @property
    def session(self):
        """The bytes of its number, or None."""
        given = self.take("lsid", "object")
        if given is None:
            return None
        if not isinstance(given.get("id"), bytes):
            raise MongoError(14, "BSON field 'lsid.id' is no UUID")
        return bytes(given["id"])

    def take(self, field, kind, default=None):
        """The field's value, or the default where it is missing or null."""
        return take(self.fields, field, kind, default, self.name)

    def require(self, field, kind):
        return require(self.fields, field, kind, self.name)

    def count(self, field):
        """A number of documents; None where none is said."""
        value = self.take(field, "number")
        if value is None:
            return None
        if value != int(value):
            raise MongoError(14, f"BSON field '{self.name}.{field}' is not a whole number: {value}")
        if value < 0:
            raise MongoError(51024, f"BSON field '{field}' value must be >= 0, actual value '{value}'")
        return int(value)


def take(fields, field, kind, default, where):
    value = fields.get(field)
    if value is None:
        return default
    if not KINDS[kind](value):
        raise MongoError(14, f"BSON field '{where}.{field}' is the wrong type '{type(value).__name__}', expected type '{kind}'")
    return value


def require(fields, field, kind, where):
    value = take(fields, field, kind, None, where)
    if value is None:
        raise MongoError(40414, f"BSON field '{where}.{field}' is missing but a required field")
    return value


def refuse_others(fields, known, undone, where):
    """An error for a field that a real server does not know, and for one that is not done here."""
    for field, value in fields.items():
        if field in known or (field in undone and value in (None, False)):
            continue
        if field in undone:
            raise not_done(f"'{where}.{field}'")
        raise MongoError(40415, f"BSON field '{where}.{field}' is an unknown field.")
