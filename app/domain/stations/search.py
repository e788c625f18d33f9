"""The station search: a circle or no circle, and filters that each narrow it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.stations.directory import StationDirectory
from app.domain.stations.geo import Coordinates
from app.domain.stations.places import covers, folded
from app.domain.stations.station import Label, Station

Allowed = Callable[[Station], bool]


@dataclass(frozen=True, slots=True)
class Circle:
    """A search around a place: `radius_m` in metres, inclusive."""

    centre: Coordinates
    radius_m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StationCriteria:
    """What a station must meet; None and empty ask for nothing, each one given must hold.

    `brands`: any of them. `amenities`: all of them. `open_at`: open at that instant. `text`: each
    of its words stands in the name, the address or the name of the brand. `only_ids`: the
    viewer's favourites. `region_code`: in that region. `allowed`: where an offer or a coupon can
    be used, as the caller judges it.
    """

    brands: Collection[str] = ()
    amenities: Collection[str] = ()
    open_at: datetime | None = None
    text: str | None = None
    only_ids: Collection[int] | None = None
    region_code: str | None = None
    allowed: Allowed | None = None

    @property
    def names_a_set(self) -> bool:
        """Whether it narrows enough to search without a circle: by region, text, offer or coupon,
        or favourites. A brand, an amenity or being open alone would list half the country."""
        by_text = self.text is not None and bool(folded(self.text))
        return (
            by_text
            or self.only_ids is not None
            or self.region_code is not None
            or self.allowed is not None
        )


@dataclass(frozen=True, slots=True)
class Found:
    """`distance_m` None: searched without a circle."""

    station: Station
    distance_m: int | None


def search(
    directory: StationDirectory,
    criteria: StationCriteria,
    brands: Mapping[str, Label],
    circle: Circle | None = None,
) -> tuple[Found, ...]:
    """Every station that meets the criteria: nearest first with a circle, else by id.

    `brands` gives the names that text looks at, in each language.
    """
    keep = _predicate(criteria, brands, directory.texts)
    if circle is not None:
        near = directory.near(circle.centre, circle.radius_m)
        return tuple(Found(station, distance) for station, distance in near if keep(station))
    return tuple(Found(station, None) for station in _listed(directory, criteria) if keep(station))


def _listed(directory: StationDirectory, criteria: StationCriteria) -> Iterable[Station]:
    """The fewest stations known to hold the answer, by id; all only where no index helps."""
    if criteria.only_ids is not None:
        known = (directory.by_id.get(station_id) for station_id in sorted(criteria.only_ids))
        return [station for station in known if station is not None]
    if criteria.region_code is not None:
        return sorted(directory.in_region(criteria.region_code), key=lambda station: station.id)
    return directory.ordered


def _predicate(
    criteria: StationCriteria, brands: Mapping[str, Label], texts: Mapping[int, str]
) -> Allowed:
    """One test of all criteria, the cheap ones first."""
    tests: list[Allowed] = []
    if criteria.brands:
        wanted_brands = frozenset(criteria.brands)
        tests.append(lambda station: station.brand_code in wanted_brands)
    if criteria.only_ids is not None:
        wanted_ids = frozenset(criteria.only_ids)
        tests.append(lambda station: station.id in wanted_ids)
    region_code = criteria.region_code
    if region_code is not None:
        tests.append(lambda station: covers(region_code, station.region_code))
    if criteria.amenities:
        wanted_amenities = frozenset(criteria.amenities)
        tests.append(lambda station: wanted_amenities.issubset(station.amenities))
    if criteria.text is not None and folded(criteria.text):
        tests.append(_text_test(folded(criteria.text).split(), brands, texts))
    open_at = criteria.open_at
    if open_at is not None:
        tests.append(lambda station: station.is_open_at(open_at))
    if criteria.allowed is not None:
        tests.append(criteria.allowed)
    return lambda station: all(test(station) for test in tests)


def _text_test(words: list[str], brands: Mapping[str, Label], texts: Mapping[int, str]) -> Allowed:
    named = {
        code: folded(f"{label.name.zh} {label.name.en or ''}") for code, label in brands.items()
    }

    def holds(station: Station) -> bool:
        text = texts[station.id]
        brand = named.get(station.brand_code, "")
        return all(word in text or word in brand for word in words)

    return holds
