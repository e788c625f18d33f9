"""Coupons as they change hands, inside a transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.wallet.coupon import Coupon, CouponOrigin, CouponStatus
from app.domain.wallet.lifecycle import CouponAct
from app.domain.wallet.runs import CouponRun, RunKind


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
    """One member's coupons, under their lock. Revocation and the sweep go by without that lock: so
    each change is one statement that names the status it needs."""

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

    async def recall(self, user_id: int, coupon_id: int, moment: datetime) -> None:
        """What the coupon was given for was undone: REVOKE if it is usable; one that an order
        holds or used is revoked when it leaves that order's hands. A second call changes
        nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCode:
    """`redeemed_by` None: by nobody yet. A revoked one never will be."""

    batch_code: str
    redeemed_by: int | None
    revoked: bool


class CouponCodes(Protocol):
    """Codes that a member may type, known by their hashes only. A code has several: one under each
    key that the server has had, the newest first; at most one of them is stored."""

    async def code_of(self, hashes: Sequence[bytes]) -> KnownCode | None: ...

    async def take_code(self, hashes: Sequence[bytes], user_id: int, moment: datetime) -> bool:
        """Marks the open code as redeemed by the member; False: it is not open. Atomic: of two
        members, or two requests, one has it."""
        ...

    async def count_miss(self, user_id: int, moment: datetime) -> int:
        """Adds one to the codes that the member typed on this day of UTC and that were none; their
        number."""
        ...

    async def add_codes(self, run: CouponRun, hashes: Sequence[bytes]) -> int:
        """Open codes of the run's batch; how many were new."""
        ...

    async def revoke_codes(
        self, batch_code: str, run_id: int | None, moment: datetime, at_most: int
    ) -> int:
        """Open codes of the batch, or of one of its runs, that nobody will redeem any more; up to
        `at_most` of them. How many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a member has of a batch: `had` coupons ever, `of_run` one of this run."""

    had: int
    of_run: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedChunk:
    """Some coupons in the order of their keys: `statuses` as they were found, `revoked` of them
    taken back. `last`: the greatest key among them, None: there were none, the work is done."""

    last: tuple[int, int] | None
    statuses: Mapping[CouponStatus, int]
    revoked: int


class CouponRuns(Protocol):
    """Acts on many members' coupons, a chunk a transaction, each begun for no single member."""

    async def start_run(
        self, kind: RunKind, batch_code: str, audience: str, by: str, moment: datetime
    ) -> CouponRun: ...

    async def run(self, run_id: int) -> CouponRun | None:
        """Held against other processes to the end of the transaction, so that two that go on with
        one run take turns."""
        ...

    async def open_runs(self, batch_code: str) -> Sequence[CouponRun]:
        """Unfinished ones, by id."""
        ...

    async def save_run(self, run: CouponRun) -> None:
        """Cursor, counts and end."""
        ...

    async def members_of_segment(self, segment: str, after: int, at_most: int) -> Sequence[int]:
        """User ids beyond `after`, rising."""
        ...

    async def segment_size(self, segment: str) -> int: ...

    async def hold_members(self, user_ids: Sequence[int]) -> frozenset[int]:
        """Locks these members, in the order of their ids, as a unit of work locks its one; those
        that exist."""
        ...

    async def known_members(self, user_ids: Sequence[int]) -> frozenset[int]:
        """Those that exist, without a lock."""
        ...

    async def held(
        self, user_ids: Sequence[int], batch_code: str, cause: str
    ) -> Mapping[int, Held]:
        """By member; one who has none of the batch is absent."""
        ...

    async def add_all(self, coupons: Sequence[NewCoupon]) -> int:
        """How many were added: a cause that a member has already adds none."""
        ...

    async def revoke(
        self,
        batch_code: str,
        cause: str | None,
        after: tuple[int, int],
        moment: datetime,
        at_most: int,
    ) -> RevokedChunk:
        """REVOKE for those of the next `at_most` coupons of the batch (of one cause, if given)
        beyond the key `after` that the act may move."""
        ...

    async def revoke_one(self, user_id: int, coupon_id: int, moment: datetime) -> Coupon | None:
        """REVOKE where allowed; the coupon as it stands afterwards, None: there is none such."""
        ...

    async def expire_due(self, moment: datetime, at_most: int) -> int:
        """EXPIRE for up to `at_most` of those past their end, the longest past first, leaving out
        what others hold at this instant; how many."""
        ...


class CouponBook(MemberCoupons, CouponCodes, CouponRuns, Protocol):
    """Part of a `Work`: written and read inside its transaction."""
