"""What a checkout preview refuses: typed, with the path to what is wrong."""

import pytest

from app.domain.wallet.coupon import CouponStatus
from app.resolvers.keys import StationKey
from app.schema import ids
from tests.fakes.world import NOON, coupon
from tests.resolvers.previews import (
    FULL,
    PER_LITRE,
    batch,
    coupon_id,
    member,
    offer_id,
    preview,
    refusals,
    world_of,
)

REFUSED = [
    ({"stationId": ids.encode(StationKey(404))}, [("NOT_FOUND", ["stationId"])]),
    ({"stationId": "tampered"}, [("NOT_FOUND", ["stationId"])]),
    ({"fuelGrade": "DIESEL_0"}, [("PRODUCT_NOT_SOLD", ["fuelGrade"])]),
    ({"nozzleNo": "9"}, [("INVALID_INPUT", ["nozzleNo"])]),
    ({"fill": {"pumpAmountFen": 0}}, [("FILL_OUT_OF_RANGE", ["fill", "pumpAmountFen"])]),
    ({"fill": {"pumpAmountFen": -5}}, [("FILL_OUT_OF_RANGE", ["fill", "pumpAmountFen"])]),
    ({"fill": {"pumpAmountFen": 1_000_001}}, [("FILL_OUT_OF_RANGE", ["fill", "pumpAmountFen"])]),
    ({"fill": {"litres": "0.099"}}, [("FILL_OUT_OF_RANGE", ["fill", "litres"])]),
    ({"fill": {"litres": "1200.001"}}, [("FILL_OUT_OF_RANGE", ["fill", "litres"])]),
    (
        {"fuelGrade": "DIESEL_0", "fill": {"litres": "-1"}},
        [("PRODUCT_NOT_SOLD", ["fuelGrade"]), ("FILL_OUT_OF_RANGE", ["fill", "litres"])],
    ),
    ({"choice": {"couponIds": ["x"]}}, [("NOT_FOUND", ["choice", "couponIds", "0"])]),
    ({"choice": {"couponIds": [coupon_id(2, 2)]}}, [("NOT_FOUND", ["choice", "couponIds", "0"])]),
    (
        {"choice": {"couponIds": [coupon_id(1), coupon_id(404)]}},
        [("NOT_FOUND", ["choice", "couponIds", "1"])],
    ),
    (
        {"choice": {"couponIds": [coupon_id(1), coupon_id(1)]}},
        [("INVALID_INPUT", ["choice", "couponIds", "1"])],
    ),
    ({"choice": {"offerIds": ["x"]}}, [("NOT_FOUND", ["choice", "offerIds", "0"])]),
    ({"choice": {"offerIds": [offer_id("gone")]}}, [("NOT_FOUND", ["choice", "offerIds", "0"])]),
    (
        {"choice": {"offerIds": [offer_id("litre")], "excludeOfferIds": [offer_id("litre")]}},
        [("INVALID_INPUT", ["choice", "excludeOfferIds", "0"])],
    ),
    ({"choice": {"offerIds": [offer_id("full")]}}, [("NOT_ELIGIBLE", ["choice", "offerIds", "0"])]),
    (
        {"choice": {"couponIds": [coupon_id(5)]}},
        [("COUPON_EXPIRED", ["choice", "couponIds", "0"])],
    ),
    ({"choice": {"couponIds": [coupon_id(6)]}}, [("COUPON_TAKEN", ["choice", "couponIds", "0"])]),
    ({"choice": {"couponIds": [coupon_id(1), coupon_id(3)]}}, [("INVALID_INPUT", ["choice"])]),
]


@pytest.mark.parametrize(("changes", "expected"), REFUSED)
async def test_what_cannot_be_had_is_refused_with_its_path(changes, expected):
    world = world_of(PER_LITRE, FULL, batch("ten", 1_000), batch("two", 200))
    world.join(
        member(),
        coupons=[
            coupon(1, 1, "ten"),
            coupon(3, 1, "two"),
            coupon(5, 1, "ten", valid_until=NOON),
            coupon(6, 1, "ten", stored_status=CouponStatus.RESERVED),
        ],
    )
    world.join(member(2), coupons=[coupon(2, 2, "ten")])
    found = await refusals(world, changes, user_id=1)
    assert [(error["code"], error["path"]) for error in found] == expected
    assert all(error["message"] and error["advice"] == "FIX_INPUT" for error in found)


async def test_a_limit_is_said_with_its_figure():
    world = world_of()
    world.join(member())
    (fill,) = await refusals(world, {"fill": {"pumpAmountFen": 1_000_001}})
    assert (fill["__typename"], fill["limit"]) == ("LimitError", 1_000_000)
    many = {"choice": {"couponIds": [coupon_id(number) for number in range(9)]}}
    (error,) = await refusals(world, many, user_id=1)
    assert (error["__typename"], error["code"]) == ("LimitError", "LIMIT_REACHED")
    assert (error["limit"], error["used"], error["path"]) == (8, 9, ["choice", "couponIds"])


async def test_a_guest_who_chooses_coupons_is_asked_to_sign_in():
    world = world_of(batch("ten", 1_000))
    (error,) = await refusals(world, {"choice": {"couponIds": [coupon_id(1)]}})
    assert (error["code"], error["advice"]) == ("SIGN_IN_REQUIRED", "SIGN_IN")
    assert await preview(world, {"choice": {"couponIds": []}})


async def test_a_refusal_says_every_reason():
    world = world_of(FULL)
    (error,) = await refusals(world, {"choice": {"offerIds": [offer_id("full")]}})
    assert error["message"] == "该优惠暂不可用：再加 100 元可用"
