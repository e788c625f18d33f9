"""What members see of referrals, outside of any use case that writes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.referral.referral import SideState
from app.domain.referral.rules import ReferralReward, ReferralRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """Behind a code: its owner's nickname, how many friends they were rewarded for, the rules."""

    nickname: str | None
    rewarded: int
    rules: ReferralRules


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferrerStanding:
    """`code` None: never asked for. `earned`: what stands of the rewards, each with its number."""

    code: str | None
    invited: int
    rewarded: int
    earned: tuple[tuple[ReferralReward, int], ...]
    rules: ReferralRules


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitedFriend:
    """`state`: of the referrer's side; `reward`: theirs. `has_paid`: an order of the friend's is
    paid and not completed."""

    friend_id: int
    nickname: str | None
    bound_at: datetime
    state: SideState
    has_paid: bool
    reward: ReferralReward


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteePage:
    """Newest first. `after`: (bound_at, friend id) of the last one seen, exclusive."""

    referrer_id: int
    first: int
    after: tuple[datetime, int] | None = None


class ReferralRepository(Protocol):
    """Each method runs one statement. When the database is down: `StorageUnavailable`."""

    async def landing(self, code: str) -> Landing | None:
        """None: nobody has this code."""
        ...

    async def standing(self, user_id: int) -> ReferrerStanding: ...

    async def invitees(self, wanted: InviteePage) -> tuple[InvitedFriend, ...]:
        """Up to `first` + 1: one more tells that there is a next page."""
        ...
