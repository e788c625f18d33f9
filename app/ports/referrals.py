"""Referral codes and bindings, inside a transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from app.domain.referral.referral import Newcomer, Referral, Side, SideState
from app.domain.referral.rules import ReferralRules


class ReferralBook(Protocol):
    """Part of a `Work`. A referral is the friend's row, but both sides' rewards change it: so every
    change of a side is one conditional statement that names the state it needs."""

    async def rules(self) -> ReferralRules:
        """The rules published last."""
        ...

    async def publish(self, rules: ReferralRules, published_by: str, at: datetime) -> None:
        """They are in force from the commit on, for friends that are bound after it."""
        ...

    async def code_of(self, user_id: int) -> str:
        """The member's code, made at the first asking; the same for ever after."""
        ...

    async def owner_of(self, code: str) -> int | None: ...

    async def newcomer(self, user_id: int) -> Newcomer: ...

    async def lead_to(self, user_id: int, referrer_id: int) -> bool:
        """Whether the referrer was invited by the member, or by somebody the member invited, and
        so on. From this call to the end of the transaction nobody else binds: the answer holds
        until `bind`. Call it last."""
        ...

    async def bind(self, referral: Referral) -> bool:
        """False: the friend is bound already; nothing was written."""
        ...

    async def referral(self, friend_id: int) -> Referral | None: ...

    async def qualify(self, friend_id: int, order_id: int, rewards_at: datetime) -> bool:
        """BOUND sides become COOLING until `rewards_at`, for this order. False: another order did
        so before, or there is no referral."""
        ...

    async def advance(
        self, friend_id: int, side: Side, was: SideState, becomes: SideState, at: datetime
    ) -> bool:
        """False: the side is not in the state it was to leave; nothing was written. Atomic: of two
        that try, one does."""
        ...

    async def note_coupon(self, friend_id: int, side: Side, coupon_id: int) -> None:
        """The coupon that the side was rewarded with."""
        ...

    async def take_place(self, referrer_id: int, cap: int | None) -> bool:
        """One more friend that the referrer is rewarded for. False: `cap` are; atomic."""
        ...

    async def give_place_back(self, referrer_id: int) -> None: ...

    async def due(self, moment: datetime, at_most: int) -> Sequence[tuple[int, Side]]:
        """(friend, side) to be rewarded by `moment`, or to be reversed. For sweeps: no lock."""
        ...
