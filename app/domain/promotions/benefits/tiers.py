"""Tiers (阶梯), shared by the kinds that have them (design §2, Tiers)."""

from collections.abc import Sequence
from itertools import pairwise

from app.domain.promotions.terms import Amount, Off, TierMode
from app.domain.shared.money import Ratio, ratio_max, ratio_sum
from app.domain.shared.senseless import SenselessValue

Step = tuple[int, Off]
"""A bound, inclusive, in the unit of the measure (fen or millilitres), and what holds from it."""


def refuse_senseless_tiers(mode: TierMode, steps: Sequence[Step]) -> None:
    """SenselessValue for no tiers, bounds that do not rise, amounts in MARGINAL mode, no effect."""
    bounds = [bound for bound, _ in steps]
    if not steps:
        raise SenselessValue("阶梯至少要有一档", "tiers must name at least one")
    if bounds[0] < 0 or any(high <= low for low, high in pairwise(bounds)):
        raise SenselessValue(
            "各档起点不能为负，且须逐档递增",
            "the bounds of tiers must not be negative and must rise from tier to tier",
        )
    if mode is TierMode.MARGINAL and any(isinstance(off, Amount) for _, off in steps):
        raise SenselessValue(
            "固定金额无法分段计算，请改用 WHOLE",
            "a fixed amount has no slices: use it in WHOLE mode",
        )
    if all(off.strength == 0 for _, off in steps):
        raise SenselessValue("至少有一档要有优惠", "at least one tier must take something off")


def flat_worth(off: Off, base_fen: int, volume_ml: Ratio) -> Ratio:
    """An off at its own strength."""
    return off.worth((off.strength, 1), base_fen, volume_ml)


def whole_worth(steps: Sequence[Step], measure: Ratio, base_fen: int, volume_ml: Ratio) -> Ratio:
    """The highest tier reached, on everything; 0 below the first."""
    reached = [off for bound, off in steps if bound * measure[1] <= measure[0]]
    return flat_worth(reached[-1], base_fen, volume_ml) if reached else (0, 1)


def marginal_worth(
    steps: Sequence[Step],
    measure: Ratio,
    base_fen: int,
    volume_ml: Ratio,
    end: int | None = None,
) -> Ratio:
    """Each slice at its own tier, weighing slice ÷ measure; nothing below the first bound.

    `end`: nothing from there on either (first N litres).
    """
    top, parts = measure
    total: Ratio = (0, 1)
    if top == 0:
        return total
    ends = [*(bound for bound, _ in steps[1:]), end]
    for (start, off), stop in zip(steps, ends, strict=True):
        highest = top if stop is None else min(top, stop * parts)
        slice_width = highest - start * parts
        if slice_width > 0:
            numerator, denominator = flat_worth(off, base_fen, volume_ml)
            total = ratio_sum(total, (numerator * slice_width, denominator * top))
    return total


def best_worth(steps: Sequence[Step], measure: Ratio, base_fen: int, volume_ml: Ratio) -> Ratio:
    """The best tier within `measure`, on everything: no mode gives more at it or below it."""
    best: Ratio = (0, 1)
    for bound, off in steps:
        if bound * measure[1] <= measure[0]:
            best = ratio_max(best, flat_worth(off, base_fen, volume_ml))
    return best
