"""Asking for checkout previews: one station, 92# at 7.000 yuan, and a few offers."""

from typing import Any

from app.domain.profiles.member import Member
from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.benefits.per_litre_off import PerLitreOff
from app.domain.promotions.benefits.points_redemption import PointsRedemption
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.promotion import CouponDelivery, Promotion
from app.domain.promotions.terms import Lane
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.text import LocalizedText
from app.resolvers.keys import CouponKey, OfferKey, StationKey
from app.schema import ids
from tests.fakes.world import World, station

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
