"""The order in which offers apply: data, not a result of the search (design §2, Lanes)."""

from datetime import UTC, datetime

from app.domain.promotions.candidate import Candidate
from app.domain.promotions.terms import Lane

ApplicationKey = tuple[int, bool, int, str, datetime, int]

NEVER = datetime.max.replace(tzinfo=UTC)
_LANE_RANK = {lane: rank for rank, lane in enumerate(Lane)}


def application_key(candidate: Candidate) -> ApplicationKey:
    """Lane, station-funded first (coupons only), sequence, code, coupon expiry, coupon id."""
    promotion, coupon = candidate.promotion, candidate.coupon
    later = promotion.lane is Lane.COUPON and not promotion.funding.station_first
    return (
        _LANE_RANK[promotion.lane],
        later,
        promotion.sequence,
        promotion.code,
        coupon.valid_until if coupon else NEVER,
        coupon.id if coupon else 0,
    )
