"""Signing keys: one signs, all verify. Elliptic curve P-256, for ES256 and nothing else."""

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

KEY_FILE = "signing-key.pem"
OWNER_ONLY = 0o600
_KEY_ID_LENGTH = 12


class SigningKeyInvalid(Exception):
    """The text or file is not a private P-256 key in PEM."""


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """`current` signs; `by_id` finds the key that a token names, also a retired one."""

    current_id: str
    by_id: Mapping[str, ECKey]

    @property
    def current(self) -> ECKey:
        return self.by_id[self.current_id]

    @classmethod
    def of(cls, pems: Sequence[str]) -> "SigningKeys":
        """The first PEM signs, the others only verify. Raises `SigningKeyInvalid`."""
        keys = [_read_key(pem) for pem in pems]
        if not keys:
            raise SigningKeyInvalid("no signing key is given")
        ids = [_key_id(key) for key in keys]
        return cls(ids[0], dict(zip(ids, keys, strict=True)))

    @classmethod
    def kept_under(cls, folder: Path) -> "SigningKeys":
        """The key of `signing-key.pem`; made there at first use, readable by the owner only.

        Several processes may start at once: the one that links its file first wins, and all
        read that one. Raises `SigningKeyInvalid` for a file that holds no key, or that others
        may read.
        """
        path = folder / KEY_FILE
        if not path.exists():
            _write_new_key(path)
        if path.stat().st_mode & 0o077:
            raise SigningKeyInvalid(
                f"签名密钥 {path} 可被他人读取，请执行 chmod 600。"
                f"Others may read the signing key {path}: run chmod 600 on it."
            )
        return cls.of([path.read_text("ascii", errors="replace")])


def _read_key(pem: str) -> ECKey:
    try:
        key = ECKey.import_key(pem)
    except (JoseError, ValueError, TypeError) as error:
        # From None: the cause's text could quote the key.
        raise SigningKeyInvalid(f"not a key in PEM ({type(error).__name__})") from None
    if key.curve_name != "P-256" or not key.is_private:
        raise SigningKeyInvalid("a signing key must be a private P-256 key")
    return key


def _key_id(key: ECKey) -> str:
    return key.thumbprint()[:_KEY_ID_LENGTH]


def _write_new_key(path: Path) -> None:
    """Whole or not at all: written beside it, then linked, which fails if another was first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(ECKey.generate_key("P-256", private=True).as_pem(private=True))
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
