"""Coupons as they change hands, in PostgreSQL, inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, Text, any_, bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.wallet.coupon import Coupon
from app.domain.wallet.lifecycle import OF_AN_ORDER, CouponAct
from app.ports.coupons import NewCoupon
from app.storage.coupon_acts import COUPON, MOMENT, moving
from app.storage.coupon_codes import PostgresCouponCodes
from app.storage.coupon_runs import PostgresCouponRuns
from app.storage.wallets import COLUMNS, coupon_of

OWNER = bindparam("owner", type_=BigInteger)
ORDER = bindparam("of_order", type_=BigInteger)
IDS = bindparam("ids", type_=ARRAY(BigInteger))

HAD = select(func.count()).where(
    COUPON.c.user_id == OWNER, COUPON.c.batch_code == bindparam("batch", type_=Text)
)
BY_ID = select(*COLUMNS).where(COUPON.c.user_id == OWNER, COUPON.c.id == any_(IDS))
OF_CAUSE = select(COUPON.c.id).where(
    COUPON.c.user_id == OWNER, COUPON.c.cause == bindparam("because", type_=Text)
)
ADD = text("""
INSERT INTO coupon (user_id, batch_code, origin, cause, claimed_at, valid_from, valid_until)
VALUES (:user_id, :batch_code, :origin, :cause, :claimed_at, :valid_from, :valid_until)
ON CONFLICT (user_id, cause) WHERE cause IS NOT NULL DO NOTHING
RETURNING id
""")
RESERVE = (
    moving(CouponAct.RESERVE)
    .where(COUPON.c.user_id == OWNER, COUPON.c.id == any_(IDS), COUPON.c.valid_from <= MOMENT)
    .values(order_id=ORDER)
    .returning(COUPON.c.id)
)
REVOKE = moving(CouponAct.REVOKE).where(COUPON.c.user_id == OWNER, COUPON.c.id == any_(IDS))
RECALL = (
    update(COUPON)
    .where(
        COUPON.c.user_id == OWNER,
        COUPON.c.id == any_(IDS),
        COUPON.c.status.in_(sorted(status.value for status in OF_AN_ORDER)),
        COUPON.c.recalled_at.is_(None),
    )
    .values(recalled_at=MOMENT)
)
OF_ORDER = {
    act: moving(act)
    .where(COUPON.c.user_id == OWNER, COUPON.c.order_id == ORDER)
    .returning(COUPON.c.id)
    for act in (CouponAct.RELEASE, CouponAct.REDEEM, CouponAct.GIVE_BACK)
}


class PostgresMemberCoupons:
    """Implements `app.ports.coupons.MemberCoupons`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def had_of_batch(self, user_id: int, batch_code: str) -> int:
        given = {"owner": user_id, "batch": batch_code}
        return (await self._connection.execute(HAD, given)).scalar_one()

    async def add(self, new: NewCoupon) -> int | None:
        return (await self._connection.execute(ADD, values_of(new))).scalar_one_or_none()

    async def of_cause(self, user_id: int, cause: str) -> int | None:
        given = {"owner": user_id, "because": cause}
        return (await self._connection.execute(OF_CAUSE, given)).scalar_one_or_none()

    async def coupons(self, user_id: int, coupon_ids: Sequence[int]) -> Mapping[int, Coupon]:
        rows = await self._connection.execute(BY_ID, {"owner": user_id, "ids": list(coupon_ids)})
        return {row.id: coupon_of(row) for row in rows}

    async def reserve(
        self, user_id: int, coupon_ids: Sequence[int], order_id: int, moment: datetime
    ) -> frozenset[int]:
        given = {
            "owner": user_id,
            "ids": list(coupon_ids),
            "of_order": order_id,
            "moment": moment,
        }
        return frozenset((await self._connection.execute(RESERVE, given)).scalars())

    async def recall(self, user_id: int, coupon_id: int, moment: datetime) -> None:
        given = {"owner": user_id, "ids": [coupon_id], "moment": moment}
        for statement in (REVOKE, RECALL):
            await self._connection.execute(statement, given)

    async def move_of_order(
        self, user_id: int, order_id: int, act: CouponAct, moment: datetime
    ) -> int:
        given = {"owner": user_id, "of_order": order_id, "moment": moment}
        return len((await self._connection.execute(OF_ORDER[act], given)).all())


def values_of(new: NewCoupon) -> dict[str, object]:
    return {
        "user_id": new.user_id,
        "batch_code": new.batch_code,
        "origin": new.origin.value,
        "cause": new.cause,
        "claimed_at": new.claimed_at,
        "valid_from": new.valid_from,
        "valid_until": new.valid_until,
    }


class PostgresCouponBook(PostgresMemberCoupons, PostgresCouponCodes, PostgresCouponRuns):
    """Implements `app.ports.coupons.CouponBook`."""
