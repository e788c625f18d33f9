"""Hashes of coupon codes: HMAC-SHA256 under keys derived from the signing keys.

A code is short: whoever reads the table must not be able to try them all, so the hash needs a key
that is not in the database.
"""

import hmac
from collections.abc import Sequence

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.security.keys import SigningKeys

PURPOSE = b"youhui coupon code"


class KeyedCodeHashes:
    """Implements `app.ports.code_hashes.CodeHashes`. A retired signing key still finds the codes
    that were made under it."""

    def __init__(self, keys: SigningKeys) -> None:
        others = [key_id for key_id in keys.by_id if key_id != keys.current_id]
        self._keys: Sequence[bytes] = [
            _derived(keys.by_id[key_id].as_der(private=True))
            for key_id in (keys.current_id, *others)
        ]

    def of(self, code: str) -> tuple[bytes, ...]:
        return tuple(hmac.digest(key, code.encode(), "sha256") for key in self._keys)


def _derived(secret: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret)
