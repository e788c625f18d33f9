"""Orders in memory; each call counts as one statement, as it does in PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.orders.order import Order
from app.ports.errors import StorageUnavailable
from app.ports.orders import Alike, OrderPage


@dataclass
class FakeOrders:
    """Implements `app.ports.orders.OrderRepository`."""

    orders: list[Order] = field(default_factory=list)
    down: bool = False
    statements: int = 0

    def _count(self) -> None:
        self.statements += 1
        if self.down:
            raise StorageUnavailable("orders")

    async def orders_by_id(
        self, keys: Sequence[tuple[int, int]]
    ) -> Mapping[tuple[int, int], Order]:
        self._count()
        return {(o.user_id, o.id): o for o in self.orders if (o.user_id, o.id) in keys}

    async def page(self, wanted: OrderPage) -> tuple[Order, ...]:
        self._count()
        found = [
            order
            for order in self.orders
            if order.user_id == wanted.user_id
            and wanted.status in (None, order.status)
            and (wanted.after is None or (order.placed_at, order.id) < wanted.after)
        ]
        newest = sorted(found, key=lambda order: (order.placed_at, order.id), reverse=True)
        return tuple(newest[: wanted.first + 1])

    async def alike(self, wanted: Sequence[Alike]) -> Sequence[int | None]:
        self._count()
        return [self._alike(one) for one in wanted]

    def _alike(self, wanted: Alike) -> int | None:
        found = [
            order.id
            for order in self.orders
            if order.user_id == wanted.user_id
            and order.terms.station_id == wanted.station_id
            and order.terms.nozzle_no == wanted.nozzle_no
            and order.terms.pump_amount_fen == wanted.pump_amount_fen
            and order.placed_at > wanted.since
            and order.status.counts
        ]
        return max(found, default=None)
