"""Pauses, dates and the state of a coupon keep a candidate from use."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.promotions.availability import availability_failures
from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.promotion import CouponDelivery, Promotion, Validity
from app.domain.promotions.reason import ReasonCode
from app.domain.promotions.terms import Lane
from app.domain.shared.text import LocalizedText
from app.domain.wallet.coupon import Coupon, CouponStatus

START = datetime(2026, 3, 1, tzinfo=UTC)
END = datetime(2026, 4, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PROMOTION = Promotion(
    code="P", title=LocalizedText(zh="减"), lane=Lane.ACTIVITY, benefit=AmountOff(off_fen=100),
    validity=Validity(starts_at=START, ends_at=END),
)  # fmt: skip
BATCH = replace(PROMOTION, code="B", lane=Lane.COUPON, delivery=CouponDelivery(claimable=True))
COUPON = Coupon(
    id=1, user_id=7, batch_code="B", stored_status=CouponStatus.USABLE, claimed_at=START,
    valid_from=START + timedelta(days=1), valid_until=END + timedelta(days=7),
)  # fmt: skip


def codes(candidate: Candidate, moment: datetime) -> list[ReasonCode]:
    return [reason.code for reason in availability_failures(candidate, moment)]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (START - SECOND, [ReasonCode.NOT_STARTED]),
        (START, []),
        (END - SECOND, []),
        (END, [ReasonCode.ENDED]),
    ],
)
def test_validity_is_half_open(moment: datetime, expected: list[ReasonCode]) -> None:
    assert codes(Candidate(PROMOTION), moment) == expected


def test_what_has_not_started_says_when() -> None:
    (reason,) = availability_failures(Candidate(PROMOTION), START - SECOND)
    assert reason.available_from == START


def test_a_pause_is_reported_beside_the_dates() -> None:
    paused = replace(PROMOTION, paused=True)
    assert codes(Candidate(paused), START) == [ReasonCode.PAUSED]
    assert codes(Candidate(paused), END) == [ReasonCode.PAUSED, ReasonCode.ENDED]


def test_a_batch_without_a_coupon_is_not_claimed() -> None:
    assert codes(Candidate(BATCH), START) == [ReasonCode.NOT_CLAIMED]
    assert codes(Candidate(BATCH), END) == [ReasonCode.ENDED, ReasonCode.NOT_CLAIMED]


def test_a_coupon_keeps_its_own_dates() -> None:
    held = Candidate(BATCH, COUPON)
    assert codes(held, COUPON.valid_from - SECOND) == [ReasonCode.NOT_STARTED]
    assert codes(held, END) == []
    assert codes(held, COUPON.valid_until) == [ReasonCode.COUPON_EXPIRED]
    assert codes(Candidate(replace(BATCH, paused=True), COUPON), END) == [ReasonCode.PAUSED]


def test_a_reserved_coupon_says_so_and_whether_it_has_expired() -> None:
    reserved = Candidate(BATCH, replace(COUPON, stored_status=CouponStatus.RESERVED))
    assert codes(reserved, END) == [ReasonCode.COUPON_RESERVED]
    assert codes(reserved, COUPON.valid_until) == [
        ReasonCode.COUPON_RESERVED, ReasonCode.COUPON_EXPIRED,
    ]  # fmt: skip


@pytest.mark.parametrize("gone", [CouponStatus.REDEEMED, CouponStatus.REVOKED])
def test_a_coupon_that_is_gone_is_never_usable(gone: CouponStatus) -> None:
    assert codes(Candidate(BATCH, replace(COUPON, stored_status=gone)), END) == [
        ReasonCode.COUPON_EXPIRED
    ]
