"""First N litres (前 N 升): a rate on the first litres only."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.terms import PerLitre, Percent


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstNLitres:
    kind: Literal["FIRST_N_LITRES"] = "FIRST_N_LITRES"
    first_ml: int
    off: PerLitre | Percent
