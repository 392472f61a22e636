# SPDX-License-Identifier: Apache-2.0
"""What the server refuses, under the codes that MongoDB gives."""

# Of every code that is told from here, and of those that tests ask for. Any other is called Location and its number,
# as a real server does with codes that have no name.
NAMES = {
    1: "InternalError", 2: "BadValue", 6: "HostUnreachable", 7: "HostNotFound", 8: "UnknownError", 9: "FailedToParse",
    13: "Unauthorized", 14: "TypeMismatch", 16: "InvalidLength", 17: "ProtocolError", 18: "AuthenticationFailed",
    20: "IllegalOperation", 22: "InvalidBSON", 26: "NamespaceNotFound", 27: "IndexNotFound", 28: "PathNotViable",
    34: "CannotBackfillArray", 40: "ConflictingUpdateOperators", 43: "CursorNotFound", 48: "NamespaceExists",
    50: "MaxTimeMSExpired", 52: "DollarPrefixedFieldName", 53: "InvalidIdField", 56: "EmptyFieldName",
    59: "CommandNotFound", 64: "WriteConcernTimeout", 66: "ImmutableField", 67: "CannotCreateIndex", 72: "InvalidOptions",
    73: "InvalidNamespace", 85: "IndexOptionsConflict", 86: "IndexKeySpecsConflict", 89: "NetworkTimeout",
    91: "ShutdownInProgress", 100: "UnsatisfiableWriteConcern", 112: "WriteConflict", 125: "CommandFailed",
    133: "FailedToSatisfyReadPreference", 168: "InvalidPipelineOperator", 171: "CannotIndexParallelArrays",
    175: "QueryPlanKilled", 189: "PrimarySteppedDown", 197: "InvalidIndexSpecificationOption", 225: "TransactionTooOld",
    237: "CursorKilled", 238: "NotImplemented", 262: "ExceededTimeLimit", 334: "MechanismUnavailable",
    352: "UnsupportedOpQueryCommand", 391: "ReauthenticationRequired", 9001: "SocketException", 10107: "NotWritablePrimary",
    10334: "BSONObjectTooLarge", 11000: "DuplicateKey", 11600: "InterruptedAtShutdown", 11601: "Interrupted",
    11602: "InterruptedDueToReplStateChange", 13435: "NotPrimaryNoSecondaryOk", 13436: "NotPrimaryOrSecondary",
    14031: "OutOfDiskSpace", 40414: "IDLFailedToParse", 40415: "IDLUnknownField",
}
# After these a replica set tells a driver that it may send a write once more.
RETRIABLE = frozenset((6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436))


class MongoError(Exception):
    """A refusal: of a whole command, or of one of the statements of a write."""

    def __init__(self, code, message, **details):
        super().__init__(message)
        self.code = code
        self.details = details

    @property
    def name(self):
        return NAMES.get(self.code, f"Location{self.code}")

    def reply(self):
        return {"ok": 0.0, "errmsg": str(self), "code": self.code, "codeName": self.name, **self.details}


def not_done(what):
    """For what a real server does and this one does not: an error, so that no test takes a guess for an answer."""
    return MongoError(238, f"The server of these tests does not do {what}")
