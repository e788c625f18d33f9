"""Tiers by litres (按升阶梯)."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.benefits.rule import Basis, BenefitRule
from app.domain.promotions.benefits.tiers import (
    Step,
    marginal_worth,
    refuse_senseless_tiers,
    whole_worth,
)
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.terms import Off, TierMode
from app.domain.shared.money import Ratio, ceil_ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class LitresTier:
    """Reached at `from_ml`, inclusive, on exact litres."""

    from_ml: int
    off: Off


@dataclass(frozen=True, slots=True, kw_only=True)
class TieredLitres(BenefitRule):
    """Tiers in rising order. An `Amount` off is allowed in WHOLE mode only."""

    kind: Literal["TIERED_LITRES"] = "TIERED_LITRES"
    mode: TierMode
    tiers: tuple[LitresTier, ...]

    def __post_init__(self) -> None:
        refuse_senseless_tiers(self.mode, self._steps)

    @property
    def _steps(self) -> tuple[Step, ...]:
        return tuple((tier.from_ml, tier.off) for tier in self.tiers)

    def worth(self, basis: Basis, running_fen: int) -> Ratio:
        """WHOLE: the highest tier reached, on everything. MARGINAL: each slice at its own."""
        base_fen = basis.percent_base_fen(running_fen)
        worth = whole_worth if self.mode is TierMode.WHOLE else marginal_worth
        return worth(self._steps, basis.volume_ml, base_fen, basis.volume_ml)

    def shortfalls(self, basis: Basis) -> tuple[Reason, ...]:
        """The way to the first tier that takes something off, rounded up to the millilitre."""
        first = next(tier.from_ml for tier in self.tiers if tier.off.strength > 0)
        volume, parts = basis.volume_ml
        gap_ml = ceil_ratio(first * parts - volume, parts)
        return (Reason(code=ReasonCode.THRESHOLD_LITRES, gap_ml=gap_ml),) if gap_ml > 0 else ()
