"""The coupon wallet, read in batches and in pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.wallet.coupon import Coupon, CouponStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponPage:
    """A request for coupons, soonest end first, then id. `after`: (valid_until, id) of the last
    one seen, exclusive. `status` None: all; USABLE and EXPIRED are told apart at `moment`.
    `batch_codes` None: any."""

    user_id: int
    moment: datetime
    status: CouponStatus | None
    first: int
    after: tuple[datetime, int] | None = None
    batch_codes: frozenset[str] | None = None
    ends_before: datetime | None = None


class WalletRepository(Protocol):
    """Each method runs one statement. When the database is down: `StorageUnavailable`."""

    async def open_coupons(self, user_ids: Sequence[int]) -> Mapping[int, tuple[Coupon, ...]]:
        """Those stored as USABLE or RESERVED, by id; past ends are the caller's to judge."""
        ...

    async def page(self, wanted: CouponPage) -> tuple[Coupon, ...]:
        """Up to `first` + 1 coupons: one more tells that there is a next page."""
        ...

    async def counts(
        self, user_ids: Sequence[int], moment: datetime
    ) -> Mapping[int, Mapping[CouponStatus, int]]: ...

    async def coupons_by_id(
        self, keys: Sequence[tuple[int, int]]
    ) -> Mapping[tuple[int, int], Coupon]:
        """By (user_id, coupon id): another member's coupon is never found."""
        ...
