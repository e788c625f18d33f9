"""Previews and cards obey limits: the counters of the viewer and of all reach the engine."""

from datetime import date
from typing import Any

import pytest

from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.limits import EVER_START, Limit, LimitPer, LimitPeriod
from app.domain.promotions.promotion import CouponDelivery, Promotion
from app.domain.promotions.terms import Lane
from app.domain.promotions.usage import (
    CounterKey,
    Subjects,
    Used,
    issued_key,
    limit_failures,
)
from app.resolvers.keys import StationKey
from app.resolvers.shopping import public_usage
from app.schema import ids
from tests.fakes.world import World
from tests.resolvers.previews import asked, member, offer, world_of

TODAY = date(2026, 4, 22)
LIMITED = """
query ($input: CheckoutPreviewInput!) {
  checkoutPreview(input: $input) { preview {
    payable { fen }
    notApplied { reasons { code gapCount resetsAt } }
    warnings { code }
  } }
}
"""
CARD = """
query ($id: ID!, $fill: FillInput!) {
  station(id: $id) { products { effectivePrice(fill: $fill) { payable { fen } } } }
}
"""
DAILY = Limit(per=LimitPer.USER, period=LimitPeriod.DAY, max_uses=1)


def limited(**terms: Any) -> Promotion:
    return offer("A", AmountOff(off_fen=500), **terms)


async def preview(world: World, user_id: int | None) -> dict[str, Any]:
    data = await world.ask(LIMITED, asked(), user_id=user_id)
    return data["checkoutPreview"]["preview"]


async def paid(world: World, user_id: int | None = 1) -> int:
    """In fen: the preview and the card agree."""
    in_preview = (await preview(world, user_id))["payable"]["fen"]
    given = {"id": ids.encode(StationKey(1)), "fill": {"pumpAmountFen": 20_000}}
    card = await world.ask(CARD, given, user_id=user_id)
    assert card["station"]["products"][0]["effectivePrice"]["payable"]["fen"] == in_preview
    return in_preview


async def test_a_members_own_limit():
    world = world_of(limited(limits=(DAILY,)))
    world.join(member())
    assert await paid(world) == 19_500
    key = CounterKey("A", LimitPer.USER, "1", LimitPeriod.DAY, TODAY)
    world.usage.counters[key] = Used(1, 500)
    assert await paid(world) == 20_000
    assert (await preview(world, 1))["notApplied"] == [
        {
            "reasons": [
                {"code": "LIMIT_REACHED", "gapCount": 1, "resetsAt": "2026-04-22T16:00:00+00:00"}
            ]
        }
    ]
    assert await paid(world, user_id=None) == 19_500


@pytest.mark.parametrize("user_id", [None, 1])
async def test_a_budget_of_all(user_id: int | None):
    world = world_of(limited(budget_fen=10_000))
    world.join(member())
    key = CounterKey("A", LimitPer.TOTAL, "", LimitPeriod.EVER, EVER_START)
    world.usage.counters[key] = Used(19, 9_700)
    assert await paid(world, user_id) == 19_700
    world.usage.counters[key] = Used(20, 10_000)
    assert await paid(world, user_id) == 20_000


async def test_a_batch_that_is_out_of_stock():
    delivery = CouponDelivery(claimable=True, valid_days_from_claim=7, stock=3)
    world = world_of(limited(lane=Lane.COUPON, delivery=delivery))
    world.join(member())
    world.usage.counters[issued_key("A")] = Used(3)
    codes = [r["code"] for r in (await preview(world, 1))["notApplied"][0]["reasons"]]
    assert codes == ["NOT_CLAIMED", "OUT_OF_STOCK"]


async def test_what_cannot_be_read_is_not_promised_and_said():
    """A guest's preview still answers with what nobody can use up."""
    world = world_of(limited(budget_fen=10_000), offer("B", AmountOff(off_fen=10)))
    world.go_down()
    answer = await preview(world, None)
    assert answer["payable"]["fen"] == 19_990
    assert [warning["code"] for warning in answer["warnings"]] == [
        "OFFERS_UNAVAILABLE",
        "SIGN_IN_TO_ORDER",
    ]
    assert await paid(world, None) == 19_990


async def test_an_own_limit_that_cannot_be_read_is_not_promised():
    """The price is quoted to the member, whose use of today nobody could count."""
    world = world_of(limited(limits=(DAILY,)), offer("B", AmountOff(off_fen=10)))
    world.join(member())
    world.go_down()
    assert (await preview(world, 1))["payable"]["fen"] == 19_990


async def test_statements_are_one_for_the_viewer_and_one_for_all():
    world = world_of(limited(limits=(DAILY,), budget_fen=10_000))
    world.join(member())
    await preview(world, 1)
    assert world.statements == 6
    await preview(world, None)
    assert world.statements == 7


async def test_a_device_has_used_what_its_other_accounts_used():
    """The preview knows it, so what it shows can be placed."""
    limited = offer("D", AmountOff(off_fen=500), limits=(Limit(per=LimitPer.DEVICE, max_uses=1),))
    world = world_of(limited)
    key = CounterKey("D", LimitPer.DEVICE, "device-1", LimitPeriod.EVER, EVER_START)
    world.usage.counters[key] = Used(1, 500)

    async def applied(device: str | None) -> list[str]:
        context = world.request()
        context.device = device
        usage = await public_usage(context)
        reached = limit_failures(
            limited, usage, Subjects(None, device, None, "test:1"), context.moment
        )
        return [reason.code for reason in reached]

    assert await applied("device-1") == ["LIMIT_REACHED"]
    assert await applied("device-2") == []
    assert await applied(None) == []
