"""Sealing of personal data at rest: AES-256-GCM, bound to the place where the text lies."""

import binascii
import hmac
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.ports.sealing import SealBroken
from app.security.kept import SecretExposed, kept_secret

KEY_FILE = "sealing-key"
KEY_BYTES = 32
_NONCE_BYTES = 12
_ID_BYTES = 4
_FORMAT = b"\x01"
INDEX_PURPOSE = b"youhui blind index"


class SealingKeyInvalid(Exception):
    """A sealing key is 32 bytes in base64."""


@dataclass(frozen=True, slots=True)
class SealingKeys:
    """Implements `app.ports.sealing.Sealer` and `BlindIndex`. The first key seals; each opens what
    it sealed.

    Sealed: format, key id, nonce, ciphertext with its tag. A nonce is random and used once: 2^32
    texts a key are far from a collision. The index has keys of its own, derived from these, so that
    whatever can be opened can also be found, and indexed anew.
    """

    current_id: bytes
    by_id: Mapping[bytes, AESGCM] = field(repr=False)
    index_keys: Sequence[bytes] = field(repr=False)

    @classmethod
    def of(cls, texts: Sequence[str]) -> "SealingKeys":
        """Keys in base64, the one that seals first. Raises `SealingKeyInvalid`."""
        raw = {_id_of(key): key for key in map(_read_key, texts)}
        if not raw:
            raise SealingKeyInvalid("no sealing key is given")
        keys = {key_id: AESGCM(key) for key_id, key in raw.items()}
        return cls(next(iter(keys)), keys, tuple(map(_index_key, raw.values())))

    @classmethod
    def kept_under(cls, folder: Path) -> "SealingKeys":
        """The key of `sealing-key`; made there at first use, readable by the owner only. Whoever
        loses it loses what was sealed. Raises `SealingKeyInvalid`."""
        try:
            return cls.of([kept_secret(folder / KEY_FILE, _new_key)])
        except SecretExposed as exposed:
            raise SealingKeyInvalid(str(exposed)) from None

    def seal(self, text: str, place: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self.by_id[self.current_id].encrypt(nonce, text.encode(), place.encode())
        return _FORMAT + self.current_id + nonce + sealed

    def open(self, sealed: bytes, place: str) -> str:
        start = len(_FORMAT) + _ID_BYTES
        key = self.by_id.get(sealed[len(_FORMAT) : start])
        if not sealed.startswith(_FORMAT) or key is None:
            raise SealBroken("unknown key or format")
        nonce, rest = sealed[start : start + _NONCE_BYTES], sealed[start + _NONCE_BYTES :]
        try:
            return key.decrypt(nonce, rest, place.encode()).decode()
        except (InvalidTag, ValueError):
            raise SealBroken("changed, or sealed for another place") from None

    def index(self, text: str, place: str) -> tuple[bytes, ...]:
        named = f"{place}\x00{text}".encode()
        return tuple(hmac.digest(key, named, "sha256") for key in self.index_keys)


def _index_key(key: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=INDEX_PURPOSE).derive(key)


def _new_key() -> bytes:
    return b64encode(secrets.token_bytes(KEY_BYTES))


def _read_key(text: str) -> bytes:
    try:
        key = b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        # From None, and without the text: it could be a key all the same.
        raise SealingKeyInvalid("a sealing key is 32 bytes in base64") from None
    return key


def _id_of(key: bytes) -> bytes:
    return sha256(b"youhui sealing key" + key).digest()[:_ID_BYTES]
