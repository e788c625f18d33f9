"""Tiers by litres (按升阶梯)."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.terms import Off, TierMode


@dataclass(frozen=True, slots=True, kw_only=True)
class LitresTier:
    """Reached at `from_ml`, inclusive, on exact litres."""

    from_ml: int
    off: Off


@dataclass(frozen=True, slots=True, kw_only=True)
class TieredLitres:
    """Tiers in rising order. An `Amount` off is allowed in WHOLE mode only."""

    kind: Literal["TIERED_LITRES"] = "TIERED_LITRES"
    mode: TierMode
    tiers: tuple[LitresTier, ...]
