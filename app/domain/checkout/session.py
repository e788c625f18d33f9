"""One decision for everything that is asked about one purchase; what few ask is made when asked."""

from dataclasses import dataclass, field

from app.domain.checkout.decision import Decision, forced_payable_fen
from app.domain.checkout.explain import ineligible_offers
from app.domain.checkout.quote import Price, Unlock
from app.domain.checkout.unlock import unlocks
from app.domain.promotions.candidate import Candidate


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """Answers are remembered: hints take a price for each step, a forced candidate a search."""

    decision: Decision
    price: Price
    _unlocks: list[tuple[Unlock, ...]] = field(default_factory=list[tuple[Unlock, ...]])

    def unlocks(self) -> tuple[Unlock, ...]:
        """The hints that hold, most saved first."""
        if not self._unlocks:
            nearest_first = ineligible_offers(self.decision)
            self._unlocks.append(unlocks(self.decision, self.price, nearest_first))
        return self._unlocks[0]

    def payable_if_forced(self, candidate: Candidate) -> int | None:
        """The least payable, in fen, over legal combinations that hold the candidate as well as
        all that the viewer asked for; None: it is ineligible, or no such combination is legal."""
        for entry in self.decision.roster.entries:
            if entry.candidate == candidate:
                return forced_payable_fen(self.decision, entry)
        return None
