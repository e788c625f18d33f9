"""Percent off (折扣): basis points OFF the base; the promotion's `cap_fen` is its 封顶."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.benefits.rule import Basis, BenefitRule
from app.domain.promotions.refusals import WHOLE_BP, refuse_not_above_zero, refuse_over_whole
from app.domain.shared.money import Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class PercentOff(BenefitRule):
    kind: Literal["PERCENT_OFF"] = "PERCENT_OFF"
    off_bp: int

    def __post_init__(self) -> None:
        refuse_not_above_zero(self.off_bp, "off_bp")
        refuse_over_whole(self.off_bp, "off_bp")

    def worth(self, basis: Basis, running_fen: int) -> Ratio:
        """rate x the percent base."""
        return self.off_bp * basis.percent_base_fen(running_fen), WHOLE_BP
