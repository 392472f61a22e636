# SPDX-License-Identifier: Apache-2.0
"""Passwords: the server's side of SCRAM, with SHA-256 and with the SHA-1 that older settings name."""
import base64
import binascii
import hashlib
import hmac
import secrets

from errors import MongoError

MECHANISMS = {"SCRAM-SHA-256": ("sha256", 15000), "SCRAM-SHA-1": ("sha1", 10000)}


class User:
    """Who may log in, by the database that keeps the user. The password is ASCII, so that no preparation changes it."""

    def __init__(self, database, name, password):
        self.database, self.name = database, name
        self.salted = {mechanism: self._salted(password, *how) for mechanism, how in MECHANISMS.items()}

    def _salted(self, password, algorithm, iterations):
        """What the server keeps in the password's place: the salt, the number of rounds, and what they make of it."""
        if algorithm == "sha1":
            password = hashlib.md5(f"{self.name}:mongo:{password}".encode()).hexdigest()
        salt = secrets.token_bytes(hashlib.new(algorithm).digest_size - 4)
        return salt, iterations, hashlib.pbkdf2_hmac(algorithm, password.encode("ascii"), salt, iterations)


class Conversation:
    """One login: `start` answers the client's first message, `go_on` every later one."""

    def __init__(self, mechanism, skips_empty_exchange):
        if mechanism not in MECHANISMS:
            raise MongoError(334, f"Received authentication for mechanism {mechanism} which is not enabled")
        self.mechanism, self.algorithm = mechanism, MECHANISMS[mechanism][0]
        self.skips_empty_exchange = skips_empty_exchange
        self.is_proven = self.is_done = False

    def start(self, payload, find_user):
        try:
            flag, identity, self.first = payload.decode().split(",", 2)
            fields = dict(part.split("=", 1) for part in self.first.split(","))
            name, nonce = fields["n"].replace("=2C", ",").replace("=3D", "="), fields["r"]
        except (ValueError, KeyError):
            raise MongoError(18, "Authentication failed.") from None
        self.user = find_user(name)
        if self.user is None or flag not in ("n", "y") or identity:
            raise MongoError(18, "Authentication failed.")
        salt, iterations, self.salted = self.user.salted[self.mechanism]
        self.binding = base64.b64encode(f"{flag},,".encode()).decode()
        self.nonce = nonce + base64.b64encode(secrets.token_bytes(24)).decode()
        self.challenge = f"r={self.nonce},s={base64.b64encode(salt).decode()},i={iterations}"
        return self.challenge.encode()

    def go_on(self, payload):
        if self.is_proven:
            self.is_done = not payload
            return b""
        try:
            said, proof = payload.decode().rsplit(",p=", 1)
            proof = base64.b64decode(proof, validate=True)
        except (ValueError, binascii.Error):
            raise MongoError(18, "Authentication failed.") from None
        talk = f"{self.first},{self.challenge},{said}".encode()
        key = self._mac(self.salted, b"Client Key")
        mask = self._mac(hashlib.new(self.algorithm, key).digest(), talk)
        expected = bytes(a ^ b for a, b in zip(key, mask))
        if said != f"c={self.binding},r={self.nonce}" or not hmac.compare_digest(expected, proof):
            raise MongoError(18, "Authentication failed.")
        self.is_proven, self.is_done = True, self.skips_empty_exchange
        return b"v=" + base64.b64encode(self._mac(self._mac(self.salted, b"Server Key"), talk))

    def _mac(self, key, text):
        return hmac.new(key, text, self.algorithm).digest()
