"""The checkout preview: figures that add up, typed refusals, warnings, and who may keep the answer."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.profiles.member import Habits, Member, MemberTier, Preferences
from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.benefits.per_litre_off import PerLitreOff
from app.domain.promotions.benefits.points_redemption import PointsRedemption
from app.domain.promotions.conditions.first_order import IsFirstOrder
from app.domain.promotions.conditions.member_tier import OfMemberTier
from app.domain.promotions.conditions.payment_method import ByPaymentMethod
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.promotion import CouponDelivery, Promotion, Validity
from app.domain.promotions.terms import Lane
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.shared.text import Language, LocalizedText
from app.domain.stations.station import OpeningPeriod, StationProduct
from app.domain.wallet.coupon import CouponStatus
from app.resolvers.keys import CouponKey, OfferKey, StationKey
from app.schema import ids
from tests.fakes.world import NOON, World, coupon, price_history, station

PREVIEW = """
query Preview($input: CheckoutPreviewInput!) {
  checkoutPreview(input: $input) {
    userErrors { __typename code message path advice ... on LimitError { limit used } }
    preview {
      payable { fen } pumpAmount { fen } discountTotal { fen } feeTotal { fen } litres nozzleNo
      effectivePrice { perLitre }
      lines { kind label amount { fen } runningTotal { fen } offer { id } }
      applied { label discount { fen } cut { fen } points coupon { id } offer { id } }
      notApplied { label outcome reasons { code message gapAmount { fen } } payableIfForced { fen }
                   conflicts { title } }
      unlocks { kind message addAmount { fen } saves { fen } payableThen { fen } offer { title } }
      optimality { exact lowerBound { fen } forgone { fen } }
      warnings { code message offer { title } coupon { id } }
    }
  }
}
"""
QUOTE = (
    "query($input: CheckoutPreviewInput!) { checkoutPreview(input: $input) { preview { quote {"
    " id %s issuedAt expiresAt ruleVersion paymentMethod requiresSignIn } } } }"
)


def offer(code: str, benefit: Any, *conditions: Any, **changes: Any) -> Promotion:
    facts: dict[str, Any] = {
        "code": code,
        "title": LocalizedText(zh=f"优惠 {code}", en=f"Offer {code}"),
        "lane": Lane.ACTIVITY,
        "benefit": benefit,
        "conditions": conditions,
    }
    return Promotion(**(facts | changes))


def batch(code: str, off_fen: int, *conditions: Any, **changes: Any) -> Promotion:
    delivery = CouponDelivery(claimable=True, valid_days_from_claim=7)
    return offer(
        code,
        AmountOff(off_fen=off_fen),
        *conditions,
        lane=Lane.COUPON,
        delivery=delivery,
        **changes,
    )


PER_LITRE = offer("litre", PerLitreOff(off_mill_per_litre=500), lane=Lane.UNIT_PRICE)
POINTS = offer("points", PointsRedemption(points_per_step=100, fen_per_step=100), lane=Lane.POINTS)
FULL = offer("full", AmountOff(off_fen=1_000), ThresholdAmount(min_fen=30_000))


def member(user_id: int = 1, **changes: Any) -> Member:
    return Member(**({"user_id": user_id, "nickname": None, "phone_masked": None} | changes))


def world_of(*promotions: Promotion, **place: Any) -> World:
    """One station, 92# at 7.000 yuan."""
    prices = {FuelGrade.GASOLINE_92: 7_000}
    return World.of([station(1, prices=prices, **place)], promotions)


def asked(**changes: Any) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "stationId": ids.encode(StationKey(1)),
        "fuelGrade": "GASOLINE_92",
        "fill": {"pumpAmountFen": 20_000},
    }
    return {"input": wanted | changes}


async def preview(
    world: World, changes: dict[str, Any] | None = None, **request: Any
) -> dict[str, Any]:
    payload = (await world.ask(PREVIEW, asked(**(changes or {})), **request))["checkoutPreview"]
    assert payload["userErrors"] == []
    return payload["preview"]


async def refusals(world: World, changes: dict[str, Any], **request: Any) -> list[dict[str, Any]]:
    payload = (await world.ask(PREVIEW, asked(**changes), **request))["checkoutPreview"]
    assert payload["preview"] is None
    return payload["userErrors"]


def codes(found: list[dict[str, Any]]) -> list[str]:
    return [one["code"] for one in found]


def coupon_id(number: int, user_id: int = 1) -> str:
    return ids.encode(CouponKey(user_id, number))


def offer_id(code: str) -> str:
    return ids.encode(OfferKey(code))


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


