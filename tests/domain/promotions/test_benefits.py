"""Each benefit's exact worth, and the laws that the search's bound rests on."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.promotions.benefits import (
    BENEFITS,
    AmountOff,
    Benefit,
    Dynamic,
    FirstNLitres,
    PaymentOffer,
    PercentOff,
    PerLitreOff,
    PlatformPrice,
    PointsRedemption,
    Reward,
    TieredAmount,
    TieredLitres,
)
from app.domain.promotions.benefits.dynamic import PlaceFactor, TimeFactor, VolumeFactor
from app.domain.promotions.benefits.rule import Basis
from app.domain.promotions.benefits.tiered_amount import AmountTier
from app.domain.promotions.benefits.tiered_litres import LitresTier
from app.domain.promotions.reason import ReasonCode
from app.domain.promotions.terms import Amount, Base, Percent, PerLitre, TierMode
from app.domain.shared.money import half_up_ratio
from app.domain.shared.senseless import SenselessValue
from app.domain.stations.station import Demand, Remoteness
from tests.oracle.random_benefits import random_benefit

PUMP_FEN = 30_000
VOLUME = (30_000 * 10_000, 6_950)
"""300 yuan at 6.950: 43.16546… litres."""

BASIS = Basis(
    pump_fen=PUMP_FEN,
    volume_ml=VOLUME,
    fill_ml=VOLUME,
    demand=Demand.OFF_PEAK,
    remoteness=Remoteness.REMOTE,
    points=1_234,
)


def worth(benefit: Benefit, running_fen: int = PUMP_FEN, basis: Basis = BASIS) -> Fraction:
    return Fraction(*benefit.worth(basis, running_fen))


def amount_tiers(mode: TierMode, *tiers: tuple[int, int]) -> TieredAmount:
    """Tiers of (from fen, basis points off)."""
    steps = tuple(AmountTier(from_fen=start, off=Percent(off_bp=bp)) for start, bp in tiers)
    return TieredAmount(mode=mode, tiers=steps)


def litres_tiers(mode: TierMode, *tiers: tuple[int, int]) -> TieredLitres:
    """Tiers of (from ml, mills per litre off)."""
    steps = tuple(
        LitresTier(from_ml=start, off=PerLitre(off_mill_per_litre=mill)) for start, mill in tiers
    )
    return TieredLitres(mode=mode, tiers=steps)


def test_per_litre_off_takes_exact_litres() -> None:
    assert worth(PerLitreOff(off_mill_per_litre=500)) == Fraction(50) * Fraction(30_000, 695)


def test_platform_price_is_a_target_rounded_once() -> None:
    at_438 = PlatformPrice(price_mill_per_litre=4_380)
    target = half_up_ratio(4_380 * VOLUME[0], VOLUME[1] * 10_000)
    assert worth(at_438) == PUMP_FEN - target
    assert worth(at_438, target - 1) == 0


def test_percent_off_takes_its_base() -> None:
    tenth = PercentOff(off_bp=1_000)
    assert worth(tenth, 20_005) == Fraction(20_005, 10)
    assert worth(tenth, 20_005, replace(BASIS, percent_base=Base.PUMP)) == 3_000


def test_whole_tiers_are_inclusive_and_take_everything() -> None:
    tiers = amount_tiers(TierMode.WHOLE, (0, 1_000), (PUMP_FEN, 1_500), (PUMP_FEN + 1, 9_000))
    assert worth(tiers) == PUMP_FEN * Fraction(15, 100)


def test_tiers_look_at_the_pump_amount_unless_told_to_look_at_running() -> None:
    tiers = amount_tiers(TierMode.WHOLE, (0, 1_000), (PUMP_FEN, 1_500))
    assert worth(tiers, 29_999) == Fraction(29_999 * 15, 100)
    on_running = replace(BASIS, threshold_base=Base.RUNNING)
    assert worth(tiers, 29_999, on_running) == Fraction(29_999, 10)


def test_marginal_tiers_weigh_slices_of_the_measure() -> None:
    tiers = amount_tiers(TierMode.MARGINAL, (10_000, 1_000), (20_000, 2_000))
    assert worth(tiers) == 10_000 * Fraction(1, 10) + 10_000 * Fraction(2, 10)
    assert worth(tiers, 15_000) == 15_000 * (Fraction(1, 3) * Fraction(3, 10))


def test_marginal_litres_give_each_slice_its_own() -> None:
    tiers = litres_tiers(TierMode.MARGINAL, (20_000, 100), (40_000, 300))
    litres = Fraction(30_000, 695)
    assert worth(tiers) == 20 * Fraction(10) + (litres - 40) * 30


def test_first_litres_weigh_their_slice() -> None:
    tenth = FirstNLitres(first_ml=10_000, off=Percent(off_bp=2_000))
    assert worth(tenth) == Fraction(1_390)  # G01 of the acceptance cases
    by_litre = FirstNLitres(first_ml=10_000, off=PerLitre(off_mill_per_litre=123))
    assert worth(by_litre) == 123
    beyond = FirstNLitres(first_ml=90_000, off=Percent(off_bp=2_000))
    assert worth(beyond) == 6_000


def test_dynamic_takes_the_first_match_of_each_factor_unrounded() -> None:
    dynamic = Dynamic(
        strength=PerLitre(off_mill_per_litre=333),
        time_factors=(
            TimeFactor(demand=Demand.PEAK, factor_bp=1),
            TimeFactor(demand=Demand.OFF_PEAK, factor_bp=12_500),
        ),
        place_factors=(PlaceFactor(remoteness=Remoteness.REMOTE, factor_bp=11_111),),
        volume_factors=(
            VolumeFactor(from_ml=43_166, factor_bp=0),
            VolumeFactor(from_ml=43_165, factor_bp=9_999),
        ),
    )
    strength = Fraction(333 * 12_500 * 11_111 * 9_999, 10_000**3)
    assert Fraction(*dynamic.strength_at(BASIS)) == strength
    assert worth(dynamic) == strength / 10 * Fraction(30_000, 695)


@pytest.mark.parametrize(("low", "high", "strength"), [(900, None, 900), (None, 200, 200)])
def test_dynamic_strength_is_clamped(low: int | None, high: int | None, strength: int) -> None:
    dynamic = Dynamic(strength=Amount(off_fen=500), min_strength=low, max_strength=high)
    assert worth(dynamic) == strength


def test_points_come_in_whole_steps_within_balance_and_cap() -> None:
    hundred = PointsRedemption(points_per_step=100, fen_per_step=100)
    assert worth(hundred) == 1_200
    assert hundred.points_burnt(1_200) == 1_200
    assert worth(replace(hundred, max_bp=300), 30_000) == 900
    assert worth(replace(hundred, max_bp=300), 29_999) == 800


def test_shortfalls_name_the_way_to_the_first_tier() -> None:
    by_amount = amount_tiers(TierMode.WHOLE, (0, 0), (PUMP_FEN + 7, 100))
    (reason,) = by_amount.shortfalls(BASIS)
    assert (reason.code, reason.gap_fen) == (ReasonCode.THRESHOLD_AMOUNT, 7)
    (reason,) = litres_tiers(TierMode.WHOLE, (43_166, 100)).shortfalls(BASIS)
    assert (reason.code, reason.gap_ml) == (ReasonCode.THRESHOLD_LITRES, 1)
    (reason,) = PointsRedemption(points_per_step=2_000, fen_per_step=1).shortfalls(BASIS)
    assert (reason.code, reason.gap_count) == (ReasonCode.POINTS_SHORT, 766)


@pytest.mark.parametrize(
    "senseless",
    [
        lambda: AmountOff(off_fen=0),
        lambda: PerLitreOff(off_mill_per_litre=-1),
        lambda: PercentOff(off_bp=10_001),
        lambda: PercentOff(off_bp=0),
        lambda: PlatformPrice(price_mill_per_litre=0),
        lambda: FirstNLitres(first_ml=0, off=Percent(off_bp=1)),
        lambda: FirstNLitres(first_ml=1, off=Percent(off_bp=0)),
        lambda: amount_tiers(TierMode.WHOLE),
        lambda: amount_tiers(TierMode.WHOLE, (0, 0)),
        lambda: amount_tiers(TierMode.WHOLE, (100, 1), (100, 2)),
        lambda: amount_tiers(TierMode.WHOLE, (-1, 1)),
        lambda: litres_tiers(TierMode.WHOLE, (200, 1), (100, 2)),
        lambda: TieredAmount(
            mode=TierMode.MARGINAL, tiers=(AmountTier(from_fen=0, off=Amount(off_fen=1)),)
        ),
        lambda: Dynamic(strength=Amount(off_fen=0)),
        lambda: Dynamic(strength=Amount(off_fen=5), min_strength=9, max_strength=8),
        lambda: Dynamic(
            strength=Amount(off_fen=5),
            volume_factors=(VolumeFactor(from_ml=1, factor_bp=-1),),
        ),
        lambda: PointsRedemption(points_per_step=0, fen_per_step=1),
        lambda: PointsRedemption(points_per_step=1, fen_per_step=0),
        lambda: PointsRedemption(points_per_step=1, fen_per_step=1, max_bp=10_001),
        lambda: Percent(off_bp=-1),
        lambda: PerLitre(off_mill_per_litre=-1),
        lambda: Amount(off_fen=-1),
    ],
)
def test_senseless_figures_are_refused(senseless) -> None:
    with pytest.raises(SenselessValue):
        senseless()


def most_fen(benefit: Benefit, basis: Basis, running_fen: int) -> int:
    return half_up_ratio(*benefit.most(basis, running_fen))


bases = st.builds(
    replace,
    st.just(BASIS),
    percent_base=st.sampled_from(Base),
    threshold_base=st.sampled_from(Base),
    demand=st.sampled_from(Demand),
    points=st.integers(0, 5_000),
)
benefits = st.integers(0, 5_000).map(lambda seed: random_benefit(Random(seed)))
runnings = st.integers(0, PUMP_FEN)


@given(benefits, bases, runnings, runnings)
def test_the_most_is_no_less_than_the_worth_at_any_running_below(
    benefit: Benefit, basis: Basis, one: int, other: int
) -> None:
    low, high = sorted((one, other))
    assert half_up_ratio(*benefit.worth(basis, low)) <= most_fen(benefit, basis, high)


@given(benefits, bases, runnings)
def test_the_most_never_rises_faster_than_what_it_is_taken_from(
    benefit: Benefit, basis: Basis, running: int
) -> None:
    before = max(0, running - most_fen(benefit, basis, running))
    after = max(0, running + 1 - most_fen(benefit, basis, running + 1))
    assert before <= after


@given(benefits)
def test_every_benefit_gives_nothing_on_nothing_but_a_fixed_amount(benefit: Benefit) -> None:
    nothing = replace(BASIS, pump_fen=0, volume_ml=(0, 1), fill_ml=(0, 1))
    given_fen = worth(benefit, 0, nothing)
    assert given_fen >= 0
    if not isinstance(benefit, AmountOff | Dynamic | PaymentOffer | TieredAmount | TieredLitres):
        assert given_fen == 0


def test_the_random_benefits_are_of_every_kind() -> None:
    assert {type(random_benefit(Random(seed))) for seed in range(400)} == set(BENEFITS) - {Reward}
