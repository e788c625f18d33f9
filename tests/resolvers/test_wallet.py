"""The wallet, points and profile: the viewer's own, in pages, null on a fault."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.pricing.fill import LitresFill
from app.domain.profiles.member import Habits, Member, MemberTier, Preferences, Theme, Topic
from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.conditions.station import AtStation
from app.domain.promotions.promotion import CouponDelivery, Promotion
from app.domain.promotions.terms import Lane
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.shared.text import Language, LocalizedText
from app.domain.wallet.coupon import CouponStatus
from app.resolvers.keys import CouponKey, StationKey, ViewerKey
from app.schema import ids
from tests.fakes.world import NOON, World, coupon, station

COUPONS = (
    "query($status: CouponStatus, $at: ID, $first: Int!, $after: String) { viewer { wallet {"
    " coupons(status: $status, usableAt: $at, first: $first, after: $after) {"
    " edges { cursor node { id status } } pageInfo { hasNextPage hasPreviousPage endCursor } } } } }"
)


def batch(code: str, *conditions: Any) -> Promotion:
    return Promotion(
        code=code,
        title=LocalizedText(zh=f"券 {code}", en=f"Coupon {code}"),
        lane=Lane.COUPON,
        benefit=AmountOff(off_fen=500),
        conditions=conditions,
        delivery=CouponDelivery(valid_days_from_claim=7),
    )


def member(user_id: int, **changes: Any) -> Member:
    return Member(
        **({"user_id": user_id, "nickname": "小满", "phone_masked": "100****0001"} | changes)
    )


def full_world() -> World:
    world = World.of(
        [station(1), station(2)],
        [batch("any"), batch("at-2", AtStation(stations=frozenset({"test:2"})))],
    )
    ended = {"valid_until": NOON}
    world.join(
        member(1),
        coupons=[
            *(coupon(n, 1, "any") for n in (1, 2, 3)),
            coupon(4, 1, "at-2"),
            coupon(5, 1, "any", stored_status=CouponStatus.RESERVED),
            coupon(6, 1, "any", stored_status=CouponStatus.REDEEMED),
            coupon(7, 1, "any", **ended),
            coupon(8, 1, "gone"),
        ],
        points=3_260,
    )
    world.join(member(2), coupons=[coupon(1, 2, "any")])
    return world


async def page(world: World, user_id: int = 1, **variables: Any) -> dict[str, Any]:
    asked = {"status": "USABLE", "first": 20} | variables
    return (await world.ask(COUPONS, asked, user_id=user_id))["viewer"]["wallet"]["coupons"]


def numbers(connection: dict[str, Any]) -> list[int]:
    keys = [ids.coupon_key(edge["node"]["id"]) for edge in connection["edges"]]
    return [key.coupon_id for key in keys if key is not None]


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, [1, 2, 3, 4]),
        ({"status": None}, [7, 1, 2, 3, 4, 5, 6]),
        ({"status": "EXPIRED"}, [7]),
        ({"status": "RESERVED"}, [5]),
        ({"status": "REDEEMED"}, [6]),
        ({"status": "REVOKED"}, []),
        ({"at": ids.encode(StationKey(1))}, [1, 2, 3]),
        ({"at": ids.encode(StationKey(2))}, [1, 2, 3, 4]),
        ({"at": ids.encode(StationKey(99))}, []),
        ({"at": "tampered"}, []),
        ({"at": ""}, []),
    ],
)
async def test_coupons_by_status_and_place(variables, expected):
    assert numbers(await page(full_world(), **variables)) == expected


async def test_the_default_is_what_can_be_used():
    document = "{ viewer { wallet { coupons { edges { node { status } } } } } }"
    data = await full_world().ask(document, user_id=1)
    edges = data["viewer"]["wallet"]["coupons"]["edges"]
    assert [edge["node"]["status"] for edge in edges] == ["USABLE"] * 4


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(min_value=1, max_value=4), max_size=14),
    st.integers(min_value=1, max_value=6),
)
async def test_pages_of_any_size_make_up_the_whole_wallet(hours: list[int], first: int):
    """Also where many coupons end at one instant."""
    world = World.of([station(1)], [batch("any")])
    ends = [NOON + timedelta(hours=hour) for hour in hours]
    held = [coupon(n, 1, "any", valid_until=end) for n, end in enumerate(ends, start=1)]
    world.join(member(1), coupons=held)
    whole = numbers(await page(world, first=100))
    assert sorted(whole) == list(range(1, len(hours) + 1))
    found: list[int] = []
    after = None
    for _ in range(len(hours) + 1):
        part = await page(world, first=first, after=after)
        assert part["pageInfo"]["hasPreviousPage"] is (after is not None)
        found += numbers(part)
        after = part["pageInfo"]["endCursor"]
        if not part["pageInfo"]["hasNextPage"]:
            break
    assert found == whole


async def test_coupons_whose_batch_has_gone_take_no_place_in_a_page():
    """Else a page of nothing but those would say that more follows, with no cursor to go on."""
    world = World.of([station(1)], [batch("any")])
    gone = {1, 2, 3, 5}
    held = [coupon(n, 1, "gone" if n in gone else "any") for n in range(1, 7)]
    world.join(member(1), coupons=held)
    first = await page(world, first=1)
    assert numbers(first) == [4]
    assert first["pageInfo"]["hasNextPage"] is True
    second = await page(world, first=1, after=first["pageInfo"]["endCursor"])
    assert numbers(second) == [6]
    assert second["pageInfo"]["hasNextPage"] is False
    expiring = "{ viewer { wallet { expiringWithinDays(days: 30, first: 2) { id } } } }"
    found = (await world.ask(expiring, user_id=1))["viewer"]["wallet"]["expiringWithinDays"]
    assert [one["id"] for one in found] == [ids.encode(CouponKey(1, n)) for n in (4, 6)]


async def test_a_cursor_is_one_members_and_one_lists():
    world = full_world()
    after = (await page(world, first=1))["pageInfo"]["endCursor"]
    for request in ({"user_id": 2, "status": "USABLE"}, {"user_id": 1, "status": None}):
        user_id, status = request["user_id"], request["status"]
        variables = {"status": status, "first": 1, "after": after}
        result = await world.execute(COUPONS, variables, user_id=user_id)
        assert [error.extensions for error in result.errors or []] == [{"code": "BAD_CURSOR"}]
        assert result.data == {"viewer": {"wallet": None}}


async def test_counts_and_what_ends_soon():
    document = (
        "query($days: Int!) { viewer { wallet { counts { status count }"
        " expiringWithinDays(days: $days) { title validUntil } } } }"
    )
    world = full_world()
    world.wallets.coupons.append(coupon(9, 1, "any", valid_until=NOON + timedelta(days=2)))
    wallet = (await world.ask(document, {"days": 3}, user_id=1))["viewer"]["wallet"]
    assert {entry["status"]: entry["count"] for entry in wallet["counts"]} == {
        "USABLE": 6,
        "RESERVED": 1,
        "REDEEMED": 1,
        "EXPIRED": 1,
        "REVOKED": 0,
    }
    assert wallet["expiringWithinDays"] == [
        {"title": "券 any", "validUntil": "2026-04-24T04:00:00+00:00"}
    ]
    result = await world.execute(document, {"days": 0}, user_id=1)
    assert [error.extensions for error in result.errors or []] == [{"code": "BAD_DAYS"}]


async def test_the_profile_is_the_viewers():
    world = full_world()
    settings_made = Preferences(
        theme=Theme.DARK,
        usual_fuel_grade=FuelGrade.GASOLINE_95,
        usual_fill=LitresFill(42_500),
        usual_payment_method=PaymentMethod.ALIPAY,
        topics_off=frozenset({Topic.OFFERS}),
    )
    world.join(
        member(3, tier=MemberTier.GOLD, preferences=settings_made),
        Habits(savings_total_fen=12_345, usual_station_ids=(2, 99, 1)),
        points=70,
    )
    document = (
        "{ viewer { id nickname phoneMasked memberTier roles savingsTotal { fen }"
        " points { available pending } usualStations { name }"
        " preferences { theme language usualFuelGrade usualFill { litres pumpAmount { fen } }"
        " usualPaymentMethod personalised topics { topic label enabled } } } }"
    )
    viewer = (await world.ask(document, user_id=3, language=Language.EN))["viewer"]
    topics = viewer["preferences"].pop("topics")
    assert topics[0] == {"topic": "OFFERS", "label": "Offers", "enabled": False}
    assert [topic["enabled"] for topic in topics[1:]] == [True] * 4
    assert viewer == {
        "id": ids.encode(ViewerKey(3)),
        "nickname": "小满",
        "phoneMasked": "100****0001",
        "memberTier": "GOLD",
        "roles": ["DRIVER"],
        "savingsTotal": {"fen": 12_345},
        "points": {"available": 70, "pending": 0},
        "usualStations": [{"name": "测试站 2"}, {"name": "测试站 1"}],
        "preferences": {
            "theme": "DARK",
            "language": "zh-CN",
            "usualFuelGrade": "GASOLINE_95",
            "usualFill": {"litres": "42.500", "pumpAmount": None},
            "usualPaymentMethod": "ALIPAY",
            "personalised": True,
        },
    }


@pytest.mark.parametrize("user_id", [None, 404])
async def test_no_viewer_for_a_guest_or_a_member_who_has_gone(user_id):
    assert await full_world().ask("{ viewer { id } }", user_id=user_id) == {"viewer": None}


async def test_a_fault_nulls_its_field_alone():
    world = full_world()
    world.balances.down = world.wallets.down = True
    document = (
        "{ viewer { nickname points { available } wallet { counts { count } } preferences { theme }"
        " savingsTotal { fen } } }"
    )
    result = await world.execute(document, user_id=1)
    assert result.data == {
        "viewer": {
            "nickname": "小满",
            "points": None,
            "wallet": None,
            "preferences": {"theme": "SYSTEM"},
            "savingsTotal": {"fen": 0},
        }
    }
    assert len(result.errors or []) == 2


NODE = "query($id: ID!) { node(id: $id) { __typename id } }"


@pytest.mark.parametrize("user_id", [None, 2])
@pytest.mark.parametrize("key", [CouponKey(1, 1), ViewerKey(1)])
async def test_what_is_anothers_is_null(user_id, key):
    assert await full_world().ask(NODE, {"id": ids.encode(key)}, user_id=user_id) == {"node": None}


async def test_an_id_of_mine_that_names_anothers_coupon_is_null():
    """Coupon numbers repeat over members: mine never stands in for theirs."""
    world = full_world()
    asked = ids.encode(CouponKey(2, 1))
    assert await world.ask(NODE, {"id": asked}, user_id=1) == {"node": None}
    assert (await world.ask(NODE, {"id": asked}, user_id=2))["node"] == {
        "__typename": "Coupon",
        "id": asked,
    }


async def test_nodes_come_in_the_order_asked():
    world = full_world()
    listed = await world.ask(
        "{ stations(near: {latitude: 39.9, longitude: 116.39}, first: 1) { edges { node { id"
        " products { id } offers { edges { node { id } } } } } } viewer { id } }",
        user_id=1,
    )
    node = listed["stations"]["edges"][0]["node"]
    asked = [
        listed["viewer"]["id"],
        "unknown",
        node["products"][0]["id"],
        ids.encode(CouponKey(1, 6)),
        ids.encode(CouponKey(1, 999)),
        node["id"],
        ids.encode(StationKey(404)),
    ]
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    found = (await world.ask(document, {"ids": asked}, user_id=1))["nodes"]
    kinds = ["Viewer", None, "StationProduct", "Coupon", None, "Station", None]
    assert [one and one["__typename"] for one in found] == kinds
    assert [one and one["id"] for one in found] == [
        identity if kind else None for identity, kind in zip(asked, kinds, strict=True)
    ]


async def test_statements_do_not_grow_with_coupons():
    statements: list[int] = []
    for count in (1, 50):
        world = World.of([station(1)], [batch("any")])
        world.join(member(1), coupons=[coupon(n, 1, "any") for n in range(1, count + 1)])
        document = (
            "{ viewer { nickname wallet { counts { count } coupons(first: 100) { edges { node {"
            " title strength conditions { satisfied } } } } } } }"
        )
        await world.ask(document, user_id=1)
        statements.append(world.statements)
    # Member, counts, page.
    assert statements == [3, 3]
