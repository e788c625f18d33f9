"""Coupons from PostgreSQL. Every statement names the member: a coupon is never found by its id
alone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    and_,
    any_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.wallet.coupon import Coupon, CouponStatus
from app.ports.wallets import CouponPage
from app.storage.engine import reading
from app.storage.tables import CouponRow, table_of

COUPON = table_of(CouponRow)
COLUMNS = (
    COUPON.c.id,
    COUPON.c.user_id,
    COUPON.c.batch_code,
    COUPON.c.status,
    COUPON.c.claimed_at,
    COUPON.c.valid_from,
    COUPON.c.valid_until,
    COUPON.c.order_id,
)
USABLE = CouponStatus.USABLE.value
EXPIRED = CouponStatus.EXPIRED.value
GREATEST_ID = 2**63 - 1
"""BIGINT: clients send ids, and one beyond this is of no coupon."""
USER_IDS = bindparam("user_ids", type_=ARRAY(BigInteger))
MOMENT = bindparam("moment", type_=DateTime(timezone=True))

OPEN = (
    select(*COLUMNS)
    .where(COUPON.c.user_id == any_(USER_IDS), COUPON.c.status.in_([USABLE, "RESERVED"]))
    .order_by(COUPON.c.user_id, COUPON.c.id)
)

STATUS_AT_MOMENT = case(
    (and_(COUPON.c.status == USABLE, COUPON.c.valid_until <= MOMENT), literal(EXPIRED)),
    else_=COUPON.c.status,
)

COUNTS = (
    select(COUPON.c.user_id, STATUS_AT_MOMENT.label("status_now"), func.count().label("coupons"))
    .where(COUPON.c.user_id == any_(USER_IDS))
    .group_by(COUPON.c.user_id, "status_now")
)

WANTED = (
    func.unnest(USER_IDS, bindparam("coupon_ids", type_=ARRAY(BigInteger)))
    .table_valued("user_id", "id", name="wanted")
    .render_derived()
)

BY_ID = select(*COLUMNS).join(
    WANTED, and_(COUPON.c.user_id == WANTED.c.user_id, COUPON.c.id == WANTED.c.id)
)


class PostgresWalletRepository:
    """Implements `app.ports.wallets.WalletRepository`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def open_coupons(self, user_ids: Sequence[int]) -> Mapping[int, tuple[Coupon, ...]]:
        rows = await self._rows(OPEN, {"user_ids": list(user_ids)})
        coupons: dict[int, list[Coupon]] = defaultdict(list)
        for row in rows:
            coupons[row.user_id].append(coupon_of(row))
        return {user_id: tuple(held) for user_id, held in coupons.items()}

    async def page(self, wanted: CouponPage) -> tuple[Coupon, ...]:
        rows = await self._rows(_page_query(wanted), {})
        return tuple(coupon_of(row) for row in rows)

    async def counts(
        self, user_ids: Sequence[int], moment: datetime
    ) -> Mapping[int, Mapping[CouponStatus, int]]:
        rows = await self._rows(COUNTS, {"user_ids": list(user_ids), "moment": moment})
        counts: dict[int, dict[CouponStatus, int]] = defaultdict(dict)
        for user_id, status, coupons in rows:
            counts[user_id][CouponStatus(status)] = coupons
        return dict(counts)

    async def coupons_by_id(
        self, keys: Sequence[tuple[int, int]]
    ) -> Mapping[tuple[int, int], Coupon]:
        possible = [key for key in keys if all(0 < part <= GREATEST_ID for part in key)]
        wanted = {
            "user_ids": [user_id for user_id, _ in possible],
            "coupon_ids": [coupon_id for _, coupon_id in possible],
        }
        rows = await self._rows(BY_ID, wanted)
        return {(row.user_id, row.id): coupon_of(row) for row in rows}

    async def _rows(
        self, query: Select[*tuple[Any, ...]], values: Mapping[str, object]
    ) -> Sequence[Any]:
        async with reading(self._engine) as connection:
            return (await connection.execute(query, values)).all()


def _page_query(wanted: CouponPage) -> Select[*tuple[Any, ...]]:
    ends = tuple_(COUPON.c.valid_until, COUPON.c.id)
    query = select(*COLUMNS).where(COUPON.c.user_id == wanted.user_id)
    if wanted.status is not None:
        query = query.where(_has_status(wanted.status, wanted.moment))
    if wanted.batch_codes is not None:
        query = query.where(COUPON.c.batch_code.in_(sorted(wanted.batch_codes)))
    if wanted.ends_before is not None:
        query = query.where(COUPON.c.valid_until < wanted.ends_before)
    if wanted.after is not None:
        query = query.where(ends > tuple_(*map(literal, wanted.after)))
    return query.order_by(COUPON.c.valid_until, COUPON.c.id).limit(wanted.first + 1)


def _has_status(status: CouponStatus, moment: datetime) -> ColumnElement[bool]:
    stored = COUPON.c.status == status.value
    if status is CouponStatus.USABLE:
        return and_(stored, COUPON.c.valid_until > moment)
    if status is CouponStatus.EXPIRED:
        return or_(stored, and_(COUPON.c.status == USABLE, COUPON.c.valid_until <= moment))
    return stored


def coupon_of(row: Any) -> Coupon:
    """From a row of `COLUMNS`."""
    return Coupon(
        id=row.id,
        user_id=row.user_id,
        batch_code=row.batch_code,
        stored_status=CouponStatus(row.status),
        claimed_at=row.claimed_at,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        order_id=row.order_id,
    )
