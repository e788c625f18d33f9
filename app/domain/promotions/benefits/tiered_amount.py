"""Tiers by amount (阶梯满减): the more is bought, the more is saved."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.benefits.rule import Basis, BenefitRule
from app.domain.promotions.benefits.tiers import (
    Step,
    best_worth,
    marginal_worth,
    refuse_senseless_tiers,
    whole_worth,
)
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.terms import Base, Off, TierMode
from app.domain.shared.money import Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountTier:
    """Reached at `from_fen`, inclusive."""

    from_fen: int
    off: Off


@dataclass(frozen=True, slots=True, kw_only=True)
class TieredAmount(BenefitRule):
    """Tiers in rising order. An `Amount` off is allowed in WHOLE mode only.

    The measure is the promotion's threshold base: the scoped pump amount, or running.
    """

    kind: Literal["TIERED_AMOUNT"] = "TIERED_AMOUNT"
    mode: TierMode
    tiers: tuple[AmountTier, ...]

    def __post_init__(self) -> None:
        refuse_senseless_tiers(self.mode, self._steps)

    @property
    def _steps(self) -> tuple[Step, ...]:
        return tuple((tier.from_fen, tier.off) for tier in self.tiers)

    def worth(self, basis: Basis, running_fen: int) -> Ratio:
        """WHOLE: the highest tier reached, on everything. MARGINAL: each slice at its own."""
        measure = (basis.measure_fen(running_fen), 1)
        base_fen = basis.percent_base_fen(running_fen)
        worth = whole_worth if self.mode is TierMode.WHOLE else marginal_worth
        return worth(self._steps, measure, base_fen, basis.volume_ml)

    def most(self, basis: Basis, running_fen: int) -> Ratio:
        """With tiers on running, the best one on everything, each taken as reached: then it
        neither jumps as running passes a bound, nor grows as running falls."""
        if basis.threshold_base is Base.PUMP:
            return self.worth(basis, running_fen)
        base_fen = basis.percent_base_fen(running_fen)
        return best_worth(self._steps, (basis.pump_fen, 1), base_fen, basis.volume_ml)

    def shortfalls(self, basis: Basis) -> tuple[Reason, ...]:
        """The way to the first tier that takes something off."""
        first = next(tier.from_fen for tier in self.tiers if tier.off.strength > 0)
        if basis.pump_fen >= first:
            return ()
        return (Reason(code=ReasonCode.THRESHOLD_AMOUNT, gap_fen=first - basis.pump_fen),)
