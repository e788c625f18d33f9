"""What a batch of prices is asked: the offers, and the figures of each place."""

from dataclasses import dataclass
from typing import NamedTuple

from app.domain.promotions.affine import Affine
from app.domain.promotions.entry import Entry

SAFE = 2**60
"""No figure in a formula comes near 2**63."""


class Amounts(NamedTuple):
    """Of a place, in fen: the pump amount and what no combination brings it below; and the exact
    volume in millilitres."""

    pump_fen: int
    low_fen: int
    volume: int
    volume_parts: int


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """What is the same of a candidate at all places. `rivals`: bit set over the offers."""

    rivals: int
    is_coupon: bool
    threshold_fen: int
    cap_fen: int | None
    step_fen: int | None
    points_per_step: int
    refuse_partial: bool

    @classmethod
    def of(cls, entry: Entry) -> "Offer":
        promotion = entry.promotion
        step_fen = promotion.benefit.step_fen
        return cls(
            entry.rivals,
            entry.is_coupon,
            entry.running_threshold_fen,
            promotion.cap_fen,
            step_fen,
            0 if step_fen is None else promotion.benefit.points_burnt(step_fen),
            promotion.refuse_partial,
        )


def fits(formula: Affine, amounts: Amounts) -> bool:
    """Whether every figure of the formula stays far from the bounds of 64 bits."""
    times = parts = 1
    if formula.by_volume:
        times, parts = amounts.volume, amounts.volume_parts
    top = abs(formula.n0) * times + abs(formula.n1) * parts * amounts.pump_fen + formula.d * parts
    return 4 * top < SAFE
