# SPDX-License-Identifier: Apache-2.0
"""Who may do what. The user `mallow` may do everything; `reader` reads, and changes what a test has granted and nothing else.

A real server looks at rights before it looks at what a command is to be done with, and so does this one.
"""
from errors import MongoError
from request import refuse_others
from values import is_document

READER = "reader"
CHANGES = {"insert", "update", "delete", "createIndexes", "drop", "dropDatabase"}


class Rights:
    def __init__(self):
        self._granted = frozenset()  # (command, collection)

    def set(self, grants):
        """These from now on, and none of before."""
        for grant in grants:
            if not is_document(grant):
                raise MongoError(14, "A grant is an object with command and collection")
            refuse_others(grant, {"command", "collection"}, set(), "mallowTest.grants")
        self._granted = frozenset((grant["command"], grant["collection"]) for grant in grants)

    def check(self, request):
        user = request.connection.user
        if user is None or user.name != READER or request.name not in CHANGES:
            return
        if (request.name, request.collection) not in self._granted:
            raise MongoError(13, f"not authorized on {request.database} to execute command {{ {request.name}: \"{request.collection}\" }}")
