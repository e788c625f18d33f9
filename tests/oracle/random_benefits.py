"""Random benefits of every kind, at figures where they collide."""

from random import Random

from app.domain.profiles.member import MemberTier
from app.domain.promotions.benefits import (
    AmountOff,
    Benefit,
    Dynamic,
    Exchange,
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
from app.domain.promotions.benefits.tier_factor import TierFactor
from app.domain.promotions.benefits.tiered_amount import AmountTier
from app.domain.promotions.benefits.tiered_litres import LitresTier
from app.domain.promotions.terms import Amount, Lane, Off, Percent, PerLitre, TierMode
from app.domain.stations.station import Demand, Remoteness


def random_benefit(rng: Random) -> Benefit:
    """Of any kind that takes something off."""
    lane = rng.choice((Lane.POINTS, Lane.COUPON, Lane.PAYMENT, *(Lane.UNIT_PRICE,) * 6))
    return benefit_in(rng, lane)


def benefit_in(rng: Random, lane: Lane) -> Benefit:
    """Of a kind that may stand in the lane."""
    if lane is Lane.POINTS:
        return _points(rng)
    if lane is Lane.COUPON and rng.random() < 0.2:
        return _exchange(rng)
    if lane is Lane.PAYMENT and rng.random() < 0.5:
        return PaymentOffer(off=_off(rng, amounts=True))
    if lane is Lane.ACTIVITY and rng.random() < 0.1:
        return _reward(rng)
    return _benefit(rng)


def _exchange(rng: Random) -> Benefit:
    if rng.random() < 0.5:
        return Exchange(free_fen=rng.choice((1, 500, 3_000, 25_000)))
    return Exchange(free_ml=rng.choice((1, 333, 5_000, 30_000, 90_000)))


def _reward(rng: Random) -> Benefit:
    if rng.random() < 0.5:
        return Reward(points_per_yuan=rng.choice((1, 3)), tier_factors=_tier_factors(rng))
    return Reward(credit=_off(rng, amounts=True), tier_factors=_tier_factors(rng))


def _tier_factors(rng: Random) -> tuple[TierFactor, ...]:
    tiers = rng.sample(list(MemberTier), rng.choice((0, 0, 1, 4)))
    factors = (0, 5_000, 11_111, 15_000)
    return tuple(TierFactor(tier=tier, factor_bp=rng.choice(factors)) for tier in tiers)


def _points(rng: Random) -> Benefit:
    return PointsRedemption(
        points_per_step=rng.choice((1, 100)),
        fen_per_step=rng.choice((1, 7, 100)),
        max_bp=rng.choice((10_000, 1_000, 333)),
    )


def _benefit(rng: Random) -> Benefit:
    make = rng.choice((_plain, _plain, _plain, _tiers, _first_litres, _dynamic))
    return make(rng)


def _plain(rng: Random) -> Benefit:
    return rng.choice(
        (
            AmountOff(off_fen=rng.choice((1, 300, 500, 1_000, 5_000))),
            PercentOff(off_bp=rng.choice((1, 333, 500, 1_000, 2_000, 9_999))),
            PerLitreOff(off_mill_per_litre=rng.choice((1, 150, 333, 1_000))),
            PlatformPrice(price_mill_per_litre=rng.choice((900, 4_380, 6_333, 7_700))),
        )
    )


def _tiers(rng: Random) -> Benefit:
    mode = rng.choice(list(TierMode))
    offs = [_off(rng, amounts=mode is TierMode.WHOLE) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.5:
        bounds = sorted(rng.sample((0, 5_000, 10_000, 19_000, 20_000, 20_001), len(offs)))
        tiers = (AmountTier(from_fen=b, off=off) for b, off in zip(bounds, offs, strict=True))
        return TieredAmount(mode=mode, tiers=tuple(tiers))
    bounds = sorted(rng.sample((0, 5_000, 10_000, 20_000, 30_000, 30_001), len(offs)))
    steps = (LitresTier(from_ml=b, off=off) for b, off in zip(bounds, offs, strict=True))
    return TieredLitres(mode=mode, tiers=tuple(steps))


def _off(rng: Random, *, amounts: bool) -> Off:
    offs: list[Off] = [
        PerLitre(off_mill_per_litre=rng.choice((1, 200, 777))),
        Percent(off_bp=rng.choice((100, 500, 1_500, 3_333))),
    ]
    if amounts:
        offs.append(Amount(off_fen=rng.choice((1, 700, 1_500))))
    return rng.choice(offs)


def _first_litres(rng: Random) -> Benefit:
    off = _off(rng, amounts=False)
    assert not isinstance(off, Amount)
    return FirstNLitres(first_ml=rng.choice((1, 10_000, 30_000)), off=off)


def _dynamic(rng: Random) -> Benefit:
    factors = (0, 5_000, 8_333, 12_500, 20_000)
    return Dynamic(
        strength=_off(rng, amounts=True),
        time_factors=tuple(TimeFactor(demand=d, factor_bp=rng.choice(factors)) for d in Demand),
        place_factors=(
            PlaceFactor(remoteness=rng.choice(list(Remoteness)), factor_bp=rng.choice(factors)),
        ),
        volume_factors=(
            VolumeFactor(from_ml=30_000, factor_bp=rng.choice(factors)),
            VolumeFactor(from_ml=10_000, factor_bp=rng.choice(factors)),
        ),
        tier_factors=_tier_factors(rng),
        min_strength=rng.choice((None, 100)),
        max_strength=rng.choice((None, 400)),
    )
