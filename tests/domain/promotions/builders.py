"""Short ways to write purchases: a plain station at 6.950 yuan, a member, noon in Shanghai."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.checkout.purchase import Purchase
from app.domain.pricing.fill import AmountFill
from app.domain.promotions.benefits import AmountOff, Benefit
from app.domain.promotions.promotion import CouponDelivery, Promotion
from app.domain.promotions.rulebook import RuleBook
from app.domain.promotions.shopper import Shopper
from app.domain.promotions.terms import Lane
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.text import LocalizedText
from app.domain.stations.station import PriceHistory, PricePoint, Station, StationProduct
from app.domain.wallet.coupon import Coupon, CouponStatus

NOON = datetime(2026, 5, 18, 4, 0, tzinfo=UTC)
PUMP_PRICE_MILL = 6_950
MEMBER = Shopper(user_id=7)
GUEST = Shopper()


def promotion(
    code: str, benefit: Benefit | int, lane: Lane = Lane.ACTIVITY, **terms: Any
) -> Promotion:
    """An automatic promotion; a plain number is an amount off in fen."""
    worth = AmountOff(off_fen=benefit) if isinstance(benefit, int) else benefit
    return Promotion(code=code, title=LocalizedText(zh=code), lane=lane, benefit=worth, **terms)


def batch(code: str, benefit: Benefit | int, **terms: Any) -> Promotion:
    """A coupon batch that anyone may claim for a week."""
    delivery = CouponDelivery(claimable=True, valid_days_from_claim=7)
    return promotion(code, benefit, Lane.COUPON, **{"delivery": delivery, **terms})


def coupon(number: int, batch_code: str, **changes: Any) -> Coupon:
    """Usable from a day before noon to a week after it."""
    fields: dict[str, Any] = {
        "user_id": 7,
        "stored_status": CouponStatus.USABLE,
        "claimed_at": NOON - timedelta(days=1),
        "valid_from": NOON - timedelta(days=1),
        "valid_until": NOON + timedelta(days=7),
    }
    return Coupon(id=number, batch_code=batch_code, **{**fields, **changes})


def holder(*coupons: Coupon, **facts: Any) -> Shopper:
    return Shopper(user_id=7, coupons=coupons, **facts)


def station(**changes: Any) -> Station:
    fields: dict[str, Any] = {
        "id": 1,
        "code": "test:1",
        "name": "测试站",
        "brand_code": "sinopec",
        "region_code": "310115",
        "address": "",
        "latitude_e7": 0,
        "longitude_e7": 0,
        "time_zone": "Asia/Shanghai",
    }
    return Station(**{**fields, **changes})


def product(
    price_mill: int = PUMP_PRICE_MILL, floor_mill: int = 0, **changes: Any
) -> StationProduct:
    fields: dict[str, Any] = {
        "station_id": 1,
        "fuel_grade": FuelGrade.GASOLINE_92,
        "nozzles": ("1",),
        "pump_price": PriceHistory((PricePoint(NOON - timedelta(days=9), price_mill),)),
        "floor_price_mill_per_litre": floor_mill,
    }
    return StationProduct(**{**fields, **changes})


def purchase(promotions: Iterable[Promotion] = (), **changes: Any) -> Purchase:
    """200 yuan of 92# at noon by a member without coupons."""
    fields: dict[str, Any] = {
        "station": station(),
        "product": product(),
        "fill": AmountFill(20_000),
        "moment": NOON,
        "rules": RuleBook.of("1", promotions),
        "shopper": MEMBER,
    }
    return Purchase(**{**fields, **changes})
