"""Conditions (条件): one file a kind. A new kind joins the union, here only."""

from typing import get_args

from app.domain.promotions.conditions.brand import OfBrand
from app.domain.promotions.conditions.channel import InChannel
from app.domain.promotions.conditions.first_order import IsFirstOrder
from app.domain.promotions.conditions.fuel_grade import OfFuelGrade
from app.domain.promotions.conditions.member_tier import OfMemberTier
from app.domain.promotions.conditions.payment_method import ByPaymentMethod
from app.domain.promotions.conditions.region import InRegion
from app.domain.promotions.conditions.schedule import Schedule
from app.domain.promotions.conditions.segment import InSegment
from app.domain.promotions.conditions.station import AtStation
from app.domain.promotions.conditions.station_tag import WithTag
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.conditions.threshold_litres import ThresholdLitres

Condition = (
    AtStation
    | OfBrand
    | InRegion
    | WithTag
    | OfFuelGrade
    | Schedule
    | IsFirstOrder
    | InSegment
    | OfMemberTier
    | InChannel
    | ByPaymentMethod
    | ThresholdAmount
    | ThresholdLitres
)

CONDITIONS: tuple[type[Condition], ...] = get_args(Condition)
CONDITION_KINDS: tuple[str, ...] = tuple(
    condition.__dataclass_fields__["kind"].default for condition in CONDITIONS
)
