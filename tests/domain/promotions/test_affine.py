"""The formula of a benefit's worth is its worth, to the fen."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.domain.promotions.affine import affine, sees
from app.domain.promotions.benefits import Benefit, PlatformPrice
from app.domain.promotions.benefits.rule import Basis
from app.domain.promotions.terms import Base, Lane
from app.domain.shared.money import half_up_ratio
from app.domain.stations.station import Demand, Remoteness
from tests.domain.promotions.builders import promotion
from tests.oracle.random_benefits import random_benefit

VOLUMES = st.sampled_from([(1_000, 1), (30_000, 1), (200_000_000, 6_950), (12_345_678, 1_001)])


@given(
    st.integers(0, 10**6),
    VOLUMES,
    st.integers(0, 40_000),
    st.integers(0, 40_000),
    st.sampled_from(Base),
    st.sampled_from(Base),
)
def test_the_formula_is_the_worth(
    seed: int, volume: tuple[int, int], pump: int, running: int, percent: Base, threshold: Base
) -> None:
    benefit = random_benefit(Random(seed))
    lane = Lane.POINTS if benefit.burns_points else benefit.home or Lane.ACTIVITY
    if lane in (Lane.COUPON, Lane.PAYMENT):
        return
    offer = promotion("A", benefit, lane, percent_base=percent, threshold_base=threshold)
    basis = Basis(
        pump_fen=pump,
        volume_ml=volume,
        fill_ml=volume,
        demand=Demand.PEAK,
        remoteness=Remoteness.REMOTE,
        points=950,
        percent_base=percent,
        threshold_base=threshold,
    )
    if sees(offer) is not None:
        assert _by_formula(offer.benefit, basis, running) == half_up_ratio(
            *benefit.worth(basis, running)
        )


def test_a_platform_price_rounds_the_target_and_not_the_reduction() -> None:
    """1 litre at 6.505 yuan is 650.5 fen, half up 651: so 49 fen off 700, not 50."""
    basis = Basis(
        pump_fen=700,
        volume_ml=(1_000, 1),
        fill_ml=(1_000, 1),
        demand=Demand.PEAK,
        remoteness=Remoteness.URBAN,
    )
    benefit = PlatformPrice(price_mill_per_litre=6_505)
    assert half_up_ratio(*benefit.worth(basis, 700)) == 49
    assert _by_formula(benefit, basis, 700) == 49


def _by_formula(benefit: Benefit, basis: Basis, running: int) -> int:
    formula = affine(benefit, basis)
    volume, parts = basis.volume_ml if formula.by_volume else (1, 1)
    d = formula.d * parts
    n = formula.n0 * volume + formula.n1 * parts * running
    added = formula.rounding.times * d - formula.rounding.less
    worth = max(0, (2 * n + added) // (2 * d))
    if formula.at_most is not None:
        worth = min(worth, formula.at_most)
    step = benefit.step_fen
    return worth if step is None else worth - worth % step
