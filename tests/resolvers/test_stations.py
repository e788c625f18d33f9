"""The station list: what is found, in which order, and at whose price."""

from datetime import timedelta

import pytest

from app.domain.pricing.fill import AmountFill
from app.domain.profiles.member import Habits, Member, MemberTier, Preferences
from app.domain.promotions.conditions.member_tier import OfMemberTier
from app.domain.promotions.conditions.station import AtStation
from app.domain.promotions.promotion import CouponDelivery
from app.domain.promotions.terms import Lane
from app.domain.shared.fuel import FuelGrade, FuelType
from app.domain.stations.station import OpeningPeriod
from app.resolvers import personal_prices
from app.resolvers.keys import CouponKey, OfferKey
from app.schema import ids
from tests.fakes.world import NOON, World, coupon, station
from tests.resolvers.listings import LIST, NEAR, names, per_litre, world_of


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


async def test_no_reason_comes_from_the_history_without_personalisation():
    world = World.of([station(1), station(2)])
    plain = Preferences(personalised=False)
    world.join(
        Member(user_id=1, nickname=None, phone_masked=None, preferences=plain),
        Habits(usual_station_ids=(2,)),
    )
    data = await world.ask(LIST, {"sort": "RECOMMENDED", "first": 2}, user_id=1)
    assert [edge["reason"] for edge in data["stations"]["edges"]] == ["附近到手价最低", None]


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
    ('offerId: ""', []),
    ('couponId: ""', []),
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
