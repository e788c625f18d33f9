"""Watching an order: as it is now, then at each change, until nothing moves it any more."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from app.domain.orders.lifecycle import at_rest
from app.domain.orders.order import Order
from app.ports.errors import StorageUnavailable
from app.resolvers.context import RequestContext
from app.resolvers.errors import OrderUnknown, SignInRequired
from app.resolvers.keys import OrderKey


async def watch_order(context: RequestContext, key: OrderKey | None) -> AsyncGenerator[Order, None]:
    """The viewer's own order, each state that is seen once. A change may be missed where the next
    follows at once; the last one never is. While the database is down nothing comes, and then what
    is new.

    Raises `SignInRequired`, `OrderUnknown` (another's too); `StorageUnavailable` at the start.
    """
    viewer = context.viewer()
    if viewer is None or context.order_news is None:
        raise SignInRequired
    if key is None or key.user_id != viewer.user_id:
        raise OrderUnknown
    shown = None
    async with aclosing(context.order_news.hints(key.user_id, key.order_id)) as hints:
        async for _ in hints:
            try:
                order = await _read(context, key)
            except StorageUnavailable:
                if shown is None:
                    raise
                continue
            if order != shown:
                yield order
                shown = order
            if at_rest(order):
                return


async def _read(context: RequestContext, key: OrderKey) -> Order:
    """Past the loaders, which keep what they read."""
    wanted = (key.user_id, key.order_id)
    order = (await context.orders.orders_by_id([wanted])).get(wanted)
    if order is None:
        raise OrderUnknown
    return order
