"""Orders in PostgreSQL. Every statement names the member: an order is never found by its id
alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.documents.order_terms import dump_terms, load_terms
from app.domain.orders.lifecycle import OrderAct
from app.domain.orders.number import order_number
from app.domain.orders.order import Order
from app.domain.orders.status import OrderStatus
from app.domain.shared.payment import PaymentMethod
from app.ports.orders import Alike, NewOrder, OrderPage
from app.storage.engine import reading
from app.storage.tables import FuelOrderRow, table_of

ORDER = table_of(FuelOrderRow)
GREATEST_ID = 2**63 - 1
"""BIGINT: clients send ids, and one beyond this is of no order."""

COLUMNS = (
    ORDER.c.user_id,
    ORDER.c.id,
    ORDER.c.quote_id,
    ORDER.c.status,
    cast(ORDER.c.terms, Text).label("terms"),
    ORDER.c.payment_method,
    ORDER.c.placed_at,
    ORDER.c.pay_before,
    ORDER.c.paid_at,
    ORDER.c.fulfilled_at,
    ORDER.c.completed_at,
    ORDER.c.closed_at,
    ORDER.c.refunded_lines,
    ORDER.c.refunded_fen,
)

ONE = select(*COLUMNS).where(
    ORDER.c.user_id == bindparam("of_user", type_=BigInteger),
    ORDER.c.id == bindparam("of_id", type_=BigInteger),
)

_CHANGING = (
    *("status", "payment_method", "paid_at", "fulfilled_at", "completed_at", "closed_at"),
    *("refunded_lines", "refunded_fen"),
)
SAVE = (
    update(ORDER)
    .where(
        ORDER.c.user_id == bindparam("of_user", type_=BigInteger),
        ORDER.c.id == bindparam("of_id", type_=BigInteger),
    )
    .values({name: bindparam(name, type_=ORDER.c[name].type) for name in _CHANGING})
)

_WAITING = {
    OrderAct.EXPIRE: (ORDER.c.pay_before, ORDER.c.status == "PLACED"),
    OrderAct.FULFIL: (
        ORDER.c.paid_at,
        and_(ORDER.c.fulfilled_at.is_(None), ORDER.c.status.in_(["PAID", "PARTIALLY_REFUNDED"])),
    ),
    OrderAct.COMPLETE: (
        ORDER.c.fulfilled_at,
        and_(
            ORDER.c.completed_at.is_(None),
            ORDER.c.status.in_(["FULFILLED", "PARTIALLY_REFUNDED"]),
        ),
    ),
}

_GONE = [status.value for status in OrderStatus if not status.counts]

WANTED = (
    func.unnest(
        bindparam("user_ids", type_=ARRAY(BigInteger)),
        bindparam("order_ids", type_=ARRAY(BigInteger)),
    )
    .table_valued("user_id", "id", name="wanted")
    .render_derived()
)
BY_ID = select(*COLUMNS).join(
    WANTED, and_(ORDER.c.user_id == WANTED.c.user_id, ORDER.c.id == WANTED.c.id)
)


class PostgresOrderBook:
    """Implements `app.ports.orders.OrderBook`."""

    def __init__(
        self, connection: AsyncConnection, changed: Callable[[int, int], None] | None = None
    ) -> None:
        """`changed` hears (user_id, order id) of every order that was saved."""
        self._connection = connection
        self._changed = changed

    async def place(self, new: NewOrder) -> Order | None:
        order = Order(
            user_id=new.user_id,
            id=0,
            quote_id=new.quote_id,
            status=OrderStatus.PLACED,
            terms=new.terms,
            payment_method=new.payment_method,
            placed_at=new.placed_at,
            pay_before=new.pay_before,
            refunded_lines=tuple(0 for _ in new.terms.ledger.lines),
            number="",
        )
        values = order_values(order)
        del values["id"]
        statement = (
            insert(ORDER)
            .values({**values, "terms": cast(literal(values["terms"], Text), JSONB)})
            .on_conflict_do_nothing(index_elements=["user_id", "quote_id"])
            .returning(ORDER.c.id)
        )
        order_id = (await self._connection.execute(statement)).scalar()
        if order_id is None:
            return None
        return replace(order, id=order_id, number=order_number(order_id, order.placed_at))

    async def order(self, user_id: int, order_id: int) -> Order | None:
        if not 0 < order_id <= GREATEST_ID:
            return None
        given = {"of_user": user_id, "of_id": order_id}
        row = (await self._connection.execute(ONE, given)).first()
        return None if row is None else order_of(row)

    async def save(self, order: Order) -> None:
        values = order_values(order)
        given = {name: values[name] for name in _CHANGING}
        await self._connection.execute(SAVE, {**given, "of_user": order.user_id, "of_id": order.id})
        if self._changed is not None:
            self._changed(order.user_id, order.id)

    async def alike(self, wanted: Alike) -> int | None:
        newest = (await self._connection.execute(_newest_alike(wanted))).first()
        return None if newest is None else newest.id

    async def due(self, act: OrderAct, by: datetime, at_most: int) -> Sequence[tuple[int, int]]:
        since, waits = _WAITING[act]
        query = (
            select(ORDER.c.user_id, ORDER.c.id)
            .where(waits, since <= bindparam("by", type_=DateTime(timezone=True)))
            .order_by(since)
            .limit(at_most)
        )
        rows = await self._connection.execute(query, {"by": by})
        return [(row.user_id, row.id) for row in rows]


class PostgresOrderRepository:
    """Implements `app.ports.orders.OrderRepository`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def orders_by_id(
        self, keys: Sequence[tuple[int, int]]
    ) -> Mapping[tuple[int, int], Order]:
        possible = [key for key in keys if all(0 < part <= GREATEST_ID for part in key)]
        given = {
            "user_ids": [user_id for user_id, _ in possible],
            "order_ids": [order_id for _, order_id in possible],
        }
        rows = await self._rows(BY_ID, given)
        return {(row.user_id, row.id): order_of(row) for row in rows}

    async def page(self, wanted: OrderPage) -> tuple[Order, ...]:
        return tuple(order_of(row) for row in await self._rows(_page_query(wanted), {}))

    async def alike(self, wanted: Sequence[Alike]) -> Sequence[int | None]:
        columns = [_newest_alike(one).scalar_subquery() for one in wanted]
        rows = await self._rows(select(*columns), {})
        return list(rows[0])

    async def _rows(
        self, query: Select[*tuple[Any, ...]], values: Mapping[str, object]
    ) -> Sequence[Any]:
        async with reading(self._engine) as connection:
            return (await connection.execute(query, values)).all()


