"""The law of two paths: what is shared, indexed and batched changes no answer."""

from random import Random

from hypothesis import given

from tests.domain.laws.purchases import rngs
from tests.oracle.both_paths import path_differences


@given(rngs)
def test_fast_and_straight_paths_agree_in_all_but_search_statistics(rng: Random) -> None:
    assert list(path_differences(rng)) == []
