"""A coupon (券) in a member's wallet. Its terms are its batch's, a promotion found by code."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CouponOrigin(StrEnum):
    """How the member came by it. CLAIM: by a tap. CODE: by a code. ISSUE: an operator's run.
    GRANT: a reward."""

    CLAIM = "CLAIM"
    CODE = "CODE"
    ISSUE = "ISSUE"
    GRANT = "GRANT"


class CouponStatus(StrEnum):
    USABLE = "USABLE"
    RESERVED = "RESERVED"
    REDEEMED = "REDEEMED"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """`valid_from` inclusive, `valid_until` exclusive; both aware instants in UTC.

    `stored_status` never says EXPIRED by itself in time: ask `status_at`. `order_id`: the order
    that holds or used it; None also where that order is of before such were kept.
    """

    id: int
    user_id: int
    batch_code: str
    stored_status: CouponStatus
    claimed_at: datetime
    valid_from: datetime
    valid_until: datetime
    order_id: int | None = None

    def status_at(self, moment: datetime) -> CouponStatus:
        """The status at an instant: a usable coupon past its end is EXPIRED."""
        if self.stored_status is CouponStatus.USABLE and moment >= self.valid_until:
            return CouponStatus.EXPIRED
        return self.stored_status
