"""Kinds that belong to one lane, and terms that only some kinds take."""

from typing import Any

import pytest

from app.domain.profiles.member import MemberTier
from app.domain.promotions.benefits import AmountOff, Benefit, Exchange, PaymentOffer, Reward
from app.domain.promotions.benefits.tier_factor import TierFactor
from app.domain.promotions.conditions.payment_method import ByPaymentMethod
from app.domain.promotions.limits import Limit, LimitPer
from app.domain.promotions.promotion import CouponDelivery
from app.domain.promotions.terms import Amount, Lane, LineKind
from app.domain.shared.payment import PaymentMethod
from app.domain.shared.senseless import SenselessValue
from tests.domain.promotions.builders import batch, promotion

BY_CARD = ByPaymentMethod(methods=frozenset({PaymentMethod.FUEL_CARD}))
CARD = PaymentOffer(off=Amount(off_fen=100))
FREE = Exchange(free_fen=100)
POINTS = Reward(points_per_yuan=1)
CREDIT = Reward(credit=Amount(off_fen=100))
ONCE = Limit(per=LimitPer.USER, max_uses=1)
HUNDRED = Limit(per=LimitPer.USER, max_fen=100)
ALL = Limit(per=LimitPer.TOTAL, max_uses=9)


@pytest.mark.parametrize(
    ("benefit", "lane", "terms"),
    [
        (CARD, Lane.PAYMENT, {}),
        (CARD, Lane.ACTIVITY, {"conditions": (BY_CARD,)}),
        (FREE, Lane.ACTIVITY, {}),
        (FREE, Lane.COUPON, {}),
        (POINTS, Lane.UNIT_PRICE, {}),
        (POINTS, Lane.ACTIVITY, {"budget_fen": 100}),
        (POINTS, Lane.ACTIVITY, {"limits": (HUNDRED,)}),
        (AmountOff(off_fen=1), Lane.ACTIVITY, {"budget_fen": 0}),
    ],
)
def test_terms_that_contradict_the_kind_are_refused(
    benefit: Benefit, lane: Lane, terms: dict[str, Any]
) -> None:
    with pytest.raises(SenselessValue):
        promotion("A", benefit, lane, **terms)


@pytest.mark.parametrize(
    "terms",
    [
        {"limits": (ALL,)},
        {"budget_fen": 100},
        {"limits": (ONCE,), "stacks_with": frozenset({"A"})},
        {"limits": (ONCE,), "stacks_with": frozenset({"tag:x"}), "tags": frozenset({"x"})},
    ],
)
def test_a_batch_is_budgeted_at_issue_and_used_once_an_order(terms: dict[str, Any]) -> None:
    with pytest.raises(SenselessValue):
        batch("A", 100, **terms)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (Exchange, {}),
        (Exchange, {"free_fen": 1, "free_ml": 1}),
        (Exchange, {"free_fen": 0}),
        (Exchange, {"free_ml": 0}),
        (PaymentOffer, {"off": Amount(off_fen=0)}),
        (Reward, {}),
        (Reward, {"points_per_yuan": 1, "credit": Amount(off_fen=1)}),
        (Reward, {"points_per_yuan": 0}),
        (Reward, {"credit": Amount(off_fen=0)}),
        (Reward, {"coupon_batch": " "}),
        (
            Reward,
            {
                "coupon_batch": "B",
                "tier_factors": (TierFactor(tier=MemberTier.GOLD, factor_bp=2),),
            },
        ),
        (TierFactor, {"tier": MemberTier.GOLD, "factor_bp": -1}),
        (Limit, {"per": LimitPer.USER}),
        (Limit, {"per": LimitPer.USER, "max_uses": 0}),
        (Limit, {"per": LimitPer.USER, "max_fen": -1}),
    ],
)
def test_senseless_figures_are_refused(kind: Any, fields: dict[str, Any]) -> None:
    with pytest.raises(SenselessValue):
        kind(**fields)


def test_what_makes_sense_is_taken() -> None:
    assert promotion("A", CARD, Lane.PAYMENT, conditions=(BY_CARD,)).needs_payment_method
    assert promotion("A", CREDIT, budget_fen=100, limits=(HUNDRED, ALL)).is_reward
    assert batch("A", FREE, limits=(ONCE, HUNDRED)).is_limited
    litres = Exchange(free_ml=1_000)
    with pytest.raises(SenselessValue):
        batch("A", litres, scope=frozenset({LineKind.FUEL, LineKind.NON_FUEL}))
    assert batch("A", litres, delivery=CouponDelivery()).benefit is litres
