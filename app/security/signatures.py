"""Compact signatures (JWS, RFC 7515) bound to one purpose: ES256 and nothing else."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass

from joserfc import jws
from joserfc.errors import JoseError

from app.security.keys import KeyRing

_REGISTRY = jws.JWSRegistry(algorithms=["ES256"])
MAX_TOKEN_LENGTH = 16_384


class SignatureInvalid(Exception):
    """Not one of ours, changed, or signed for another purpose."""


@dataclass(frozen=True, slots=True)
class Signer:
    """`purpose` is the signed header `typ`: what was signed for one purpose never reads as
    another, though the key is the same."""

    keys: KeyRing
    purpose: str

    def sign(self, payload: bytes) -> str:
        keys = self.keys.now()
        header = {"alg": "ES256", "typ": self.purpose, "kid": keys.current_id}
        return jws.serialize_compact(header, payload, keys.current, registry=_REGISTRY)

    def read(self, token: str) -> bytes:
        """The payload, if the signature holds. Raises `SignatureInvalid`.

        Only the one canonical spelling of each part is taken, so that no two tokens are equal
        in meaning but different in text.
        """
        if len(token) > MAX_TOKEN_LENGTH or not all(map(_is_canonical, token.split("."))):
            raise SignatureInvalid("malformed")
        try:
            content = jws.extract_compact(token.encode("ascii"))
            header = content.headers()
            if header.get("typ") != self.purpose or header.get("alg") != "ES256":
                raise SignatureInvalid("purpose")
            key = self.keys.verifying(str(header.get("kid")))
            if key is None or not jws.validate_compact(content, key, registry=_REGISTRY):
                raise SignatureInvalid("signature")
            return content.payload
        except (JoseError, ValueError) as error:
            raise SignatureInvalid("malformed") from error


def _is_canonical(part: str) -> bool:
    """Base64url without padding whose unused last bits are zero."""
    try:
        octets = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (Base64Error, ValueError):
        return False
    return urlsafe_b64encode(octets).rstrip(b"=") == part.encode("ascii")
