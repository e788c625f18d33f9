"""What a batch of prices is asked: the offers, and the figures of each place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.domain.promotions.affine import Affine
from app.domain.promotions.entry import Entry

SAFE = 2**60
"""No figure in a formula comes near 2**63."""
CELLS_A_NODE = 5
MOST_CELLS = 500


Member = tuple[int, int, int]
"""An offer, what it takes off, and what was cut, in fen."""


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
    def of(cls, entry: Entry, rivals: int) -> "Offer":
        promotion = entry.promotion
        step_fen = promotion.benefit.step_fen
        return cls(
            rivals,
            entry.is_coupon,
            entry.running_threshold_fen,
            promotion.cap_fen,
            step_fen,
            0 if step_fen is None else promotion.benefit.points_burnt(step_fen),
            promotion.refuse_partial,
        )


def fits(formula: Affine, largest: Amounts) -> bool:
    """Whether every figure of the formula stays far from the bounds of 64 bits at any place.
    `largest`: of each figure the largest."""
    times = parts = 1
    if formula.by_volume:
        times, parts = largest.volume, largest.volume_parts
    top = abs(formula.n0) * times + abs(formula.n1) * parts * largest.pump_fen + formula.d * parts
    return 4 * top < SAFE


def largest_of(amounts: Sequence[Amounts]) -> Amounts:
    """Of each figure the largest."""
    return Amounts(*map(max, zip(*amounts, strict=True)))


def most_cells(node_budget: int | None) -> int:
    """How many combinations of a place are kept at a time: they are that much cheaper than nodes,
    and bounded by the same budget."""
    return MOST_CELLS if node_budget is None else min(MOST_CELLS, node_budget * CELLS_A_NODE)
