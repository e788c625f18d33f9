"""Counting in planes is counting."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.promotions.legality import cliques_of
from app.domain.promotions.tally import Tally

SIZE = 12
sets = st.lists(st.integers(0, (1 << SIZE) - 1), max_size=9)


@given(sets, sets)
def test_a_tally_counts_the_sets_that_hold_each_place(ones: list[int], more: list[int]) -> None:
    before = Tally(ones)
    both = before.plus(*more)
    for place in range(SIZE):
        assert before[place] == sum(one >> place & 1 for one in ones)
        assert both[place] == sum(one >> place & 1 for one in (*ones, *more))


@given(sets, st.integers(0, (1 << SIZE) - 1))
def test_it_splits_places_by_their_count_the_least_first(ones: list[int], among: int) -> None:
    tally = Tally(ones)
    parts = list(tally.split(among))
    assert [count for count, _ in parts] == sorted({count for count, _ in parts})
    assert sum(part for _, part in parts) == among
    for count, part in parts:
        assert all(tally[place] == count for place in range(SIZE) if part >> place & 1)


def test_cliques_hold_mutual_rivals_wherever_they_stand() -> None:
    rivals = [0b100, 0, 0b001, 0]
    assert cliques_of(rivals, [1 << i for i in range(4)]) == [0, 1, 0, 2]
