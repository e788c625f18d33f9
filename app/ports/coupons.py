"""Coupons as they change hands, inside a transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.wallet.coupon import Coupon, CouponOrigin
from app.domain.wallet.lifecycle import CouponAct


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCoupon:
    """A coupon about to be had: it starts USABLE. `cause`: what it was given for, unique among the
    member's coupons; None: a claim, of which there may be several."""

    user_id: int
    batch_code: str
    origin: CouponOrigin
    cause: str | None
    claimed_at: datetime
    valid_from: datetime
    valid_until: datetime


class MemberCoupons(Protocol):
    """One member's coupons, under their lock. Operators' acts and the sweep go by without that
    lock: so each change is one statement that names the status it needs."""

    async def had_of_batch(self, user_id: int, batch_code: str) -> int:
        """Coupons of the batch that the member ever had, used and revoked ones too."""
        ...

    async def add(self, new: NewCoupon) -> int | None:
        """The new coupon's id; None: the member has one of the same cause, nothing was added."""
        ...

    async def of_cause(self, user_id: int, cause: str) -> int | None:
        """The id of the coupon given for a cause."""
        ...

    async def coupons(self, user_id: int, coupon_ids: Sequence[int]) -> Mapping[int, Coupon]:
        """By id; those that are not the member's are absent."""
        ...

    async def reserve(
        self, user_id: int, coupon_ids: Sequence[int], order_id: int, moment: datetime
    ) -> frozenset[int]:
        """RESERVE for each that is usable and valid at the moment; the ids that moved."""
        ...

    async def move_of_order(
        self, user_id: int, order_id: int, act: CouponAct, moment: datetime
    ) -> int:
        """RELEASE, REDEEM or GIVE_BACK for all coupons of the order that stand where the act needs
        them; how many moved. A second call moves none. Those that leave the order's hands forget
        it."""
        ...


class CouponCodes(Protocol):
    """Codes that a member may type, known by their hashes only."""

    async def take_code(
        self, hashes: Sequence[bytes], user_id: int, moment: datetime
    ) -> str | None:
        """Marks the open code of one of these hashes (one code under the server's keys) as redeemed
        by the member; its batch. None: there is none, or it is not open. Atomic: of two members,
        or two requests, one has it."""
        ...

    async def code_of(self, hashes: Sequence[bytes]) -> "KnownCode | None": ...

    async def count_miss(self, user_id: int, moment: datetime) -> int:
        """Adds one to the codes that this member typed today (UTC) and that were none; their
        number."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCode:
    """`redeemed_by` None: by nobody yet. A revoked one never will be."""

    batch_code: str
    redeemed_by: int | None
    revoked: bool


class CouponBook(MemberCoupons, CouponCodes, Protocol):
    """Part of a `Work`: written and read inside its transaction."""
