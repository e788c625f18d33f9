"""A payable that no way to go on can fall below (design §2, A bound that holds).

Two relaxations of what lies ahead, each an upper bound on what may still be taken off:

- in turn: every contender ahead applies, in order, at its most; of a contiguous run of mutual
  rivals only the best one. Sound on one line because no discount rises faster than the running
  amount it is taken from, so applying more never ends higher.
- at once: the contenders ahead are split into cliques of mutual rivals; each clique takes its
  best from the amount as it is now, and only as many cliques as there are places left. It can
  beat the first only where places are scarce, or rivals stand apart in application order.
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
        self._bits = [1 << contender.rank for contender in contenders]
        self._rivals = [contender.rivals for contender in contenders]
        self._most: list[dict[Running, int]] = [{} for _ in contenders]
        self._runs = self._contiguous_runs()
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
        self, position: int, running: Running, blocked: int, members: int, best_fen: int | None
    ) -> int:
        """A lower bound of the payable from here; the second relaxation only if it may help."""
        now = sum(running) + self.bill.fee_fen
        ahead = [i for i in range(position, len(self._bits)) if not blocked & self._bits[i]]
        places = self.max_offers - members
        if not ahead or places <= 0:
            return now
        if self.one_line:
            in_turn = self._in_turn(ahead, running)
            scarce = places < self._runs or self._rivals_apart
            if not scarce or (best_fen is not None and in_turn > best_fen):
                return in_turn
            return max(in_turn, now - self._at_once(ahead, running, places))
        return max(self._least(now), now - self._at_once(ahead, running, places))

    def _least(self, now_fen: int) -> int:
        """The floor, and the minimum payable where the bill is over it."""
        at_floor = self.bill.fuel_least_fen + self.bill.fee_fen
        return max(at_floor, min(now_fen, self.bill.minimum_payable_fen))

    def _in_turn(self, ahead: Sequence[int], running: Running) -> int:
        best, common = 0, 0
        for i in ahead:
            if not common & self._bits[i]:
                running, best, common = (running[0] - best,), 0, -1
            most = self._most_of(i, running)
            best = max(best, most)
            common &= self._rivals[i]
        return running[0] - best + self.bill.fee_fen

    def _at_once(self, ahead: Sequence[int], running: Running, places: int) -> int:
        commons: list[int] = []
        bests: list[int] = []
        for i in ahead:
            most = self._most_of(i, running)
            for clique, common in enumerate(commons):
                if common & self._bits[i]:
                    commons[clique] = common & self._rivals[i]
                    bests[clique] = max(bests[clique], most)
                    break
            else:
                commons.append(self._rivals[i])
                bests.append(most)
        return sum(sorted(bests, reverse=True)[:places])

    def _most_of(self, index: int, running: Running) -> int:
        remembered = self._most[index]
        most = remembered.get(running)
        if most is None:
            most = remembered[running] = self.contenders[index].most(running)
        return most

    def _contiguous_runs(self) -> int:
        """How many runs of mutual rivals the contenders fall into: members at the very most."""
        runs, common = 0, 0
        for bit, rivals in zip(self._bits, self._rivals, strict=True):
            if not common & bit:
                runs, common = runs + 1, -1
            common &= rivals
        return runs

    def _have_rivals_apart(self) -> bool:
        """Whether some clash is not between two of one run."""
        run, common = 0, 0
        present = sum(self._bits)
        apart = False
        for bit, rivals in zip(self._bits, self._rivals, strict=True):
            if not common & bit:
                run, common = 0, -1
            earlier = rivals & present & (bit - 1)
            apart = apart or bool(earlier & ~run)
            run |= bit
            common &= rivals
        return apart
