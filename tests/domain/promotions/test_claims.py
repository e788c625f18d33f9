"""Whether a coupon of a batch can be claimed: the first state that holds, at its boundaries."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.promotions.claims import (
    ClaimFacts,
    ClaimState,
    claim_state,
    is_published,
    remaining,
)
from app.domain.promotions.conditions.first_order import IsFirstOrder
from app.domain.promotions.promotion import CouponDelivery, Promotion, Validity
from app.domain.promotions.shopper import Shopper
from tests.domain.promotions.builders import GUEST, MEMBER, NOON, batch, promotion

HOUR = timedelta(hours=1)


def delivered(**terms: Any) -> Promotion:
    """A batch with these terms of delivery; claimable for a week unless they say otherwise."""
    return batch("B", 100, delivery=CouponDelivery(**{"claimable": True, **terms}))


def state(offer: Promotion, shopper: Shopper = MEMBER, **facts: int) -> ClaimState:
    return claim_state(offer, NOON, ClaimFacts(shopper=shopper, **facts))


def test_what_needs_no_coupon_is_automatic_until_it_ends() -> None:
    assert state(promotion("A", 100)) is ClaimState.AUTOMATIC
    assert state(promotion("A", 100, validity=Validity(ends_at=NOON + HOUR))) is (
        ClaimState.AUTOMATIC
    )
    assert state(promotion("A", 100, validity=Validity(ends_at=NOON))) is ClaimState.ENDED


def test_a_batch_is_claimed_as_often_as_one_may() -> None:
    twice = delivered(per_user=2)
    assert state(twice) is ClaimState.CLAIMABLE
    assert state(twice, claimed=1) is ClaimState.CLAIMABLE
    assert state(twice, claimed=2) is ClaimState.CLAIMED


def test_a_batch_that_is_only_issued_is_never_claimable() -> None:
    issued = delivered(claimable=False, per_user=2)
    assert state(issued) is ClaimState.NOT_ELIGIBLE
    assert state(issued, claimed=1) is ClaimState.CLAIMED


def test_the_last_of_the_stock() -> None:
    five = delivered(stock=5)
    assert state(five, issued=4) is ClaimState.CLAIMABLE
    assert state(five, issued=5) is ClaimState.SOLD_OUT
    assert state(five, GUEST, issued=5) is ClaimState.SOLD_OUT
    assert state(five, issued=5, claimed=1) is ClaimState.CLAIMED
    assert [remaining(five, issued) for issued in (None, 0, 4, 5, 6)] == [None, 5, 1, 0, 0]
    assert remaining(delivered(), 9) is None
    assert remaining(promotion("A", 100), 9) is None


def test_a_guest_signs_in_first_and_others_must_be_meant() -> None:
    newcomers = batch("B", 100, conditions=(IsFirstOrder(),))
    assert state(newcomers, GUEST) is ClaimState.SIGN_IN
    assert state(newcomers, MEMBER) is ClaimState.NOT_ELIGIBLE
    assert state(newcomers, Shopper(user_id=7, first_order=True)) is ClaimState.CLAIMABLE


@pytest.mark.parametrize(
    ("terms", "claimable"),
    [
        ({"validity": Validity(starts_at=NOON)}, True),
        ({"validity": Validity(starts_at=NOON + HOUR)}, False),
        ({"paused": True}, False),
    ],
)
def test_not_before_it_begins_and_not_while_it_is_paused(
    terms: dict[str, Any], claimable: bool
) -> None:
    offer = batch("B", 100, **terms)
    assert state(offer) is (ClaimState.CLAIMABLE if claimable else ClaimState.NOT_ELIGIBLE)
    assert is_published(offer, NOON) is claimable


def test_a_list_shows_what_applies_by_itself_or_by_a_tap() -> None:
    assert is_published(promotion("A", 100), NOON)
    assert is_published(delivered(), NOON)
    assert not is_published(delivered(claimable=False), NOON)
    assert not is_published(promotion("A", 100, validity=Validity(ends_at=NOON)), NOON)
