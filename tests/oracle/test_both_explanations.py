"""Explanations the fast way against the straight one, and that the comparison finds planted faults."""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.checkout.explain import Distance
from app.domain.checkout.ruled_out import RuledOut
from app.domain.checkout.sight import Sight
from app.domain.promotions.index import RuleIndex
from app.domain.promotions.tally import Tally
from tests.oracle.both_explanations import explanation_differences


@given(st.integers(0, 10**6).map(Random))
def test_explanations_made_late_are_those_made_straight(rng: Random) -> None:
    assert list(explanation_differences(rng)) == []


Plant = Callable[[pytest.MonkeyPatch], None]


def _too_far(patch: pytest.MonkeyPatch) -> None:
    """Ranked by more reasons than there are."""
    fewer = Tally.split
    patch.setattr(Tally, "split", lambda self, among: ((n + 1, at) for n, at in fewer(self, among)))


def _not_begun_is_ended(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RuleIndex, "begun_at", lambda self, moment: (1 << len(self)) - 1)


def _nothing_named(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Sight, "_named", lambda self: ())


def _nobody_removed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RuledOut, "_places_removed", lambda self: 0)


def _no_coupon_ruled_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RuledOut, "coupons", lambda self: iter(()))


def _waits_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Distance, "unlockable", property(lambda self: False))


@pytest.mark.parametrize(
    "plant",
    [
        _too_far,
        _not_begun_is_ended,
        _nothing_named,
        _nobody_removed,
        _no_coupon_ruled_out,
        _waits_for_ever,
    ],
)
def test_a_planted_fault_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    assert any(
        True for number in range(400) for _ in explanation_differences(Random(f"planted:{number}"))
    )
