"""A least amount (满), inclusive, on the promotion's `threshold_base`."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.conditions.choices import require_above_zero
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdAmount:
    kind: Literal["THRESHOLD_AMOUNT"] = "THRESHOLD_AMOUNT"
    min_fen: int

    def __post_init__(self) -> None:
        require_above_zero(self.min_fen, "min_fen")

    def failures(self, situation: Situation) -> tuple[Reason, ...]:
        """Empty: holds. The gap is what the scoped amount still lacks, in fen."""
        gap_fen = self.min_fen - situation.scoped_amount_fen
        if gap_fen <= 0:
            return ()
        return (Reason(code=ReasonCode.THRESHOLD_AMOUNT, gap_fen=gap_fen),)
