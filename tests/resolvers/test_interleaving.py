"""Requests that run at once: each sees its own viewer and one version, from start to end."""

import asyncio
import random
from typing import Any

from app.domain.profiles.member import Habits, Member, Preferences
from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.promotion import CouponDelivery, Promotion
from app.domain.promotions.terms import Lane
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.text import LocalizedText
from app.resolvers.keys import CouponKey, StationKey, ViewerKey
from app.schema import ids
from tests.fakes.members import FakeMemberRepository
from tests.fakes.world import World, coupon, station

MEMBERS = range(1, 13)
DOCUMENT = """
query($input: CheckoutPreviewInput!) {
  viewer { id points { available } wallet { coupons { edges { node { id } } } } }
  first: checkoutPreview(input: $input) { preview { payable { fen } quote { ruleVersion token } } }
  stations(near: {latitude: 39.9, longitude: 116.39, datum: WGS84}) {
    edges { node { products { effectivePrice { payable { fen } } } } }
  }
  second: checkoutPreview(input: $input) { preview { payable { fen } quote { ruleVersion } } }
}
"""


class SlowMembers(FakeMemberRepository):
    """Answers after a while that differs, so that requests overtake each other; a new version
    is published while they wait."""

    def __init__(self, world: World, rng: random.Random) -> None:
        super().__init__()
        self._world = world
        self._rng = rng

    async def members(self, user_ids):
        for _ in range(self._rng.randint(1, 9)):
            await asyncio.sleep(0)
        self._world.publish(amount_off("all", 100 * self._rng.randint(1, 9)))
        return await super().members(user_ids)


def amount_off(code: str, fen: int, **changes: Any) -> Promotion:
    facts: dict[str, Any] = {
        "code": code,
        "title": LocalizedText(zh=code),
        "lane": Lane.ACTIVITY,
        "benefit": AmountOff(off_fen=fen),
    }
    return Promotion(**(facts | changes))


def interleaved_world(rng: random.Random) -> World:
    """Each member has one coupon, worth as many yuan as their number, and so many points."""
    batches = [
        amount_off(
            f"b{n}", 100 * n, lane=Lane.COUPON, delivery=CouponDelivery(valid_days_from_claim=9)
        )
        for n in MEMBERS
    ]
    place = station(1, prices={FuelGrade.GASOLINE_92: 7_000})
    world = World.of([place], [amount_off("all", 500), *batches])
    world.members = SlowMembers(world, rng)
    for number in MEMBERS:
        member = Member(user_id=number, nickname=None, phone_masked=None, preferences=Preferences())
        world.join(member, Habits(), coupons=[coupon(7, number, f"b{number}")], points=number)
    return world


async def test_viewers_and_versions_never_mix():
    rng = random.Random(7)
    world = interleaved_world(rng)
    versions: set[str] = set()
    wanted = {
        "stationId": ids.encode(StationKey(1)),
        "fuelGrade": "GASOLINE_92",
        "fill": {"pumpAmountFen": 20_000},
    }

    async def visit(number: int) -> None:
        for _ in range(rng.randint(0, 30)):
            await asyncio.sleep(0)
        context = world.request(user_id=number)
        all_off = context.catalog.rules.by_code["all"].benefit
        assert isinstance(all_off, AmountOff)
        result = await world.execute(DOCUMENT, {"input": wanted}, context=context)
        assert result.errors is None
        assert result.data is not None
        seen = result.data
        assert seen["viewer"] == {
            "id": ids.encode(ViewerKey(number)),
            "points": {"available": number},
            "wallet": {"coupons": {"edges": [{"node": {"id": ids.encode(CouponKey(number, 7))}}]}},
        }
        payable = {"fen": 20_000 - all_off.off_fen - 100 * number}
        version = context.catalog.rules.version
        versions.add(version)
        for preview in (seen["first"]["preview"], seen["second"]["preview"]):
            assert preview["payable"] == payable
            assert preview["quote"]["ruleVersion"] == version
        (edge,) = seen["stations"]["edges"]
        assert edge["node"]["products"] == [{"effectivePrice": {"payable": payable}}]

    visits = [visit(number) for number in (*MEMBERS, *reversed(MEMBERS))]
    await asyncio.gather(*visits)
    assert world.catalog.version == 1 + len(visits)
    assert len(versions) > 5
    assert {claims.user_id for claims in world.tokens.signed} == set(MEMBERS)
