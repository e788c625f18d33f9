"""Where a promotion can ever apply, from those of its conditions that no moment, member or fill
changes: station, brand, region, tag, fuel grade."""

from app.domain.promotions.conditions import Condition
from app.domain.promotions.conditions.brand import OfBrand
from app.domain.promotions.conditions.fuel_grade import OfFuelGrade
from app.domain.promotions.conditions.region import InRegion
from app.domain.promotions.conditions.station import AtStation
from app.domain.promotions.conditions.station_tag import WithTag
from app.domain.promotions.promotion import Promotion
from app.domain.stations.places import covers
from app.domain.stations.station import Station


def can_apply_at(promotion: Promotion, station: Station) -> bool:
    """Whether some member, moment and fill could make `promotion` apply at `station`.

    False is certain. True leaves all other conditions open; it also needs one grade that is sold
    here and that every condition on the grade takes.
    """
    grades = set(station.products)
    for condition in promotion.conditions:
        if isinstance(condition, OfFuelGrade):
            grades &= condition.fuel_grades
        elif not _holds_at(condition, station):
            return False
    return bool(grades)


def _holds_at(condition: Condition, station: Station) -> bool:
    """True for conditions that look at anything but the place."""
    match condition:
        case AtStation():
            return station.code in condition.stations
        case OfBrand():
            return station.brand_code in condition.brands
        case InRegion():
            return any(covers(region, station.region_code) for region in condition.regions)
        case WithTag():
            return not condition.tags.isdisjoint(station.tags)
        case _:
            return True
