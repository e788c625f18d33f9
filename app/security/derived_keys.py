"""Secrets for other uses, derived from the signing keys (HKDF, RFC 5869), one set a purpose."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.jwk import ECKey

from app.security.keys import KeyRing


class DerivedKeys:
    """32 bytes for each signing key; derived once, kept in memory."""

    def __init__(self, keys: KeyRing, purpose: bytes) -> None:
        self._ring = keys
        self._purpose = purpose
        self._derived: dict[str, bytes] = {}

    def verifying(self) -> tuple[bytes, ...]:
        """Of the keys that verify, that of the one that signs first."""
        return tuple(self._of(name, key) for name, key in self._ring.now().by_id.items())

    def ever(self) -> tuple[bytes, ...]:
        """Of retired ones too."""
        return tuple(self._of(name, key) for name, key in self._ring.now().ever.items())

    def _of(self, name: str, key: ECKey) -> bytes:
        if name not in self._derived:
            secret = key.as_der(private=True)
            derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=self._purpose)
            self._derived[name] = derivation.derive(secret)
        return self._derived[name]
