"""Whether a member may still become somebody's invited friend."""

from datetime import datetime
from enum import StrEnum

from app.domain.referral.referral import Newcomer
from app.domain.referral.rules import ReferralRules


class BindRefusal(StrEnum):
    """CLOSED: nobody is bound now. LATE: the window from joining has passed, or the first order was
    placed."""

    CLOSED = "CLOSED"
    SELF = "SELF"
    BOUND = "BOUND"
    LATE = "LATE"


def bind_refusal(
    rules: ReferralRules, newcomer: Newcomer, user_id: int, referrer_id: int, moment: datetime
) -> BindRefusal | None:
    """The first reason against it; None: there is none but, perhaps, a loop, which the bindings of
    others tell. The window is [joined, joined + `bind_within`)."""
    if user_id == referrer_id:
        return BindRefusal.SELF
    if newcomer.referrer_id is not None:
        return BindRefusal.BOUND
    if not rules.is_open:
        return BindRefusal.CLOSED
    if newcomer.has_ordered or moment >= newcomer.joined_at + rules.bind_within:
        return BindRefusal.LATE
    return None
