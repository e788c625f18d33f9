"""Only for members of at least a tier. A guest fails it."""

from dataclasses import dataclass
from typing import Literal

from app.domain.profiles.member import MemberTier
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMemberTier:
    kind: Literal["MEMBER_TIER"] = "MEMBER_TIER"
    at_least: MemberTier

    def failures(self, situation: Situation) -> tuple[Reason, ...]:
        """Empty: holds. Accepted are all tiers that would do, the lowest first."""
        shopper = situation.shopper
        if not shopper.is_guest and shopper.tier.rank >= self.at_least.rank:
            return ()
        accepted = tuple(tier.value for tier in MemberTier if tier.rank >= self.at_least.rank)
        return (Reason(code=ReasonCode.MEMBER_TIER, accepted=accepted, guest=shopper.is_guest),)
