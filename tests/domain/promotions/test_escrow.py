"""Laws of a counter in several parts: exact as a whole, however it is dealt out."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.domain.promotions.escrow import Bounds, Slot, lowered, regranted, used_of
from app.domain.promotions.usage import Used

AMOUNTS = st.builds(Used, st.integers(0, 5), st.integers(0, 900))
BOUNDS = st.builds(
    lambda uses, fen: Bounds(max_uses=uses, max_fen=fen),
    st.none() | st.integers(0, 60),
    st.none() | st.integers(0, 9_000),
)
ASKED = st.lists(st.tuples(st.booleans(), AMOUNTS, st.integers(0, 15)), max_size=40)


def fresh(wide: int) -> tuple[Slot, ...]:
    return tuple(Slot(number=number, used=Used(0, 0)) for number in range(wide))


def fits(slot: Slot, adding: Used) -> bool:
    """Whether a part can count by itself, as its one statement asks."""
    uses_fit = slot.granted_uses is None or slot.used.uses + adding.uses <= slot.granted_uses
    return uses_fit and (slot.granted_fen is None or slot.used.fen + adding.fen <= slot.granted_fen)


def counted(slots: tuple[Slot, ...], adding: Used, mine: int) -> tuple[Slot, ...]:
    return tuple(
        replace(slot, used=Used(slot.used.uses + adding.uses, slot.used.fen + adding.fen))
        if slot.number == mine
        else slot
        for slot in slots
    )


@given(
    slots=st.lists(AMOUNTS, min_size=1, max_size=16), bounds=BOUNDS, adding=AMOUNTS, data=st.data()
)
def test_grants_sum_to_the_bound_and_cover_what_is_used(
    slots: list[Used], bounds: Bounds, adding: Used, data: st.DataObject
):
    wide = data.draw(st.integers(1, len(slots)))
    mine = data.draw(st.integers(0, wide - 1))
    parts = tuple(Slot(number=number, used=used) for number, used in enumerate(slots))
    whole = used_of(parts)
    dealt = regranted(parts, bounds, adding, mine, wide)
    after = Used(whole.uses + adding.uses, whole.fen + adding.fen)
    assert (dealt is None) is not bounds.hold(after)
    if dealt is None:
        return
    assert used_of(dealt) == after
    for most, granted, used in (
        (bounds.max_uses, [s.granted_uses for s in dealt], [s.used.uses for s in dealt]),
        (bounds.max_fen, [s.granted_fen for s in dealt], [s.used.fen for s in dealt]),
    ):
        if most is None:
            assert set(granted) == {None}
            continue
        assert sum(each or 0 for each in granted) == most
        left = [(has or 0) - used[place] for place, has in enumerate(granted)]
        assert max(left[:wide]) - min(left) <= 1 if wide == len(left) else min(left) >= 0
        assert left[wide:] == [0] * (len(left) - wide)


@given(bounds=BOUNDS, asked=ASKED, wide=st.sampled_from([1, 3, 16]))
def test_the_whole_is_exact_to_the_last_use_and_fen(
    bounds: Bounds, asked: list[tuple[bool, Used, int]], wide: int
):
    """Against one number: what fits is counted, what does not is refused, whichever part is hit."""
    slots, dealt, whole = fresh(wide), False, Used(0, 0)
    for adds, amount, spread in asked:
        mine = spread % wide
        if not adds:
            back = Used(min(amount.uses, whole.uses), min(amount.fen, whole.fen))
            slots = lowered(slots, back, mine)
            whole = Used(whole.uses - back.uses, whole.fen - back.fen)
        elif dealt and fits(slots[mine], amount):
            slots = counted(slots, amount, mine)
            whole = Used(whole.uses + amount.uses, whole.fen + amount.fen)
        else:
            found = regranted(slots, bounds, amount, mine, wide)
            total = Used(whole.uses + amount.uses, whole.fen + amount.fen)
            assert (found is None) is not bounds.hold(total)
            if found is not None:
                slots, dealt, whole = found, True, total
        assert used_of(slots) == whole
        assert bounds.hold(whole)


@given(slots=st.lists(AMOUNTS, min_size=1, max_size=16), less=AMOUNTS, data=st.data())
def test_what_is_taken_off_is_taken_once_and_never_below_nothing(
    slots: list[Used], less: Used, data: st.DataObject
):
    parts = tuple(Slot(number=number, used=used) for number, used in enumerate(slots))
    mine = data.draw(st.integers(0, len(slots) - 1))
    before, after = used_of(parts), lowered(parts, less, mine)
    assert used_of(after) == Used(max(before.uses - less.uses, 0), max(before.fen - less.fen, 0))
    assert all(slot.used.uses >= 0 and slot.used.fen >= 0 for slot in after)
    assert after[mine].used.uses == max(parts[mine].used.uses - less.uses, 0)


def test_an_odd_use_goes_to_whoever_asks():
    dealt = regranted(fresh(4), Bounds(max_uses=6), Used(1, 0), mine=2, wide=4)
    assert dealt is not None
    assert [slot.granted_uses for slot in dealt] == [1, 1, 3, 1]
