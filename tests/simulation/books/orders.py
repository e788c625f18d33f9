"""Orders and their refunds in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.orders.lifecycle import OrderAct, may
from app.domain.orders.order import Order
from app.domain.orders.refund_request import OrderRefund
from app.domain.orders.status import OrderStatus
from app.ports.orders import Alike, NewOrder
from tests.simulation.store import Transaction

WAITS_SINCE = {
    OrderAct.EXPIRE: "pay_before",
    OrderAct.FULFIL: "paid_at",
    OrderAct.COMPLETE: "fulfilled_at",
}
GONE = (OrderStatus.CANCELLED, OrderStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class MemoryOrders:
    tx: Transaction

    async def place(self, new: NewOrder) -> Order | None:
        await self.tx.statement("orders.place")
        await self.tx.lock("quotes", (new.user_id, new.quote_id))
        if self.tx.get("quotes", (new.user_id, new.quote_id)) is not None:
            return None
        order_id = self.tx.new_id()
        order = Order(
            user_id=new.user_id,
            id=order_id,
            number=f"{new.user_id}-{order_id}",
            quote_id=new.quote_id,
            status=OrderStatus.PLACED,
            terms=new.terms,
            payment_method=new.payment_method,
            placed_at=new.placed_at,
            pay_before=new.pay_before,
            refunded_lines=tuple(0 for _ in new.terms.ledger.lines),
        )
        await self.tx.put("quotes", (new.user_id, new.quote_id), order_id)
        await self.tx.put("orders", (new.user_id, order_id), order)
        return order

    async def order(self, user_id: int, order_id: int) -> Order | None:
        await self.tx.statement("orders.order")
        return self.tx.get("orders", (user_id, order_id))

    async def save(self, order: Order) -> None:
        await self.tx.statement("orders.save")
        before = self.tx.get("orders", (order.user_id, order.id))
        assert before is not None, "an order that was placed"
        assert before.terms == order.terms, "terms never change"
        await self.tx.put("orders", (order.user_id, order.id), order)

    async def alike(self, wanted: Alike) -> int | None:
        await self.tx.statement("orders.alike")
        found = [
            order
            for order in self.tx.rows("orders").values()
            if order.user_id == wanted.user_id
            and order.terms.station_id == wanted.station_id
            and order.terms.nozzle_no == wanted.nozzle_no
            and order.terms.pump_amount_fen == wanted.pump_amount_fen
            and order.placed_at > wanted.since
            and order.status not in GONE
        ]
        return max((order.id for order in found), default=None)

    async def due(self, act: OrderAct, by: datetime, at_most: int) -> Sequence[tuple[int, int]]:
        await self.tx.statement("orders.due")
        waiting = [
            (getattr(order, WAITS_SINCE[act]), order.user_id, order.id)
            for order in self.tx.rows("orders").values()
            if may(order, act) and getattr(order, WAITS_SINCE[act]) <= by
        ]
        return [(user_id, order_id) for _, user_id, order_id in sorted(waiting)[:at_most]]


@dataclass(frozen=True, slots=True)
class MemoryRefunds:
    tx: Transaction

    async def add(self, refund: OrderRefund) -> OrderRefund:
        await self.tx.statement("refunds.add")
        added = replace(refund, id=self.tx.new_id())
        await self.tx.put("refunds", (added.user_id, added.id), added)
        return added

    async def refund(self, user_id: int, refund_id: int) -> OrderRefund | None:
        await self.tx.statement("refunds.refund")
        return self.tx.get("refunds", (user_id, refund_id))

    async def of_order(self, user_id: int, order_id: int) -> Sequence[OrderRefund]:
        await self.tx.statement("refunds.of_order")
        rows = self.tx.rows("refunds").values()
        found = [row for row in rows if (row.user_id, row.order_id) == (user_id, order_id)]
        return sorted(found, key=lambda row: (row.requested_at, row.id))

    async def save(self, refund: OrderRefund) -> None:
        await self.tx.statement("refunds.save")
        await self.tx.put("refunds", (refund.user_id, refund.id), refund)

    async def open_since(self, before: datetime, at_most: int) -> Sequence[tuple[int, int]]:
        await self.tx.statement("refunds.open_since")
        found = [
            (row.requested_at, row.user_id, row.id)
            for row in self.tx.rows("refunds").values()
            if row.status.open and row.requested_at <= before
        ]
        return [(user_id, refund_id) for _, user_id, refund_id in sorted(found)[:at_most]]
