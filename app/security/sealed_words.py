"""Sealed texts as one opaque word of a cookie or an address: base64url, in one spelling."""

from base64 import b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

from app.ports.sealing import SealBroken, Sealer

LONGEST = 1_024


def sealed_word(sealer: Sealer, text: str, place: str) -> str:
    return _spelled(sealer.seal(text, place))


def open_word(sealer: Sealer, word: str, place: str) -> str | None:
    """None for whatever `sealed_word` did not make for this place."""
    if len(word) > LONGEST:
        return None
    try:
        sealed = b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        return sealer.open(sealed, place) if _spelled(sealed) == word else None
    except (SealBroken, Base64Error, ValueError):
        return None


def _spelled(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()
