"""Members, habits and favourites from PostgreSQL."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Select, any_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.orders.status import OrderStatus
from app.domain.pricing.fill import AmountFill, Fill, LitresFill
from app.domain.profiles.habits import (
    ORDERS_FOR_USUAL_FILL,
    ORDERS_FOR_USUAL_PLACES,
    PastFill,
    habits_of,
)
from app.domain.profiles.member import Habits, Member, MemberTier, Preferences, Theme, Topic
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.storage.engine import reading
from app.storage.tables import (
    FavouriteStationRow,
    FuelOrderRow,
    MemberPreferencesRow,
    MemberRow,
    table_of,
)

MEMBER = table_of(MemberRow)
PREFERENCES = table_of(MemberPreferencesRow)
FAVOURITE = table_of(FavouriteStationRow)
ORDER = table_of(FuelOrderRow)

USER_IDS = bindparam("user_ids", type_=ARRAY(BigInteger))

MEMBERS = (
    select(
        MEMBER.c.user_id,
        MEMBER.c.nickname,
        MEMBER.c.phone_masked,
        MEMBER.c.tier,
        MEMBER.c.segments,
        PREFERENCES.c.theme,
        PREFERENCES.c.language,
        PREFERENCES.c.usual_fuel_grade,
        PREFERENCES.c.usual_pump_amount_fen,
        PREFERENCES.c.usual_volume_ml,
        PREFERENCES.c.usual_payment_method,
        PREFERENCES.c.use_points,
        PREFERENCES.c.personalised,
        PREFERENCES.c.topics_off,
    )
    .select_from(MEMBER.outerjoin(PREFERENCES, PREFERENCES.c.user_id == MEMBER.c.user_id))
    .where(MEMBER.c.user_id == any_(USER_IDS))
)

FAVOURITES = select(FAVOURITE.c.user_id, FAVOURITE.c.station_id).where(
    FAVOURITE.c.user_id == any_(USER_IDS)
)


def _habits_query() -> Select[*tuple[Any, ...]]:
    """One row for each recent completed order of a member, with the member's totals; a member
    whose orders never completed has one row without an order."""
    newest = (ORDER.c.completed_at.desc(), ORDER.c.id.desc())
    nth_of_type = func.row_number().over(
        partition_by=(ORDER.c.user_id, ORDER.c.fuel_type), order_by=newest
    )
    nth = func.row_number().over(partition_by=ORDER.c.user_id, order_by=newest)
    recent = (
        select(
            ORDER.c.user_id,
            ORDER.c.station_id,
            ORDER.c.fuel_grade,
            ORDER.c.pump_amount_fen,
            nth_of_type.label("nth_of_type"),
            nth.label("nth"),
        )
        .where(ORDER.c.user_id == any_(USER_IDS), ORDER.c.completed_at.is_not(None))
        .cte("recent")
    )
    counts = ORDER.c.status.in_([status.value for status in OrderStatus if status.counts])
    saved = ORDER.c.completed_at.is_not(None) & (ORDER.c.status != OrderStatus.REFUNDED.value)
    totals = (
        select(
            ORDER.c.user_id,
            func.count().filter(counts).label("counted"),
            func.coalesce(func.sum(ORDER.c.discount_fen).filter(saved), 0).label("saved"),
        )
        .where(ORDER.c.user_id == any_(USER_IDS))
        .group_by(ORDER.c.user_id)
        .cte("totals")
    )
    wanted = (recent.c.user_id == totals.c.user_id) & or_(
        recent.c.nth_of_type <= ORDERS_FOR_USUAL_FILL, recent.c.nth <= ORDERS_FOR_USUAL_PLACES
    )
    return (
        select(
            totals.c.user_id,
            totals.c.counted,
            totals.c.saved,
            recent.c.station_id,
            recent.c.fuel_grade,
            recent.c.pump_amount_fen,
        )
        .select_from(totals.outerjoin(recent, wanted))
        .order_by(totals.c.user_id, recent.c.nth)
    )


HABITS = _habits_query()


class PostgresMemberRepository:
    """Implements `app.ports.members.MemberRepository`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def members(self, user_ids: Sequence[int]) -> Mapping[int, Member]:
        async with reading(self._engine) as connection:
            rows = (await connection.execute(MEMBERS, {"user_ids": list(user_ids)})).all()
        return {row.user_id: _member(row) for row in rows}

    async def habits(self, user_ids: Sequence[int]) -> Mapping[int, Habits]:
        async with reading(self._engine) as connection:
            rows = (await connection.execute(HABITS, {"user_ids": list(user_ids)})).all()
        totals: dict[int, tuple[int, int]] = {}
        fills: dict[int, list[PastFill]] = defaultdict(list)
        for user_id, counted, saved, station_id, fuel_grade, amount in rows:
            totals[user_id] = (counted, int(saved))
            if station_id is not None:
                fills[user_id].append(PastFill(station_id, FuelGrade(fuel_grade), amount))
        return {
            user_id: habits_of(
                fills.get(user_id, ()), counted_orders=counted, savings_total_fen=saved
            )
            for user_id, (counted, saved) in totals.items()
        }

    async def favourite_station_ids(self, user_ids: Sequence[int]) -> Mapping[int, frozenset[int]]:
        async with reading(self._engine) as connection:
            rows = (await connection.execute(FAVOURITES, {"user_ids": list(user_ids)})).all()
        stations: dict[int, set[int]] = defaultdict(set)
        for user_id, station_id in rows:
            stations[user_id].add(station_id)
        return {user_id: frozenset(ids) for user_id, ids in stations.items()}


def _member(row: Any) -> Member:
    return Member(
        user_id=row.user_id,
        nickname=row.nickname,
        phone_masked=row.phone_masked,
        tier=MemberTier(row.tier),
        segments=frozenset(row.segments),
        preferences=Preferences() if row.theme is None else preferences_of(row),
    )


def preferences_of(row: Any) -> Preferences:
    """From a row with the columns of `member_preferences`."""
    fill: Fill | None = None
    if row.usual_pump_amount_fen is not None:
        fill = AmountFill(row.usual_pump_amount_fen)
    elif row.usual_volume_ml is not None:
        fill = LitresFill(row.usual_volume_ml)
    method = row.usual_payment_method
    return Preferences(
        theme=Theme(row.theme),
        language=row.language,
        usual_fuel_grade=None if row.usual_fuel_grade is None else FuelGrade(row.usual_fuel_grade),
        usual_fill=fill,
        usual_payment_method=None if method is None else PaymentMethod(method),
        use_points=row.use_points,
        personalised=row.personalised,
        topics_off=frozenset(Topic(topic) for topic in row.topics_off),
    )
