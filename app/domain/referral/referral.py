"""A referral: a friend who was invited, and what becomes of both sides' rewards."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.referral.rules import ReferralReward, ReferralTerms


class Side(StrEnum):
    FRIEND = "FRIEND"
    REFERRER = "REFERRER"


class SideState(StrEnum):
    """BOUND → COOLING (the first order is completed) → REWARDED; a refund, or a cap, leads from
    COOLING to REFUSED, and from REWARDED over REVERSING (to be taken back) to REVERSED."""

    BOUND = "BOUND"
    COOLING = "COOLING"
    REWARDED = "REWARDED"
    REVERSING = "REVERSING"
    REVERSED = "REVERSED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class SideStanding:
    """`coupon_id`: the coupon that it was rewarded with."""

    state: SideState = SideState.BOUND
    coupon_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """`order_id`: the order that qualified, completed; `rewards_at`: the end of its cooling."""

    friend_id: int
    referrer_id: int
    bound_at: datetime
    terms: ReferralTerms
    friend: SideStanding = SideStanding()
    referrer: SideStanding = SideStanding()
    order_id: int | None = None
    rewards_at: datetime | None = None

    def standing(self, side: Side) -> SideStanding:
        return self.friend if side is Side.FRIEND else self.referrer

    def reward(self, side: Side) -> ReferralReward:
        return self.terms.friend if side is Side.FRIEND else self.terms.referrer

    def beneficiary(self, side: Side) -> int:
        return self.friend_id if side is Side.FRIEND else self.referrer_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """What decides whether a member may still be bound. `has_ordered`: an order of theirs is, or
    was, open or completed."""

    joined_at: datetime
    has_ordered: bool
    referrer_id: int | None
