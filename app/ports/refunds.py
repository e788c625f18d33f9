"""Refunds of orders: inside a transaction, and read in batches."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from app.domain.orders.refund_request import OrderRefund


class RefundBook(Protocol):
    """Part of a `Work` that holds the member's lock, so between a read and a write of one member's
    refund nobody else changes it."""

    async def add(self, refund: OrderRefund) -> OrderRefund:
        """A new one: its `id` is made here, the one given counts for nothing. Its number must be
        new for this member."""
        ...

    async def refund(self, user_id: int, refund_id: int) -> OrderRefund | None: ...

    async def of_order(self, user_id: int, order_id: int) -> Sequence[OrderRefund]:
        """All of one order, in the order asked for."""
        ...

    async def save(self, refund: OrderRefund) -> None:
        """Writes what may change: status, when it was settled and what it restored."""
        ...

    async def open_since(self, before: datetime, at_most: int) -> Sequence[tuple[int, int]]:
        """(user_id, id) of refunds neither done nor rejected that were asked for up to an instant,
        the oldest first. For sweeps; it takes no lock."""
        ...


class RefundRepository(Protocol):
    """Reads outside of any use case that writes. When the database is down:
    `StorageUnavailable`."""

    async def refunds_by_order(
        self, keys: Sequence[tuple[int, int]]
    ) -> Mapping[tuple[int, int], tuple[OrderRefund, ...]]:
        """By (user_id, order id), each order's in the order asked for; an order without any may
        be absent. One statement."""
        ...
