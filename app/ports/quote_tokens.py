"""Signed quotes: what placing an order honours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.orders.terms import OrderTerms
from app.domain.pricing.fill import Fill


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteClaims:
    """All that a price depends on and fixes. `user_id` None: a guest's. `fill`: what was asked
    for, so that it can be priced anew."""

    quote_id: str
    user_id: int | None
    fill: Fill
    terms: OrderTerms
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
