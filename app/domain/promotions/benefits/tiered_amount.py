"""Tiers by amount (阶梯满减): the more is bought, the more is saved."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.terms import Off, TierMode


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountTier:
    """Reached at `from_fen`, inclusive."""

    from_fen: int
    off: Off


@dataclass(frozen=True, slots=True, kw_only=True)
class TieredAmount:
    """Tiers in rising order. An `Amount` off is allowed in WHOLE mode only."""

    kind: Literal["TIERED_AMOUNT"] = "TIERED_AMOUNT"
    mode: TierMode
    tiers: tuple[AmountTier, ...]
