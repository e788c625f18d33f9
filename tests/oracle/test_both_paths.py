"""The fast path of prices against the straight one, and that the comparison finds planted faults."""

from collections.abc import Callable, Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.checkout import batch, many, second_look
from app.domain.checkout.engine import price, price_many, quote
from app.domain.checkout.sight import Sight
from app.domain.promotions import affine, dive
from app.domain.promotions.index import RuleIndex
from tests.oracle.both_paths import path_differences, random_places, targeted_purchase

rngs = st.integers(0, 10**6).map(Random)


@given(rngs)
def test_fast_and_straight_agree_in_all_but_search_statistics(rng: Random) -> None:
    assert list(path_differences(rng)) == []


@given(rngs)
def test_a_card_of_many_and_its_preview_cost_the_same(rng: Random) -> None:
    purchase = targeted_purchase(rng)
    cards = price_many(purchase, random_places(rng, purchase, 9))
    for card in cards:
        preview = quote(card.purchase).price
        assert (preview.payable_fen, preview.applied) == (card.payable_fen, card.applied)
        assert price(card.purchase).payable_fen == card.payable_fen


def _found(cases: int = 400) -> bool:
    return any(True for number in range(cases) for _ in _differences(number))


def _differences(number: int) -> Iterator[str]:
    yield from path_differences(Random(f"planted:{number}"))


Plant = Callable[[pytest.MonkeyPatch], None]


def _fen_cut_off(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(affine, "HALF_DOWN", affine.DOWN)


def _anywhere(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RuleIndex, "at_place", lambda self, station, grade: self.automatic)


def _no_step(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(batch.Table, "_in_whole_steps", lambda self, k, fen: fen)


def _no_remaining(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Sight, "holds", lambda self, entry, place, scene: not entry.barred)


def _nobody_limited(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(many._Crowd, "_limit", lambda *_: None)


@pytest.mark.parametrize(
    "plant", [_fen_cut_off, _anywhere, _no_step, _no_remaining, _nobody_limited]
)
def test_a_planted_fault_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    assert _found()


@pytest.mark.parametrize("seed", range(40))
def test_the_walk_gives_up_to_the_same_answer(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the walk, and without a second look, the answers are the same."""
    purchase = targeted_purchase(Random(seed))
    walked = price(purchase)
    monkeypatch.setattr(dive, "STEPS", 0)
    searched = price(purchase)
    assert (walked.payable_fen, walked.applied) == (searched.payable_fen, searched.applied)


@pytest.mark.parametrize("seed", range(40))
def test_a_place_that_the_batch_gives_up_is_searched(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = Random(seed)
    purchase = targeted_purchase(rng)
    places = random_places(rng, purchase, 9)
    batched = price_many(purchase, places)
    monkeypatch.setattr(many, "most_cells", lambda budget: 0)
    searched = price_many(purchase, places)
    assert [(p.payable_fen, p.applied) for p in batched] == [
        (p.payable_fen, p.applied) for p in searched
    ]


@pytest.mark.parametrize("seed", range(40))
def test_figures_that_could_overflow_are_left_to_the_search(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = Random(seed)
    purchase = targeted_purchase(rng)
    places = random_places(rng, purchase, 9)
    batched = price_many(purchase, places)
    monkeypatch.setattr(many, "fits", lambda formula, largest: False)
    monkeypatch.setattr(second_look, "fits", lambda formula, largest: False)
    searched = price_many(purchase, places)
    assert [(p.payable_fen, p.applied) for p in batched] == [
        (p.payable_fen, p.applied) for p in searched
    ]
