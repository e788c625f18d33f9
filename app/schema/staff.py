"""What staff and services read: behind permissions, never in drivers' manifests."""

import json
from collections.abc import Mapping
from typing import Annotated

import strawberry

from app.domain.audit.record import Plain
from app.domain.identity.permissions import permissions_of
from app.domain.identity.staff import Staff
from app.domain.orders import settlement as domain
from app.domain.orders.order import Order as PlacedOrder
from app.domain.promotions.lifecycle import Step
from app.domain.referral.masking import masked_nickname
from app.ports.audit import AuditWanted, KeptRecord
from app.ports.promotions import VersionRecord
from app.resolvers import staff_work as resolve
from app.resolvers.pages import Page
from app.schema.access import OWN, access, field_access
from app.schema.enums import (
    ActorKind,
    FuelGrade,
    Funder,
    MemberTier,
    OrderStatus,
    Permission,
    PromotionAct,
    PromotionState,
    Role,
)
from app.schema.info import Info
from app.schema.pagination import PageInfo, decode_cursor, encode_cursor, page_info
from app.schema.scalars import DateTime, Decimal
from app.schema.texts.orders import ORDER_STATUSES
from app.schema.values import Money, decimal_of


@access(OWN)
@strawberry.type(description="A person of staff: themselves.")
class StaffMember:
    name: str
    roles: list[Role]
    permissions: list[Permission]
    station_codes: list[str] = strawberry.field(
        description="Where roles held at stations count. Empty: they hold none."
    )

    @classmethod
    def of(cls, staff: Staff, info: Info) -> "StaffMember":
        stations = info.context.catalog.stations.by_id
        return cls(
            name=staff.name,
            roles=sorted(staff.roles),
            permissions=sorted(permissions_of(staff.roles)),
            station_codes=[
                stations[station_id].code
                for station_id in sorted(staff.station_ids)
                if station_id in stations
            ],
        )


@access(Permission.PROMOTION_READ)
@strawberry.type(description="One act in the life of a version.")
class PromotionStep:
    act: PromotionAct
    state: PromotionState
    by: str
    at: DateTime
    note: str | None

    @classmethod
    def of(cls, step: Step) -> "PromotionStep":
        return cls(act=step.act, state=step.state, by=step.by, at=DateTime(step.at), note=step.note)


@access(Permission.PROMOTION_READ)
@strawberry.type(description="A version never changes once written; steps say what was done to it.")
class PromotionVersion:
    code: str
    version: int
    state: PromotionState
    title: str | None = strawberry.field(
        description="Null: a document that this program cannot read."
    )
    author: str
    steps: list[PromotionStep]

    @classmethod
    def of(cls, record: VersionRecord, info: Info) -> "PromotionVersion":
        promotion = record.promotion
        return cls(
            code=record.code,
            version=record.version,
            state=record.state,
            title=promotion.title.in_language(info.context.language) if promotion else None,
            author=record.author,
            steps=[PromotionStep.of(step) for step in record.steps],
        )


@access(Permission.SETTLEMENT_READ)
@strawberry.type(description="What one funder owes at one station for the day.")
class OwedByFunder:
    station_code: str
    station_name: str
    funder: Funder
    orders: int
    discount: Money
    returned: Money = strawberry.field(description="Taken back with refunds done that day.")
    owed: Money = strawberry.field(
        description="Negative where refunds of earlier days exceed the day's discounts."
    )

    @classmethod
    def of(cls, row: domain.Owed) -> "OwedByFunder":
        return cls(
            station_code=row.station.code,
            station_name=row.station.name,
            funder=row.funder,
            orders=row.orders,
            discount=Money.of(row.discount_fen),
            returned=Money.of(row.returned_fen),
            owed=Money.of(row.owed_fen),
        )


@access(Permission.SETTLEMENT_READ)
@strawberry.type(description="Of the stations that who asks is bound to; else of all.")
class Settlement:
    day: str
    owed: list[OwedByFunder]
    ties: bool = strawberry.field(
        description="Every fen ties to an order or a refund, and the reverse."
    )

    @classmethod
    def of(cls, found: domain.Settlement) -> "Settlement":
        return cls(
            day=found.day.isoformat(),
            owed=[OwedByFunder.of(row) for row in found.owed],
            ties=not found.differences(),
        )


def _plain(values: Mapping[str, Plain]) -> str | None:
    return json.dumps(values, ensure_ascii=False, sort_keys=True) if values else None


@access(Permission.AUDIT_READ)
@strawberry.type(description="Who did what to what. Never personal data in clear.")
class AuditEntry:
    act: str
    subject: str
    at: DateTime
    actor_kind: ActorKind
    actor: str
    request_id: str | None
    before: str | None = strawberry.field(description="A JSON object of plain values.")
    after: str | None = strawberry.field(description="A JSON object of plain values.")

    @classmethod
    def of(cls, kept: KeptRecord) -> "AuditEntry":
        record = kept.record
        return cls(
            act=record.act,
            subject=record.subject,
            at=DateTime(record.at),
            actor_kind=record.actor.kind,
            actor=record.actor.name,
            request_id=record.actor.request_id,
            before=_plain(record.before),
            after=_plain(record.after),
        )


