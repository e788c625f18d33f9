"""What an id stands for: the keys behind the contract's opaque ids."""

from dataclasses import dataclass

from app.domain.loyalty.unit import Unit
from app.domain.shared.fuel import FuelGrade


@dataclass(frozen=True, slots=True)
class StationKey:
    station_id: int


@dataclass(frozen=True, slots=True)
class ProductKey:
    station_id: int
    fuel_grade: FuelGrade


@dataclass(frozen=True, slots=True)
class OfferKey:
    code: str


@dataclass(frozen=True, slots=True)
class CouponKey:
    user_id: int
    coupon_id: int


@dataclass(frozen=True, slots=True)
class EntryKey:
    """An entry of the statement of one account."""

    user_id: int
    unit: Unit
    seq: int


@dataclass(frozen=True, slots=True)
class OrderKey:
    user_id: int
    order_id: int


@dataclass(frozen=True, slots=True)
class SessionKey:
    """Of what is no node: found by its member only."""

    user_id: int
    session_id: int


@dataclass(frozen=True, slots=True)
class ViewerKey:
    user_id: int


NodeKey = StationKey | ProductKey | OfferKey | CouponKey | EntryKey | OrderKey | ViewerKey
