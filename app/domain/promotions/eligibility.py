"""Whether a candidate may apply at all, whatever else applies; if not, every reason.

Source: design §2, Explanation (INELIGIBLE) and Time.
"""

from dataclasses import replace
from datetime import datetime

from app.domain.promotions.candidate import Candidate
from app.domain.promotions.contender import Contender
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.situation import Situation
from app.domain.promotions.usage import Subjects, Usage, limit_failures, tight_limits
from app.domain.wallet.coupon import Coupon, CouponStatus


def standing_failures(candidate: Candidate, moment: datetime, *, guest: bool) -> tuple[Reason, ...]:
    """What bars it by its own state: paused, not begun, ended, not claimed, reserved, expired.

    A coupon's own window counts, not its batch's: that one bounds claiming.
    """
    reasons: list[Reason] = []
    promotion, coupon = candidate.promotion, candidate.coupon
    if promotion.paused:
        reasons.append(Reason(code=ReasonCode.PAUSED))
    if coupon is not None:
        return (*reasons, *_coupon_failures(coupon, moment))
    if candidate.is_unclaimed_batch:
        reasons.append(Reason(code=ReasonCode.NOT_CLAIMED, guest=guest))
    return (*reasons, *_validity_failures(promotion, moment))


def condition_failures(candidate: Candidate, situation: Situation) -> tuple[Reason, ...]:
    """Every reason of every failing condition, in the order in which they are written.

    A time at which the candidate has ended is no opening: its end still cuts what recurs
    (design §2, Time).
    """
    promotion, coupon = candidate.promotion, candidate.coupon
    end = promotion.validity.ends_at if coupon is None else coupon.valid_until
    return tuple(
        replace(reason, available_from=None) if _too_late(reason, end) else reason
        for condition in promotion.conditions
        for reason in condition.failures(situation)
    )


def _too_late(reason: Reason, end: datetime | None) -> bool:
    opening = reason.available_from
    return opening is not None and end is not None and opening >= end


def usage_failures(
    candidate: Candidate, usage: Usage, subjects: Subjects, moment: datetime
) -> tuple[Reason, ...]:
    """Limits that leave nothing, and a batch of which no coupon is left to claim."""
    promotion = candidate.promotion
    reasons = limit_failures(promotion, usage, subjects, moment) if promotion.is_limited else ()
    stock = promotion.delivery and promotion.delivery.stock
    if stock is None or not candidate.is_unclaimed_batch:
        return reasons
    issued = usage.issued(promotion)
    if issued < stock:
        return reasons
    return (*reasons, Reason(code=ReasonCode.OUT_OF_STOCK, limit=stock, used=issued))


def power_failures(
    contender: Contender, usage: Usage, subjects: Subjects, moment: datetime
) -> tuple[Reason, ...]:
    """Why it gives nothing even alone; empty: it gives something."""
    bill, entry = contender.bill, contender.entry
    if contender.discount(bill.lines).fen > 0:
        return ()
    shortfalls = entry.promotion.benefit.shortfalls(contender.basis)
    if shortfalls:
        return shortfalls
    if entry.promotion.refuse_partial:
        wanted = contender.wanted_fen(bill.lines)
        tight = tight_limits(entry.promotion, usage, subjects, moment, wanted)
        if tight:
            return tight
    others = sum(bill.lines[1:]) if entry.scope.non_fuel else 0
    at_floor = bill.lines[0] > 0 and bill.lines[0] <= bill.fuel_least_fen
    if entry.scope.fuel and at_floor and not others:
        return (Reason(code=ReasonCode.FLOOR_PRICE),)
    return (Reason(code=ReasonCode.ZERO_EFFECT),)


def _coupon_failures(coupon: Coupon, moment: datetime) -> tuple[Reason, ...]:
    reasons: list[Reason] = []
    if coupon.stored_status is CouponStatus.RESERVED:
        reasons.append(Reason(code=ReasonCode.COUPON_RESERVED))
    if moment < coupon.valid_from:
        reasons.append(Reason(code=ReasonCode.NOT_STARTED, available_from=coupon.valid_from))
    if moment >= coupon.valid_until:
        reasons.append(Reason(code=ReasonCode.COUPON_EXPIRED))
    return tuple(reasons)


def _validity_failures(promotion: Promotion, moment: datetime) -> tuple[Reason, ...]:
    validity = promotion.validity
    if validity.starts_at is not None and moment < validity.starts_at:
        return (Reason(code=ReasonCode.NOT_STARTED, available_from=validity.starts_at),)
    if validity.ends_at is not None and moment >= validity.ends_at:
        return (Reason(code=ReasonCode.ENDED),)
    return ()
