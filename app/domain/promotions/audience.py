"""For whom a promotion is: its conditions on the viewer, judged without a purchase."""

from datetime import datetime
from fractions import Fraction

from app.domain.promotions.conditions import Condition
from app.domain.promotions.conditions.first_order import IsFirstOrder
from app.domain.promotions.conditions.fuel_grade import OfFuelGrade
from app.domain.promotions.conditions.member_tier import OfMemberTier
from app.domain.promotions.conditions.segment import InSegment
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.reason import Reason
from app.domain.promotions.shopper import Shopper
from app.domain.promotions.situation import Situation
from app.domain.shared.fuel import FuelGrade
from app.domain.stations.station import Demand, Remoteness, Station

ON_VIEWER = (IsFirstOrder, InSegment, OfMemberTier)

_NOWHERE = Station(
    id=0,
    code="",
    name="",
    brand_code="",
    region_code="",
    address="",
    latitude_e7=0,
    longitude_e7=0,
    time_zone="UTC",
)
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def holds_for_viewer(condition: Condition, shopper: Shopper) -> bool | None:
    """Whether a condition on the viewer holds; None: it looks at something else."""
    if not isinstance(condition, ON_VIEWER):
        return None
    return not condition.failures(_situation(shopper))


def is_meant_for(promotion: Promotion, shopper: Shopper) -> bool:
    """Whether every condition on the viewer holds."""
    return all(
        holds_for_viewer(condition, shopper) is not False for condition in promotion.conditions
    )


def viewer_failures(promotion: Promotion, shopper: Shopper) -> tuple[Reason, ...]:
    """Why its conditions on the viewer do not all hold, in the order in which they are written."""
    situation = _situation(shopper)
    return tuple(
        reason
        for condition in promotion.conditions
        if isinstance(condition, ON_VIEWER)
        for reason in condition.failures(situation)
    )


def names_viewers(promotion: Promotion) -> bool:
    """Whether it is for some viewers only."""
    return any(isinstance(condition, ON_VIEWER) for condition in promotion.conditions)


def takes_grade(promotion: Promotion, fuel_grade: FuelGrade) -> bool:
    """Whether no condition refuses the grade."""
    return all(
        fuel_grade in condition.fuel_grades
        for condition in promotion.conditions
        if isinstance(condition, OfFuelGrade)
    )


def _situation(shopper: Shopper) -> Situation:
    """Conditions on the viewer look at the shopper alone: the other fields are never read."""
    return Situation(
        station=_NOWHERE,
        fuel_grade=FuelGrade.GASOLINE_92,
        moment=_EPOCH,
        local=_EPOCH,
        shopper=shopper,
        payment_method=None,
        scoped_amount_fen=0,
        volume_ml=Fraction(0),
        demand=Demand.OFF_PEAK,
        remoteness=Remoteness.URBAN,
    )
