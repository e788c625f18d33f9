"""A payable that no way to go on can fall below (design §2, A bound that holds).

Two relaxations of what lies ahead, each an upper bound on what may still be taken off:

- in turn: contenders ahead apply, in order, at their most; of a contiguous run of mutual rivals one
  at most, and no more than there are places left. Sound on one line because no discount rises
  faster than the running amount it is taken from: so the least that runs on after a run with so
  many members is made of the least before it, with one member fewer or with as many.
- at once: the contenders are split into cliques of mutual rivals; each clique takes its best from
  the amount as it is now, and only as many cliques as there are places left. It can beat the first
  only where rivals stand apart in application order.
"""

from collections.abc import Sequence
from datetime import datetime

from app.domain.promotions.bill import Bill, Running
from app.domain.promotions.contender import Contender
from app.domain.promotions.entry import Name
from app.domain.promotions.legality import cliques_of, runs_of
from app.domain.promotions.takes import OnOneLine

LAST_NAME: Name = ("\U0010ffff", 0)
"""After every name that a candidate has."""


class Ahead:
    """What lies ahead of a position in one search; discounts are remembered by running state."""

    def __init__(self, bill: Bill, contenders: Sequence[Contender]) -> None:
        self.bill = bill
        self.contenders = contenders
        self.one_line = len(bill.lines) == 1
        self._bits = [contender.entry.bit for contender in contenders]
        self._rivals = [contender.entry.rivals for contender in contenders]
        self._mosts = [OnOneLine.of(c).most for c in contenders] if self.one_line else []
        self._known: dict[Running, list[int]] = {}
        self.runs = runs_of(self._rivals, self._bits)
        self._clique_of = cliques_of(self._rivals, self._bits)
        self._rivals_apart = self._have_rivals_apart()

    def next_open(self, position: int, blocked: int) -> int | None:
        """The first position from `position` on whose contender clashes with no member."""
        for index in range(position, len(self._bits)):
            if not blocked & self._bits[index]:
                return index
        return None

    def open_ranks(self, position: int, blocked: int) -> int:
        """The bit set of ranks from `position` on that clash with no member."""
        return sum(self._bits[position:]) & ~blocked

    def bound_fen(
        self, position: int, running: Running, blocked: int, places: int, *, thorough: bool
    ) -> int:
        """A lower bound of the payable from here, with `places` left for members. Not `thorough`: by
        little work, as if there were places for all."""
        now = sum(running) + self.bill.fee_fen
        ahead = self._open(position, blocked)
        if not ahead or places <= 0:
            return now
        if not self.one_line:
            return max(self._least(now), now - sum(self._best_of_cliques(ahead, running)[:places]))
        if not thorough:
            return self._in_turn(ahead, running[0]) + self.bill.fee_fen
        in_turn = self._in_turn_with(ahead, running[0], places) + self.bill.fee_fen
        if not self._rivals_apart:
            return in_turn
        return max(in_turn, now - sum(self._best_of_cliques(ahead, running)[:places]))

    def least_coupons(self, position: int, running: Running, blocked: int, lacking_fen: int) -> int:
        """How many coupons from here it takes at least to take `lacking_fen` off."""
        ahead = self._open(position, blocked)
        others = [i for i in ahead if not self.contenders[i].entry.is_coupon]
        lacking_fen -= sum(self._best_of_cliques(others, running))
        coupons = [i for i in ahead if self.contenders[i].entry.is_coupon]
        needed = 0
        for best in self._best_of_cliques(coupons, running):
            if lacking_fen <= 0:
                break
            lacking_fen -= best
            needed += 1
        return needed if lacking_fen <= 0 else len(self._bits) + 1

    def least_to_join(
        self, position: int, blocked: int, coupons: int
    ) -> tuple[list[datetime], Name]:
        """The soonest ends of as many `coupons`, and the least name, among those still open."""
        ahead = (self.contenders[i] for i in self._open(position, blocked))
        names: list[Name] = []
        expiries: list[datetime] = []
        for contender in ahead:
            names.append(contender.entry.name)
            if contender.candidate.coupon is not None:
                expiries.append(contender.candidate.coupon.valid_until)
        return sorted(expiries)[:coupons], min(names, default=LAST_NAME)

    def _least(self, now_fen: int) -> int:
        """The floor, and the minimum payable where the bill is over it."""
        at_floor = self.bill.fuel_least_fen + self.bill.fee_fen
        return max(at_floor, min(now_fen, self.bill.minimum_payable_fen))

    def _open(self, position: int, blocked: int) -> list[int]:
        """The positions from `position` on whose contender clashes with no member."""
        bits = self._bits
        return [i for i in range(position, len(bits)) if not blocked & bits[i]]

    def _in_turn(self, ahead: Sequence[int], running: int) -> int:
        """What runs on at least once all runs have applied."""
        left, best, common = running, 0, 0
        bits, rivals, mosts = self._bits, self._rivals, self._mosts
        for i in ahead:
            if not common & bits[i]:
                left, best, common = left - best, 0, -1
            most = mosts[i](left)
            best = max(best, most)
            common &= rivals[i]
        return left - best

    def _in_turn_with(self, ahead: Sequence[int], running: int, places: int) -> int:
        """The same with at most so many members. `least`: by number of members, before the run."""
        if len(ahead) <= places:
            return self._in_turn(ahead, running)
        bits, rivals, mosts = self._bits, self._rivals, self._mosts
        least = after = [running]
        common = 0
        for i in ahead:
            if not common & bits[i]:
                least, common = after, -1
                if len(least) <= places:
                    least.append(least[-1])
                after = least.copy()
            most = mosts[i]
            for members in range(1, len(least)):
                left = least[members - 1]
                left -= most(left)
                after[members] = min(after[members], left)
            common &= rivals[i]
        return after[-1]

    def _best_of_cliques(self, ahead: Sequence[int], running: Running) -> list[int]:
        """The best that each clique of mutual rivals takes off now, most first."""
        mosts, clique_of = self._mosts_at(running), self._clique_of
        bests = [0] * len(clique_of)
        for i in ahead:
            clique, most = clique_of[i], mosts[i]
            bests[clique] = max(bests[clique], most)
        bests.sort(reverse=True)
        return bests

    def _mosts_at(self, running: Running) -> list[int]:
        mosts = self._known.get(running)
        if mosts is None:
            if self.one_line:
                mosts = [most(running[0]) for most in self._mosts]
            else:
                mosts = [contender.most(running) for contender in self.contenders]
            self._known[running] = mosts
        return mosts

    def _have_rivals_apart(self) -> bool:
        """Whether some clash is not between two of one run."""
        present = sum(self._bits)
        for run in self.runs:
            own = sum(self._bits[i] for i in run)
            if any(self._rivals[i] & present & ~own for i in run):
                return True
        return False
