"""Pages of the station list: they make up the whole list, and a wrong page is a bad request."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.profiles.member import Habits, Member
from app.domain.promotions.conditions.station import AtStation
from app.domain.shared.fuel import FuelGrade
from tests.fakes.world import World, station
from tests.resolvers.listings import LIST, NEAR, names, per_litre, walk, world_of

ORDERS = ("EFFECTIVE_PRICE", "DISTANCE", "RECOMMENDED")


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(ORDERS), st.integers(min_value=1, max_value=14))
async def test_pages_of_any_size_make_up_the_whole_list(sort: str, first: int):
    offers = [per_litre("near-7", 900, AtStation(stations=frozenset({"test:7", "test:9"})))]
    world = world_of(12, *offers)
    whole = await walk(world, 100, sort=sort)
    assert len(whole) == 12
    assert await walk(world, first, sort=sort) == whole


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("first", [1, 3, 5])
async def test_a_list_goes_on_when_the_catalog_moves_between_its_pages(sort: str, first: int):
    """Each page is of another version, whose rules are new but change no price: nothing is lost,
    nothing comes twice."""
    world = world_of(9, per_litre("all", 300))
    whole = await walk(world, 100, sort=sort)
    found: list[str] = []
    after: str | None = None
    for number in range(20):
        world.publish(per_litre(f"elsewhere-{number}", 500, AtStation(stations=frozenset({"x:1"}))))
        data = await world.ask(LIST, {"sort": sort, "first": first, "after": after})
        found += names(data)
        after = data["stations"]["pageInfo"]["endCursor"]
        if not data["stations"]["pageInfo"]["hasNextPage"]:
            break
    assert found == whole


async def test_a_price_that_moves_between_pages_moves_its_station_alone():
    """What keeps its key comes exactly once; only the station with a new price may move."""
    world = world_of(9)
    page = await world.ask(LIST, {"sort": "EFFECTIVE_PRICE", "first": 4})
    world.publish(per_litre("cut", 3_000, AtStation(stations=frozenset({"test:9"}))))
    after = page["stations"]["pageInfo"]["endCursor"]
    rest = await world.ask(LIST, {"sort": "EFFECTIVE_PRICE", "first": 100, "after": after})
    assert names(page) + names(rest) == [f"测试站 {number}" for number in range(1, 9)]


async def test_a_station_that_has_gone_does_not_stop_the_walk():
    world = world_of(6)
    page = await world.ask(LIST, {"sort": "DISTANCE", "first": 3})
    world.publish(stations=[station(number) for number in (1, 2, 5, 6)])
    after = page["stations"]["pageInfo"]["endCursor"]
    rest = await world.ask(LIST, {"sort": "DISTANCE", "first": 3, "after": after})
    assert names(rest) == ["测试站 5", "测试站 6"]


async def test_a_cursor_carries_the_grade_and_fill_it_was_sorted_by():
    """The viewer's usual grade changes between two pages: the second goes on with the first's."""
    prices = {
        n: {FuelGrade.GASOLINE_92: 7_000 + n, FuelGrade.GASOLINE_95: 9_000 - n} for n in range(1, 7)
    }
    world = World.of([station(n, prices=prices[n]) for n in prices])
    world.join(
        Member(user_id=5, nickname=None, phone_masked=None),
        Habits(usual_fuel_grade=FuelGrade.GASOLINE_92),
    )
    first = await world.ask(LIST, {"sort": "EFFECTIVE_PRICE", "first": 3}, user_id=5)
    world.join(
        Member(user_id=5, nickname=None, phone_masked=None),
        Habits(usual_fuel_grade=FuelGrade.GASOLINE_95),
    )
    after = first["stations"]["pageInfo"]["endCursor"]
    rest = await world.ask(LIST, {"sort": "EFFECTIVE_PRICE", "first": 3, "after": after}, user_id=5)
    assert names(first) + names(rest) == [f"测试站 {number}" for number in range(1, 7)]


BAD_REQUESTS = [
    ("stations { edges { cursor } }", "PLACE_MISSING"),
    ('stations(filter: {brands: ["sinopec"]}) { edges { cursor } }', "PLACE_MISSING"),
    ('stations(sort: DISTANCE, filter: {text: "x"}) { edges { cursor } }', "PLACE_MISSING"),
    ("stations(near: {latitude: 999, longitude: 0}) { edges { cursor } }", "BAD_COORDINATES"),
    ("stations(near: {latitude: 0, longitude: -181}) { edges { cursor } }", "BAD_COORDINATES"),
    (f"stations({NEAR}, first: 0) {{ edges {{ cursor }} }}", "BAD_PAGE_SIZE"),
    (f"stations({NEAR}, first: 101) {{ edges {{ cursor }} }}", "BAD_PAGE_SIZE"),
    (f"stations({NEAR}, radiusMeters: 0) {{ edges {{ cursor }} }}", "BAD_RADIUS"),
    (f"stations({NEAR}, radiusMeters: 100001) {{ edges {{ cursor }} }}", "BAD_RADIUS"),
    (f'stations({NEAR}, after: "x") {{ edges {{ cursor }} }}', "BAD_CURSOR"),
    (f"stations({NEAR}, fill: {{pumpAmountFen: 0}}) {{ edges {{ cursor }} }}", "BAD_FILL"),
    (f"stations({NEAR}, fill: {{pumpAmountFen: 1000001}}) {{ edges {{ cursor }} }}", "BAD_FILL"),
    (f'stations({NEAR}, fill: {{litres: "-1"}}) {{ edges {{ cursor }} }}', "BAD_FILL"),
    ('regions(text: "北京", first: 101) { code }', "BAD_PAGE_SIZE"),
    ("nodes(ids: [" + '"x",' * 101 + "]) { id }", "TOO_MANY"),
]


@pytest.mark.parametrize(("asked", "code"), BAD_REQUESTS, ids=[case[1] for case in BAD_REQUESTS])
async def test_bad_requests_have_a_code_and_leave_the_rest_of_the_page(asked: str, code: str):
    result = await world_of().execute("{ now " + asked + " }")
    assert result.data is not None
    assert result.data["now"]
    assert [error.extensions for error in result.errors or []] == [{"code": code}]


@pytest.mark.parametrize(
    "other",
    [
        "sort: RECOMMENDED",
        "radiusMeters: 9999",
        "fuelGrade: GASOLINE_95",
        "fill: {pumpAmountFen: 100}",
        "filter: {openNow: true}",
    ],
)
async def test_a_cursor_of_another_query_is_refused(other: str):
    world = world_of()
    page = await world.ask(LIST, {"sort": "EFFECTIVE_PRICE", "first": 2})
    after = page["stations"]["pageInfo"]["endCursor"]
    result = await world.execute(
        f'{{ stations({NEAR}, {other}, after: "{after}") {{ edges {{ cursor }} }} }}'
    )
    assert [error.extensions for error in result.errors or []] == [{"code": "BAD_CURSOR"}]
