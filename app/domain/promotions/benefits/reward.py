"""Reward (奖励): points, fuel credit or a coupon that follow completion. It lowers no payable."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Literal

from app.domain.profiles.member import MemberTier
from app.domain.promotions.benefits.rule import Basis, BenefitRule
from app.domain.promotions.benefits.tier_factor import TierFactor, tier_factor_bp
from app.domain.promotions.refusals import WHOLE_BP, refuse_not_above_zero
from app.domain.promotions.terms import Lane, Off
from app.domain.shared.money import Ratio, half_up_ratio
from app.domain.shared.senseless import SenselessValue

FEN_PER_YUAN = 100


class RewardKind(StrEnum):
    POINTS = "POINTS"
    FUEL_CREDIT = "FUEL_CREDIT"
    COUPON = "COUPON"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward(BenefitRule):
    """Exactly one of: `points_per_yuan` paid, `credit` (an off, of what is paid), and
    `coupon_batch` (one coupon of it). `tier_factors` multiply points and credit.

    Source: design §2, Rewards. Percentages and points look at what is paid for the scoped lines;
    the service fee earns nothing.
    """

    kind: Literal["REWARD"] = "REWARD"
    points_per_yuan: int | None = None
    credit: Off | None = None
    coupon_batch: str | None = None
    tier_factors: tuple[TierFactor, ...] = ()

    rewards: ClassVar[bool] = True
    home: ClassVar[Lane | None] = Lane.ACTIVITY

    def __post_init__(self) -> None:
        given = [self.points_per_yuan, self.credit, self.coupon_batch]
        if sum(one is not None for one in given) != 1:
            raise SenselessValue(
                "points_per_yuan、credit、coupon_batch 须写且只写一个",
                "write exactly one of points_per_yuan, credit and coupon_batch",
            )
        if self.points_per_yuan is not None:
            refuse_not_above_zero(self.points_per_yuan, "points_per_yuan")
        if self.credit is not None:
            refuse_not_above_zero(self.credit.strength, "credit")
        if self.coupon_batch is not None and (not self.coupon_batch.strip() or self.tier_factors):
            raise SenselessValue(
                "coupon_batch 须为券批次代码，且不能写 tier_factors",
                "coupon_batch names a batch, and takes no tier_factors",
            )

    @property
    def gives(self) -> RewardKind:
        if self.points_per_yuan is not None:
            return RewardKind.POINTS
        return RewardKind.COUPON if self.credit is None else RewardKind.FUEL_CREDIT

    @property
    def counts_money(self) -> bool:
        return self.credit is not None

    def worth(self, basis: Basis, running_fen: int) -> Ratio:
        """It takes nothing off."""
        return 0, 1

    def points(self, paid_fen: int, tier: MemberTier | None) -> int:
        """Points for what was paid: per exact yuan, times the tier's factor, rounded down once."""
        factor_bp = tier_factor_bp(self.tier_factors, tier)
        return paid_fen * (self.points_per_yuan or 0) * factor_bp // (FEN_PER_YUAN * WHOLE_BP)

    def credit_fen(self, paid_fen: int, volume_ml: Ratio, tier: MemberTier | None) -> int:
        """Credit for what was paid, times the tier's factor, half-up to the fen once."""
        if self.credit is None:
            return 0
        strength = (self.credit.strength * tier_factor_bp(self.tier_factors, tier), WHOLE_BP)
        return half_up_ratio(*self.credit.worth(strength, paid_fen, volume_ml))
