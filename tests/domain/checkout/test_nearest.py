"""Explanations are made when they are asked for, and no more of them than that."""

from collections import Counter
from typing import Any

import pytest

from app.domain.checkout import nearest
from app.domain.checkout.engine import quote
from app.domain.checkout.purchase import Purchase
from app.domain.promotions.conditions.brand import OfBrand
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from tests.domain.promotions.builders import promotion, purchase

ELSEWHERE = (OfBrand(brands=frozenset({"elsewhere"})),)
TOO_MUCH = (ThresholdAmount(min_fen=30_000),)


def _many() -> Purchase:
    """One that applies, 200 of another brand, and one that lacks an amount, last in order."""
    others = [promotion(f"B{number:03}", 100, conditions=ELSEWHERE) for number in range(200)]
    return purchase([promotion("A", 500), *others, promotion("Z", 900, conditions=TOO_MUCH)])


@pytest.fixture
def explained(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each promotion that cannot apply was explained."""
    counted: Counter[str] = Counter()
    straight = nearest.explained_ineligible

    def counting(scene: Any, entry: Any, *, removed: bool) -> Any:
        counted[entry.promotion.code] += 1
        return straight(scene, entry, removed=removed)

    monkeypatch.setattr(nearest, "explained_ineligible", counting)
    return counted


def test_a_quote_explains_nothing_until_it_is_asked(explained: Counter[str]) -> None:
    answer = quote(_many())
    assert [offer.candidate.promotion.code for offer in answer.price.applied] == ["A"]
    assert not explained


def test_as_many_are_explained_as_are_asked_for(explained: Counter[str]) -> None:
    first = quote(_many()).nearest(3)
    assert [offer.candidate.promotion.code for offer in first] == ["Z", "B000", "B001"]
    assert explained == Counter(["Z", "B000", "B001"])


def test_more_go_on_where_the_first_ended(explained: Counter[str]) -> None:
    answer = quote(_many())
    first = answer.nearest(3)
    assert answer.unapplied[:3] == first == answer.nearest(3)
    assert len(answer.unapplied) == 201
    assert set(explained.values()) == {1}


def test_hints_explain_only_what_the_viewer_can_mend(explained: Counter[str]) -> None:
    (hint,) = quote(_many()).unlocks
    assert (hint.candidate.promotion.code, hint.add_fen) == ("Z", 10_000)
    assert explained == Counter(["Z"])
