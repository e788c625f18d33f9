"""Signed quotes: the claims of a price, frozen, as a compact token."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from app.domain.pricing.fill import AmountFill, Fill, LitresFill
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.ports.quote_tokens import QuoteClaims, QuotedMember, QuoteTokenInvalid
from app.security.keys import SigningKeys
from app.security.signatures import SignatureInvalid, Signer

PURPOSE = "youhui-quote"
FORMAT = 1
"""First item of the payload: raised when the order or meaning of the items changes."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class SignedQuoteTokens:
    """Implements `QuoteTokens`. The payload is a JSON array: names would double its length."""

    keys: SigningKeys
    _signer: Signer = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_signer", Signer(self.keys, PURPOSE))

    def sign(self, claims: QuoteClaims) -> str:
        return self._signer.sign(orjson.dumps(_dump(claims)))

    def read(self, token: str) -> QuoteClaims:
        try:
            return _load(orjson.loads(self._signer.read(token)))
        except (SignatureInvalid, ValueError, TypeError, KeyError) as error:
            raise QuoteTokenInvalid(type(error).__name__) from error


def _dump(claims: QuoteClaims) -> list[Any]:
    fill = claims.fill
    return [
        FORMAT,
        claims.quote_id,
        claims.user_id,
        claims.station_id,
        claims.fuel_grade.value,
        claims.nozzle_no,
        ["A", fill.pump_amount_fen] if isinstance(fill, AmountFill) else ["L", fill.volume_ml],
        claims.pump_price_mill_per_litre,
        claims.pump_amount_fen,
        claims.fee_fen,
        claims.payable_fen,
        claims.rule_version,
        claims.payment_method and claims.payment_method.value,
        claims.use_points,
        [[m.code, m.coupon_id, m.discount_fen, m.points] for m in claims.members],
        (claims.issued_at - _EPOCH) // _MICROSECOND,
        (claims.expires_at - _EPOCH) // _MICROSECOND,
    ]


def _load(items: Sequence[Any]) -> QuoteClaims:
    """A payload of another format or length: ValueError."""
    (
        version,
        quote_id,
        user_id,
        station_id,
        grade,
        nozzle_no,
        fill,
        price,
        pump_amount,
        fee,
        payable,
        rule_version,
        payment_method,
        use_points,
        members,
        issued_at,
        expires_at,
    ) = items
    if version != FORMAT:
        raise ValueError("format")
    return QuoteClaims(
        quote_id=quote_id,
        user_id=user_id,
        station_id=station_id,
        fuel_grade=FuelGrade(grade),
        nozzle_no=nozzle_no,
        fill=_load_fill(fill),
        pump_price_mill_per_litre=price,
        pump_amount_fen=pump_amount,
        fee_fen=fee,
        payable_fen=payable,
        rule_version=rule_version,
        payment_method=None if payment_method is None else PaymentMethod(payment_method),
        use_points=use_points,
        members=tuple(
            QuotedMember(code=code, coupon_id=coupon_id, discount_fen=discount, points=points)
            for code, coupon_id, discount, points in members
        ),
        issued_at=_EPOCH + issued_at * _MICROSECOND,
        expires_at=_EPOCH + expires_at * _MICROSECOND,
    )


def _load_fill(fill: Sequence[Any]) -> Fill:
    kind, quantity = fill
    return {"A": AmountFill, "L": LitresFill}[kind](quantity)
