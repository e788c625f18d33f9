"""Amount off (立减, and 满减 with a threshold condition)."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.benefits.rule import Basis, BenefitRule
from app.domain.promotions.refusals import refuse_not_above_zero
from app.domain.shared.money import Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountOff(BenefitRule):
    kind: Literal["AMOUNT_OFF"] = "AMOUNT_OFF"
    off_fen: int

    def __post_init__(self) -> None:
        refuse_not_above_zero(self.off_fen, "off_fen")

    def worth(self, basis: Basis, running_fen: int) -> Ratio:
        """`off_fen`, whatever is bought."""
        return self.off_fen, 1
