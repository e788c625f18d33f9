"""What a contender takes off on one line, as functions of the running amount alone.

The same figures as `Contender.discount` and `Contender.most`, without the way there.
"""

from collections.abc import Callable
from typing import NamedTuple

from app.domain.promotions.affine import Affine, affine, sees
from app.domain.promotions.contender import Contender

Takes = Callable[[int], int]
"""From a running amount to what is taken off it, in fen, >= 0."""


class OnOneLine(NamedTuple):
    """`most`: at least what is taken off at every amount up to the one given."""

    takes: Takes
    most: Takes

    @classmethod
    def of(cls, contender: Contender) -> "OnOneLine":
        """For a contender of a bill with one line."""
        entry = contender.entry
        in_steps = entry.promotion.benefit.step_fen is not None
        limited = contender.left_fen is not None
        if in_steps or limited or not entry.scope.fuel or sees(entry.promotion) is None:
            return _as_it_says(contender)
        formula = affine(entry.promotion.benefit, contender.basis)
        make = _flat if formula.n1 == 0 else _sloping
        takes = make(contender, formula, entry.running_threshold_fen)
        # A line that rises with the running amount is its own upper bound, its threshold aside.
        most = make(contender, formula, 0) if entry.running_threshold_fen else takes
        return cls(takes, most)


def _as_it_says(contender: Contender) -> OnOneLine:
    def takes(running: int) -> int:
        return contender.discount((running,)).fen

    def most(running: int) -> int:
        return contender.most((running,))

    return OnOneLine(takes, most)


def _flat(contender: Contender, formula: Affine, threshold_fen: int) -> Takes:
    n0, _, d = _whole(contender, formula)
    cap, low = contender.entry.promotion.cap_fen, contender.bill.low_fen
    uncut = n0 // d
    if cap is not None and uncut > cap:
        uncut = cap

    def takes(running: int) -> int:
        room = running - low
        if running < threshold_fen or room < 0:
            return 0
        return min(uncut, room)

    return takes


def _sloping(contender: Contender, formula: Affine, threshold_fen: int) -> Takes:
    n0, n1, d = _whole(contender, formula)
    cap, low = contender.entry.promotion.cap_fen, contender.bill.low_fen

    def takes(running: int) -> int:
        room = running - low
        if running < threshold_fen or room < 0:
            return 0
        uncut = (n0 + n1 * running) // d
        if cap is not None and uncut > cap:
            uncut = cap
        if uncut < 0:
            return 0
        return min(uncut, room)

    return takes


def _whole(contender: Contender, formula: Affine) -> tuple[int, int, int]:
    """The formula with its volume and rounding worked in: floor((n0 + n1 r) / d)."""
    n0, n1, d, by_volume, (times, less), _ = formula
    if by_volume:
        volume, parts = contender.basis.volume_ml
        n0, n1, d = n0 * volume, n1 * parts, d * parts
    return 2 * n0 + times * d - less, 2 * n1, 2 * d
