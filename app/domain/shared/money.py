"""Exact integer arithmetic of money: rounding and splitting. No float, ever."""

from collections.abc import Sequence
from fractions import Fraction

Ratio = tuple[int, int]
"""An exact rational as (numerator, denominator > 0), not reduced: cheaper than a Fraction."""


def half_up(value: Fraction) -> int:
    """Round to the nearest integer; a half goes towards positive infinity."""
    return half_up_ratio(value.numerator, value.denominator)


def half_up_ratio(numerator: int, denominator: int) -> int:
    """Round ``numerator / denominator`` (denominator > 0) to the nearest integer, halves up."""
    return (2 * numerator + denominator) // (2 * denominator)


def ceil_ratio(numerator: int, denominator: int) -> int:
    """The least integer that is not below ``numerator / denominator`` (denominator > 0)."""
    return -(-numerator // denominator)


def allocate(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split ``amount`` (>= 0) over ``weights`` (each >= 0) by largest remainder.

    The parts sum to ``amount``. A tie goes to the lower index; a zero weight gets nothing.
    All weights zero: ValueError unless ``amount`` is 0.
    """
    total = sum(weights)
    if total == 0:
        if amount:
            raise ValueError("an amount cannot be split over zero weights")
        return tuple(0 for _ in weights)
    parts = [amount * weight // total for weight in weights]
    left = amount - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for index in by_remainder[:left]:
        parts[index] += 1
    return tuple(parts)


def ratio_sum(left: Ratio, right: Ratio) -> Ratio:
    """The exact sum of two ratios."""
    if left[1] == right[1]:
        return left[0] + right[0], left[1]
    return left[0] * right[1] + right[0] * left[1], left[1] * right[1]


def ratio_max(left: Ratio, right: Ratio) -> Ratio:
    """The greater of two ratios; the left one if they are equal."""
    return right if right[0] * left[1] > left[0] * right[1] else left


def ratio_product(left: Ratio, right: Ratio) -> Ratio:
    """The exact product of two ratios."""
    return left[0] * right[0], left[1] * right[1]
