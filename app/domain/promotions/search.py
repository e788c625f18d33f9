"""The exact best legal combination, by best-first branch and bound with an honest budget.

A node is a legal combination of the contenders before `position` plus every way to go on from
there; the bound (see `bound`) is below the payable of each of them. Nodes open in order of bound,
so the first bound above the best payable ends the search. Source: design §2, Choice, Certificate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush

from app.domain.promotions.bill import Bill, Running
from app.domain.promotions.bound import Ahead
from app.domain.promotions.contender import Contender

Key = tuple[int, int, int, tuple[datetime, ...], int, tuple[tuple[str, int], ...]]
"""payable, coupons, points burnt, sorted coupon expiries, members, (code, coupon id) in order."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The best combination met, in application order. `exact`: proved least, tie-break and all.

    `lower_bound_fen` <= payable of every combination wanted; equal to the payable when exact.
    """

    members: tuple[Contender, ...]
    payable_fen: int
    exact: bool
    nodes: int
    lower_bound_fen: int


@dataclass(slots=True, eq=False)
class _Node:
    """`blocked`: ranks that clash with a member. `bound_fen`: see the module."""

    position: int
    running: Running
    members: tuple[Contender, ...] = ()
    blocked: int = 0
    chosen: int = 0
    points: int = 0
    expiries: tuple[datetime, ...] = ()
    bound_fen: int = 0


def best_combination(wanted: Wanted) -> Found | None:
    """The legal combination least by `Key`, among those wanted; None: there is none.

    Over the node budget: the best one met, not exact; it goes on until it has met one at all.
    """
    return _Search(wanted).run()


class _Search:
    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.contenders = wanted.contenders
        self.ahead = Ahead(wanted.bill, wanted.contenders, wanted.max_offers)
        self.open: list[tuple[int, int, _Node]] = []
        self.best: tuple[Key, _Node] | None = None
        self.nodes = 0
        self.serial = 0

    def run(self) -> Found | None:
        start = _Node(0, self.wanted.bill.lines)
        self._meet(start)
        self._push(start, 0)
        budget = self.wanted.node_budget
        while self.open and not self._proved():
            if budget is not None and self.nodes >= budget and self.best is not None:
                return self._found(exact=False)
            _, _, node = heappop(self.open)
            if not self._hopeless(node):
                self.nodes += 1
                self._expand(node)
        return self._found(exact=True)

    def _proved(self) -> bool:
        return self.best is not None and self.open[0][0] > self.best[0][0]

    def _found(self, *, exact: bool) -> Found | None:
        if self.best is None:
            return None
        key, node = self.best
        bound = key[0] if exact else min(key[0], self.open[0][0])
        return Found(
            members=node.members,
            payable_fen=key[0],
            exact=exact,
            nodes=self.nodes,
            lower_bound_fen=bound,
        )

    def _expand(self, node: _Node) -> None:
        """Decide the next contender that is still possible: with it, then without it."""
        position = self.ahead.next_open(node.position, node.blocked)
        if position is None or len(node.members) >= self.wanted.max_offers:
            return
        contender = self.contenders[position]
        without = self._without(node, position)
        if without is not None:
            self._push(without, node.bound_fen)
        joined = self._with(node, contender, position)
        if joined is not None:
            self._meet(joined)
            self._push(joined, node.bound_fen)

    def _with(self, node: _Node, contender: Contender, position: int) -> _Node | None:
        discount = contender.discount(node.running).fen
        if discount <= 0:
            return None
        expiries = node.expiries
        coupon = contender.candidate.coupon
        if coupon is not None:
            expiries = tuple(sorted((*expiries, coupon.valid_until)))
        return _Node(
            position + 1,
            contender.after(discount, node.running),
            (*node.members, contender),
            node.blocked | contender.rivals,
            node.chosen | 1 << contender.rank,
            node.points + contender.points_burnt(discount),
            expiries,
        )

    def _without(self, node: _Node, position: int) -> _Node | None:
        """Coupons of one batch differ in expiry and id only: none follows one that was left out."""
        code = self.contenders[position].code
        following = position
        while following < len(self.contenders) and self.contenders[following].code == code:
            if self.wanted.must >> self.contenders[following].rank & 1:
                break
            following += 1
        return None if following == position else self._moved(node, following)

    def _moved(self, node: _Node, position: int) -> _Node:
        return _Node(
            position,
            node.running,
            node.members,
            node.blocked,
            node.chosen,
            node.points,
            node.expiries,
        )

    def _meet(self, node: _Node) -> None:
        """Keep a node's combination if it is wanted and the best so far."""
        if not self._complete(node.chosen):
            return
        payable = sum(node.running) + self.wanted.bill.fee_fen
        if self.best is None or payable <= self.best[0][0]:
            key = _key(payable, node)
            if self.best is None or key < self.best[0]:
                self.best = (key, node)

    def _complete(self, chosen: int) -> bool:
        return not (self.wanted.must & ~chosen) and all(
            chosen & group for group in self.wanted.any_of
        )

    def _push(self, node: _Node, parent_bound_fen: int) -> None:
        """Open a node unless it cannot hold what is wanted, or is hopeless already."""
        if not self._within_reach(node):
            return
        best_payable = None if self.best is None else self.best[0][0]
        bound = self.ahead.bound_fen(
            node.position, node.running, node.blocked, len(node.members), best_payable
        )
        node.bound_fen = max(parent_bound_fen, bound)
        if not self._hopeless(node):
            self.serial -= 1
            heappush(self.open, (node.bound_fen, self.serial, node))

    def _within_reach(self, node: _Node) -> bool:
        if not (self.wanted.must or self.wanted.any_of):
            return True
        return self._complete(node.chosen | self.ahead.open_ranks(node.position, node.blocked))

    def _hopeless(self, node: _Node) -> bool:
        """No combination from here beats the best: by payable, else by the tie-break so far.

        Members only join, so coupons, points and members only grow; and with no further coupon
        the expiries stay. The node's own combination has been met already.
        """
        if self.best is None or node.bound_fen < self.best[0][0]:
            return False
        payable, coupons, points, expiries, members, _ = self.best[0]
        least = (node.bound_fen, len(node.expiries), node.points)
        if least != (payable, coupons, points):
            return least > (payable, coupons, points)
        return (node.expiries, len(node.members)) >= (expiries, members)


def _key(payable_fen: int, node: _Node) -> Key:
    return (
        payable_fen,
        len(node.expiries),
        node.points,
        node.expiries,
        len(node.members),
        tuple((m.code, m.candidate.coupon.id if m.candidate.coupon else 0) for m in node.members),
    )
