"""The viewer's orders by (user_id, order id)."""

from collections.abc import Sequence

from app.domain.orders.order import Order
from app.loaders.viewer.own import ViewerLoader
from app.ports.orders import OrderRepository


class OrderByIdLoader(ViewerLoader[tuple[int, int], Order | None]):
    """None: no such order of theirs."""

    def __init__(self, user_id: int, orders: OrderRepository) -> None:
        super().__init__(user_id)
        self._orders = orders

    async def load_batch(self, keys: Sequence[tuple[int, int]]) -> list[Order | None]:
        found = await self._orders.orders_by_id(keys)
        return [found.get(key) for key in keys]
