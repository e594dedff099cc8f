"""Personal data: keyed pseudonyms, and names sealed for the few who may see them."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken

#: Shortest secret accepted, in characters.
SHORTEST_SECRET = 32


class SealBrokenError(Exception):
    """A sealed name does not open with this secret: it was sealed under another."""


class Seal:
    """Pseudonyms by HMAC-SHA-256 and sealed names by Fernet, each under a key of its own."""

    def __init__(self, secret: str) -> None:
        self._pseudonyms = _derive(secret, b"pseudonym")
        self._names = Fernet(base64.urlsafe_b64encode(_derive(secret, b"name")))

    def pseudonym(self, platform: str, author: str) -> str:
        """Return 32 hexadecimal digits that stand for an author of a platform."""
        message = f"{platform}\x00{author}".encode()
        return hmac.new(self._pseudonyms, message, hashlib.sha256).hexdigest()[:32]

    def close(self, name: str) -> str:
        """Seal a public name."""
        return self._names.encrypt(name.encode()).decode()

    def open(self, sealed: str) -> str:
        """Open a sealed name.

        Raises:
            SealBrokenError: it was sealed under another secret or altered.
        """
        try:
            return self._names.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise SealBrokenError("sealed under another CHENGQING_SECRET") from error


def _derive(secret: str, purpose: bytes) -> bytes:
    """One key a purpose from the one secret (HKDF-Extract-like HMAC, RFC 5869 §2.2)."""
    return hmac.new(secret.encode(), b"chengqing:" + purpose, hashlib.sha256).digest()
