"""What has been used of promotions, from PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    Select,
    Table,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.promotions.limits import LimitPer, LimitPeriod
from app.domain.promotions.usage import CounterKey, Used
from app.storage.engine import reading
from app.storage.tables import PromotionCounterRow, PromotionUsageRow, table_of

OWN = table_of(PromotionUsageRow)
SHARED = table_of(PromotionCounterRow)

DAYS = {LimitPeriod.DAY: 2, LimitPeriod.WEEK: 8, LimitPeriod.MONTH: 32}
"""How many days before an instant, as UTC counts them, a period that holds it can have begun: its
own days, and one more for the zones."""


def _still_counts(table: Table) -> ColumnElement[bool]:
    begun = (
        and_(
            table.c.period == period.value,
            table.c.period_start >= bindparam(period.value, type_=Date),
        )
        for period in DAYS
    )
    return or_(table.c.period == LimitPeriod.EVER.value, *begun)


OF_USERS = select(
    OWN.c.user_id, OWN.c.code, OWN.c.period, OWN.c.period_start, OWN.c.uses, OWN.c.fen
).where(OWN.c.user_id == any_(bindparam("user_ids", type_=ARRAY(BigInteger))), _still_counts(OWN))

_ASKED = any_(bindparam("codes", type_=ARRAY(Text)))
_SUMS = (
    cast(func.sum(SHARED.c.uses), BigInteger).label("uses"),
    cast(func.sum(SHARED.c.fen), BigInteger).label("fen"),
)
_KEY = (SHARED.c.code, SHARED.c.per, SHARED.c.subject, SHARED.c.period, SHARED.c.period_start)


def _counters(whose: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Each counter once, however many parts it stands in."""
    return (
        select(*_KEY, *_SUMS)
        .where(SHARED.c.code == _ASKED, whose, _still_counts(SHARED))
        .group_by(*_KEY)
        .having(or_(func.sum(SHARED.c.uses) > 0, func.sum(SHARED.c.fen) > 0))
    )


OF_ALL = _counters(SHARED.c.per.in_([per.value for per in LimitPer if per.shared]))
OF_DEVICE = _counters(
    and_(SHARED.c.per == LimitPer.DEVICE.value, SHARED.c.subject == bindparam("device", type_=Text))
)


class PostgresUsageRepository:
    """Implements `app.ports.usage.UsageRepository`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def of_users(
        self, user_ids: Sequence[int], moment: datetime
    ) -> Mapping[int, Mapping[CounterKey, Used]]:
        given = {"user_ids": list(user_ids), **_since(moment)}
        async with reading(self._engine) as connection:
            rows = (await connection.execute(OF_USERS, given)).all()
        found: dict[int, dict[CounterKey, Used]] = {}
        for row in rows:
            key = _key(row, LimitPer.USER, str(row.user_id))
            found.setdefault(row.user_id, {})[key] = Used(row.uses, row.fen)
        return found

    async def of_all(
        self, codes: Sequence[str], moment: datetime
    ) -> Mapping[str, Mapping[CounterKey, Used]]:
        given = {"codes": list(codes), **_since(moment)}
        async with reading(self._engine) as connection:
            rows = (await connection.execute(OF_ALL, given)).all()
        found: dict[str, dict[CounterKey, Used]] = {}
        for row in rows:
            key = _key(row, LimitPer(row.per), row.subject)
            found.setdefault(row.code, {})[key] = Used(row.uses, row.fen)
        return found

    async def of_device(
        self, device_id: str, codes: Sequence[str], moment: datetime
    ) -> Mapping[CounterKey, Used]:
        given = {"codes": list(codes), "device": device_id, **_since(moment)}
        async with reading(self._engine) as connection:
            rows = (await connection.execute(OF_DEVICE, given)).all()
        return {_key(row, LimitPer.DEVICE, row.subject): Used(row.uses, row.fen) for row in rows}


def _key(row: Any, per: LimitPer, subject: str) -> CounterKey:
    return CounterKey(row.code, per, subject, LimitPeriod(row.period), row.period_start)


def _since(moment: datetime) -> dict[str, date]:
    """The earliest start of each period that may still hold the moment somewhere."""
    return {period.value: (moment - timedelta(days=days)).date() for period, days in DAYS.items()}
