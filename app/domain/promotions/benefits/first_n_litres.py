"""First N litres (前 N 升): a rate on the first litres only."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.benefits.rule import Basis, BenefitRule
from app.domain.promotions.benefits.tiers import marginal_worth
from app.domain.promotions.refusals import refuse_not_above_zero
from app.domain.promotions.terms import Percent, PerLitre
from app.domain.shared.money import Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstNLitres(BenefitRule):
    kind: Literal["FIRST_N_LITRES"] = "FIRST_N_LITRES"
    first_ml: int
    off: PerLitre | Percent

    def __post_init__(self) -> None:
        refuse_not_above_zero(self.first_ml, "first_ml")
        refuse_not_above_zero(self.off.strength, "off")

    def worth(self, basis: Basis, running_fen: int) -> Ratio:
        """The slice of the first litres: percent weighs it against all litres."""
        base_fen = basis.percent_base_fen(running_fen)
        volume = basis.volume_ml
        return marginal_worth(((0, self.off),), volume, base_fen, volume, end=self.first_ml)
