"""Whether a candidate may be used at all at an instant: pauses, dates, the state of a coupon."""

from datetime import datetime

from app.domain.promotions.candidate import Candidate
from app.domain.promotions.promotion import Validity
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.wallet.coupon import Coupon, CouponStatus


def availability_failures(candidate: Candidate, moment: datetime) -> tuple[Reason, ...]:
    """All reasons that keep the candidate from use at `moment`; empty: none.

    A coupon holds for its own dates, which were fixed when it was claimed; its batch's dates bound
    claiming. A batch of which the viewer holds no coupon is NOT_CLAIMED.
    """
    promotion, coupon = candidate.promotion, candidate.coupon
    reasons = [Reason(code=ReasonCode.PAUSED)] if promotion.paused else []
    if coupon is not None:
        return (*reasons, *coupon_failures(coupon, moment))
    reasons.extend(validity_failures(promotion.validity, moment))
    if candidate.is_unclaimed_batch:
        reasons.append(Reason(code=ReasonCode.NOT_CLAIMED))
    return tuple(reasons)


def validity_failures(validity: Validity, moment: datetime) -> tuple[Reason, ...]:
    """NOT_STARTED with the start, or ENDED; [starts_at, ends_at) (design §2, Time)."""
    if validity.starts_at is not None and moment < validity.starts_at:
        return (Reason(code=ReasonCode.NOT_STARTED, available_from=validity.starts_at),)
    if validity.ends_at is not None and moment >= validity.ends_at:
        return (Reason(code=ReasonCode.ENDED),)
    return ()


def coupon_failures(coupon: Coupon, moment: datetime) -> tuple[Reason, ...]:
    """NOT_STARTED, COUPON_RESERVED, COUPON_EXPIRED: all that hold. A coupon that was redeemed or
    revoked is no candidate; should one come here, it counts as expired and is never applied."""
    reasons: list[Reason] = []
    if moment < coupon.valid_from:
        reasons.append(Reason(code=ReasonCode.NOT_STARTED, available_from=coupon.valid_from))
    if coupon.stored_status is CouponStatus.RESERVED:
        reasons.append(Reason(code=ReasonCode.COUPON_RESERVED))
    usable = coupon.stored_status in (CouponStatus.USABLE, CouponStatus.RESERVED)
    if not usable or moment >= coupon.valid_until:
        reasons.append(Reason(code=ReasonCode.COUPON_EXPIRED))
    return tuple(reasons)
