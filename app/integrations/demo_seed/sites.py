"""Where the demo's stations stand: around the centres of real cities and of their districts."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from app.domain.stations.geo import E7, Coordinates, distance_m
from app.domain.stations.station import Region, Remoteness
from app.integrations.demo_seed.facts import City, Facts

NEAR_LEAST = 40
NEAR_PERCENT = 84
NEAR_RADIUS_M = 9_600
ANCHOR_RADIUS_M = 8_500
FAR_RADIUS_M = 60_000
APART_M = 150
METRES_PER_DEGREE = 111_195

URBAN_BELOW_M = 8_000
SUBURBAN_BELOW_M = 25_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`number` counts from 1 in its city, the near ones first."""

    city: City
    city_index: int
    number: int
    place: Coordinates
    district: Region
    remoteness: Remoteness

    @property
    def code(self) -> str:
        return f"demo:{self.city.code}-{self.number:03d}"


def sites(facts: Facts, count: int, seed: int) -> Iterator[Site]:
    """`count` sites: 50 or a few more a city as far as there are cities, home city first.

    Of each city's, 84 % but at least 40 (as far as there are so many) lie within 9.6 km of its
    centre, and no two within 150 m.
    """
    cities = facts.cities[: max(1, min(len(facts.cities), count // 50))]
    share, left = divmod(count, len(cities))
    for index, city in enumerate(cities):
        here = share + (1 if index < left else 0)
        yield from _of_city(facts, index, here, Random(f"{seed}:sites:{city.code}"))


def _of_city(facts: Facts, index: int, count: int, rng: Random) -> Iterator[Site]:
    city = facts.cities[index]
    counties = facts.counties(city) or [facts.region_by_code[city.code]]
    near = min(count, max(NEAR_LEAST, count * NEAR_PERCENT // 100))
    taken: list[Coordinates] = []
    for number in range(1, count + 1):
        place = (
            _near(city, counties, taken, rng)
            if number <= near
            else _far(city, counties, taken, rng)
        )
        taken.append(place)
        yield Site(
            city=city,
            city_index=index,
            number=number,
            place=place,
            district=min(counties, key=lambda county: distance_m(centre(county), place)),
            remoteness=_remoteness(distance_m(city.centre, place)),
        )


def centre(region: Region) -> Coordinates:
    return Coordinates(region.latitude_e7, region.longitude_e7)


def _near(city: City, counties: list[Region], taken: list[Coordinates], rng: Random) -> Coordinates:
    anchors = [city.centre]
    anchors += [
        centre(county)
        for county in counties
        if distance_m(city.centre, centre(county)) <= ANCHOR_RADIUS_M
    ]
    while True:
        if city.waterside or rng.random() < 0.5:
            place = _beside(rng.choice(anchors), 300, 3_500, rng)
        else:
            place = _beside(city.centre, 1_000, NEAR_RADIUS_M, rng)
        if distance_m(city.centre, place) <= NEAR_RADIUS_M and _apart(place, taken):
            return place


def _far(city: City, counties: list[Region], taken: list[Coordinates], rng: Random) -> Coordinates:
    anchors = [
        centre(county)
        for county in counties
        if ANCHOR_RADIUS_M < distance_m(city.centre, centre(county)) <= FAR_RADIUS_M
    ]
    while True:
        if anchors:
            place = _beside(rng.choice(anchors), 500, 4_000, rng)
        else:
            place = _beside(city.centre, 11_000, 30_000, rng)
        if _apart(place, taken):
            return place


def _beside(anchor: Coordinates, least_m: int, most_m: int, rng: Random) -> Coordinates:
    """A place in a ring around another, even over its area."""
    radius_m = math.sqrt(rng.uniform(least_m**2, most_m**2))
    bearing = rng.uniform(0, 2 * math.pi)
    north = radius_m * math.cos(bearing) / METRES_PER_DEGREE
    latitude = anchor.latitude_e7 / E7
    east = radius_m * math.sin(bearing) / (METRES_PER_DEGREE * math.cos(math.radians(latitude)))
    # 1e-5 degree is a metre: more digits would only differ between mathematical libraries.
    return Coordinates(
        anchor.latitude_e7 + round(north * 100_000) * 100,
        anchor.longitude_e7 + round(east * 100_000) * 100,
    )


def _apart(place: Coordinates, taken: list[Coordinates]) -> bool:
    return all(distance_m(place, other) >= APART_M for other in taken)


def _remoteness(from_centre_m: int) -> Remoteness:
    if from_centre_m < URBAN_BELOW_M:
        return Remoteness.URBAN
    return Remoteness.SUBURBAN if from_centre_m < SUBURBAN_BELOW_M else Remoteness.REMOTE
