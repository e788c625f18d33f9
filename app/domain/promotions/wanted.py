"""What a search is asked, and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.promotions.bill import Bill
from app.domain.promotions.contender import Contender


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to search. `contenders` stand in application order and each works alone.

    `must`: bit set of ranks that the combination holds; `any_of`: bit sets of which it holds at
    least one each. `node_budget` None: no budget.
    """

    bill: Bill
    contenders: Sequence[Contender]
    must: int = 0
    any_of: tuple[int, ...] = ()
    max_offers: int = 8
    node_budget: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The best combination met, in application order. `exact`: proved least, tie-break and all.

    `lower_bound_fen` <= payable of every combination wanted; equal to the payable when exact.
    """

    members: tuple[Contender, ...]
    payable_fen: int
    exact: bool
    nodes: int
    lower_bound_fen: int
