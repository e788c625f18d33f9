"""One counter in several parts (子计数器), so that a hot budget is not one hot row.

Each part has been granted some of what the whole may come to, and counts within its grant without
a look at the others. Only where a grant is too small are all parts looked at together: what is
left is dealt out anew. So the whole is exact, to the last use and the last fen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.promotions.usage import Used


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a counter may come to, at most; None: unbounded in this measure."""

    max_uses: int | None = None
    max_fen: int | None = None

    def hold(self, used: Used) -> bool:
        """Whether a counter that says `used` keeps within them; both are inclusive."""
        uses_kept = self.max_uses is None or used.uses <= self.max_uses
        return uses_kept and (self.max_fen is None or used.fen <= self.max_fen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A part of a counter. `granted`: what it may come to by itself; None: no bound."""

    number: int
    used: Used
    granted_uses: int | None = None
    granted_fen: int | None = None


def used_of(slots: Iterable[Slot]) -> Used:
    """What the whole counter says."""
    uses = fen = 0
    for slot in slots:
        uses, fen = uses + slot.used.uses, fen + slot.used.fen
    return Used(uses, fen)


def regranted(
    slots: Sequence[Slot], bounds: Bounds, adding: Used, mine: int, wide: int
) -> tuple[Slot, ...] | None:
    """All parts with `adding` counted on part `mine`, and what is then left of `bounds` dealt out
    evenly over the parts numbered below `wide`, an odd one from `mine` on. None: it does not fit
    into the whole. `slots` rise by number from 0 without a gap, and `mine` is below `wide`, which
    is at most their number.
    """
    whole = used_of(slots)
    total = Used(whole.uses + adding.uses, whole.fen + adding.fen)
    if not bounds.hold(total):
        return None
    left_uses = _dealt(bounds.max_uses, total.uses, mine, wide)
    left_fen = _dealt(bounds.max_fen, total.fen, mine, wide)
    return tuple(
        _with_left(_counted(slot, adding) if slot.number == mine else slot, left_uses, left_fen)
        for slot in slots
    )


def lowered(slots: Sequence[Slot], less: Used, mine: int) -> tuple[Slot, ...]:
    """All parts with `less` taken off, from `mine` first and then from the others in order; never
    below 0. Grants stay: what was taken off may be used again where it was."""
    order = sorted(slots, key=lambda slot: (slot.number != mine, slot.number))
    uses, fen = less
    kept: dict[int, Slot] = {}
    for slot in order:
        off = Used(min(uses, slot.used.uses), min(fen, slot.used.fen))
        uses, fen = uses - off.uses, fen - off.fen
        kept[slot.number] = _counted(slot, Used(-off.uses, -off.fen))
    return tuple(kept[slot.number] for slot in slots)


def _counted(slot: Slot, adding: Used) -> Slot:
    return Slot(
        number=slot.number,
        used=Used(slot.used.uses + adding.uses, slot.used.fen + adding.fen),
        granted_uses=slot.granted_uses,
        granted_fen=slot.granted_fen,
    )


def _dealt(most: int | None, used: int, mine: int, wide: int) -> list[int] | None:
    """What each of `wide` parts gets of `most - used`; None: there is no bound to deal out."""
    if most is None:
        return None
    each, odd = divmod(most - used, wide)
    return [each + ((number - mine) % wide < odd) for number in range(wide)]


def _with_left(slot: Slot, left_uses: list[int] | None, left_fen: list[int] | None) -> Slot:
    return Slot(
        number=slot.number,
        used=slot.used,
        granted_uses=_grant(slot.used.uses, left_uses, slot.number),
        granted_fen=_grant(slot.used.fen, left_fen, slot.number),
    )


def _grant(used: int, left: list[int] | None, number: int) -> int | None:
    if left is None:
        return None
    return used + (left[number] if number < len(left) else 0)
