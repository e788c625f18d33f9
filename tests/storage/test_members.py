"""Members, habits and favourites as PostgreSQL keeps them."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.pricing.fill import AmountFill, LitresFill
from app.domain.profiles.member import Habits, Member, MemberTier, Preferences, Theme, Topic
from app.domain.shared.fuel import FuelGrade, FuelType
from app.domain.shared.payment import PaymentMethod
from app.storage.members import PostgresMemberRepository
from app.storage.statement_count import count_statements
from tests.support import rows


@pytest.fixture
def members(engine: AsyncEngine) -> PostgresMemberRepository:
    return PostgresMemberRepository(engine)


async def test_a_member_who_has_set_nothing(engine: AsyncEngine, members: PostgresMemberRepository):
    await rows.put_member(engine, 1, nickname=None)
    assert await members.members([1]) == {
        1: Member(user_id=1, nickname=None, phone_masked=None, preferences=Preferences())
    }


async def test_every_setting_is_read(engine: AsyncEngine, members: PostgresMemberRepository):
    await rows.put_member(
        engine, 7, phone_masked="138****0007", tier="GOLD", segments=["taxi", "night"]
    )
    await rows.put_preferences(
        engine,
        7,
        theme="DARK",
        language="en",
        usual_fuel_grade="DIESEL_0",
        usual_volume_ml=40_000,
        usual_payment_method="ALIPAY",
        use_points=True,
        personalised=False,
        topics_off=["OFFERS", "REFERRAL"],
    )
    found = (await members.members([7]))[7]
    assert found == Member(
        user_id=7,
        nickname="会员 7",
        phone_masked="138****0007",
        tier=MemberTier.GOLD,
        segments=frozenset({"taxi", "night"}),
        preferences=Preferences(
            theme=Theme.DARK,
            language="en",
            usual_fuel_grade=FuelGrade.DIESEL_0,
            usual_fill=LitresFill(40_000),
            usual_payment_method=PaymentMethod.ALIPAY,
            use_points=True,
            personalised=False,
            topics_off=frozenset({Topic.OFFERS, Topic.REFERRAL}),
        ),
    )


async def test_a_usual_amount(engine: AsyncEngine, members: PostgresMemberRepository):
    await rows.put_member(engine, 1)
    await rows.put_preferences(engine, 1, usual_pump_amount_fen=30_000)
    assert (await members.members([1]))[1].preferences.usual_fill == AmountFill(30_000)


async def test_unknown_members_are_absent(engine: AsyncEngine, members: PostgresMemberRepository):
    await rows.put_member(engine, 1)
    assert set(await members.members([1, 2])) == {1}
    assert await members.habits([1, 2]) == {}
    assert await members.favourite_station_ids([1, 2]) == {}


@pytest.fixture
async def member_one(engine: AsyncEngine) -> None:
    await rows.put_brand(engine)
    await rows.put_station(engine, 1)
    await rows.put_station(engine, 2)
    await rows.put_member(engine, 1)


@pytest.mark.usefixtures("member_one")
class TestHabits:
    async def test_usual_fill_is_the_lower_median_of_the_last_ten(
        self, engine: AsyncEngine, members: PostgresMemberRepository
    ):
        for days_ago in range(1, 13):
            await rows.put_order(engine, 1, days_ago, pump_amount_fen=days_ago * 1_000)
        # The last ten are 1,000 to 10,000 fen; the lower of the two in the middle is the fifth.
        assert (await members.habits([1]))[1].usual_pump_amount_fen == {FuelType.GASOLINE: 5_000}

    async def test_fuel_types_are_apart_however_long_ago(
        self, engine: AsyncEngine, members: PostgresMemberRepository
    ):
        for days_ago in range(1, 60):
            await rows.put_order(engine, 1, days_ago)
        await rows.put_order(engine, 1, 300, fuel_grade="DIESEL_0", pump_amount_fen=77_700)
        assert (await members.habits([1]))[1].usual_pump_amount_fen == {
            FuelType.GASOLINE: 20_000,
            FuelType.DIESEL: 77_700,
        }

    async def test_cancelled_and_expired_orders_do_not_count(
        self, engine: AsyncEngine, members: PostgresMemberRepository
    ):
        open_ends = {"completed_at": None}
        for days_ago, status in enumerate(
            ("PLACED", "PAID", "FULFILLED", "CANCELLED", "EXPIRED"), start=1
        ):
            await rows.put_order(engine, 1, days_ago, status=status, **open_ends)
        await rows.put_order(engine, 1, 9, status="REFUNDED")
        await rows.put_order(engine, 1, 10, status="PARTIALLY_REFUNDED")
        assert (await members.habits([1]))[1].counted_orders == 5

    async def test_open_orders_make_no_habit(
        self, engine: AsyncEngine, members: PostgresMemberRepository
    ):
        await rows.put_order(engine, 1, 1, status="PAID", completed_at=None, discount_fen=500)
        assert await members.habits([1]) == {1: Habits(counted_orders=1)}

    async def test_savings_leave_out_what_was_refunded(
        self, engine: AsyncEngine, members: PostgresMemberRepository
    ):
        await rows.put_order(engine, 1, 1, discount_fen=300)
        await rows.put_order(engine, 1, 2, discount_fen=1_000, status="REFUNDED")
        await rows.put_order(engine, 1, 3, discount_fen=70)
        assert (await members.habits([1]))[1].savings_total_fen == 370

    async def test_usual_places_and_grade(
        self, engine: AsyncEngine, members: PostgresMemberRepository
    ):
        await rows.put_order(engine, 1, 1, station_id=2, fuel_grade="GASOLINE_95")
        await rows.put_order(engine, 1, 2, station_id=1)
        await rows.put_order(engine, 1, 3, station_id=1)
        habits = (await members.habits([1]))[1]
        assert habits.usual_station_ids == (1, 2)
        assert habits.usual_fuel_grade is FuelGrade.GASOLINE_92

    async def test_members_are_apart(self, engine: AsyncEngine, members: PostgresMemberRepository):
        await rows.put_member(engine, 2)
        await rows.put_order(engine, 1, 1, pump_amount_fen=11_100)
        await rows.put_order(engine, 2, 1, pump_amount_fen=22_200)
        found = await members.habits([1, 2])
        assert found[1].usual_pump_amount_fen == {FuelType.GASOLINE: 11_100}
        assert found[2].usual_pump_amount_fen == {FuelType.GASOLINE: 22_200}


@pytest.mark.usefixtures("member_one")
async def test_favourites(engine: AsyncEngine, members: PostgresMemberRepository):
    await rows.put_member(engine, 2)
    await rows.put_favourite(engine, 1, 1)
    await rows.put_favourite(engine, 1, 2)
    await rows.put_favourite(engine, 2, 2)
    assert await members.favourite_station_ids([1, 2, 3]) == {
        1: frozenset({1, 2}),
        2: frozenset({2}),
    }


async def test_each_method_is_one_statement(engine: AsyncEngine, members: PostgresMemberRepository):
    many = list(range(1, 400))
    for read in (members.members, members.habits, members.favourite_station_ids):
        with count_statements(engine) as count:
            await read(many)
        assert len(count) == 1, count.statements
