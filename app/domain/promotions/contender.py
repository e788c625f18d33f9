"""A candidate at one bill, ready to apply: its exact discount at any running state."""

from dataclasses import dataclass, field

from app.domain.promotions.benefits.rule import Basis
from app.domain.promotions.bill import Bill, Running, Scope, scoped_fen
from app.domain.promotions.candidate import Candidate
from app.domain.shared.money import Ratio, half_up_ratio


@dataclass(frozen=True, slots=True)
class Discount:
    """What one offer takes off. `cut_fen`: what headroom took off it, charged to nobody."""

    fen: int
    cut_fen: int = 0


NOTHING = Discount(0)


@dataclass(slots=True, eq=False)
class Contender:
    """`rank` is its place in application order and its bit in `rivals`.

    `left_fen`: what is left of the promotion's money limits; None: no limit.
    """

    candidate: Candidate
    rank: int
    rivals: int
    bill: Bill
    basis: Basis
    left_fen: int | None
    scope: Scope = field(init=False)
    running_threshold_fen: int = field(init=False)
    is_coupon: bool = field(init=False)

    def __post_init__(self) -> None:
        promotion = self.candidate.promotion
        self.scope = promotion.scope
        self.running_threshold_fen = promotion.running_threshold_fen
        self.is_coupon = self.candidate.coupon is not None

    @property
    def code(self) -> str:
        return self.candidate.promotion.code

    def discount(self, running: Running) -> Discount:
        """Its discount just after `running`, in the order of design §2 (Discount).

        Slices summed, half-up once, cap, what is left of money limits, headroom. A benefit that
        comes in steps takes the whole steps that fit, and nothing of it counts as cut.
        """
        scoped = scoped_fen(self.scope, running)
        if scoped < self.running_threshold_fen:
            return NOTHING
        promotion = self.candidate.promotion
        step = promotion.benefit.step_fen
        uncut = _whole_steps(self._capped(promotion.benefit.worth(self.basis, scoped)), step)
        if self.left_fen is not None and self.left_fen < uncut:
            uncut = 0 if promotion.refuse_partial else self.left_fen
        granted = min(uncut, self.bill.headroom(self.scope, running))
        if step is not None:
            return Discount(_whole_steps(granted, step))
        return Discount(granted, uncut - granted)

    def running_gap_fen(self, running: Running) -> int:
        """What the scoped running amount lacks to its running threshold; 0: nothing."""
        return max(0, self.running_threshold_fen - scoped_fen(self.scope, running))

    def most(self, running: Running) -> int:
        """At least its discount at every state reached from `running`; see `BenefitRule.most`."""
        scoped = scoped_fen(self.scope, running)
        most = self._capped(self.candidate.promotion.benefit.most(self.basis, scoped))
        if self.left_fen is not None:
            most = min(most, self.left_fen)
        return min(most, self.bill.headroom(self.scope, running))

    def after(self, discount_fen: int, running: Running) -> Running:
        """The lines once it has taken `discount_fen` off."""
        return self.bill.less(discount_fen, self.scope, running)

    def points_burnt(self, discount_fen: int) -> int:
        return self.candidate.promotion.benefit.points_burnt(discount_fen)

    def _capped(self, worth: Ratio) -> int:
        amount = half_up_ratio(*worth)
        cap_fen = self.candidate.promotion.cap_fen
        return amount if cap_fen is None else min(amount, cap_fen)


def _whole_steps(amount_fen: int, step_fen: int | None) -> int:
    return amount_fen if step_fen is None else amount_fen - amount_fen % step_fen
