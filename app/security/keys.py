"""Signing keys: one signs, all verify. Elliptic curve P-256, for ES256 and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from app.security.kept import SecretExposed, kept_secret

KEY_FILE = "signing-key.pem"
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
        Raises `SigningKeyInvalid` for a file that holds no key, or that others may read."""
        try:
            return cls.of([kept_secret(folder / KEY_FILE, _new_key)])
        except SecretExposed as exposed:
            raise SigningKeyInvalid(str(exposed)) from None


def _new_key() -> bytes:
    return ECKey.generate_key("P-256", private=True).as_pem(private=True)


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
