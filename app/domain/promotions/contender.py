"""A candidate at one bill, ready to apply: its exact discount at any running state."""

from dataclasses import dataclass
from typing import NamedTuple

from app.domain.promotions.benefits.rule import Basis
from app.domain.promotions.bill import Bill, Running, scoped_fen
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.entry import Entry
from app.domain.shared.money import Ratio, half_up_ratio


class Discount(NamedTuple):
    """What one offer takes off. `cut_fen`: what headroom took off it, charged to nobody."""

    fen: int
    cut_fen: int = 0


NOTHING = Discount(0)


@dataclass(frozen=True, slots=True, eq=False)
class Contender:
    """`left_fen`: what is left of the promotion's money limits; None: no limit."""

    entry: Entry
    bill: Bill
    basis: Basis
    left_fen: int | None = None

    @property
    def candidate(self) -> Candidate:
        return self.entry.candidate

    @property
    def code(self) -> str:
        return self.entry.promotion.code

    def discount(self, running: Running) -> Discount:
        """Its discount just after `running`, in the order of design §2 (Discount).

        Slices summed, half-up once, cap, what is left of money limits, headroom. A benefit that
        comes in steps takes the whole steps that fit, and nothing of it counts as cut.
        """
        promotion = self.entry.promotion
        scoped = scoped_fen(self.entry.scope, running)
        if scoped < self.entry.running_threshold_fen:
            return NOTHING
        step = promotion.benefit.step_fen
        uncut = _whole_steps(self._capped(promotion.benefit.worth(self.basis, scoped)), step)
        if self.left_fen is not None and self.left_fen < uncut:
            uncut = 0 if promotion.refuse_partial else self.left_fen
        granted = min(uncut, self.bill.headroom(self.entry.scope, running))
        if step is not None:
            return Discount(_whole_steps(granted, step))
        return Discount(granted, uncut - granted)

    def wanted_fen(self, running: Running) -> int:
        """What it would take off before money limits and headroom have their say."""
        benefit = self.entry.promotion.benefit
        worth = benefit.worth(self.basis, scoped_fen(self.entry.scope, running))
        return _whole_steps(self._capped(worth), benefit.step_fen)

    def running_gap_fen(self, running: Running) -> int:
        """What the scoped running amount lacks to its running threshold; 0: nothing."""
        scoped = scoped_fen(self.entry.scope, running)
        return max(0, self.entry.running_threshold_fen - scoped)

    def most(self, running: Running) -> int:
        """At least its discount at every state reached from `running`; see `BenefitRule.most`."""
        promotion = self.entry.promotion
        scoped = scoped_fen(self.entry.scope, running)
        most = self._capped(promotion.benefit.most(self.basis, scoped))
        if self.left_fen is not None:
            most = min(most, self.left_fen)
        return min(most, self.bill.headroom(self.entry.scope, running))

    def after(self, discount_fen: int, running: Running) -> Running:
        """The lines once it has taken `discount_fen` off."""
        return self.bill.less(discount_fen, self.entry.scope, running)

    def points_burnt(self, discount_fen: int) -> int:
        return self.entry.promotion.benefit.points_burnt(discount_fen)

    def _capped(self, worth: Ratio) -> int:
        amount = half_up_ratio(*worth)
        cap_fen = self.entry.promotion.cap_fen
        return amount if cap_fen is None else min(amount, cap_fen)


def _whole_steps(amount_fen: int, step_fen: int | None) -> int:
    return amount_fen if step_fen is None else amount_fen - amount_fen % step_fen
