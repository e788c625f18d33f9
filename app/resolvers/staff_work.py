"""What staff do: promotions on their way, settlement, the audit trail, orders at the pump, members
who call."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.domain.audit.record import AuditRecord, Plain
from app.domain.identity.permissions import Permission
from app.domain.identity.phone import read_phone
from app.domain.identity.staff import Staff
from app.domain.orders.lifecycle import IllegalMove
from app.domain.orders.order import Order
from app.domain.orders.settlement import Settlement
from app.domain.profiles.member import Member
from app.domain.promotions.lifecycle import Act, LifecycleRefusal, State
from app.ports.audit import AuditWanted, KeptRecord
from app.ports.orders import OrderPage
from app.ports.promotions import VersionRecord
from app.resolvers.context import RequestContext
from app.resolvers.errors import BadDay
from app.resolvers.office import Acting, acting, desk_of, office_of, signed_in_staff
from app.resolvers.order_life import fulfil_now
from app.resolvers.pages import Cursor, Page, Placed, check_first, key_after
from app.resolvers.promotion_lifecycle import record_named
from app.resolvers.staff_permits import PERMISSION_OF

MOST_ORDERS_SEEN = 5


async def own_staff(context: RequestContext) -> Staff | None:
    """Themselves. None for everyone else."""
    context.private = True
    return None if context.office is None else await signed_in_staff(context, context.office)


async def promotion_versions(
    context: RequestContext, code: str | None, state: State | None, first: int
) -> list[VersionRecord]:
    """The latest acts first; one promotion's, or all."""
    await acting(context, Permission.PROMOTION_READ)
    most = check_first(first)
    records = await office_of(context).promotions.versions(None if code is None else [code])
    found = [
        record
        for versions in records.values()
        for record in versions
        if state is None or record.state is state
    ]
    found.sort(key=lambda record: (record.steps[-1].at, record.code, record.version), reverse=True)
    return found[:most]


async def move_promotion(
    context: RequestContext, code: str, version: int, act: Act, note: str | None
) -> VersionRecord | LifecycleRefusal:
    """One act on one version, by whoever signed in: who wrote it does not approve it."""
    who = await acting(context, PERMISSION_OF[act])
    register = office_of(context).promotions
    try:
        await register.move([(code, version)], act, who.name, note)
        return record_named(await register.versions([code]), code, version)
    except LifecycleRefusal as refusal:
        return refusal


async def settlement_of(context: RequestContext, day: str) -> Settlement:
    """A day's, of the stations that who asks is bound to, or of all. Raises `BadDay`."""
    who = await acting(context, Permission.SETTLEMENT_READ)
    try:
        asked = date.fromisoformat(day)
    except ValueError:
        raise BadDay from None
    found = await office_of(context).settlements.settlement(asked)

    def reached(station_id: int) -> bool:
        return who.reaches(Permission.SETTLEMENT_READ, station_id)

    return replace(
        found,
        owed=tuple(row for row in found.owed if reached(row.station.id)),
        stations=tuple(row for row in found.stations if reached(row.station.id)),
    )


async def audit_trail(
    context: RequestContext, wanted: AuditWanted, first: int, after: Cursor | None
) -> Page[KeptRecord]:
    """Newest first. That it was searched is recorded too."""
    who = await acting(context, Permission.AUDIT_READ)
    most = check_first(first)
    key = key_after(after, "audit", (int,))
    if key is not None:
        wanted = replace(wanted, before_id=int(key[0]))
    found = await office_of(context).audit.search(wanted, most + 1)
    await _recorded(context, who, "audit.search", None, _told(wanted))
    items = tuple(
        Placed(Cursor(listing="audit", version=context.catalog.version, key=(kept.id,)), kept)
        for kept in found[:most]
    )
    return Page(items, has_next=len(found) > most, has_previous=key is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSeen:
    """As support sees a member: nothing by which to reach or to be them."""

    member: Member
    orders: tuple[Order, ...]


async def look_up_member(context: RequestContext, phone: str) -> MemberSeen | None:
    """By the whole phone number, which who calls has said. None: nobody is known by it. Each
    look-up is recorded, with whom it found."""
    who = await acting(context, Permission.MEMBER_LOOK_UP)
    read = read_phone(phone)
    if read is None:
        return None
    async with desk_of(context, who).works.begin(None) as work:
        user_id = await work.identities.phone_owner(read)
    await _recorded(context, who, "member.look_up", user_id, {"phone": read.masked})
    if user_id is None or context.loaders_of is None:
        return None
    theirs = context.loaders_of(user_id).viewer
    if theirs is None:
        return None
    member = await theirs.member.load(user_id)
    if member is None:
        return None
    asked = OrderPage(user_id=user_id, status=None, first=MOST_ORDERS_SEEN)
    page = await context.orders.page(asked)
    return MemberSeen(member=member, orders=page[:MOST_ORDERS_SEEN])


async def fulfil_by_staff(context: RequestContext, number: str) -> Order | IllegalMove | None:
    """The station says that the fuel is in the tank. None: no such order at a station of theirs."""
    who = await acting(context, Permission.ORDER_FULFIL)
    key = await office_of(context).orders.key_of(number)
    if key is None:
        return None
    desk = desk_of(context, who)
    async with desk.works.begin(key[0]) as work:
        order = await work.orders.order(*key)
    if order is None or not who.reaches(Permission.ORDER_FULFIL, order.terms.station_id):
        return None
    try:
        return await fulfil_now(desk, *key)
    except IllegalMove as illegal:
        return illegal


async def _recorded(
    context: RequestContext,
    who: Acting,
    act: str,
    user_id: int | None,
    after: Mapping[str, Plain],
) -> None:
    """That somebody looked."""
    desk = desk_of(context, who)
    record = AuditRecord(
        act=act,
        subject="nobody" if user_id is None else f"member:{user_id}",
        user_id=user_id,
        at=desk.moment,
        actor=who.actor,
        after=after,
    )
    async with desk.works.begin(None) as work:
        await work.audit.add(record)


def _told(wanted: AuditWanted) -> Mapping[str, Plain]:
    told: dict[str, Plain] = {
        "user_id": wanted.user_id,
        "actor": wanted.actor,
        "act": wanted.act,
        "subject": wanted.subject,
    }
    return {name: value for name, value in told.items() if value is not None}
