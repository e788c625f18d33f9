"""Balances and statements of points and fuel credit from PostgreSQL."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Text, and_, any_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.loyalty.account import balance_at
from app.domain.loyalty.balance import Balance
from app.domain.loyalty.entry import Entry
from app.domain.loyalty.lot import Lot
from app.domain.loyalty.rules import DEFAULT_LOYALTY_RULES
from app.domain.loyalty.unit import Unit
from app.ports.balances import StatementPage
from app.storage.accounts import ACCOUNT, ENTRY, LOT, account_of, entry_of, lot_of
from app.storage.engine import reading

GREATEST = 2**63 - 1
"""BIGINT: clients send numbers, and one beyond this is of no entry."""

USER_IDS = bindparam("user_ids", type_=ARRAY(BigInteger))
_LOT_COLUMNS = [column for column in LOT.c if column.name not in ("user_id", "unit")]

BALANCES = (
    select(ACCOUNT, *_LOT_COLUMNS)
    .select_from(
        ACCOUNT.outerjoin(
            LOT,
            and_(
                LOT.c.user_id == ACCOUNT.c.user_id,
                LOT.c.unit == ACCOUNT.c.unit,
                LOT.c.remaining > 0,
                LOT.c.released,
            ),
        )
    )
    .where(ACCOUNT.c.user_id == any_(USER_IDS))
)

WANTED = (
    func.unnest(
        USER_IDS,
        bindparam("units", type_=ARRAY(Text)),
        bindparam("seqs", type_=ARRAY(BigInteger)),
    )
    .table_valued("user_id", "unit", "seq", name="wanted")
    .render_derived()
)

BY_KEY = select(ENTRY).join(
    WANTED,
    and_(
        ENTRY.c.user_id == WANTED.c.user_id,
        ENTRY.c.unit == WANTED.c.unit,
        ENTRY.c.seq == WANTED.c.seq,
    ),
)


class PostgresBalanceRepository:
    """Implements `app.ports.balances.BalanceRepository`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def balances(
        self, user_ids: Sequence[int], moment: datetime
    ) -> Mapping[int, Mapping[Unit, Balance]]:
        async with reading(self._engine) as connection:
            rows = (await connection.execute(BALANCES, {"user_ids": list(user_ids)})).all()
        accounts: dict[tuple[int, Unit], Any] = {}
        lots: dict[tuple[int, Unit], list[Lot]] = defaultdict(list)
        for row in rows:
            key = row.user_id, Unit(row.unit)
            accounts[key] = row
            if row.seq is not None:
                lots[key].append(lot_of(row))
        found: dict[int, dict[Unit, Balance]] = defaultdict(dict)
        for (user_id, unit), row in accounts.items():
            account = account_of(row, tuple(lots[user_id, unit]))
            within = DEFAULT_LOYALTY_RULES.expiring_within
            found[user_id][unit] = balance_at(account, moment, within)
        return dict(found)

    async def page(self, wanted: StatementPage) -> tuple[Entry, ...]:
        query = select(ENTRY).where(
            ENTRY.c.user_id == wanted.user_id, ENTRY.c.unit == wanted.unit.value
        )
        if wanted.before is not None:
            query = query.where(ENTRY.c.seq < wanted.before)
        query = query.order_by(ENTRY.c.seq.desc()).limit(wanted.first + 1)
        async with reading(self._engine) as connection:
            rows = (await connection.execute(query)).all()
        return tuple(entry_of(row) for row in rows)

    async def entries(
        self, keys: Sequence[tuple[int, Unit, int]]
    ) -> Mapping[tuple[int, Unit, int], Entry]:
        possible = [key for key in keys if 0 < key[0] <= GREATEST and 0 < key[2] <= GREATEST]
        wanted = {
            "user_ids": [user_id for user_id, _, _ in possible],
            "units": [unit.value for _, unit, _ in possible],
            "seqs": [seq for _, _, seq in possible],
        }
        async with reading(self._engine) as connection:
            rows = (await connection.execute(BY_KEY, wanted)).all()
        return {(row.user_id, Unit(row.unit), row.seq): entry_of(row) for row in rows}
