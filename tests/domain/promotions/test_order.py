"""The order of application (design §2, Lanes)."""

from datetime import timedelta

from app.domain.promotions.candidate import Candidate
from app.domain.promotions.order import application_key
from app.domain.promotions.terms import Funding, Lane
from tests.domain.promotions.builders import NOON, batch, coupon, promotion

BY_STATION = Funding(platform_bp=4_000, station_bp=6_000)
SHARED = Funding(platform_bp=5_000, station_bp=5_000)


def order(*candidates: Candidate) -> list[str]:
    ordered = sorted(candidates, key=application_key)
    return [c.promotion.code + (str(c.coupon.id) if c.coupon else "") for c in ordered]


def test_lanes_come_first_whatever_their_names() -> None:
    lanes = (Lane.PAYMENT, Lane.ACTIVITY, Lane.UNIT_PRICE)
    automatic = [Candidate(promotion(lane.value, 1, lane, sequence=1)) for lane in lanes]
    assert order(*automatic) == ["UNIT_PRICE", "ACTIVITY", "PAYMENT"]


def test_coupons_that_the_station_pays_come_first_whatever_their_sequence() -> None:
    by_platform = Candidate(batch("A", 1, sequence=1), coupon(1, "A"))
    by_both = Candidate(batch("B", 1, sequence=2, funding=SHARED), coupon(2, "B"))
    by_station = Candidate(batch("C", 1, sequence=3, funding=BY_STATION), coupon(3, "C"))
    assert order(by_platform, by_both, by_station) == ["C3", "A1", "B2"]


def test_outside_the_coupon_lane_the_funder_does_not_matter() -> None:
    by_station = Candidate(promotion("B", 1, sequence=2, funding=BY_STATION))
    assert order(by_station, Candidate(promotion("A", 1, sequence=1))) == ["A", "B"]


def test_then_sequence_then_code() -> None:
    late, b, a = promotion("A0", 1, sequence=2), promotion("B", 1), promotion("A", 1)
    early = promotion("Z", 1, sequence=1)
    assert order(*map(Candidate, (late, b, a, early))) == ["Z", "A0", "A", "B"]


def test_coupons_of_one_batch_by_expiry_then_id() -> None:
    terms = batch("A", 1)
    soon = NOON + timedelta(days=1)
    coupons = (coupon(1, "A"), coupon(3, "A", valid_until=soon), coupon(2, "A", valid_until=soon))
    assert order(*(Candidate(terms, c) for c in coupons)) == ["A2", "A3", "A1"]
