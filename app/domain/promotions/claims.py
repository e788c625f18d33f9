"""Whether a viewer may claim a coupon of a batch (领券), as one state."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.promotions.audience import is_meant_for
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.shopper import Shopper


class ClaimState(StrEnum):
    AUTOMATIC = "AUTOMATIC"
    CLAIMABLE = "CLAIMABLE"
    CLAIMED = "CLAIMED"
    SOLD_OUT = "SOLD_OUT"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    SIGN_IN = "SIGN_IN"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFacts:
    """`claimed`: coupons of the batch that the viewer has ever had, used ones too.
    `issued`: coupons of the batch that all members have had; None: not asked, no stock bounds it.
    """

    shopper: Shopper
    claimed: int = 0
    issued: int | None = None


def claim_state(promotion: Promotion, moment: datetime, facts: ClaimFacts) -> ClaimState:
    """The first that holds: ended; automatic; claimed as often as one may; not for claiming; sold
    out; a guest; not for this viewer, not yet or paused; else claimable."""
    ends_at = promotion.validity.ends_at
    if ends_at is not None and moment >= ends_at:
        return ClaimState.ENDED
    delivery = promotion.delivery
    if delivery is None:
        return ClaimState.AUTOMATIC
    if facts.claimed and (facts.claimed >= delivery.per_user or not delivery.claimable):
        return ClaimState.CLAIMED
    if not delivery.claimable:
        return ClaimState.NOT_ELIGIBLE
    if remaining(promotion, facts.issued) == 0:
        return ClaimState.SOLD_OUT
    if facts.shopper.is_guest:
        return ClaimState.SIGN_IN
    open_now = promotion.validity.covers(moment) and not promotion.paused
    if not open_now or not is_meant_for(promotion, facts.shopper):
        return ClaimState.NOT_ELIGIBLE
    return ClaimState.CLAIMABLE


def remaining(promotion: Promotion, issued: int | None) -> int | None:
    """Coupons left to claim; None: no stock bounds it, or what was issued is not known."""
    if promotion.delivery is None or promotion.delivery.stock is None or issued is None:
        return None
    return max(0, promotion.delivery.stock - issued)


def is_published(promotion: Promotion, moment: datetime) -> bool:
    """Whether an offer list shows it: in force, not paused, and to be had by itself or by a tap.
    Batches that are only issued or redeemed by code are seen in a wallet, not in a list."""
    listed = promotion.delivery is None or promotion.delivery.claimable
    return listed and not promotion.paused and promotion.validity.covers(moment)
