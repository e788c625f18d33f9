"""The coupon wallet of the viewer."""

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from app.resolvers import wallet as resolve
from app.resolvers.context import Viewer
from app.resolvers.keys import CouponKey, OrderKey
from app.resolvers.orders import order_by_key
from app.resolvers.pages import Page
from app.resolvers.wallet import HeldCoupon
from app.schema import ids
from app.schema.access import OWN, access
from app.schema.enums import BenefitKind, CouponStatus
from app.schema.info import Info, words_of
from app.schema.offers import OfferCondition, offer_conditions
from app.schema.pagination import PageInfo, decode_cursor, encode_cursor, page_info
from app.schema.scalars import DateTime
from app.schema.texts.benefits import strength
from app.schema.texts.conditions import scope_text
from app.schema.values import Node

if TYPE_CHECKING:
    from app.schema.orders import Order


@access(OWN)
@strawberry.type
class Coupon(Node):
    claimed_at: DateTime
    valid_from: DateTime
    valid_until: DateTime
    _held: strawberry.Private[HeldCoupon]

    @classmethod
    def of(cls, held: HeldCoupon) -> "Coupon":
        coupon = held.coupon
        return cls(
            id=ids.encode(CouponKey(coupon.user_id, coupon.id)),
            claimed_at=DateTime(coupon.claimed_at),
            valid_from=DateTime(coupon.valid_from),
            valid_until=DateTime(coupon.valid_until),
            _held=held,
        )

    @strawberry.field
    def title(self, info: Info) -> str:
        return self._held.promotion.title.in_language(info.context.language)

    @strawberry.field
    def strength(self, info: Info) -> str:
        return strength(self._held.promotion, info.context.language)

    @strawberry.field(graphql_type=BenefitKind)
    def kind(self) -> Enum:
        return BenefitKind[self._held.promotion.benefit.kind]

    @strawberry.field
    def status(self, info: Info) -> CouponStatus:
        return self._held.coupon.status_at(info.context.moment)

    @strawberry.field
    def scope(self, info: Info) -> str:
        return scope_text(self._held.promotion, words_of(info))

    @strawberry.field
    def conditions(self, info: Info) -> list[OfferCondition]:
        return offer_conditions(self._held.promotion, words_of(info))

    @strawberry.field(description="The order that holds or used it.")
    async def order(
        self, info: Info
    ) -> Annotated["Order", strawberry.lazy("app.schema.orders")] | None:
        from app.schema.orders import Order  # noqa: PLC0415 orders tell of coupons too

        coupon = self._held.coupon
        if coupon.order_id is None:
            return None
        found = await order_by_key(info.context, OrderKey(coupon.user_id, coupon.order_id))
        return Order.of(found, info) if found else None


@access(OWN)
@strawberry.type
class CouponEdge:
    cursor: str
    node: Coupon


@access(OWN)
@strawberry.type
class CouponConnection:
    edges: list[CouponEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[HeldCoupon]) -> "CouponConnection":
        edges = [
            CouponEdge(cursor=encode_cursor(placed.cursor), node=Coupon.of(placed.item))
            for placed in page.items
        ]
        return cls(edges=edges, page_info=page_info(page))


@access(OWN)
@strawberry.type
class CouponCount:
    status: CouponStatus
    count: int


@access(OWN)
@strawberry.type
class CouponWallet:
    _viewer: strawberry.Private[Viewer]

    @strawberry.field(description="Null status: all. `usableAt`: a station id.")
    async def coupons(
        self,
        info: Info,
        status: CouponStatus | None = CouponStatus.USABLE,
        usable_at: strawberry.ID | None = strawberry.UNSET,
        first: int = 20,
        after: str | None = strawberry.UNSET,
    ) -> CouponConnection:
        wanted = resolve.CouponsWanted(
            status=status,
            usable_at=ids.station_id(usable_at) if isinstance(usable_at, str) else None,
            first=first,
            after=decode_cursor(after or None),
        )
        return CouponConnection.of(await resolve.coupons(info.context, self._viewer, wanted))

    @strawberry.field
    async def counts(self, info: Info) -> list[CouponCount]:
        counted = await resolve.coupon_counts(self._viewer)
        return [CouponCount(status=status, count=count) for status, count in counted.items()]

    @strawberry.field(description="Soonest first.")
    async def expiring_within_days(
        self, info: Info, days: int = 3, first: int = 20
    ) -> list[Coupon]:
        held = await resolve.expiring_coupons(info.context, self._viewer, days, first)
        return [Coupon.of(one) for one in held]
