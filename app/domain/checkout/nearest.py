"""The offers not applied, nearest to applying first, explained as far as they are asked for.

What the index rules out waits by a distance that is at most the true one (`ruled_out`). Whoever
comes next is explained and put back by the true one; who then comes next is the nearest of all.
"""

from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from itertools import islice

from app.domain.checkout.decision import Decision
from app.domain.checkout.explain import Distance, explained, explained_ineligible, settled
from app.domain.checkout.quote import UnappliedOffer
from app.domain.checkout.ruled_out import Ranked, RuledOut, turn_of
from app.domain.promotions.entry import Entry


class Nearest:
    """`decision`: over everyone in sight, so that all others are ineligible."""

    def __init__(self, decision: Decision) -> None:
        self._decision = decision
        others = {entry.name for entry in decision.roster.entries}
        self._ruled_out = RuledOut(decision.scene, others)
        self._told: list[UnappliedOffer] = []
        self._untold = self._in_order()

    def first(self, count: int | None) -> tuple[UnappliedOffer, ...]:
        """At most `count` of them; None: all."""
        lacking = None if count is None else max(0, count - len(self._told))
        self._told += islice(self._untold, lacking)
        return tuple(self._told[:count])

    def unlockable(self) -> list[UnappliedOffer]:
        """The ineligible ones of which the viewer can mend every reason."""
        found = [*self._in_sight(), *map(self._explained, self._ruled_out.unlockable())]
        return [one.told[1] for one in sorted(found) if one.distance.unlockable and one.told]

    def _in_order(self) -> Iterator[UnappliedOffer]:
        waiting = [*self._in_sight(), *self._ruled_out.coupons()]
        heapify(waiting)
        others = self._ruled_out.promotions()
        following = next(others, None)
        while waiting or following:
            if following and not (waiting and waiting[0] < following):
                heappush(waiting, following)
                following = next(others, None)
                continue
            nearest = heappop(waiting)
            if nearest.told:
                yield settled(self._decision, *nearest.told)
            else:
                heappush(waiting, self._explained(nearest))

    def _in_sight(self) -> Iterator[Ranked]:
        """Those that the decision was over, less the members."""
        index = self._decision.purchase.rules.index
        members = {member.entry.rank for member in self._decision.found.members}
        for entry in self._decision.roster.entries:
            if entry.rank not in members:
                offer = explained(self._decision, entry)
                distance, turn = self._distance(offer), turn_of(index, entry.candidate)
                yield Ranked(distance, turn, entry.candidate, (entry, offer))

    def _explained(self, guess: Ranked) -> Ranked:
        entry = Entry.of(guess.candidate, 0, 0, barred=False)
        offer = explained_ineligible(self._decision.scene, entry, removed=guess.distance.removed)
        return guess._replace(distance=self._distance(offer), told=(entry, offer))

    def _distance(self, offer: UnappliedOffer) -> Distance:
        return Distance.of(self._decision.scene, offer)
