"""The checkout preview: figures that add up, explanations, and what is worth knowing."""

from datetime import timedelta

import pytest

from app.domain.profiles.member import Preferences
from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.conditions.payment_method import ByPaymentMethod
from app.domain.promotions.promotion import Validity
from app.domain.promotions.terms import Lane
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.shared.text import Language
from app.domain.stations.station import OpeningPeriod, StationProduct
from tests.fakes.world import NOON, World, coupon, price_history, station
from tests.resolvers.previews import (
    FULL,
    PER_LITRE,
    POINTS,
    batch,
    codes,
    coupon_id,
    member,
    offer,
    offer_id,
    preview,
    world_of,
)


async def test_lines_add_up_from_the_pump_amount_to_the_payable():
    world = world_of(PER_LITRE, batch("ten", 1_000), POINTS, service_fee_fen=150)
    held = coupon(1, 1, "ten")
    world.join(member(preferences=Preferences(use_points=True)), coupons=[held], points=350)
    found = await preview(world, user_id=1)
    lines = [(line["kind"], line["amount"]["fen"], line["label"]) for line in found["lines"]]
    # 20,000 fen at 7,000 mills are 28.571 litres; 0.50 a litre are 1,428.57 fen, half up.
    assert lines == [
        ("PUMP_AMOUNT", 20_000, "机显金额"),
        ("UNIT_PRICE", -1_429, "优惠 litre"),
        ("COUPON", -1_000, "优惠 ten"),
        ("POINTS", -300, "优惠 points"),
        ("SERVICE_FEE", 150, "服务费"),
    ]
    running = [line["runningTotal"]["fen"] for line in found["lines"]]
    assert running == [20_000, 18_571, 17_571, 17_271, 17_421]
    assert found["payable"] == {"fen": 17_421}
    assert found["discountTotal"] == {"fen": 2_729}
    assert found["feeTotal"] == {"fen": 150}
    assert found["litres"] == "28.571"
    # 17,421 fen over 200/7 litres are 6.09735 yuan.
    assert found["effectivePrice"] == {"perLitre": "6.097"}
    applied = found["applied"]
    assert [one["points"] for one in applied] == [None, None, 300]
    assert [one["coupon"] for one in applied] == [None, {"id": coupon_id(1)}, None]
    assert found["optimality"] == {
        "exact": True,
        "lowerBound": {"fen": 17_421},
        "forgone": {"fen": 0},
    }


async def test_what_does_not_apply_is_explained_and_unlocked():
    found = await preview(world_of(FULL, PER_LITRE), {"fill": {"pumpAmountFen": 29_801}})
    assert found["notApplied"] == [
        {
            "label": "优惠 full",
            "outcome": "INELIGIBLE",
            "reasons": [
                {
                    "code": "THRESHOLD_AMOUNT",
                    "message": "再加 1.99 元可用",
                    "gapAmount": {"fen": 199},
                }
            ],
            "payableIfForced": None,
            "conflicts": [],
        }
    ]
    (step,) = found["unlocks"]
    assert step["kind"] == "BUY_MORE"
    assert step["addAmount"] == {"fen": 199}
    assert step["message"].startswith("再加 1.99 元可省 ")


async def test_a_beaten_offer_says_what_it_would_cost():
    world = world_of(offer("five", AmountOff(off_fen=500)), offer("six", AmountOff(off_fen=600)))
    found = await preview(world, language=Language.EN)
    (beaten,) = found["notApplied"]
    assert (beaten["label"], beaten["outcome"]) == ("Offer five", "BEATEN")
    assert codes(beaten["reasons"]) == ["CLASH"]
    assert beaten["conflicts"] == [{"title": "Offer six"}]
    assert beaten["payableIfForced"] == {"fen": 19_500}