def order_of(row: Any) -> Order:
    """From a row of `COLUMNS`."""
    return Order(
        user_id=row.user_id,
        id=row.id,
        quote_id=row.quote_id,
        status=OrderStatus(row.status),
        terms=load_terms(row.terms),
        payment_method=PaymentMethod(row.payment_method),
        placed_at=row.placed_at,
        pay_before=row.pay_before,
        paid_at=row.paid_at,
        fulfilled_at=row.fulfilled_at,
        completed_at=row.completed_at,
        closed_at=row.closed_at,
        refunded_lines=tuple(row.refunded_lines),
        refunded_fen=row.refunded_fen,
        number=order_number(row.id, row.placed_at),
    )


ORDER_COLUMNS = (
    *("user_id", "id", "station_id", "fuel_grade", "fuel_type", "pump_amount_fen", "volume_ml"),
    *("discount_fen", "payable_fen", "status", "payment_method", "placed_at", "completed_at"),
    *("quote_id", "nozzle_no", "terms", "pay_before", "paid_at", "fulfilled_at", "closed_at"),
    *("refunded_lines", "refunded_fen"),
)
"""In the order of `order_values`."""


def order_values(order: Order) -> dict[str, Any]:
    """An order's row, by column; `terms` is JSON text."""
    terms = order.terms
    return {
        "user_id": order.user_id,
        "id": order.id,
        "station_id": terms.station_id,
        "fuel_grade": terms.fuel_grade.value,
        "fuel_type": terms.fuel_grade.fuel_type.value,
        "pump_amount_fen": terms.pump_amount_fen,
        "volume_ml": terms.volume_ml,
        "discount_fen": terms.discount_fen,
        "payable_fen": terms.payable_fen,
        "status": order.status.value,
        "payment_method": order.payment_method.value,
        "placed_at": order.placed_at,
        "completed_at": order.completed_at,
        "quote_id": order.quote_id,
        "nozzle_no": terms.nozzle_no,
        "terms": dump_terms(terms).decode(),
        "pay_before": order.pay_before,
        "paid_at": order.paid_at,
        "fulfilled_at": order.fulfilled_at,
        "closed_at": order.closed_at,
        "refunded_lines": list(order.refunded_lines),
        "refunded_fen": order.refunded_fen,
    }


def _page_query(wanted: OrderPage) -> Select[*tuple[Any, ...]]:
    placed = tuple_(ORDER.c.placed_at, ORDER.c.id)
    query = select(*COLUMNS).where(ORDER.c.user_id == wanted.user_id)
    if wanted.status is not None:
        query = query.where(ORDER.c.status == wanted.status.value)
    if wanted.after is not None:
        query = query.where(placed < tuple_(*map(literal, wanted.after)))
    newest = (ORDER.c.placed_at.desc(), ORDER.c.id.desc())
    return query.order_by(*newest).limit(wanted.first + 1)


def _newest_alike(wanted: Alike) -> Select[tuple[int]]:
    return (
        select(ORDER.c.id)
        .where(
            ORDER.c.user_id == wanted.user_id,
            ORDER.c.placed_at > wanted.since,
            ORDER.c.station_id == wanted.station_id,
            _same_nozzle(wanted.nozzle_no),
            ORDER.c.pump_amount_fen == wanted.pump_amount_fen,
            ORDER.c.status.not_in(_GONE),
        )
        .order_by(ORDER.c.placed_at.desc(), ORDER.c.id.desc())
        .limit(1)
    )


def _same_nozzle(nozzle_no: str | None) -> ColumnElement[bool]:
    return ORDER.c.nozzle_no.is_not_distinct_from(nozzle_no)
