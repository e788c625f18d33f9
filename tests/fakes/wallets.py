"""Coupons in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.wallet.coupon import Coupon, CouponStatus
from app.ports.errors import StorageUnavailable
from app.ports.wallets import CouponPage

OPEN = (CouponStatus.USABLE, CouponStatus.RESERVED)


@dataclass
class FakeWalletRepository:
    """`down`: every statement fails. `statements` counts them."""

    coupons: list[Coupon] = field(default_factory=list)
    down: bool = False
    statements: int = 0

    async def open_coupons(self, user_ids: Sequence[int]) -> Mapping[int, tuple[Coupon, ...]]:
        self._statement()
        return {
            user_id: tuple(
                c for c in self.coupons if c.user_id == user_id and c.stored_status in OPEN
            )
            for user_id in user_ids
        }

    async def page(self, wanted: CouponPage) -> tuple[Coupon, ...]:
        self._statement()
        found = [coupon for coupon in self.coupons if _matches(coupon, wanted)]
        found.sort(key=lambda coupon: (coupon.valid_until, coupon.id))
        return tuple(found[: wanted.first + 1])

    async def counts(
        self, user_ids: Sequence[int], moment: datetime
    ) -> Mapping[int, Mapping[CouponStatus, int]]:
        self._statement()
        counted: dict[int, dict[CouponStatus, int]] = {}
        for coupon in self.coupons:
            if coupon.user_id in user_ids:
                of_user = counted.setdefault(coupon.user_id, {})
                status = coupon.status_at(moment)
                of_user[status] = of_user.get(status, 0) + 1
        return counted

    async def coupons_by_id(
        self, keys: Sequence[tuple[int, int]]
    ) -> Mapping[tuple[int, int], Coupon]:
        self._statement()
        return {(c.user_id, c.id): c for c in self.coupons if (c.user_id, c.id) in keys}

    def _statement(self) -> None:
        self.statements += 1
        if self.down:
            raise StorageUnavailable("fake")


def _matches(coupon: Coupon, wanted: CouponPage) -> bool:
    return (
        coupon.user_id == wanted.user_id
        and (wanted.status is None or coupon.status_at(wanted.moment) is wanted.status)
        and (wanted.batch_codes is None or coupon.batch_code in wanted.batch_codes)
        and (wanted.ends_before is None or coupon.valid_until < wanted.ends_before)
        and (wanted.after is None or (coupon.valid_until, coupon.id) > wanted.after)
    )
