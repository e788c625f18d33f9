"""Anything by its id."""

from typing import Annotated

import strawberry

from app.domain.orders.order import Order as PlacedOrder
from app.domain.promotions.promotion import Promotion
from app.domain.stations import station as domain
from app.resolvers import nodes as resolve
from app.resolvers.wallet import HeldCoupon
from app.schema import ids
from app.schema.access import OWN, PUBLIC, access, field_access
from app.schema.info import Info
from app.schema.offers import Offer
from app.schema.orders import Order
from app.schema.products import StationProduct
from app.schema.scalars import DateTime
from app.schema.statements import StatementEntry
from app.schema.stations import Station
from app.schema.values import Node
from app.schema.viewer import Viewer
from app.schema.wallet import Coupon


def _node(found: resolve.FoundNode | None, info: Info) -> Node | None:
    match found:
        case None:
            return None
        case domain.Station():
            return Station.of(found)
        case resolve.FoundProduct():
            return StationProduct.of(found.product)
        case Promotion():
            return Offer.of(found)
        case HeldCoupon():
            return Coupon.of(found)
        case PlacedOrder():
            return Order.of(found, info)
        case resolve.FoundEntry():
            return StatementEntry.of(found.user_id, found.entry)
        case resolve.FoundViewer():
            return Viewer.of(found.viewer, found.member)


@access(OWN)
@strawberry.type
class NodeQueries:
    @strawberry.field
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:  # noqa: A002 the contract's own word
        return _node(await resolve.find_node(info.context, ids.decode(id)), info)

    @strawberry.field(description="In the order asked; null where unknown or not the viewer's.")
    async def nodes(
        self, info: Info, ids_: Annotated[list[strawberry.ID], strawberry.argument(name="ids")]
    ) -> list[Node | None] | None:
        found = await resolve.find_nodes(info.context, [ids.decode(text) for text in ids_])
        return [_node(one, info) for one in found]

    @strawberry.field(
        metadata=field_access(PUBLIC), description="The one instant this request is computed at."
    )
    def now(self, info: Info) -> DateTime:
        return DateTime(info.context.moment)
