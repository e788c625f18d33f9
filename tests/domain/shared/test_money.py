"""Exact arithmetic of money."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.shared.money import (
    allocate,
    ceil_ratio,
    half_up,
    half_up_ratio,
    ratio_max,
    ratio_product,
    ratio_sum,
)

integers = st.integers(-(10**12), 10**12)
denominators = st.integers(1, 10**6)
ratios = st.tuples(integers, denominators)


@given(integers, denominators)
def test_half_up_is_the_nearest_integer_and_a_half_goes_up(number: int, parts: int) -> None:
    rounded = half_up_ratio(number, parts)
    assert Fraction(-1, 2) < rounded - Fraction(number, parts) <= Fraction(1, 2)
    assert rounded == half_up(Fraction(number, parts))


def test_half_up_of_halves() -> None:
    assert [half_up_ratio(n, 2) for n in (-3, -1, 1, 3)] == [-1, 0, 1, 2]


@given(integers, denominators)
def test_ceil_ratio_is_the_least_integer_not_below(number: int, parts: int) -> None:
    above = ceil_ratio(number, parts)
    assert above - 1 < Fraction(number, parts) <= above


@given(ratios, ratios)
def test_ratios_reckon_as_fractions(left: tuple[int, int], right: tuple[int, int]) -> None:
    one, other = Fraction(*left), Fraction(*right)
    assert Fraction(*ratio_sum(left, right)) == one + other
    assert Fraction(*ratio_product(left, right)) == one * other
    assert Fraction(*ratio_max(left, right)) == max(one, other)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_an_allocation_adds_up_and_stays_within_one_of_its_share(
    amount: int, weights: list[int]
) -> None:
    total = sum(weights)
    if total == 0:
        weights[0] = total = 1
    parts = allocate(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert floor(Fraction(amount * weight, total)) <= part
        assert part - Fraction(amount * weight, total) < 1
        assert part == 0 or weight > 0


def test_a_tie_of_remainders_goes_to_the_lower_index() -> None:
    assert allocate(299, (1_000, 1_000, 1_000)) == (100, 100, 99)  # R03 of the acceptance cases


def test_largest_remainder() -> None:
    assert allocate(299, (4_300, 1_400, 2_300)) == (161, 52, 86)  # R01 of the acceptance cases


def test_nothing_can_be_split_over_zero_weights_but_nothing() -> None:
    assert allocate(0, (0, 0)) == (0, 0)
    with pytest.raises(ValueError, match="zero weights"):
        allocate(1, (0, 0))
