"""Offer lists, what of an offer is the viewer's, and how it is claimed."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.profiles.member import Habits, Member, MemberTier, Preferences
from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.conditions.first_order import IsFirstOrder
from app.domain.promotions.conditions.fuel_grade import OfFuelGrade
from app.domain.promotions.conditions.member_tier import OfMemberTier
from app.domain.promotions.conditions.region import InRegion
from app.domain.promotions.conditions.segment import InSegment
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.promotion import CouponDelivery, Promotion, Validity
from app.domain.promotions.terms import Lane
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.text import Language, LocalizedText
from app.domain.wallet.coupon import CouponStatus
from app.resolvers.keys import OfferKey, StationKey
from app.schema import ids
from tests.fakes.world import NOON, World, coupon, station

TITLES = "{ edges { node { title } } pageInfo { hasNextPage endCursor } }"
STATE = "query($id: ID!) { node(id: $id) { ... on Offer { claimState claimable remaining } } }"


def offer(code: str, *conditions: Any, **changes: Any) -> Promotion:
    facts: dict[str, Any] = {
        "code": code,
        "title": LocalizedText(zh=code, en=f"{code} in English"),
        "lane": Lane.ACTIVITY,
        "benefit": AmountOff(off_fen=500),
        "conditions": conditions,
    }
    return Promotion(**(facts | changes))


def batch(code: str, *conditions: Any, **changes: Any) -> Promotion:
    delivery: dict[str, Any] = {"claimable": True, "valid_days_from_claim": 7}
    delivery |= changes.pop("delivery", {})
    return offer(
        code, *conditions, lane=Lane.COUPON, delivery=CouponDelivery(**delivery), **changes
    )


def member(user_id: int, **changes: Any) -> Member:
    return Member(**({"user_id": user_id, "nickname": None, "phone_masked": None} | changes))


def titles(connection: dict[str, Any]) -> list[str]:
    return [edge["node"]["title"] for edge in connection["edges"]]


async def offers_of(world: World, arguments: str = "", **request: Any) -> list[str]:
    asked = f"({arguments})" if arguments else ""
    return titles((await world.ask(f"{{ offers{asked} {TITLES} }}", **request))["offers"])


async def test_lists_what_is_published_in_the_order_of_application():
    over = Validity(ends_at=NOON)
    later = Validity(starts_at=NOON + timedelta(seconds=1))
    world = World.of(
        [station(1)],
        [
            offer("b", sequence=2),
            offer("c", sequence=1),
            offer("price", lane=Lane.UNIT_PRICE),
            batch("claim-me"),
            batch("issued-only", delivery={"claimable": False}),
            offer("paused", paused=True),
            offer("over", validity=over),
            offer("later", validity=later),
            offer("last-moment", validity=Validity(ends_at=NOON + timedelta(microseconds=1))),
        ],
    )
    assert await offers_of(world) == ["price", "c", "b", "last-moment", "claim-me"]
    assert await offers_of(world, "lane: COUPON") == ["claim-me"]


async def test_near_a_place_only_what_can_be_used_there():
    world = World.of(
        [
            station(1),
            station(2, region_code="310101", latitude_e7=312_000_000, longitude_e7=1_214_000_000),
        ],
        [
            offer("beijing", InRegion(regions=frozenset({"110000"}))),
            offer("diesel", OfFuelGrade(fuel_grades=frozenset({FuelGrade.DIESEL_0}))),
            offer("shanghai", InRegion(regions=frozenset({"310000"}))),
        ],
    )
    near = "near: {latitude: 39.9, longitude: 116.39, datum: WGS84}"
    assert await offers_of(world, near) == ["beijing"]


@settings(max_examples=30, deadline=None)
@given(st.integers(min_value=1, max_value=9), st.integers(min_value=1, max_value=8))
async def test_pages_of_any_size_make_up_the_whole_list(count: int, first: int):
    """Also while new versions, whose offers are elsewhere in the order, come in between."""
    world = World.of(
        [station(1)], [offer(f"o{number}", sequence=number) for number in range(count)]
    )
    whole = await offers_of(world, "first: 100")
    found: list[str] = []
    after = None
    for number in range(20):
        asked = f"first: {first}" + (f', after: "{after}"' if after else "")
        page = (await world.ask(f"{{ offers({asked}) {TITLES} }}"))["offers"]
        found += titles(page)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        world.publish(offer(f"p{number}", lane=Lane.UNIT_PRICE))
    assert found == whole


async def test_a_cursor_of_another_list_is_refused():
    world = World.of([station(1)], [offer(f"o{number}") for number in range(3)])
    page = (await world.ask(f"{{ offers(first: 1) {TITLES} }}"))["offers"]
    after = page["pageInfo"]["endCursor"]
    result = await world.execute(f'{{ offers(lane: ACTIVITY, after: "{after}") {TITLES} }}')
    assert [error.extensions for error in result.errors or []] == [{"code": "BAD_CURSOR"}]
    assert result.data == {"offers": None}


async def test_an_offer_always_says_strength_validity_and_conditions():
    conditions = (ThresholdAmount(min_fen=20_000), OfMemberTier(at_least=MemberTier.GOLD))
    world = World.of([station(1)], [batch("x", *conditions, cap_fen=300)])
    fields = (
        "strength validity validFrom validUntil scope kind lane conditions { code text satisfied }"
    )
    document = f"{{ offers {{ edges {{ node {{ {fields} }} }} }} }}"
    guest = (await world.ask(document))["offers"]["edges"][0]["node"]
    assert guest == {
        "strength": "满 200 减 5 封顶 3 元",
        "validity": "领取后 7 天内有效",
        "validFrom": "1970-01-01T00:00:00+00:00",
        "validUntil": None,
        "scope": "全部油站、全部油号",
        "kind": "AMOUNT_OFF",
        "lane": "COUPON",
        "conditions": [
            {"code": "THRESHOLD_AMOUNT", "text": "加油金额满 200 元", "satisfied": None},
            {"code": "MEMBER_TIER", "text": "黄金会员及以上", "satisfied": None},
        ],
    }
    world.join(member(1, tier=MemberTier.GOLD))
    world.join(member(2))
    for user_id, satisfied in ((1, True), (2, False)):
        data = await world.ask(document, user_id=user_id, language=Language.EN)
        node = data["offers"]["edges"][0]["node"]
        assert node["conditions"] == [
            {"code": "THRESHOLD_AMOUNT", "text": "¥200 or more", "satisfied": None},
            {"code": "MEMBER_TIER", "text": "Gold members and above", "satisfied": satisfied},
        ]


STATES = [
    ("automatic", 1, "AUTOMATIC", None),
    ("claim-me", 1, "CLAIMABLE", None),
    ("claim-me", None, "SIGN_IN", None),
    ("claimed", 1, "CLAIMED", None),
    ("used", 1, "CLAIMED", None),
    ("used", 2, "CLAIMABLE", None),
    ("twice", 1, "CLAIMABLE", None),
    ("few", 1, "CLAIMABLE", 1),
    ("sold-out", 1, "SOLD_OUT", 0),
    ("sold-out", None, "SOLD_OUT", 0),
    ("gold", 1, "NOT_ELIGIBLE", None),
    ("gold", 2, "CLAIMABLE", None),
    ("over", 1, "ENDED", None),
    ("later", 1, "NOT_ELIGIBLE", None),
    ("paused", 1, "NOT_ELIGIBLE", None),
    ("issued-only", 1, "NOT_ELIGIBLE", None),
    ("issued-only", 2, "CLAIMED", None),
]


@pytest.mark.parametrize(("code", "user_id", "state", "remaining"), STATES)
async def test_one_state_says_whether_it_can_be_claimed(code, user_id, state, remaining):
    world = World.of(
        [station(1)],
        [
            offer("automatic"),
            batch("claim-me"),
            batch("claimed"),
            batch("used"),
            batch("twice", delivery={"per_user": 2}),
            batch("few", delivery={"stock": 10}),
            batch("sold-out", delivery={"stock": 10}),
            batch("gold", OfMemberTier(at_least=MemberTier.GOLD)),
            batch("over", validity=Validity(ends_at=NOON)),
            batch("later", validity=Validity(starts_at=NOON + timedelta(days=1))),
            batch("paused", paused=True),
            batch("issued-only", delivery={"claimable": False}),
        ],
    )
    world.stock.by_batch |= {"few": 9, "sold-out": 12}
    redeemed = coupon(2, 1, "used", stored_status=CouponStatus.REDEEMED)
    world.join(member(1), coupons=[coupon(1, 1, "claimed"), redeemed, coupon(3, 1, "twice")])
    world.join(member(2, tier=MemberTier.GOLD), coupons=[coupon(4, 2, "issued-only")])
    variables = {"id": ids.encode(OfferKey(code))}
    node = (await world.ask(STATE, variables, user_id=user_id))["node"]
    assert node == {
        "claimState": state,
        "claimable": state == "CLAIMABLE",
        "remaining": remaining,
    }


MINE = f"{{ viewer {{ offers {TITLES} }} }}"
REASONS = "{ viewer { offers { edges { node { title reason } } } } }"


def picked_world(**preferences: Any) -> World:
    world = World.of(
        [station(1)],
        [
            offer("for-all", sequence=1),
            offer("for-others", InSegment(segments=frozenset({"lapsed"}))),
            offer("for-new", IsFirstOrder(), sequence=9),
            batch("claim-me"),
        ],
    )
    world.join(member(1, preferences=Preferences(**preferences)), Habits(counted_orders=0))
    return world


async def test_offers_are_picked_for_the_viewer():
    world = picked_world()
    data = await world.ask(MINE, user_id=1)
    assert titles(data["viewer"]["offers"]) == ["for-new", "claim-me", "for-all"]
    reasons = await world.ask(REASONS, user_id=1)
    found = [edge["node"]["reason"] for edge in reasons["viewer"]["offers"]["edges"]]
    assert found == ["新用户首单", None, None]


async def test_by_rule_only_when_personalisation_is_off():
    world = picked_world(personalised=False)
    data = await world.ask(REASONS, user_id=1)
    nodes = [edge["node"] for edge in data["viewer"]["offers"]["edges"]]
    assert [node["title"] for node in nodes] == ["for-all", "for-new", "claim-me"]
    assert all(node["reason"] is None for node in nodes)


async def test_offers_at_a_station():
    here = InRegion(regions=frozenset({"110000"}))
    there = InRegion(regions=frozenset({"310000"}))
    diesel = OfFuelGrade(fuel_grades=frozenset({FuelGrade.DIESEL_0}))
    both = {FuelGrade.GASOLINE_92: 7_000, FuelGrade.DIESEL_0: 6_900}
    world = World.of(
        [station(1, prices=both)],
        [offer("here", here), offer("there", there), offer("diesel", diesel)],
    )
    world.join(member(1))
    variables = {"id": ids.encode(StationKey(1))}
    document = (
        f"query($id: ID!) {{ station(id: $id) {{ offers {TITLES} gas: offers(fuelGrade: GASOLINE_92)"
        f' {TITLES} }} viewer {{ offers(stationId: $id) {TITLES} none: offers(stationId: "x") {TITLES} }} }}'
    )
    data = await world.ask(document, variables, user_id=1)
    assert titles(data["station"]["offers"]) == ["diesel", "here"]
    assert titles(data["station"]["gas"]) == ["here"]
    assert titles(data["viewer"]["offers"]) == ["diesel", "here"]
    assert titles(data["viewer"]["none"]) == []


async def test_statements_do_not_grow_with_offers():
    statements: list[int] = []
    for count in (2, 30):
        world = World.of(
            [station(1)], [batch(f"b{n}", delivery={"stock": 5}) for n in range(count)]
        )
        world.join(member(1))
        fields = "remaining claimable claimState reason conditions { satisfied }"
        await world.ask(
            f"{{ offers(first: 100) {{ edges {{ node {{ {fields} }} }} }} }}", user_id=1
        )
        statements.append(world.statements)
    # Stock; coupons ever claimed; member, habits, coupons, points.
    assert statements == [6, 6]


@pytest.mark.parametrize(
    ("fields", "private"),
    [
        ("title strength remaining conditions { text }", False),
        ("claimable", True),
        ("claimState", True),
        ("reason", True),
        ("conditions { satisfied }", True),
    ],
)
@pytest.mark.parametrize("user_id", [None, 1])
async def test_an_answer_is_private_as_soon_as_a_viewers_field_is_in_it(fields, private, user_id):
    """For a guest too: the same document answers a member otherwise."""
    world = World.of([station(1)], [batch("x", OfMemberTier(at_least=MemberTier.GOLD))])
    world.join(member(1))
    context = world.request(user_id=user_id)
    result = await world.execute(
        f"{{ offers {{ edges {{ node {{ {fields} }} }} }} }}", context=context
    )
    assert result.errors is None
    assert context.private is private
