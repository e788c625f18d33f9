"""Thresholds and tiers that no fill reaches, or that make no difference."""

from collections.abc import Iterator
from itertools import pairwise

from app.domain.pricing.bounds import LARGEST_PUMP_AMOUNT_FEN, LARGEST_VOLUME_ML
from app.domain.pricing.fill import MILL_ML_PER_FEN
from app.domain.promotions.benefits.dynamic import Dynamic
from app.domain.promotions.benefits.tiered_amount import TieredAmount
from app.domain.promotions.benefits.tiered_litres import TieredLitres
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.conditions.threshold_litres import ThresholdLitres
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.review.remark import Remark, Severity
from app.domain.promotions.terms import Amount, Base, LineKind, Off, Percent, PerLitre, TierMode

DEAREST_MILL_PER_LITRE = 20_000
CHEAPEST_MILL_PER_LITRE = 3_000
"""No fuel has cost more or less here; so no fill measures more than the two below."""
MOST_FEN = max(
    LARGEST_PUMP_AMOUNT_FEN, LARGEST_VOLUME_ML * DEAREST_MILL_PER_LITRE // MILL_ML_PER_FEN
)
MOST_ML = max(
    LARGEST_VOLUME_ML, LARGEST_PUMP_AMOUNT_FEN * MILL_ML_PER_FEN // CHEAPEST_MILL_PER_LITRE
)
FUEL_ALONE = frozenset({LineKind.FUEL})
Tier = tuple[int, Off]


def reach(promotion: Promotion) -> Iterator[Remark]:
    """On thresholds, tiers and volume factors. Other goods have no bound."""
    bounded = promotion.scope == FUEL_ALONE
    for index, condition in enumerate(promotion.conditions):
        path = ("conditions", index)
        if isinstance(condition, ThresholdAmount) and bounded and condition.min_fen > MOST_FEN:
            yield _beyond(promotion, (*path, "min_fen"), f"{MOST_FEN} fen")
        if isinstance(condition, ThresholdLitres) and condition.min_ml > MOST_ML:
            yield _beyond(promotion, (*path, "min_ml"), f"{MOST_ML} ml")
    match promotion.benefit:
        case TieredAmount(mode=mode, tiers=tiers):
            steps = [(tier.from_fen, tier.off) for tier in tiers]
            most = MOST_FEN if bounded else None
            yield from _tiers(promotion, "from_fen", mode, steps, most)
        case TieredLitres(mode=mode, tiers=tiers):
            steps = [(tier.from_ml, tier.off) for tier in tiers]
            yield from _tiers(promotion, "from_ml", mode, steps, MOST_ML)
        case Dynamic() as benefit:
            yield from _factors(promotion, benefit)
        case _:
            return


def _tiers(
    promotion: Promotion, name: str, mode: TierMode, steps: list[Tier], most: int | None
) -> Iterator[Remark]:
    for index, (bound, _) in enumerate(steps):
        if most is not None and bound > most:
            yield _beyond(promotion, ("benefit", "tiers", index, name), str(most))
    if mode is not TierMode.WHOLE:
        return
    least = _least(promotion, name)
    for index, ((_, off), (following, above)) in enumerate(pairwise(steps)):
        if following <= least:
            yield Remark(
                code=promotion.code,
                path=("benefit", "tiers", index),
                severity=Severity.ERROR,
                zh=f"条件已要求至少 {least}，下一档从 {following} 起，这一档永远轮不到；删去它或放宽条件",
                en=f"its condition asks for {least} and the next tier starts at {following}, so "
                "this one never holds: remove it, or ease the condition",
            )
        elif _no_more(promotion, name, off, above, following):
            yield Remark(
                code=promotion.code,
                path=("benefit", "tiers", index + 1),
                severity=Severity.WARNING,
                zh="到达这一档也不比前一档多减（或被 cap_fen 封住）；提高这一档或 cap_fen，或删去它",
                en="reaching this tier takes off no more than the one before it (or `cap_fen` cuts "
                "it): raise it or the cap, or remove it",
            )


def _least(promotion: Promotion, name: str) -> int:
    """What the conditions ask for in the measure of the tiers; 0 where another is meant."""
    if name == "from_ml":
        asked = (c.min_ml for c in promotion.conditions if isinstance(c, ThresholdLitres))
    else:
        asked = (c.min_fen for c in promotion.conditions if isinstance(c, ThresholdAmount))
    return max(asked, default=0)


def _no_more(promotion: Promotion, name: str, below: Off, above: Off, start: int) -> bool:
    """Whether, from the start of a tier on, the one below it gives as much."""
    if type(below) is not type(above):
        return False
    if above.strength <= below.strength:
        return True
    cap_fen = promotion.cap_fen
    if cap_fen is None:
        return False
    if isinstance(below, Amount):
        return below.off_fen >= cap_fen
    if isinstance(below, PerLitre) and name == "from_ml":
        return below.off_mill_per_litre * start >= cap_fen * MILL_ML_PER_FEN
    if isinstance(below, Percent) and name == "from_fen" and promotion.percent_base is Base.PUMP:
        return below.off_bp * start >= cap_fen * 10_000
    return False


def _factors(promotion: Promotion, benefit: Dynamic) -> Iterator[Remark]:
    """The first match holds, so a later one that an earlier one covers never does."""
    lists = (
        ("time_factors", [factor.demand for factor in benefit.time_factors]),
        ("place_factors", [factor.remoteness for factor in benefit.place_factors]),
    )
    for name, matched in lists:
        for index, word in enumerate(matched):
            if word in matched[:index]:
                yield _covered(promotion, name, index)
    bounds = [factor.from_ml for factor in benefit.volume_factors]
    for index, bound in enumerate(bounds):
        if any(earlier <= bound for earlier in bounds[:index]):
            yield _covered(promotion, "volume_factors", index)
        elif bound > MOST_ML:
            yield _beyond(promotion, ("benefit", "volume_factors", index, "from_ml"), str(MOST_ML))


def _covered(promotion: Promotion, name: str, index: int) -> Remark:
    return Remark(
        code=promotion.code,
        path=("benefit", name, index),
        severity=Severity.ERROR,
        zh="前面的一项总是先匹配，这一项永远不用；删去它，或把更高的 from_ml 写在前面",
        en="an earlier one always matches first, so this one is never used: remove it, or write "
        "the higher `from_ml` first",
    )


def _beyond(promotion: Promotion, path: tuple[str | int, ...], most: str) -> Remark:
    return Remark(
        code=promotion.code,
        path=path,
        severity=Severity.ERROR,
        zh=f"任何一次加油都达不到（最多 {most}）；请改小",
        en=f"no fill reaches it (the most is {most}): lower it",
    )
