"""Signed quotes: the terms of an order, frozen, as a compact token."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from app.documents.order_terms import dump_terms, load_terms
from app.domain.pricing.fill import AmountFill, Fill, LitresFill
from app.ports.quote_tokens import QuoteClaims, QuoteTokenInvalid
from app.security.keys import KeyRing
from app.security.signatures import SignatureInvalid, Signer

PURPOSE = "youhui-quote"
FORMAT = 2
"""First item of the payload: raised when the order or meaning of the items changes."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class SignedQuoteTokens:
    """Implements `QuoteTokens`. The payload is a JSON array, compressed: the names in the terms
    repeat themselves. It is unpacked only after its signature held."""

    keys: KeyRing
    _signer: Signer = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_signer", Signer(self.keys, PURPOSE))

    def sign(self, claims: QuoteClaims) -> str:
        return self._signer.sign(zlib.compress(orjson.dumps(_dump(claims)), level=6))

    def read(self, token: str) -> QuoteClaims:
        try:
            return _load(orjson.loads(zlib.decompress(self._signer.read(token))))
        except (SignatureInvalid, zlib.error, ValueError, TypeError, KeyError) as error:
            raise QuoteTokenInvalid(type(error).__name__) from error


def _dump(claims: QuoteClaims) -> list[Any]:
    fill = claims.fill
    return [
        FORMAT,
        claims.quote_id,
        claims.user_id,
        ["A", fill.pump_amount_fen] if isinstance(fill, AmountFill) else ["L", fill.volume_ml],
        orjson.Fragment(dump_terms(claims.terms)),
        (claims.issued_at - _EPOCH) // _MICROSECOND,
        (claims.expires_at - _EPOCH) // _MICROSECOND,
    ]


def _load(items: Sequence[Any]) -> QuoteClaims:
    """A payload of another format or length: ValueError."""
    version, quote_id, user_id, fill, terms, issued_at, expires_at = items
    if version != FORMAT:
        raise ValueError("format")
    return QuoteClaims(
        quote_id=quote_id,
        user_id=user_id,
        fill=_load_fill(fill),
        terms=load_terms(orjson.dumps(terms)),
        issued_at=_EPOCH + issued_at * _MICROSECOND,
        expires_at=_EPOCH + expires_at * _MICROSECOND,
    )


def _load_fill(fill: Sequence[Any]) -> Fill:
    kind, quantity = fill
    return {"A": AmountFill, "L": LitresFill}[kind](quantity)
