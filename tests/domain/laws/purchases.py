"""Purchases that the laws are tried on: those of the fuzz (tests/oracle), as hypothesis draws them."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import strategies as st

from app.domain.checkout.purchase import Purchase
from app.domain.promotions.conditions.schedule import Schedule, TimeWindow
from app.domain.promotions.promotion import Promotion, Validity
from app.domain.promotions.rulebook import RuleBook
from app.domain.wallet.coupon import Coupon
from tests.oracle.random_cases import MOMENT, random_purchase

rngs = st.integers(0, 10**6).map(Random)
purchases = rngs.map(random_purchase)

HOURS = (-49, -24, -2, -1, 0, 1, 2, 24, 49)
"""Ends of windows, in hours from the moment of the purchase."""


def with_windows(rng: Random, purchase: Purchase) -> Purchase:
    """The same, its promotions and coupons with windows around the moment, open and shut."""
    return with_rules(
        purchase,
        [_with_window(rng, promotion) for promotion in purchase.rules],
        [_with_dates(rng, coupon) for coupon in purchase.shopper.coupons],
    )


def with_rules(
    purchase: Purchase, promotions: list[Promotion], coupons: list[Coupon] | None = None
) -> Purchase:
    """The same with other promotions, and with other coupons where they are given."""
    held = purchase.shopper.coupons if coupons is None else tuple(coupons)
    shopper = replace(purchase.shopper, coupons=held)
    return replace(purchase, rules=RuleBook.of("1", promotions), shopper=shopper)


def widened(rng: Random, promotion: Promotion) -> Promotion:
    """Its validity and its times of day reach further, at either end or both; never less far."""
    validity = promotion.validity
    starts_at, ends_at = validity.starts_at, validity.ends_at
    if starts_at is not None:
        starts_at = rng.choice((None, starts_at, starts_at - timedelta(hours=rng.randint(1, 60))))
    if ends_at is not None:
        ends_at = rng.choice((None, ends_at, ends_at + timedelta(hours=rng.randint(1, 60))))
    conditions = tuple(
        replace(condition, windows=tuple(_wider(rng, window) for window in condition.windows))
        if isinstance(condition, Schedule)
        else condition
        for condition in promotion.conditions
    )
    return replace(
        promotion,
        validity=replace(validity, starts_at=starts_at, ends_at=ends_at),
        conditions=conditions,
    )


def widened_coupon(rng: Random, coupon: Coupon) -> Coupon:
    """Valid for longer, at either end or both."""
    return replace(
        coupon,
        valid_from=coupon.valid_from - timedelta(hours=rng.randint(0, 60)),
        valid_until=coupon.valid_until + timedelta(hours=rng.randint(0, 60)),
    )


def _with_window(rng: Random, promotion: Promotion) -> Promotion:
    start, end = sorted(rng.sample(HOURS, 2))
    validity = Validity(
        starts_at=rng.choice((None, MOMENT + timedelta(hours=start))),
        ends_at=rng.choice((None, MOMENT + timedelta(hours=end))),
    )
    conditions = promotion.conditions
    if rng.random() < 0.5:
        conditions = (*conditions, Schedule(windows=(_window(rng),)))
    return replace(promotion, validity=validity, conditions=conditions)


def _with_dates(rng: Random, coupon: Coupon) -> Coupon:
    start, end = sorted(rng.sample(HOURS, 2))
    return replace(
        coupon,
        valid_from=MOMENT + timedelta(hours=start),
        valid_until=MOMENT + timedelta(hours=end),
    )


def _window(rng: Random) -> TimeWindow:
    """Some cover noon and a half, the moment's own hour in Shanghai; some cross midnight."""
    start, hours = rng.randrange(24), rng.randint(1, 23)
    return TimeWindow(start=f"{start:02}:00", end=f"{(start + hours) % 24:02}:00")


def _wider(rng: Random, window: TimeWindow) -> TimeWindow:
    """It starts as early or earlier and ends as late or later, within a day."""
    room = 24 * 60 - (window.end_minute - window.start_minute)
    earlier = rng.randint(0, max(0, room - 1) // 60)
    later = rng.randint(0, max(0, room - 1) // 60 - earlier)
    start = (window.start_minute - earlier * 60) % (24 * 60)
    end = (window.end_minute + later * 60) % (24 * 60)
    return TimeWindow(start=_clock(start), end=_clock(end))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