@access(Permission.AUDIT_READ)
@strawberry.type
class AuditEdge:
    cursor: str
    node: AuditEntry


@access(Permission.AUDIT_READ)
@strawberry.type
class AuditConnection:
    edges: list[AuditEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[KeptRecord]) -> "AuditConnection":
        edges = [
            AuditEdge(cursor=encode_cursor(placed.cursor), node=AuditEntry.of(placed.item))
            for placed in page.items
        ]
        return cls(edges=edges, page_info=page_info(page))


@access(Permission.MEMBER_LOOK_UP)
@strawberry.type
class SeenOrder:
    number: str
    status_label: str
    station_name: str
    payable: Money
    placed_at: DateTime

    @classmethod
    def of(cls, order: PlacedOrder, info: Info) -> "SeenOrder":
        return cls(
            number=order.number,
            status_label=ORDER_STATUSES[order.status].in_language(info.context.language),
            station_name=order.terms.station_name,
            payable=Money.of(order.terms.payable_fen),
            placed_at=DateTime(order.placed_at),
        )


@access(Permission.MEMBER_LOOK_UP)
@strawberry.type(description="A member as support sees them: masked.")
class SeenMember:
    nickname_masked: str
    phone_masked: str | None
    member_tier: MemberTier
    latest_orders: list[SeenOrder] = strawberry.field(description="Five at most.")

    @classmethod
    def of(cls, seen: resolve.MemberSeen, info: Info) -> "SeenMember":
        return cls(
            nickname_masked=masked_nickname(seen.member.nickname),
            phone_masked=seen.member.phone_masked,
            member_tier=seen.member.tier,
            latest_orders=[SeenOrder.of(order, info) for order in seen.orders],
        )


@access(Permission.ORDER_FULFIL)
@strawberry.type(description="An order as the station sees it: what was bought, not by whom.")
class FulfilledOrder:
    number: str
    status: OrderStatus
    station_name: str
    fuel_grade: FuelGrade
    nozzle_no: str | None
    litres: Decimal
    pump_amount: Money

    @classmethod
    def of(cls, order: PlacedOrder) -> "FulfilledOrder":
        terms = order.terms
        return cls(
            number=order.number,
            status=order.status,
            station_name=terms.station_name,
            fuel_grade=terms.fuel_grade,
            nozzle_no=terms.nozzle_no,
            litres=decimal_of(terms.volume_ml),
            pump_amount=Money.of(terms.pump_amount_fen),
        )


@strawberry.input(
    description="All that are given must hold. `act`: whole, or its first word and a dot: `order.`."
)
class AuditFilter:
    actor: str | None = strawberry.UNSET
    act: str | None = strawberry.UNSET
    subject: str | None = strawberry.UNSET
    since: DateTime | None = strawberry.UNSET
    until: DateTime | None = strawberry.UNSET

    def to_domain(self) -> AuditWanted:
        return AuditWanted(
            actor=self.actor or None,
            act=self.act or None,
            subject=self.subject or None,
            since=self.since or None,
            until=self.until or None,
        )


@strawberry.type
class StaffQueries:
    @strawberry.field(
        metadata=field_access(OWN), description="Staff: themselves. Null for everyone else."
    )
    async def staff(self, info: Info) -> StaffMember | None:
        found = await resolve.own_staff(info.context)
        return StaffMember.of(found, info) if found else None

    @strawberry.field(
        metadata=field_access(Permission.PROMOTION_READ), description="The latest acts first."
    )
    async def promotion_versions(
        self,
        info: Info,
        code: str | None = strawberry.UNSET,
        state: PromotionState | None = strawberry.UNSET,
        first: int = 20,
    ) -> list[PromotionVersion] | None:
        found = await resolve.promotion_versions(info.context, code or None, state or None, first)
        return [PromotionVersion.of(record, info) for record in found]

    @strawberry.field(
        metadata=field_access(Permission.SETTLEMENT_READ),
        description="Of a day of the stations' own calendars, e.g. 2026-11-23.",
    )
    async def settlement(self, info: Info, day: str) -> Settlement | None:
        return Settlement.of(await resolve.settlement_of(info.context, day))

    @strawberry.field(metadata=field_access(Permission.AUDIT_READ), description="Newest first.")
    async def audit_trail(
        self,
        info: Info,
        filter: AuditFilter | None = strawberry.UNSET,  # noqa: A002 the contract's own word
        first: int = 20,
        after: str | None = strawberry.UNSET,
    ) -> AuditConnection | None:
        wanted = filter.to_domain() if filter else AuditWanted()
        cursor = decode_cursor(after or None)
        return AuditConnection.of(await resolve.audit_trail(info.context, wanted, first, cursor))

    @strawberry.field(
        metadata=field_access(Permission.MEMBER_LOOK_UP),
        description="By the whole phone number. Each look-up is recorded.",
    )
    async def member(
        self,
        info: Info,
        phone: Annotated[str, strawberry.argument(description="As the caller says it.")],
    ) -> SeenMember | None:
        seen = await resolve.look_up_member(info.context, phone)
        return SeenMember.of(seen, info) if seen else None
