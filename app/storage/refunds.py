"""Refunds in PostgreSQL: written inside a transaction, read in batches."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.orders.refund_request import OrderRefund, RefundStatus, Restored, RestoredKind
from app.domain.shared.text import LocalizedText
from app.storage.engine import reading
from app.storage.tables import OrderRefundRow, table_of

REFUND = table_of(OrderRefundRow)
OPEN = tuple(status.value for status in RefundStatus if status.open)

_KEY = (REFUND.c.user_id == bindparam("owner")) & (REFUND.c.id == bindparam("refund"))
ONE = select(REFUND).where(_KEY)
OF_ORDER = (
    select(REFUND)
    .where(REFUND.c.user_id == bindparam("owner"), REFUND.c.order_id == bindparam("order"))
    .order_by(REFUND.c.id)
)
OPEN_SINCE = (
    select(REFUND.c.user_id, REFUND.c.id)
    .where(REFUND.c.status.in_(OPEN), REFUND.c.requested_at <= bindparam("before"))
    .order_by(REFUND.c.requested_at, REFUND.c.id)
    .limit(bindparam("at_most"))
)
USER_IDS = bindparam("user_ids", type_=ARRAY(BigInteger))
ORDER_IDS = bindparam("order_ids", type_=ARRAY(BigInteger))
BY_ORDERS = (
    select(REFUND)
    .where(REFUND.c.user_id == any_(USER_IDS), REFUND.c.order_id == any_(ORDER_IDS))
    .order_by(REFUND.c.id)
)
SAVE = update(REFUND).where(_KEY)


class PostgresRefundBook:
    """Implements `app.ports.refunds.RefundBook`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, refund: OrderRefund) -> OrderRefund:
        new = insert(REFUND).values(refund_values(refund)).returning(REFUND.c.id)
        added = await self._connection.execute(new)
        return replace(refund, id=added.scalar_one())

    async def refund(self, user_id: int, refund_id: int) -> OrderRefund | None:
        found = await self._connection.execute(ONE, {"owner": user_id, "refund": refund_id})
        row = found.first()
        return None if row is None else _refund(row)

    async def of_order(self, user_id: int, order_id: int) -> Sequence[OrderRefund]:
        rows = await self._connection.execute(OF_ORDER, {"owner": user_id, "order": order_id})
        return [_refund(row) for row in rows]

    async def save(self, refund: OrderRefund) -> None:
        key = {"owner": refund.user_id, "refund": refund.id}
        await self._connection.execute(SAVE.values(_changing(refund)), key)

    async def open_since(self, before: datetime, at_most: int) -> Sequence[tuple[int, int]]:
        given = {"before": before, "at_most": at_most}
        rows = await self._connection.execute(OPEN_SINCE, given)
        return [(row.user_id, row.id) for row in rows]


class PostgresRefundRepository:
    """Implements `app.ports.refunds.RefundRepository`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def refunds_by_order(
        self, keys: Sequence[tuple[int, int]]
    ) -> Mapping[tuple[int, int], tuple[OrderRefund, ...]]:
        wanted = frozenset(keys)
        given = {
            "user_ids": sorted({user_id for user_id, _ in wanted}),
            "order_ids": sorted({order_id for _, order_id in wanted}),
        }
        async with reading(self._engine) as connection:
            rows = (await connection.execute(BY_ORDERS, given)).all()
        found: dict[tuple[int, int], list[OrderRefund]] = defaultdict(list)
        for row in rows:
            if (row.user_id, row.order_id) in wanted:
                found[row.user_id, row.order_id].append(_refund(row))
        return {key: tuple(refunds) for key, refunds in found.items()}


def refund_values(refund: OrderRefund) -> dict[str, Any]:
    """By column, all but its id."""
    return {
        "user_id": refund.user_id,
        "order_id": refund.order_id,
        "number": refund.number,
        "lines_before": list(refund.before),
        "lines_after": list(refund.after),
        "money_fen": refund.money_fen,
        "fee_fen": refund.fee_fen,
        "reason": refund.reason,
        "requested_at": refund.requested_at,
        **_changing(refund),
    }


def _changing(refund: OrderRefund) -> dict[str, Any]:
    return {
        "status": refund.status.value,
        "settled_at": refund.settled_at,
        "restored": [_plain(one) for one in refund.restored],
    }


def _plain(restored: Restored) -> dict[str, Any]:
    title = restored.title
    return {
        "kind": restored.kind.value,
        "amount": restored.amount,
        "title": None if title is None else {"zh": title.zh, "en": title.en},
    }


def _restored(plain: Mapping[str, Any]) -> Restored:
    title = plain["title"]
    return Restored(
        kind=RestoredKind(plain["kind"]),
        amount=plain["amount"],
        title=None if title is None else LocalizedText(zh=title["zh"], en=title["en"]),
    )


def _refund(row: Any) -> OrderRefund:
    return OrderRefund(
        user_id=row.user_id,
        id=row.id,
        order_id=row.order_id,
        number=row.number,
        status=RefundStatus(row.status),
        before=tuple(row.lines_before),
        after=tuple(row.lines_after),
        money_fen=row.money_fen,
        fee_fen=row.fee_fen,
        reason=row.reason,
        requested_at=row.requested_at,
        settled_at=row.settled_at,
        restored=tuple(_restored(plain) for plain in row.restored),
    )
