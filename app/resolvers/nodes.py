"""Anything that has an id, found by it; what is unknown or not the viewer's is None."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.loyalty.entry import Entry
from app.domain.orders.order import Order
from app.domain.profiles.member import Member
from app.domain.promotions.promotion import Promotion
from app.domain.stations.station import Station, StationProduct
from app.resolvers.context import RequestContext, Viewer
from app.resolvers.errors import TooMany
from app.resolvers.keys import (
    CouponKey,
    EntryKey,
    NodeKey,
    OfferKey,
    OrderKey,
    ProductKey,
    StationKey,
    ViewerKey,
)
from app.resolvers.offers import offer_by_code
from app.resolvers.orders import order_by_key
from app.resolvers.pages import LARGEST_PAGE
from app.resolvers.statements import entry_by_key
from app.resolvers.viewer import viewer_profile
from app.resolvers.wallet import HeldCoupon, held_coupon


@dataclass(frozen=True, slots=True)
class FoundProduct:
    station: Station
    product: StationProduct


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry of the viewer's own."""

    user_id: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class FoundViewer:
    viewer: Viewer
    member: Member


FoundNode = Station | FoundProduct | Promotion | HeldCoupon | FoundEntry | Order | FoundViewer


async def find_node(context: RequestContext, key: NodeKey | None) -> FoundNode | None:
    """`key` None: an id that cannot be read, which is unknown like any other."""
    match key:
        case None:
            return None
        case StationKey(station_id):
            return context.catalog.stations.by_id.get(station_id)
        case ProductKey():
            return _product(context, key)
        case OfferKey(code):
            return offer_by_code(context, code)
        case CouponKey():
            return await held_coupon(context, key)
        case EntryKey():
            entry = await entry_by_key(context, key)
            return FoundEntry(key.user_id, entry) if entry else None
        case OrderKey():
            return await order_by_key(context, key)
        case ViewerKey(user_id):
            return await _viewer(context, user_id)


async def find_nodes(
    context: RequestContext, keys: Sequence[NodeKey | None]
) -> list[FoundNode | None]:
    """In the order asked. More than 100: `TooMany`."""
    if len(keys) > LARGEST_PAGE:
        raise TooMany("ids", LARGEST_PAGE)
    return list(await asyncio.gather(*(find_node(context, key) for key in keys)))


def _product(context: RequestContext, key: ProductKey) -> FoundProduct | None:
    station = context.catalog.stations.by_id.get(key.station_id)
    product = station.products.get(key.fuel_grade) if station else None
    return FoundProduct(station, product) if station and product else None


async def _viewer(context: RequestContext, user_id: int) -> FoundViewer | None:
    found = await viewer_profile(context)
    if found is None or found[0].user_id != user_id:
        return None
    return FoundViewer(*found)
