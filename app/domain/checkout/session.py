"""One decision for everything that is asked about one purchase; what few ask is made when asked."""

from functools import cached_property

from app.domain.checkout.decision import Decision, forced_payable_fen
from app.domain.checkout.nearest import Nearest
from app.domain.checkout.quote import Price, UnappliedOffer, Unlock
from app.domain.checkout.shortlist import with_everyone
from app.domain.checkout.unlock import unlocks
from app.domain.promotions.candidate import Candidate


class Session:
    """Answers are remembered: hints take a price for each step, a forced candidate a search."""

    def __init__(self, decision: Decision, price: Price) -> None:
        self._decision, self._price = decision, price

    def unapplied(self, first: int | None = None) -> tuple[UnappliedOffer, ...]:
        """Every candidate but the members, nearest to applying first; at most `first` of them."""
        return self._nearest.first(first)

    def unlocks(self) -> tuple[Unlock, ...]:
        """The hints that hold, most saved first."""
        return self._unlocks

    def payable_if_forced(self, candidate: Candidate) -> int | None:
        """The least payable, in fen, over legal combinations that hold the candidate as well as
        all that the viewer asked for; None: it is ineligible, or no such combination is legal."""
        for entry in self._everyone.roster.entries:
            if entry.candidate == candidate:
                return forced_payable_fen(self._everyone, entry)
        return None

    @cached_property
    def _unlocks(self) -> tuple[Unlock, ...]:
        return unlocks(self._price, self._nearest.unlockable())

    @cached_property
    def _everyone(self) -> Decision:
        return with_everyone(self._decision)

    @cached_property
    def _nearest(self) -> Nearest:
        return Nearest(self._everyone)
