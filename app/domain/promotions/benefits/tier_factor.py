"""Factors of a member's tier (会员等级系数)."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.profiles.member import MemberTier
from app.domain.promotions.refusals import WHOLE_BP, refuse_below_zero


@dataclass(frozen=True, slots=True, kw_only=True)
class TierFactor:
    """For members of exactly this tier; 10,000 basis points change nothing."""

    tier: MemberTier
    factor_bp: int

    def __post_init__(self) -> None:
        refuse_below_zero(self.factor_bp, "factor_bp")


def tier_factor_bp(factors: Sequence[TierFactor], tier: MemberTier | None) -> int:
    """The first that matches, else 1. A guest has no tier (None)."""
    return next((factor.factor_bp for factor in factors if factor.tier is tier), WHOLE_BP)
