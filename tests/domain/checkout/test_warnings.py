"""What is worth knowing about a quote: each warning, at its boundary, and none without cause."""

from datetime import timedelta
from typing import Any

from app.domain.checkout.engine import quote
from app.domain.checkout.purchase import Purchase
from app.domain.checkout.warnings import SOON, PreviewWarning, WarningCode, warnings_of
from app.domain.promotions.benefits import PointsRedemption
from app.domain.promotions.promotion import Promotion, Validity
from app.domain.promotions.terms import Lane
from app.domain.stations.station import OpeningPeriod, PriceHistory, PricePoint
from tests.domain.promotions.builders import (
    GUEST,
    NOON,
    PUMP_PRICE_MILL,
    batch,
    coupon,
    holder,
    product,
    promotion,
    purchase,
    station,
)

SECOND = timedelta(seconds=1)
POINTS = promotion("P", PointsRedemption(points_per_step=100, fen_per_step=100), Lane.POINTS)


def warned(asked: Purchase, *, points_asked: bool = False) -> list[PreviewWarning]:
    return list(warnings_of(quote(asked), points_asked=points_asked))


def codes(asked: Purchase, *, points_asked: bool = False) -> list[WarningCode]:
    return [warning.code for warning in warned(asked, points_asked=points_asked)]


def test_nothing_to_say() -> None:
    assert warned(purchase([promotion("A", 100)])) == []


def test_the_place_and_the_guest() -> None:
    by_night = station(opening=(OpeningPeriod(22 * 60, 23 * 60),))
    assert codes(purchase(station=by_night, shopper=GUEST)) == [
        WarningCode.STATION_CLOSED,
        WarningCode.SIGN_IN_TO_ORDER,
    ]


def test_points_asked_for_and_none_burnt() -> None:
    rich, poor = holder(points_available=100), holder(points_available=99)
    burning = purchase([POINTS], shopper=rich, use_points=True)
    assert codes(burning, points_asked=True) == []
    lacking = purchase([POINTS], shopper=poor, use_points=True)
    assert codes(lacking, points_asked=True) == [WarningCode.CHOICE_ADJUSTED]
    assert codes(lacking) == []


def test_a_search_cut_short() -> None:
    offers = [promotion(code, 100 + i, stacks_with=frozenset("AB")) for i, code in enumerate("AB")]
    assert codes(purchase(offers, node_budget=0)) == [WarningCode.SEARCH_INEXACT]


def test_a_discount_that_was_cut_says_by_how_much() -> None:
    asked = purchase([promotion("A", 5_000)], minimum_payable_fen=16_000)
    [warning] = warned(asked)
    assert (warning.code, warning.amount_fen) == (WarningCode.DISCOUNT_CLAMPED, 1_000)
    assert warning.candidate.promotion.code == "A"


def test_an_offer_that_ends_within_a_day() -> None:
    def ending(after: timedelta) -> Promotion:
        return promotion("A", 100, validity=Validity(ends_at=NOON + after))

    [warning] = warned(purchase([ending(SOON)]))
    assert (warning.code, warning.at) == (WarningCode.OFFER_ENDS_SOON, NOON + SOON)
    assert codes(purchase([ending(SOON + SECOND)])) == []


def test_a_coupon_that_expires_within_a_day_whatever_its_batch() -> None:
    def held(**dates: Any) -> Purchase:
        offer = batch("B", 100, validity=Validity(ends_at=NOON + SECOND))
        return purchase([offer], shopper=holder(coupon(1, "B", **dates)))

    [warning] = warned(held(valid_until=NOON + SOON))
    assert (warning.code, warning.at) == (WarningCode.COUPON_EXPIRES_SOON, NOON + SOON)
    assert warning.candidate.coupon.id == 1
    assert codes(held(valid_until=NOON + SOON + SECOND)) == []


def test_a_price_that_changes_within_a_day() -> None:
    def changing(after: timedelta) -> Purchase:
        points = (
            PricePoint(NOON - timedelta(days=9), PUMP_PRICE_MILL),
            PricePoint(NOON + after, PUMP_PRICE_MILL + 100),
        )
        return purchase(product=product(pump_price=PriceHistory(points)))

    [warning] = warned(changing(SOON))
    assert (warning.code, warning.at) == (WarningCode.PRICE_CHANGES_SOON, NOON + SOON)
    assert codes(changing(SOON + SECOND)) == []
