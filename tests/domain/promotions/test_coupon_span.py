"""How long a coupon holds."""

from datetime import timedelta

from app.domain.promotions.coupon_span import coupon_span
from app.domain.promotions.promotion import CouponDelivery, Validity
from tests.domain.promotions.builders import NOON, batch

DAY = timedelta(days=1)
TO_THE_END = CouponDelivery()


def test_days_count_from_the_claim_whatever_the_batch_ends():
    ends_soon = batch("c", 1, validity=Validity(ends_at=NOON + DAY))
    assert coupon_span(ends_soon, NOON) == (NOON, NOON + 7 * DAY)


def test_days_count_from_the_start_where_it_is_later():
    starts = NOON + 3 * DAY
    assert coupon_span(batch("c", 1, validity=Validity(starts_at=starts)), NOON) == (
        starts,
        starts + 7 * DAY,
    )


def test_without_days_it_ends_with_the_batch():
    dated = batch("c", 1, delivery=TO_THE_END, validity=Validity(ends_at=NOON + 2 * DAY))
    assert coupon_span(dated, NOON) == (NOON, NOON + 2 * DAY)


def test_of_an_ended_batch_nothing_is_left():
    ended = batch("c", 1, delivery=TO_THE_END, validity=Validity(ends_at=NOON))
    valid_from, valid_until = coupon_span(ended, NOON)
    assert valid_from >= valid_until
