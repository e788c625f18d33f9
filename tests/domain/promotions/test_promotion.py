"""Terms that contradict each other are refused where a promotion is made."""

from typing import Any

import pytest

from app.domain.promotions.benefits import PlatformPrice, PointsRedemption
from app.domain.promotions.conditions.payment_method import ByPaymentMethod
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.promotion import CouponDelivery
from app.domain.promotions.rulebook import RuleBook
from app.domain.promotions.terms import Base, Funding, Lane, LineKind
from app.domain.shared.payment import PaymentMethod
from app.domain.shared.senseless import SenselessValue
from tests.domain.promotions.builders import batch, promotion

POINTS = PointsRedemption(points_per_step=1, fen_per_step=1)


@pytest.mark.parametrize(
    "terms",
    [
        {"code": " "},
        {"scope": frozenset()},
        {"scope": frozenset({LineKind.FUEL, LineKind.SERVICE_FEE})},
        {"cap_fen": 0},
        {"benefit": POINTS},
        {"lane": Lane.POINTS},
        {"delivery": CouponDelivery()},
        {
            "benefit": PlatformPrice(price_mill_per_litre=1),
            "scope": frozenset({LineKind.FUEL, LineKind.NON_FUEL}),
        },
    ],
)
def test_contradictory_terms_are_refused(terms: dict[str, Any]) -> None:
    with pytest.raises(SenselessValue):
        promotion(**{"code": "A", "benefit": 100, **terms})


@pytest.mark.parametrize("shares", [(9_999, 0, 0), (10_001, -1, 0)])
def test_funding_shares_sum_to_the_whole(shares: tuple[int, int, int]) -> None:
    platform, station, brand = shares
    with pytest.raises(SenselessValue):
        Funding(platform_bp=platform, station_bp=station, brand_bp=brand)


def test_a_running_threshold_is_the_highest_and_only_with_base_running() -> None:
    two = (ThresholdAmount(min_fen=100), ThresholdAmount(min_fen=300))
    assert promotion("A", 1, conditions=two).running_threshold_fen == 0
    on_running = promotion("A", 1, conditions=two, threshold_base=Base.RUNNING)
    assert on_running.running_threshold_fen == 300
    assert promotion("A", 1, threshold_base=Base.RUNNING).running_threshold_fen == 0


def test_which_promotions_bind_the_payment_method() -> None:
    by_wechat = ByPaymentMethod(methods=frozenset({PaymentMethod.WECHAT_PAY}))
    assert promotion("A", 1, conditions=(by_wechat,)).needs_payment_method
    assert promotion("A", 1, Lane.PAYMENT).needs_payment_method
    assert not promotion("A", 1).needs_payment_method


def test_codes_are_unique_over_promotions_and_batches() -> None:
    with pytest.raises(ValueError, match="'A'"):
        RuleBook.of("1", [promotion("A", 1), batch("A", 1)])
