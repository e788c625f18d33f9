"""Signed quotes: what placing an order will need to honour a price."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.pricing.fill import Fill
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedMember:
    """One applied offer of a quote: promotion code, coupon, discount and points, frozen."""

    code: str
    coupon_id: int | None
    discount_fen: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteClaims:
    """All that a price depends on. `user_id` None: a guest's."""

    quote_id: str
    user_id: int | None
    station_id: int
    fuel_grade: FuelGrade
    nozzle_no: str | None
    fill: Fill
    pump_price_mill_per_litre: int
    pump_amount_fen: int
    fee_fen: int
    payable_fen: int
    rule_version: str
    payment_method: PaymentMethod | None
    use_points: bool
    members: tuple[QuotedMember, ...]
    issued_at: datetime
    expires_at: datetime


class QuoteTokenInvalid(Exception):
    """Not one of ours, changed, or signed for something else."""


class QuoteTokens(Protocol):
    def sign(self, claims: QuoteClaims) -> str:
        """A compact token; it carries no personal data beyond the numeric user id."""
        ...

    def read(self, token: str) -> QuoteClaims:
        """Raises `QuoteTokenInvalid`. An expired quote is read too: the caller judges."""
        ...