async def test_a_quote_is_signed_only_when_its_token_is_asked_for():
    world = world_of(PER_LITRE)
    world.join(member())
    for fields, signed in (("", 0), ("token", 1)):
        context = world.request(user_id=1)
        result = await world.execute(QUOTE % fields, asked(), context=context)
        assert result.errors is None
        assert len(world.tokens.signed) == signed
        assert context.no_store is bool(signed)
        assert context.private
    assert result.data is not None
    quote = result.data["checkoutPreview"]["preview"]["quote"]
    claims = world.tokens.read(quote.pop("token"))
    assert quote == {
        "id": claims.quote_id,
        "issuedAt": "2026-04-22T04:00:00+00:00",
        "expiresAt": "2026-04-22T04:05:00+00:00",
        "ruleVersion": "1",
        "paymentMethod": None,
        "requiresSignIn": False,
    }


async def test_a_token_claims_the_price_and_all_it_depends_on():
    by_card = ByPaymentMethod(methods=frozenset({PaymentMethod.FUEL_CARD}))
    card = offer("card", AmountOff(off_fen=700), by_card, lane=Lane.PAYMENT)
    world = world_of(batch("ten", 1_000), POINTS, card, service_fee_fen=150)
    world.join(member(), coupons=[coupon(9, 1, "ten")], points=250)
    changes = {"usePoints": True, "paymentMethod": "FUEL_CARD", "nozzleNo": "2"}
    await world.ask(QUOTE % "token", asked(**changes), user_id=1)
    (claims,) = world.tokens.signed
    assert (claims.user_id, claims.station_id, claims.nozzle_no) == (1, 1, "2")
    assert (claims.pump_amount_fen, claims.fee_fen, claims.payable_fen) == (20_000, 150, 18_250)
    assert claims.payment_method is PaymentMethod.FUEL_CARD
    members = [(m.code, m.coupon_id, m.discount_fen, m.points) for m in claims.members]
    assert members == [("ten", 9, 1_000, 0), ("points", None, 200, 200), ("card", None, 700, 0)]
    discount = sum(m.discount_fen for m in claims.members)
    assert claims.pump_amount_fen + claims.fee_fen - discount == claims.payable_fen


async def test_a_guests_quote_asks_for_signing_in_and_has_no_new_user_reduction():
    world = world_of(offer("new", AmountOff(off_fen=1_500), IsFirstOrder()))
    data = await world.ask(QUOTE % "token", asked())
    assert data["checkoutPreview"]["preview"]["quote"]["requiresSignIn"] is True
    assert world.tokens.signed[0].payable_fen == 20_000
    assert world.tokens.signed[0].user_id is None
    found = await preview(world)
    assert [step["kind"] for step in found["unlocks"]] == ["SIGN_IN"]
    assert found["unlocks"][0]["message"] == "登录可省 15 元"


async def test_when_personal_data_cannot_be_read_the_public_price_is_quoted():
    """An upper bound that anyone may order at; coupons cannot be chosen then."""
    gold = offer("gold", AmountOff(off_fen=900), OfMemberTier(at_least=MemberTier.GOLD))
    world = world_of(PER_LITRE, gold, batch("ten", 1_000))
    world.join(member(tier=MemberTier.GOLD), coupons=[coupon(1, 1, "ten")])
    world.go_down()
    found = await preview(world, user_id=1)
    assert found["payable"] == {"fen": 18_571}
    assert codes(found["warnings"]) == ["OFFERS_UNAVAILABLE"]
    await world.ask(QUOTE % "token", asked(), user_id=1)
    assert world.tokens.signed[0].user_id == 1
    chosen = asked(choice={"couponIds": [coupon_id(1)]})
    result = await world.execute(PREVIEW, chosen, user_id=1)
    assert result.data == {"checkoutPreview": None}
    assert len(result.errors or []) == 1


async def test_a_member_who_has_gone_is_quoted_as_a_guest():
    data = await world_of(PER_LITRE).ask(QUOTE % "", asked(), user_id=404)
    assert data["checkoutPreview"]["preview"]["quote"]["requiresSignIn"] is True


async def test_four_statements_make_a_preview():
    world = world_of(PER_LITRE, batch("ten", 1_000))
    world.join(
        member(), Habits(counted_orders=3), coupons=[coupon(n, 1, "ten") for n in range(1, 9)]
    )
    await preview(world, user_id=1)
    # Member, habits, coupons, points.
    assert world.statements == 4


@pytest.mark.parametrize(
    "field", ["notApplied(first: 0) { label }", "unlocks(first: 101) { kind }"]
)
async def test_lists_of_a_preview_are_bounded(field):
    document = (
        "query($input: CheckoutPreviewInput!) { checkoutPreview(input: $input) { preview {"
        + field
        + " } } }"
    )
    result = await world_of().execute(document, asked())
    assert [error.extensions for error in result.errors or []] == [{"code": "BAD_PAGE_SIZE"}]
