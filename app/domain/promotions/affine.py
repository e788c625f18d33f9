"""The worth of most benefits as one formula in the running amount, for many places at once.

worth(r) = max(0, rounded((n0 + n1 x r) / d)), with exact integers; it is the same figure as
`BenefitRule.worth` rounded to the fen. A kind that is not written here has none: it is asked itself.
"""

from enum import IntEnum
from math import gcd
from typing import NamedTuple

from app.domain.pricing.fill import MILL_ML_PER_FEN
from app.domain.promotions.benefits import (
    AmountOff,
    Benefit,
    Dynamic,
    PaymentOffer,
    PercentOff,
    PerLitreOff,
    PlatformPrice,
    PointsRedemption,
    TieredAmount,
)
from app.domain.promotions.benefits.rule import Basis
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.refusals import WHOLE_BP
from app.domain.promotions.terms import Amount, Base, Off, Percent, PerLitre, TierMode
from app.domain.shared.money import Ratio


class Rounding(NamedTuple):
    """How a ratio n/d becomes whole fen: (2 n + times d - less) // (2 d)."""

    times: int
    less: int


HALF_UP = Rounding(1, 0)
HALF_DOWN = Rounding(1, 1)
DOWN = Rounding(0, 0)


class Affine(NamedTuple):
    """(n0 + n1 r) / d fen; `by_volume`: n0 is times the numerator, n1 and d times the denominator
    of the exact volume in millilitres. `at_most`: never more, e.g. what a points balance buys."""

    n0: int
    n1: int
    d: int
    by_volume: bool = False
    rounding: Rounding = HALF_UP
    at_most: int | None = None


class Sees(IntEnum):
    """What of a place the formula depends on, beyond its exact volume."""

    NOTHING = 0
    PUMP_AMOUNT = 1
    PRICE = 2
    SURROUNDINGS = 3


_SEES = {
    "AMOUNT_OFF": Sees.NOTHING,
    "PER_LITRE_OFF": Sees.NOTHING,
    "PLATFORM_PRICE": Sees.NOTHING,
    "PERCENT_OFF": Sees.PUMP_AMOUNT,
    "PAYMENT_OFFER": Sees.PUMP_AMOUNT,
    "POINTS_REDEMPTION": Sees.PUMP_AMOUNT,
    "TIERED_LITRES": Sees.PRICE,
    "FIRST_N_LITRES": Sees.PRICE,
    "DYNAMIC": Sees.SURROUNDINGS,
}


def sees(promotion: Promotion) -> Sees | None:
    """What the formula depends on; None: the benefit has none."""
    benefit = promotion.benefit
    if isinstance(benefit, TieredAmount):
        if promotion.threshold_base is Base.RUNNING:
            return None
        return Sees.PUMP_AMOUNT if benefit.mode is TierMode.WHOLE else Sees.PRICE
    found = _SEES.get(benefit.kind)
    if found is Sees.PUMP_AMOUNT and promotion.percent_base is Base.RUNNING:
        return Sees.NOTHING
    return found


def affine(benefit: Benefit, basis: Basis) -> Affine:
    """The formula at one basis; only where `sees` gives an answer."""
    match benefit:
        case AmountOff():
            return Affine(benefit.off_fen, 0, 1)
        case PercentOff():
            return _of_base(benefit.off_bp, WHOLE_BP, basis)
        case PerLitreOff():
            return Affine(benefit.off_mill_per_litre, 0, MILL_ML_PER_FEN, by_volume=True)
        case PlatformPrice():
            # r - half-up(x) is (r - x) rounded to the nearest, halves down.
            return Affine(
                -benefit.price_mill_per_litre,
                MILL_ML_PER_FEN,
                MILL_ML_PER_FEN,
                by_volume=True,
                rounding=HALF_DOWN,
            )
        case PointsRedemption():
            balance = basis.points // benefit.points_per_step * benefit.fen_per_step
            share = _of_base(benefit.max_bp, WHOLE_BP, basis)
            return share._replace(rounding=DOWN, at_most=balance)
        case Dynamic():
            return _off(benefit.strength, benefit.strength_at(basis), basis)
        case PaymentOffer():
            return _off(benefit.off, (benefit.off.strength, 1), basis)
        case TieredAmount() if benefit.mode is TierMode.WHOLE:
            reached = [tier.off for tier in benefit.tiers if tier.from_fen <= basis.pump_fen]
            return _off(reached[-1], (reached[-1].strength, 1), basis) if reached else _NOTHING
        case _:
            return _by_two_points(benefit, basis)


_NOTHING = Affine(0, 0, 1)


def _off(off: Off, strength: Ratio, basis: Basis) -> Affine:
    numerator, denominator = strength
    common = gcd(numerator, denominator) or 1
    numerator, denominator = numerator // common, denominator // common
    match off:
        case PerLitre():
            return Affine(numerator, 0, denominator * MILL_ML_PER_FEN, by_volume=True)
        case Percent():
            return _of_base(numerator, denominator * WHOLE_BP, basis)
        case Amount():
            return Affine(numerator, 0, denominator)


def _of_base(numerator: int, denominator: int, basis: Basis) -> Affine:
    if basis.percent_base is Base.PUMP:
        return Affine(numerator * basis.pump_fen, 0, denominator)
    return Affine(0, numerator, denominator)


def _by_two_points(benefit: Benefit, basis: Basis) -> Affine:
    """A worth that is known to be a straight line in the running amount."""
    n, d = benefit.worth(basis, 0)
    m, e = benefit.worth(basis, 1)
    n0, n1, both = n * e, m * d - n * e, d * e
    common = gcd(n0, n1, both)
    return Affine(n0 // common, n1 // common, both // common)
