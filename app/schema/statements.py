"""Points and fuel credit of the viewer, with their statements."""

import strawberry

from app.domain.loyalty import entry as domain
from app.domain.loyalty.balance import Balance
from app.domain.loyalty.unit import Unit
from app.resolvers import statements as resolve
from app.resolvers.context import Viewer
from app.resolvers.keys import EntryKey, OrderKey
from app.resolvers.orders import order_by_key
from app.resolvers.pages import Page
from app.schema import ids
from app.schema.access import OWN, access
from app.schema.enums import StatementKind
from app.schema.info import Info, words_of
from app.schema.orders import Order
from app.schema.pagination import PageInfo, decode_cursor, encode_cursor, page_info
from app.schema.scalars import DateTime
from app.schema.texts.statements import entry_label
from app.schema.values import Money, Node


@access(OWN)
@strawberry.type(description="Signed points or money, with the balance after it.")
class StatementEntry(Node):
    kind: StatementKind
    at: DateTime
    pending: bool = strawberry.field(
        description="It moves what is pending, which `pointsAfter` and `moneyAfter` never count."
    )
    points: int | None
    points_after: int | None
    money: Money | None
    money_after: Money | None
    _user_id: strawberry.Private[int]
    _entry: strawberry.Private[domain.Entry]

    @classmethod
    def of(cls, user_id: int, entry: domain.Entry) -> "StatementEntry":
        in_points = entry.unit is Unit.POINTS
        return cls(
            id=ids.encode(EntryKey(user_id, entry.unit, entry.seq)),
            kind=entry.kind,
            at=DateTime(entry.at),
            pending=entry.pending,
            points=entry.amount if in_points else None,
            points_after=entry.available_after if in_points else None,
            money=None if in_points else Money.of(entry.amount),
            money_after=None if in_points else Money.of(entry.available_after),
            _user_id=user_id,
            _entry=entry,
        )

    @strawberry.field
    def label(self, info: Info) -> str:
        return entry_label(self._entry, words_of(info))

    @strawberry.field(description="The order that it belongs to.")
    async def order(self, info: Info) -> Order | None:
        if self._entry.cause.order_id is None:
            return None
        key = OrderKey(self._user_id, self._entry.cause.order_id)
        order = await order_by_key(info.context, key)
        return Order.of(order, info) if order else None


@access(OWN)
@strawberry.type
class StatementEdge:
    cursor: str
    node: StatementEntry


@access(OWN)
@strawberry.type
class StatementConnection:
    edges: list[StatementEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, user_id: int, page: Page[domain.Entry]) -> "StatementConnection":
        edges = [
            StatementEdge(
                cursor=encode_cursor(placed.cursor), node=StatementEntry.of(user_id, placed.item)
            )
            for placed in page.items
        ]
        return cls(edges=edges, page_info=page_info(page))


async def _statement(
    info: Info, viewer: Viewer, unit: Unit, first: int, after: str | None
) -> StatementConnection:
    page = await resolve.statement(info.context, viewer, unit, first, decode_cursor(after or None))
    return StatementConnection.of(viewer.user_id, page)


@access(OWN)
@strawberry.type(description="Points that burn at placement and accrue on completion.")
class PointsAccount:
    available: int
    pending: int
    owed: int = strawberry.field(
        description="Taken back after they had been spent: what comes in next pays these first."
    )
    expiring_soon: int = strawberry.field(description="The part of `available` that ends first.")
    expiring_at: DateTime | None
    _viewer: strawberry.Private[Viewer]

    @classmethod
    def of(cls, viewer: Viewer, balance: Balance) -> "PointsAccount":
        return cls(
            available=balance.available,
            pending=balance.pending,
            owed=balance.owed,
            expiring_soon=balance.expiring_soon,
            expiring_at=DateTime(balance.expiring_at) if balance.expiring_at else None,
            _viewer=viewer,
        )

    @strawberry.field
    async def statement(
        self, info: Info, first: int = 20, after: str | None = strawberry.UNSET
    ) -> StatementConnection:
        return await _statement(info, self._viewer, Unit.POINTS, first, after)


@access(OWN)
@strawberry.type(description="Cash-back credit, not cash.")
class FuelCreditAccount:
    available: Money
    pending: Money
    owed: Money = strawberry.field(
        description="Taken back after it had been spent: what comes in next pays it first."
    )
    expiring_soon: Money = strawberry.field(description="The part of `available` that ends first.")
    expiring_at: DateTime | None
    _viewer: strawberry.Private[Viewer]

    @classmethod
    def of(cls, viewer: Viewer, balance: Balance) -> "FuelCreditAccount":
        return cls(
            available=Money.of(balance.available),
            pending=Money.of(balance.pending),
            owed=Money.of(balance.owed),
            expiring_soon=Money.of(balance.expiring_soon),
            expiring_at=DateTime(balance.expiring_at) if balance.expiring_at else None,
            _viewer=viewer,
        )

    @strawberry.field
    async def statement(
        self, info: Info, first: int = 20, after: str | None = strawberry.UNSET
    ) -> StatementConnection:
        return await _statement(info, self._viewer, Unit.FUEL_CREDIT, first, after)
