"""Watching an order."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import strawberry
from strawberry.scalars import ID

from app.resolvers.order_status import watch_order
from app.schema import ids
from app.schema.access import OWN, access
from app.schema.info import Info
from app.schema.orders import Order


@access(OWN)
@strawberry.type
class OrderSubscriptions:
    @strawberry.subscription(
        description="The order now, then at each change, until it is final. The mini-program polls"
        " `order` instead."
    )
    async def order_status(self, info: Info, order_id: ID) -> AsyncGenerator[Order, None]:
        async with aclosing(watch_order(info.context, ids.order_key(order_id))) as orders:
            async for order in orders:
                yield Order.of(order, info)
