"""Codes that no station answers to, and platform prices that no pump exceeds."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.domain.promotions.benefits.platform_price import PlatformPrice
from app.domain.promotions.conditions.brand import OfBrand
from app.domain.promotions.conditions.region import InRegion
from app.domain.promotions.conditions.station import AtStation
from app.domain.promotions.conditions.station_tag import WithTag
from app.domain.promotions.placement import can_apply_at
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.review.remark import Remark, Severity
from app.domain.stations.directory import StationDirectory
from app.domain.stations.station import PricePoint, StationProduct

SHOWN = 3


@dataclass(frozen=True, slots=True)
class KnownPlaces:
    """What there is: stations, and the codes of brands, tags and regions."""

    stations: StationDirectory
    brands: frozenset[str]
    tags: frozenset[str]
    regions: frozenset[str]

    @classmethod
    def of(
        cls,
        stations: StationDirectory,
        *,
        brands: Iterable[str],
        amenities: Iterable[str],
        regions: Iterable[str],
    ) -> "KnownPlaces":
        """Tags are those that a station carries, or that have a name as amenities."""
        tags = frozenset(tag for station in stations.ordered for tag in station.tags)
        return cls(stations, frozenset(brands), tags.union(amenities), frozenset(regions))


def unknown_places(promotion: Promotion, places: KnownPlaces) -> Iterator[Remark]:
    for index, condition in enumerate(promotion.conditions):
        unknown: Collection[str] = ()
        match condition:
            case AtStation(stations=codes):
                name, unknown = "stations", [c for c in codes if c not in places.stations.by_code]
            case OfBrand(brands=codes):
                name, unknown = "brands", codes - places.brands
            case WithTag(tags=codes):
                name, unknown = "tags", codes - places.tags
            case InRegion(regions=codes):
                empty = [c for c in codes - places.regions if not places.stations.in_region(c)]
                name, unknown = "regions", empty
            case _:
                continue
        if unknown:
            yield _unknown(promotion, ("conditions", index, name), sorted(unknown))
    if isinstance(promotion.benefit, PlatformPrice):
        yield from _no_dearer_pump(promotion, promotion.benefit, places)


def _no_dearer_pump(
    promotion: Promotion, benefit: PlatformPrice, places: KnownPlaces
) -> Iterator[Remark]:
    """Prices change, so pumps alone are a warning; above every official ceiling nothing helps."""
    products = list(_products(promotion, places))
    price = benefit.price_mill_per_litre
    if not products or any(_highest(p.pump_price.points) > price for p in products):
        return
    ceilings = [p.ceiling for p in products if p.ceiling is not None]
    capped = len(ceilings) == len(products)
    never = capped and all(_highest(ceiling.points) <= price for ceiling in ceilings)
    yield Remark(
        code=promotion.code,
        path=("benefit", "price_mill_per_litre"),
        severity=Severity.ERROR if never else Severity.WARNING,
        zh="不低于适用油站的任何一个枪价" + ("和最高限价" if never else "") + "，减不了钱；请改低",
        en="is not below any pump price"
        + (" or official ceiling" if never else "")
        + " where it applies, so it takes off nothing: lower it",
    )


def _products(promotion: Promotion, places: KnownPlaces) -> Iterator[StationProduct]:
    """Those of stations where it can apply."""
    for station in places.stations.ordered:
        if can_apply_at(promotion, station):
            yield from station.products.values()


def _highest(points: Sequence[PricePoint]) -> int:
    return max(point.price_mill_per_litre for point in points)


def _unknown(promotion: Promotion, path: tuple[str | int, ...], codes: list[str]) -> Remark:
    listed = ", ".join(codes[:SHOWN]) + (" …" if len(codes) > SHOWN else "")
    return Remark(
        code=promotion.code,
        path=path,
        severity=Severity.WARNING,
        zh=f"没有油站对应 {listed}；请核对代码",
        en=f"no station answers to {listed}: check the codes",
    )
