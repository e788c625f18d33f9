"""No combination costs less than either bound says, at the start of a search."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.domain.checkout.decision import able_contenders, roster_of
from app.domain.checkout.scene import Scene
from app.domain.promotions.bound import Ahead
from tests.oracle.power_set import best, legal_combinations
from tests.oracle.random_cases import random_purchase

rngs = st.integers(0, 10**6).map(Random)


@given(rngs, st.booleans())
def test_no_combination_is_below_the_bound(rng: Random, thorough: bool) -> None:
    _check(rng, thorough)


def test_fewer_runs_than_places_do_not_lift_the_bound() -> None:
    for number in range(150):
        _check(Random(f"bound:{number}"), thorough=True)


def _check(rng: Random, thorough: bool) -> None:
    purchase = random_purchase(rng)
    scene = Scene.of(purchase)
    able = list(able_contenders(scene, roster_of(purchase)).values())
    if not purchase.use_points:
        able = [c for c in able if not c.entry.promotion.benefit.burns_points]
    bound_fen = Ahead(scene.bill, able).bound_fen(
        0, scene.bill.lines, 0, purchase.max_offers, thorough=thorough
    )
    least = best(legal_combinations(purchase))
    assert least is not None
    assert bound_fen <= least.payable
