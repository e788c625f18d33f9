"""The exact best legal combination, by best-first branch and bound with an honest budget.

A node is a legal combination and every way to go on from its position; its bound (see `bound`) is
at most the payable of each of them. Nodes open in order of bound, so the first bound above the best
payable ends the search. Source: design §2, Choice, Certificate.
"""

from heapq import heappop, heappush
from typing import NamedTuple

from app.domain.promotions.bound import Ahead
from app.domain.promotions.combination import Combination, Key
from app.domain.promotions.dive import short_search, walks
from app.domain.promotions.wanted import Found, Wanted

SHORT_SEARCH_NODES = 48
"""Most searches end before; the bounds that cost more are worth it only in those that do not."""


def best_combination(wanted: Wanted) -> Found | None:
    """The legal combination least by `Key`, among those wanted; None: there is none.

    Over the node budget: the best one met, not exact. What is wanted, alone, is met first, so none
    is met in time only where what is wanted works in odd company alone.
    """
    if not walks(wanted):
        return _Search(wanted, SHORT_SEARCH_NODES).run()
    # What the walk cannot end is a long search from its first node on.
    return short_search(wanted) or _Search(wanted, 0).run()


class _Open(NamedTuple):
    """A node by its bound; among equals the newest first. `thorough`: so is the bound."""

    bound_fen: int
    serial: int
    node: Combination
    thorough: bool


