"""The station list: what is found, in which order, at whose price, and on which page."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.pricing.fill import AmountFill
from app.domain.profiles.member import Habits, Member, MemberTier, Preferences
from app.domain.promotions.benefits.per_litre_off import PerLitreOff
from app.domain.promotions.conditions.member_tier import OfMemberTier
from app.domain.promotions.conditions.station import AtStation
from app.domain.promotions.promotion import CouponDelivery, Promotion
from app.domain.promotions.terms import Lane
from app.domain.shared.fuel import FuelGrade, FuelType
from app.domain.shared.text import LocalizedText
from app.domain.stations.station import OpeningPeriod
from app.resolvers import personal_prices
from app.resolvers.keys import CouponKey, OfferKey
from app.schema import ids
from tests.fakes.world import NOON, World, coupon, station

NEAR = "near: {latitude: 39.9, longitude: 116.39, datum: WGS84}"
LIST = (
    "query($sort: StationSort!, $first: Int!, $after: String, $grade: FuelGrade, $fill: FillInput) {"
    f" stations({NEAR}, sort: $sort, first: $first, after: $after, fuelGrade: $grade, fill: $fill)"
    " { edges { cursor distanceMeters reason node { name } }"
    " pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
)


def per_litre(code: str, off: int, *conditions: Any, **changes: Any) -> Promotion:
    facts: dict[str, Any] = {
        "code": code,
        "title": LocalizedText(zh=f"优惠 {code}", en=f"Offer {code}"),
        "lane": Lane.UNIT_PRICE,
        "benefit": PerLitreOff(off_mill_per_litre=off),
        "conditions": conditions,
    }
    return Promotion(**(facts | changes))


def world_of(count: int = 12, *promotions: Promotion) -> World:
    """Station 1 is the nearest and has the lowest pump price, station `count` the highest."""
    return World.of([station(number) for number in range(1, count + 1)], promotions)


def names(data: dict[str, Any]) -> list[str]:
    return [edge["node"]["name"] for edge in data["stations"]["edges"]]


async def walk(world: World, first: int, **variables: Any) -> list[str]:
    """All pages, one after the other, each in a request of its own."""
    found: list[str] = []
    after: str | None = None
    while True:
        data = await world.ask(LIST, {"first": first, "after": after} | variables)
        found += names(data)
        page = data["stations"]["pageInfo"]
        assert page["hasPreviousPage"] is (after is not None)
        if not page["hasNextPage"]:
            return found
        after = page["endCursor"]


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


async def test_sorts_by_the_price_this_viewer_pays():
    gold = per_litre(
        "gold",
        2_000,
        OfMemberTier(at_least=MemberTier.GOLD),
        AtStation(stations=frozenset({"test:4"})),
    )
    world = world_of(5, gold)
    world.join(Member(user_id=1, nickname=None, phone_masked=None, tier=MemberTier.GOLD))
    world.join(Member(user_id=2, nickname=None, phone_masked=None))
    variables = {"sort": "EFFECTIVE_PRICE", "first": 10}
    assert names(await world.ask(LIST, variables, user_id=1))[0] == "测试站 4"
    assert names(await world.ask(LIST, variables, user_id=2))[0] == "测试站 1"
    assert names(await world.ask(LIST, variables))[0] == "测试站 1"


async def test_a_station_without_the_grade_comes_last():
    diesel = station(1, prices={FuelGrade.DIESEL_0: 5_000})
    world = World.of([diesel, station(2), station(3)])
    data = await world.ask(LIST, {"sort": "EFFECTIVE_PRICE", "first": 10, "grade": "GASOLINE_92"})
    assert names(data) == ["测试站 2", "测试站 3", "测试站 1"]


@pytest.mark.parametrize(
    ("user_id", "reasons"),
    [(1, ["离您最近", "您常去的油站", None]), (None, [None, None, None])],
)
async def test_reasons_are_for_viewers_of_recommended_lists(user_id, reasons):
    world = World.of(
        [station(n, prices={FuelGrade.GASOLINE_92: 7_000 + n // 3}) for n in (1, 2, 3)]
    )
    world.join(Member(user_id=1, nickname=None, phone_masked=None), Habits(usual_station_ids=(2,)))
    data = await world.ask(LIST, {"sort": "RECOMMENDED", "first": 3}, user_id=user_id)
    found = [edge["reason"] for edge in data["stations"]["edges"]]
    assert found[1:] == reasons[1:]
    assert (found[0] is None) is (reasons[0] is None)


FILTERS = [
    ("openNow: true", [1, 2]),
    ('brands: ["petrochina"]', [2]),
    ('amenities: ["car_wash"]', [3]),
    ('text: "测试站 3"', [3]),
    ('text: "petrochina"', [2]),
    ('regionCode: "310000"', [4]),
    ("favouritesOnly: true", [1, 4]),
    (f'offerId: "{ids.encode(OfferKey("at-3"))}"', [3]),
    (f'offerId: "{ids.encode(OfferKey("unknown"))}"', []),
    ('offerId: "tampered"', []),
    (f'couponId: "{ids.encode(CouponKey(1, 77))}"', [2]),
    (f'couponId: "{ids.encode(CouponKey(2, 77))}"', []),
    ("", [1, 2, 3, 4]),
]


@pytest.mark.parametrize(("asked", "expected"), FILTERS, ids=[case[0][:24] for case in FILTERS])
async def test_each_filter_narrows(asked: str, expected: list[int]):
    closed = (OpeningPeriod(60, 120),)
    world = World.of(
        [
            station(1),
            station(2, brand_code="petrochina"),
            station(3, amenities=("car_wash",), opening=closed),
            station(4, region_code="310101", opening=closed),
        ],
        [
            per_litre("at-3", 100, AtStation(stations=frozenset({"test:3"}))),
            per_litre(
                "batch-2",
                100,
                AtStation(stations=frozenset({"test:2"})),
                lane=Lane.COUPON,
                delivery=CouponDelivery(valid_days_from_claim=9),
            ),
        ],
    )
    world.join(
        Member(user_id=1, nickname=None, phone_masked=None), coupons=[coupon(77, 1, "batch-2")]
    )
    world.join(
        Member(user_id=2, nickname=None, phone_masked=None), coupons=[coupon(77, 2, "batch-2")]
    )
    world.members.favourites[1] = frozenset({4, 1})
    document = f"{{ stations({NEAR}, filter: {{{asked}}}) {{ edges {{ node {{ name }} }} }} }}"
    data = await world.ask(document, user_id=1)
    assert sorted(names(data)) == [f"测试站 {number}" for number in expected]


async def test_guests_have_no_favourites():
    document = "{ stations(filter: {favouritesOnly: true}) { edges { cursor } } }"
    assert await world_of().ask(document) == {"stations": {"edges": []}}


async def test_without_a_place_a_filter_must_bound_the_list():
    world = World.of([station(1), station(2, region_code="310101")])
    document = (
        '{ stations(filter: {regionCode: "310000"}) { edges { distanceMeters node { name } } } }'
    )
    data = await world.ask(document)
    assert data["stations"]["edges"] == [{"distanceMeters": None, "node": {"name": "测试站 2"}}]


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


async def test_the_usual_fill_and_grade_are_the_viewers():
    document = (
        f"{{ stations({NEAR}) {{ edges {{ node {{ product(fuelGrade: GASOLINE_92) {{"
        " effectivePrice { fillOrigin pumpAmount { fen } personalised } } } } } }"
    )
    world = world_of(1)
    world.join(
        Member(user_id=1, nickname=None, phone_masked=None),
        Habits(usual_pump_amount_fen={FuelType.GASOLINE: 31_700}),
    )
    world.join(
        Member(
            user_id=2,
            nickname=None,
            phone_masked=None,
            preferences=Preferences(usual_fill=AmountFill(5_000)),
        ),
        Habits(usual_pump_amount_fen={FuelType.GASOLINE: 31_700}),
    )
    expected = {
        1: ("USUAL", 31_700, True),
        2: ("USUAL", 5_000, True),
        None: ("DEFAULT", 20_000, False),
    }
    for user_id, (origin, fen, personalised) in expected.items():
        data = await world.ask(document, user_id=user_id)
        price = data["stations"]["edges"][0]["node"]["product"]["effectivePrice"]
        assert price == {
            "fillOrigin": origin,
            "pumpAmount": {"fen": fen},
            "personalised": personalised,
        }


async def test_a_price_of_the_list_is_not_made_again_for_its_cards(monkeypatch: pytest.MonkeyPatch):
    batches: list[int] = []
    real = personal_prices.price_many
    monkeypatch.setattr(
        personal_prices,
        "price_many",
        lambda purchase, places: batches.append(len(places)) or real(purchase, places),
    )
    products = "products { effectivePrice { payable { fen } } again: effectivePrice { litres } }"
    document = f"{{ stations({NEAR}) {{ edges {{ node {{ {products} }} }} }} }}"
    await world_of(12).ask(document)
    assert batches == [12]


async def test_a_fault_of_personal_data_nulls_the_price_and_keeps_the_station():
    document = (
        "query($id: ID!) { station(id: $id) { name products { effectivePrice { litres } } } }"
    )
    world = world_of(1)
    world.join(Member(user_id=1, nickname=None, phone_masked=None))
    station_id = (await world.ask("{ stations(" + NEAR + ") { edges { node { id } } } }"))[
        "stations"
    ]
    variables = {"id": station_id["edges"][0]["node"]["id"]}
    world.go_down()
    result = await world.execute(document, variables, user_id=1)
    assert result.data == {"station": {"name": "测试站 1", "products": [{"effectivePrice": None}]}}
    assert result.errors is not None
    assert len(result.errors) == 1
    guest = await world.ask(document, variables)
    assert guest["station"]["products"][0]["effectivePrice"] is not None


@pytest.mark.parametrize(("stations", "products"), [(2, 1), (12, 1), (12, 3)])
async def test_statements_do_not_grow_with_stations_or_products(stations: int, products: int):
    grades = list(FuelGrade)[1 : 1 + products]
    world = World.of(
        [station(n, prices=dict.fromkeys(grades, 7_000 + n)) for n in range(1, stations + 1)]
    )
    world.join(Member(user_id=1, nickname=None, phone_masked=None))
    fields = (
        "isFavourite phone imageUrl offers { edges { node { title } } } "
        "products { effectivePrice { payable { fen } } }"
    )
    document = f"{{ stations({NEAR}) {{ edges {{ node {{ {fields} }} }} }} }}"
    await world.ask(document, user_id=1)
    # Member, habits, coupons, points; favourites; details.
    assert world.statements == 6


async def test_facets_and_regions_are_public():
    world = World.of([station(1, amenities=("car_wash",))])
    context = world.request(user_id=None)
    result = await world.execute(
        "{ stationFacets { brands { code label } amenities { code } fuelGrades }"
        ' regions(text: "东城") { code name center(datum: WGS84) { latitude } } }',
        context=context,
    )
    assert result.data == {
        "stationFacets": {
            "brands": [{"code": "sinopec", "label": "中国石化"}],
            "amenities": [{"code": "car_wash"}],
            "fuelGrades": ["GASOLINE_92"],
        },
        "regions": [{"code": "110101", "name": "北京市东城区", "center": {"latitude": 39.9042}}],
    }
    assert not context.private


async def test_prices_and_opening_are_those_of_the_requests_moment():
    document = "query($id: ID!) { station(id: $id) { openNow openingHours timeZone } now }"
    world = World.of([station(1, opening=(OpeningPeriod(360, 1_380),))])
    listed = await world.ask("{ stations(" + NEAR + ") { edges { node { id } } } }")
    variables = {"id": listed["stations"]["edges"][0]["node"]["id"]}
    day = await world.ask(document, variables)
    night = await world.ask(document, variables, moment=NOON + timedelta(hours=14))
    assert day["station"] == {
        "openNow": True,
        "openingHours": "06:00–23:00",
        "timeZone": "Asia/Shanghai",
    }
    assert night["station"]["openNow"] is False
    assert day["now"] == "2026-04-22T04:00:00+00:00"
