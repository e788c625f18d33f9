"""Signing keys: one signs, all verify. Elliptic curve P-256, for ES256 and nothing else."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from app.security.kept import SecretExposed, kept_secret

KEY_FILE = "signing-key.pem"
_KEY_ID_LENGTH = 12
_BLOCK = re.compile(r"-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----", re.DOTALL)


class SigningKeyInvalid(Exception):
    """The text or file is not a private P-256 key in PEM."""


class KeyRing(Protocol):
    """Keys that another process may rotate meanwhile."""

    def now(self) -> "SigningKeys":
        """As they are now: take them once for whatever belongs together."""
        ...

    def verifying(self, key_id: str) -> ECKey | None:
        """The key of that id; None: there is none, or it verifies no more."""
        ...


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """Implements `KeyRing`, for keys that stay as they are. `by_id`: all that verify, the one that
    signs first. `retired`: sign and verify nothing more; what was derived from them long ago, such
    as the hashes of printed codes, is still found."""

    current_id: str
    by_id: Mapping[str, ECKey] = field(repr=False)
    retired: Mapping[str, ECKey] = field(default_factory=dict[str, ECKey], repr=False)

    @property
    def current(self) -> ECKey:
        return self.by_id[self.current_id]

    @property
    def ever(self) -> Mapping[str, ECKey]:
        """Retired ones too, the one that signs first: to find what was derived from any."""
        return {**self.by_id, **self.retired}

    def now(self) -> "SigningKeys":
        return self

    def verifying(self, key_id: str) -> ECKey | None:
        return self.by_id.get(key_id)

    @classmethod
    def of(cls, pems: Sequence[str], retired: Sequence[str] = ()) -> "SigningKeys":
        """The first PEM signs, the others only verify. Raises `SigningKeyInvalid`."""
        by_id = keys_by_id(pems)
        if not by_id:
            raise SigningKeyInvalid("no signing key is given")
        return cls(next(iter(by_id)), by_id, keys_by_id(retired))

    @classmethod
    def of_text(cls, text: str, retired: str = "") -> "SigningKeys":
        """Of PEMs one after the other, as a setting or a file holds them. Raises
        `SigningKeyInvalid`."""
        return cls.of(_BLOCK.findall(text) or [text], _BLOCK.findall(retired))

    @classmethod
    def kept_under(cls, folder: Path) -> "SigningKeys":
        """The keys of `signing-key.pem`; one is made there at first use, readable by the owner
        only. Raises `SigningKeyInvalid` for a file that holds no key, or that others may read."""
        try:
            return cls.of_text(kept_secret(folder / KEY_FILE, new_key_pem))
        except SecretExposed as exposed:
            raise SigningKeyInvalid(str(exposed)) from None


def keys_by_id(pems: Sequence[str]) -> dict[str, ECKey]:
    """In their order. Raises `SigningKeyInvalid`."""
    keys = [_read_key(pem) for pem in pems]
    return {key_id(key): key for key in keys}


def key_id(key: ECKey) -> str:
    """The beginning of its thumbprint (RFC 7638): what tokens name it by."""
    return key.thumbprint()[:_KEY_ID_LENGTH]


def public_keys(keys: SigningKeys) -> dict[str, list[dict[str, Any]]]:
    """The public halves of all that verify, as a JWK set (RFC 7517), the one that signs first."""
    return {
        "keys": [
            {**key.as_dict(private=False), "kid": name, "use": "sig", "alg": "ES256"}
            for name, key in keys.by_id.items()
        ]
    }


def new_key_pem() -> bytes:
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