class _Search:
    def __init__(self, wanted: Wanted, long_from: int) -> None:
        self.wanted, self.long_from = wanted, long_from
        self.contenders = wanted.contenders
        self.ahead = Ahead(wanted.bill, wanted.contenders)
        self.open: list[_Open] = []
        self.best: tuple[Key, Combination] | None = None
        self.nodes = self.serial = 0

    def run(self) -> Found | None:
        start = Combination(0, self.wanted.bill.lines)
        self._meet(self._only_wanted(start))
        self._meet(self._greedy(start))
        self._push(start, 0)
        budget = self.wanted.node_budget
        while self.open and not self._proved():
            if budget is not None and self.nodes >= budget:
                return self._found(exact=False)
            opened = heappop(self.open)
            if not opened.thorough and self._is_long():
                self._push_again(opened)
            elif not self._hopeless(opened.node, opened.bound_fen):
                self.nodes += 1
                self._expand(opened.node, opened.bound_fen)
        return self._found(exact=True)

    def _only_wanted(self, start: Combination) -> Combination:
        """What the combination must hold and nothing more, as far as it goes."""
        node = start
        for position, contender in enumerate(self.contenders):
            bit = contender.entry.bit
            lacking = any(group & bit and not node.chosen & group for group in self.wanted.any_of)
            if (self.wanted.must & bit or lacking) and not node.blocked & bit:
                node = node.joined_by(contender, position) or node
        return node

    def _greedy(self, start: Combination) -> Combination:
        """A good combination to measure others by: in turn, the strongest of each run of rivals."""
        node = start
        for run in self.ahead.runs:
            if len(node.members) == self.wanted.max_offers:
                break
            free = [i for i in run if not node.blocked & self.contenders[i].entry.bit]
            discounts = [(self.contenders[i].discount(node.running).fen, -i) for i in free]
            discount_fen, index = max(discounts, default=(0, 0))
            if discount_fen > 0:
                node = node.joined_by(self.contenders[-index], -index) or node
        return node

    def _proved(self) -> bool:
        return self.best is not None and self.open[0].bound_fen > self.best[0][0]

    def _found(self, *, exact: bool) -> Found | None:
        if self.best is None:
            return None
        key, node = self.best
        bound = key[0] if exact else min(key[0], self.open[0].bound_fen)
        return Found(node.members, key[0], exact, self.nodes, bound)

    def _expand(self, node: Combination, bound_fen: int) -> None:
        """Decide the next contender that is still possible: with it, and without it."""
        position = self.ahead.next_open(node.position, node.blocked)
        if position is None or len(node.members) >= self.wanted.max_offers:
            return
        without = self._after_leaving(position)
        if without > position:
            self._push(node.moved_to(without), bound_fen)
        joined = node.joined_by(self.contenders[position], position)
        if joined is not None:
            self._meet(joined)
            self._push(joined, bound_fen)

    def _after_leaving(self, position: int) -> int:
        """Where to go on once a contender is left out; `position` itself where it must not be.

        Coupons of one batch differ in expiry and id only: none follows one that was left out.
        """
        code = self.contenders[position].code
        while position < len(self.contenders) and self.contenders[position].code == code:
            if self.wanted.must & self.contenders[position].entry.bit:
                break
            position += 1
        return position

    def _meet(self, node: Combination) -> None:
        """Keep a combination if it is wanted and the best so far."""
        if len(node.members) > self.wanted.max_offers or not self._complete(node.chosen):
            return
        fee_fen = self.wanted.bill.fee_fen
        if self.best is None or sum(node.running) + fee_fen <= self.best[0][0]:
            met = (node.key(fee_fen), node)
            self.best = met if self.best is None or met[0] < self.best[0] else self.best

    def _complete(self, chosen: int) -> bool:
        missing = self.wanted.must & ~chosen
        return not missing and all(chosen & group for group in self.wanted.any_of)

    def _push(self, node: Combination, parent_bound_fen: int) -> None:
        """Open a node unless it cannot hold what is wanted, or is hopeless already."""
        if not self._within_reach(node):
            return
        bound_fen = max(parent_bound_fen, self._bound_fen(node, thorough=False))
        if not self._hopeless(node, bound_fen):
            self.serial -= 1
            heappush(self.open, _Open(bound_fen, self.serial, node, not self.ahead.one_line))

    def _push_again(self, opened: "_Open") -> None:
        """With the bound that costs more: only what comes up is worth it."""
        bound_fen = max(opened.bound_fen, self._bound_fen(opened.node, thorough=True))
        heappush(self.open, opened._replace(bound_fen=bound_fen, thorough=True))

    def _bound_fen(self, node: Combination, *, thorough: bool) -> int:
        places = self.wanted.max_offers - len(node.members)
        return self.ahead.bound_fen(
            node.position, node.running, node.blocked, places, thorough=thorough
        )

    def _within_reach(self, node: Combination) -> bool:
        if not (self.wanted.must or self.wanted.any_of):
            return True
        return self._complete(node.chosen | self.ahead.open_ranks(node.position, node.blocked))

    def _hopeless(self, node: Combination, bound_fen: int) -> bool:
        """No combination from here beats the best: by payable, else by the tie-break.

        Members only join, so coupons, points and members only grow; and with no further coupon
        the expiries stay. The node's own combination has been met already.
        """
        if self.best is None or bound_fen < self.best[0][0]:
            return False
        payable, coupons, points, expiries, members, _ = self.best[0]
        least = (bound_fen, len(node.expiries), node.points)
        if least > (payable, coupons, points):
            return True
        if len(node.expiries) == coupons:
            return node.points == points and (node.expiries, len(node.members)) >= (
                expiries,
                members,
            )
        return self._is_long() and self._loses_tie(node, self.best[0])

    def _is_long(self) -> bool:
        return self.nodes >= self.long_from

    def _loses_tie(self, node: Combination, best: Key) -> bool:
        """To pay as little as the best, whatever goes on from here comes after it in the order of
        `Key`: it takes more coupons, or else all that follows is at least as in `least`."""
        payable, coupons, points, expiries, members, names = best
        lacking = sum(node.running) + self.wanted.bill.fee_fen - payable
        needed = self.ahead.least_coupons(node.position, node.running, node.blocked, lacking)
        if len(node.expiries) + needed != coupons:
            return len(node.expiries) + needed > coupons
        soonest, first = self.ahead.least_to_join(node.position, node.blocked, needed)
        least = (
            node.points,
            tuple(sorted((*node.expiries, *soonest))),
            len(node.members) + needed,
            (*node.names, first),
        )
        return least > (points, expiries, members, names)