async def test_the_viewers_own_choice_is_kept_and_what_it_forgoes_is_said():
    world = world_of(batch("ten", 1_000), batch("two", 200))
    world.join(member(), coupons=[coupon(1, 1, "ten"), coupon(2, 1, "two")])
    own = await preview(world, {"choice": {"couponIds": [coupon_id(2)]}}, user_id=1)
    assert own["payable"] == {"fen": 19_800}
    assert own["optimality"]["forgone"] == {"fen": 800}
    none = await preview(world, {"choice": {"couponIds": []}}, user_id=1)
    assert none["payable"] == {"fen": 20_000}
    excluded = await preview(world, {"choice": {"excludeOfferIds": [offer_id("ten")]}}, user_id=1)
    assert excluded["payable"] == {"fen": 19_800}
    assert "NOT_CHOSEN" in [one["outcome"] for one in excluded["notApplied"]]


async def test_the_remembered_payment_method_and_points_are_defaults():
    by_card = ByPaymentMethod(methods=frozenset({PaymentMethod.FUEL_CARD}))
    world = world_of(offer("card", AmountOff(off_fen=700), by_card, lane=Lane.PAYMENT), POINTS)
    settings = Preferences(usual_payment_method=PaymentMethod.FUEL_CARD, use_points=True)
    world.join(member(preferences=settings), points=100)
    assert (await preview(world, user_id=1))["payable"] == {"fen": 19_200}
    other = {"paymentMethod": "ALIPAY", "usePoints": False}
    assert (await preview(world, other, user_id=1))["payable"] == {"fen": 20_000}


WARNINGS = [
    ([], {}, {}, None, ["SIGN_IN_TO_ORDER"]),
    ([], {}, {}, 1, []),
    ([], {"opening": (OpeningPeriod(0, 60),)}, {}, 1, ["STATION_CLOSED"]),
    ([POINTS], {}, {"usePoints": True}, 1, ["CHOICE_ADJUSTED"]),
    ([POINTS], {}, {"usePoints": False}, 1, []),
    (
        [
            offer(
                "ends",
                AmountOff(off_fen=500),
                validity=Validity(ends_at=NOON + timedelta(hours=24)),
            )
        ],
        {},
        {},
        1,
        ["OFFER_ENDS_SOON"],
    ),
    (
        [
            offer(
                "later",
                AmountOff(off_fen=500),
                validity=Validity(ends_at=NOON + timedelta(hours=24, seconds=1)),
            )
        ],
        {},
        {},
        1,
        [],
    ),
    ([batch("ten", 1_000)], {}, {}, 2, ["COUPON_EXPIRES_SOON"]),
]


@pytest.mark.parametrize(("promotions", "place", "changes", "user_id", "expected"), WARNINGS)
async def test_what_is_worth_knowing_never_blocks(promotions, place, changes, user_id, expected):
    world = world_of(*promotions, **place)
    world.join(member())
    world.join(member(2), coupons=[coupon(1, 2, "ten", valid_until=NOON + timedelta(hours=1))])
    found = await preview(world, changes, user_id=user_id)
    assert codes(found["warnings"]) == expected


async def test_a_cut_discount_and_a_coming_price_are_told():
    product = StationProduct(
        station_id=1,
        fuel_grade=FuelGrade.GASOLINE_92,
        nozzles=("1",),
        pump_price=price_history(7_000, 7_200, since=NOON - timedelta(hours=12)),
        floor_price_mill_per_litre=6_900,
    )
    world = World.of(
        [station(1, products={FuelGrade.GASOLINE_92: product})],
        [offer("big", AmountOff(off_fen=5_000))],
    )
    world.join(member())
    found = await preview(world, user_id=1)
    assert codes(found["warnings"]) == ["DISCOUNT_CLAMPED", "PRICE_CHANGES_SOON"]
    (applied,) = found["applied"]
    # The floor leaves 20,000 - ceil(6,900 x 200/7) = 285 fen.
    assert applied["discount"] == {"fen": 285}
    assert applied["cut"] == {"fen": 4_715}
    assert "47.15" in found["warnings"][0]["message"]
