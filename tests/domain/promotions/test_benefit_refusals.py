"""Benefits that no document may hold: each refusal names the field."""

from collections.abc import Callable

import pytest

from app.domain.promotions.benefits import (
    AmountOff,
    Dynamic,
    FirstNLitres,
    PercentOff,
    PerLitreOff,
    PlatformPrice,
    PointsRedemption,
)
from app.domain.promotions.benefits.dynamic import TimeFactor
from app.domain.promotions.terms import Amount, Percent, PerLitre
from app.domain.shared.senseless import SenselessValue
from app.domain.stations.station import Demand

STEP = {"points_per_step": 100, "fen_per_step": 100}
FEN = Amount(off_fen=100)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: AmountOff(off_fen=0), "off_fen"),
        (lambda: PercentOff(off_bp=0), "off_bp"),
        (lambda: PercentOff(off_bp=10_001), "off_bp"),
        (lambda: PerLitreOff(off_mill_per_litre=0), "off_mill_per_litre"),
        (lambda: PlatformPrice(price_mill_per_litre=0), "price_mill_per_litre"),
        (lambda: FirstNLitres(first_ml=0, off=Percent(off_bp=1)), "first_ml"),
        (lambda: FirstNLitres(first_ml=1, off=PerLitre(off_mill_per_litre=0)), "off"),
        (lambda: PointsRedemption(points_per_step=0, fen_per_step=1), "points_per_step"),
        (lambda: PointsRedemption(points_per_step=1, fen_per_step=0), "fen_per_step"),
        (lambda: PointsRedemption(**STEP, max_bp=0), "max_bp"),
        (lambda: PointsRedemption(**STEP, max_bp=10_001), "max_bp"),
        (lambda: Dynamic(strength=Amount(off_fen=0)), "strength"),
        (
            lambda: Dynamic(
                strength=FEN, time_factors=(TimeFactor(demand=Demand.PEAK, factor_bp=-1),)
            ),
            "factor_bp",
        ),
        (lambda: Dynamic(strength=FEN, min_strength=-1), "min_strength"),
        (lambda: Dynamic(strength=FEN, max_strength=0), "max_strength"),
        (lambda: Dynamic(strength=FEN, min_strength=2, max_strength=1), "min_strength 2"),
        (lambda: Percent(off_bp=10_001), "off_bp"),
        (lambda: Percent(off_bp=-1), "off_bp"),
        (lambda: PerLitre(off_mill_per_litre=-1), "off_mill_per_litre"),
        (lambda: Amount(off_fen=-1), "off_fen"),
    ],
)
def test_a_benefit_that_means_nothing_is_refused(make: Callable[[], object], field: str) -> None:
    with pytest.raises(SenselessValue) as caught:
        make()
    assert str(caught.value).startswith(f"{field} must")
    assert caught.value.zh.startswith(f"{field} ")


def test_the_least_and_the_most_that_are_taken() -> None:
    assert Dynamic(strength=FEN, min_strength=1, max_strength=1).min_strength == 1
    assert Dynamic(strength=FEN, min_strength=0).min_strength == 0
    assert PercentOff(off_bp=10_000).off_bp == 10_000
    assert PointsRedemption(**STEP, max_bp=10_000).max_bp == 10_000
    assert FirstNLitres(first_ml=1, off=Percent(off_bp=1)).first_ml == 1
