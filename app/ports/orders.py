"""Orders: inside a transaction, and read in batches and pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.orders.lifecycle import OrderAct
from app.domain.orders.order import Order
from app.domain.orders.status import OrderStatus
from app.domain.orders.terms import OrderTerms
from app.domain.shared.payment import PaymentMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """A quote about to become an order: it starts PLACED, with nothing refunded."""

    user_id: int
    quote_id: str
    terms: OrderTerms
    payment_method: PaymentMethod
    placed_at: datetime
    pay_before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """What makes a second order look like the first again. `since`: exclusive."""

    user_id: int
    station_id: int
    nozzle_no: str | None
    pump_amount_fen: int
    since: datetime


class OrderBook(Protocol):
    """Part of a `Work` that holds the member's lock, so between a read and a write of one member's
    order nobody else changes it."""

    async def place(self, new: NewOrder) -> Order | None:
        """None: the member has an order of this quote already, whatever became of it."""
        ...

    async def order(self, user_id: int, order_id: int) -> Order | None: ...

    async def save(self, order: Order) -> None:
        """Writes what may change: status, payment method, the instants and what was refunded.
        Terms, quote and placement never change."""
        ...

    async def alike(self, wanted: Alike) -> int | None:
        """The id of the newest order that looks like it and was neither cancelled nor expired."""
        ...

    async def due(self, act: OrderAct, by: datetime, at_most: int) -> Sequence[tuple[int, int]]:
        """(user_id, id) of orders for which an act is due, the longest waiting first: EXPIRE with
        `pay_before` <= `by`, FULFIL with `paid_at` <= `by`, COMPLETE with `fulfilled_at` <= `by`.
        For sweeps; it takes no lock, so whoever acts on one reads it again under its member's."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """A request for orders, newest first. `after`: (placed_at, id) of the last one seen."""

    user_id: int
    status: OrderStatus | None
    first: int
    after: tuple[datetime, int] | None = None


class OrderRegister(Protocol):
    """For operators, who have nothing but an order's number. When the database is down:
    `StorageUnavailable`."""

    async def key_of(self, number: str) -> tuple[int, int] | None:
        """(user_id, id) of the order of a number."""
        ...


class OrderRepository(Protocol):
    """Reads outside of any use case that writes. Each method runs one statement. When the database
    is down: `StorageUnavailable`."""

    async def orders_by_id(
        self, keys: Sequence[tuple[int, int]]
    ) -> Mapping[tuple[int, int], Order]:
        """By (user_id, order id): another member's order is never found."""
        ...

    async def page(self, wanted: OrderPage) -> tuple[Order, ...]:
        """Up to `first` + 1 orders: one more tells that there is a next page."""
        ...

    async def alike(self, wanted: Sequence[Alike]) -> Sequence[int | None]:
        """For each, the id of the newest order that looks like it; see `OrderBook.alike`."""
        ...
