"""Hashes of coupon codes: HMAC-SHA256 under keys derived from the signing keys.

A code is short: whoever reads the table must not be able to try them all, so the hash needs a key
that is not in the database.
"""

import hmac

from app.security.derived_keys import DerivedKeys
from app.security.keys import KeyRing

PURPOSE = b"youhui coupon code"


class KeyedCodeHashes:
    """Implements `app.ports.code_hashes.CodeHashes`. A retired signing key still finds the codes
    that were made under it. `purpose`: other kinds of codes have keys of their own."""

    def __init__(self, keys: KeyRing, purpose: bytes = PURPOSE) -> None:
        self._keys = DerivedKeys(keys, purpose)

    def of(self, code: str) -> tuple[bytes, ...]:
        return tuple(hmac.digest(key, code.encode(), "sha256") for key in self._keys.ever())
