"""Per-litre off (直降): a reduction of the unit price."""

from dataclasses import dataclass
from typing import Literal

from app.domain.pricing.fill import MILL_ML_PER_FEN
from app.domain.promotions.benefits.rule import Basis, BenefitRule
from app.domain.promotions.refusals import refuse_not_above_zero
from app.domain.shared.money import Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class PerLitreOff(BenefitRule):
    kind: Literal["PER_LITRE_OFF"] = "PER_LITRE_OFF"
    off_mill_per_litre: int

    def __post_init__(self) -> None:
        refuse_not_above_zero(self.off_mill_per_litre, "off_mill_per_litre")

    def worth(self, basis: Basis, running_fen: int) -> Ratio:
        """off x exact scoped litres."""
        numerator, denominator = basis.volume_ml
        return self.off_mill_per_litre * numerator, denominator * MILL_ML_PER_FEN
