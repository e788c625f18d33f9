"""What an operator may not publish: each fault at its boundary, with the field it lies in."""

from typing import Any

import pytest

from app.domain.promotions.promotion import CouponDelivery, Promotion, Validity
from app.domain.promotions.soundness import faults
from app.domain.promotions.terms import Lane
from app.domain.shared.text import LocalizedText
from tests.domain.promotions.builders import NOON, batch, promotion

WEEK = {"claimable": True, "valid_days_from_claim": 7}


def paths(offer: Promotion) -> list[str]:
    found = faults(offer)
    assert all(fault.zh and fault.en for fault in found)
    return [".".join(fault.path) for fault in found]


def delivered(**terms: Any) -> Promotion:
    return batch("B", 100, delivery=CouponDelivery(**{**WEEK, **terms}))


def test_a_plain_promotion_and_a_plain_batch_are_sound() -> None:
    assert paths(promotion("A", 100)) == []
    assert paths(delivered()) == []


@pytest.mark.parametrize(
    ("code", "sound"),
    [("A", True), ("9.a_b-c", True), ("A" * 64, True), ("A" * 65, False), ("-A", False),
     ("A B", False), ("减", False), ("A\n", False)],
)  # fmt: skip
def test_codes(code: str, sound: bool) -> None:
    assert paths(promotion(code, 100)) == ([] if sound else ["code"])


def test_a_chinese_title_is_needed() -> None:
    untitled = Promotion(
        code="A",
        title=LocalizedText(zh=" ", en="A"),
        lane=Lane.ACTIVITY,
        benefit=promotion("A", 1).benefit,
    )
    assert paths(untitled) == ["title.zh"]


def test_the_coupon_lane_is_for_batches() -> None:
    assert paths(promotion("A", 100, Lane.COUPON)) == ["lane"]


def test_validity() -> None:
    assert paths(promotion("A", 100, validity=Validity(time_zone="Asia/Nowhere"))) == [
        "validity.time_zone"
    ]
    assert paths(promotion("A", 100, validity=Validity(time_zone="../etc"))) == [
        "validity.time_zone"
    ]
    empty = Validity(starts_at=NOON, ends_at=NOON)
    assert paths(promotion("A", 100, validity=empty)) == ["validity.ends_at"]


@pytest.mark.parametrize(
    ("terms", "wrong"),
    [
        ({"stock": 0}, []),
        ({"stock": -1}, ["delivery.stock"]),
        ({"per_user": 1}, []),
        ({"per_user": 0}, ["delivery.per_user"]),
        ({"valid_days_from_claim": 1}, []),
        ({"valid_days_from_claim": 0}, ["delivery.valid_days_from_claim"]),
        ({"valid_days_from_claim": None}, ["delivery"]),
    ],
)
def test_delivery(terms: dict[str, Any], wrong: list[str]) -> None:
    assert paths(delivered(**terms)) == wrong


def test_a_batch_may_end_by_its_own_date() -> None:
    dated = CouponDelivery(claimable=True)
    assert paths(batch("B", 100, delivery=dated, validity=Validity(ends_at=NOON))) == []


@pytest.mark.parametrize(
    ("terms", "wrong"),
    [
        ({"exclusive": True}, []),
        ({"exclusive": True, "stacks_with": frozenset({"B"})}, ["stacks_with"]),
        ({"stacks_with": frozenset({"B", "tag:x"})}, []),
        ({"stacks_with": frozenset({"B", "tag: "})}, ["stacks_with"]),
        ({"stacks_with": frozenset({" "})}, ["stacks_with"]),
        ({"exclusivity_group": "g"}, []),
        ({"exclusivity_group": " "}, ["exclusivity_group"]),
    ],
)
def test_company(terms: dict[str, Any], wrong: list[str]) -> None:
    assert paths(promotion("A", 100, **terms)) == wrong
