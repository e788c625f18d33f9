"""Coupons and their codes in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.wallet.coupon import Coupon, CouponStatus
from app.domain.wallet.lifecycle import MOVES, OF_AN_ORDER, CouponAct, next_status
from app.ports.coupons import KnownCode, NewCoupon
from tests.simulation.store import Transaction


@dataclass(frozen=True, slots=True)
class MemoryCoupons:
    """Rows: "coupons" by (user, id), "causes" by (user, cause), "codes" by hash."""

    tx: Transaction

    async def had_of_batch(self, user_id: int, batch_code: str) -> int:
        await self.tx.statement("coupons.had_of_batch")
        rows = self.tx.rows("coupons").values()
        return sum((row.user_id, row.batch_code) == (user_id, batch_code) for row in rows)

    async def add(self, new: NewCoupon) -> int | None:
        await self.tx.statement("coupons.add")
        if new.cause is not None:
            await self.tx.lock("causes", (new.user_id, new.cause))
            if self.tx.get("causes", (new.user_id, new.cause)) is not None:
                return None
        coupon = Coupon(
            id=self.tx.new_id(),
            user_id=new.user_id,
            batch_code=new.batch_code,
            stored_status=CouponStatus.USABLE,
            claimed_at=new.claimed_at,
            valid_from=new.valid_from,
            valid_until=new.valid_until,
        )
        await self.tx.put("coupons", (new.user_id, coupon.id), coupon)
        if new.cause is not None:
            await self.tx.put("causes", (new.user_id, new.cause), coupon.id)
        return coupon.id

    async def of_cause(self, user_id: int, cause: str) -> int | None:
        await self.tx.statement("coupons.of_cause")
        return self.tx.get("causes", (user_id, cause))

    async def coupons(self, user_id: int, coupon_ids: Sequence[int]) -> Mapping[int, Coupon]:
        await self.tx.statement("coupons.coupons")
        found = {number: self.tx.get("coupons", (user_id, number)) for number in coupon_ids}
        return {number: coupon for number, coupon in found.items() if coupon is not None}

    async def reserve(
        self, user_id: int, coupon_ids: Sequence[int], order_id: int, moment: datetime
    ) -> frozenset[int]:
        await self.tx.statement("coupons.reserve")
        moved: set[int] = set()
        for number in sorted(coupon_ids):
            await self.tx.lock("coupons", (user_id, number))
            coupon = self.tx.get("coupons", (user_id, number))
            if coupon is None or not coupon.valid_from <= moment < coupon.valid_until:
                continue
            if coupon.stored_status is MOVES[CouponAct.RESERVE].before:
                held = replace(coupon, stored_status=CouponStatus.RESERVED, order_id=order_id)
                await self.tx.put("coupons", (user_id, number), held)
                moved.add(number)
        return frozenset(moved)

    async def move_of_order(
        self, user_id: int, order_id: int, act: CouponAct, moment: datetime
    ) -> int:
        await self.tx.statement(f"coupons.{act}")
        moved = 0
        for key, coupon in sorted(self.tx.rows("coupons").items()):
            if (coupon.user_id, coupon.order_id) != (user_id, order_id):
                continue
            if coupon.stored_status is not MOVES[act].before:
                continue
            recalled = self.tx.get("recalled", key) is not None
            ended = moment >= coupon.valid_until
            status = next_status(coupon.stored_status, act, ended=ended, recalled=recalled)
            kept = order_id if status in OF_AN_ORDER else None
            await self.tx.put("coupons", key, replace(coupon, stored_status=status, order_id=kept))
            moved += 1
        return moved

    async def take_code(self, hashes: Sequence[bytes], user_id: int, moment: datetime) -> bool:
        await self.tx.statement("coupons.take_code")
        for known in hashes:
            await self.tx.lock("codes", (known,))
            code: KnownCode | None = self.tx.get("codes", (known,))
            if code is not None and code.redeemed_by is None and not code.revoked:
                await self.tx.put("codes", (known,), replace(code, redeemed_by=user_id))
                return True
        return False

    async def code_of(self, hashes: Sequence[bytes]) -> KnownCode | None:
        await self.tx.statement("coupons.code_of")
        found = (self.tx.get("codes", (known,)) for known in hashes)
        return next((code for code in found if code is not None), None)

    async def count_miss(self, user_id: int, moment: datetime) -> int:
        await self.tx.statement("coupons.count_miss")
        key = (user_id, moment.date())
        misses = (self.tx.get("misses", key) or 0) + 1
        await self.tx.put("misses", key, misses)
        return misses

    async def revoke_one(self, user_id: int, coupon_id: int, moment: datetime) -> Coupon | None:
        await self.tx.statement("coupons.revoke_one")
        await self.tx.lock("coupons", (user_id, coupon_id))
        coupon: Coupon | None = self.tx.get("coupons", (user_id, coupon_id))
        if coupon is None or coupon.status_at(moment) is not CouponStatus.USABLE:
            return coupon
        revoked = replace(coupon, stored_status=CouponStatus.REVOKED)
        await self.tx.put("coupons", (user_id, coupon_id), revoked)
        return revoked

    async def recall(self, user_id: int, coupon_id: int, moment: datetime) -> None:
        """Rows: "recalled" by (user, id)."""
        coupon = await self.revoke_one(user_id, coupon_id, moment)
        if coupon is not None and coupon.stored_status in OF_AN_ORDER:
            await self.tx.put("recalled", (user_id, coupon_id), moment)

    async def expire_due(self, moment: datetime, at_most: int) -> int:
        await self.tx.statement("coupons.expire_due")
        over = [
            key
            for key, coupon in self.tx.rows("coupons").items()
            if coupon.stored_status is CouponStatus.USABLE and coupon.valid_until <= moment
            if not self.tx.held_by_others("coupons", key)
        ]
        for key in over[:at_most]:
            expired = replace(self.tx.get("coupons", key), stored_status=CouponStatus.EXPIRED)
            await self.tx.put("coupons", key, expired)
        return len(over[:at_most])
