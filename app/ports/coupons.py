"""Coupons as they change hands, inside a transaction."""

from typing import Protocol


class CouponBook(Protocol):
    """Coupons as they change hands. Part of a `Work`: written and read inside its transaction."""
