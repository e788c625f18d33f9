"""A payable that no way to go on can fall below (design §2, A bound that holds).

Two relaxations of what lies ahead, each an upper bound on what may still be taken off:

- in turn: every contender ahead applies, in order, at its most; of a contiguous run of mutual
  rivals only the best one. Sound on one line because no discount rises faster than the running
  amount it is taken from, so applying more never ends higher.
- at once: the contenders ahead are split into cliques of mutual rivals; each clique takes its
  best from the amount as it is now, and only as many cliques as there are places left.
"""

from collections.abc import Sequence

from app.domain.promotions.bill import Bill, Running
from app.domain.promotions.contender import Contender


class Ahead:
    """What lies ahead of a position in one search; discounts are remembered by running state."""

    def __init__(self, bill: Bill, contenders: Sequence[Contender], max_offers: int) -> None:
        self.bill = bill
        self.contenders = contenders
        self.max_offers = max_offers
        self.one_line = len(bill.lines) == 1
        self._most: dict[tuple[int, Running], int] = {}

    def next_open(self, position: int, blocked: int) -> int | None:
        """The first position from `position` on whose contender clashes with no member."""
        for index in range(position, len(self.contenders)):
            if not blocked >> self.contenders[index].rank & 1:
                return index
        return None

    def open_ranks(self, position: int, blocked: int) -> int:
        """The bit set of ranks from `position` on that clash with no member."""
        ranks = 0
        for contender in self.contenders[position:]:
            ranks |= 1 << contender.rank
        return ranks & ~blocked

    def bound_fen(
        self, position: int, running: Running, blocked: int, members: int, best_fen: int | None
    ) -> int:
        """A lower bound of the payable from here; the second relaxation only if it may help."""
        now = sum(running) + self.bill.fee_fen
        ahead = [c for c in self.contenders[position:] if not blocked >> c.rank & 1]
        places = self.max_offers - members
        if not ahead or places <= 0:
            return now
        in_turn = self._in_turn(ahead, running) if self.one_line else 0
        if best_fen is not None and in_turn > best_fen:
            return in_turn
        return max(in_turn, self._least(running), now - self._at_once(ahead, running, places))

    def _least(self, running: Running) -> int:
        """The floor, and the minimum payable where the bill is over it."""
        now = sum(running) + self.bill.fee_fen
        return max(
            self.bill.fuel_least_fen + self.bill.fee_fen, min(now, self.bill.minimum_payable_fen)
        )

    def _in_turn(self, ahead: Sequence[Contender], running: Running) -> int:
        now = running[0]
        best, common = 0, 0
        for contender in ahead:
            if not common >> contender.rank & 1:
                now, best, common = now - best, 0, -1
            best = max(best, self._most_of(contender, (now,)))
            common &= contender.rivals
        return now - best + self.bill.fee_fen

    def _at_once(self, ahead: Sequence[Contender], running: Running, places: int) -> int:
        cliques: list[tuple[int, int]] = []
        for contender in ahead:
            most = self._most_of(contender, running)
            for index, (common, best) in enumerate(cliques):
                if common >> contender.rank & 1:
                    cliques[index] = (common & contender.rivals, max(best, most))
                    break
            else:
                cliques.append((contender.rivals, most))
        return sum(sorted((best for _, best in cliques), reverse=True)[:places])

    def _most_of(self, contender: Contender, running: Running) -> int:
        key = (contender.rank, running)
        most = self._most.get(key)
        if most is None:
            most = self._most[key] = contender.most(running)
        return most
