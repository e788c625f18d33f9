"""Makes the demo's stations: real brands and ceilings, everything else invented."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

import yaml

from app.domain.shared.fuel import FuelGrade
from app.domain.stations.station import (
    OpeningPeriod,
    Remoteness,
    Station,
    StationDetails,
    StationProduct,
)
from app.integrations.demo_seed.facts import Brand, Facts
from app.integrations.demo_seed.pump_prices import Pricing, make_pricing
from app.integrations.demo_seed.sites import Site, sites
from app.ports.seeding import SeedStation

STATION_IDS_FROM = 1_000_000
STATION_IDS_A_CITY = 10_000
"""A generated station's id follows from its code, and is far above what the database counts."""

COLD_FROM_LATITUDE_E7 = 380_000_000
PEAK_HOURS = {
    Remoteness.URBAN: frozenset({7, 8, 9, 17, 18, 19}),
    Remoteness.SUBURBAN: frozenset({7, 8, 17, 18}),
    Remoteness.REMOTE: frozenset({11, 12, 16}),
}
DAYTIME = (OpeningPeriod(6 * 60, 23 * 60),)
OVER_MIDNIGHT = (OpeningPeriod(5 * 60 + 30, 60),)
WITH_A_BREAK = (OpeningPeriod(6 * 60, 12 * 60), OpeningPeriod(13 * 60 + 30, 21 * 60 + 30))


@dataclass(frozen=True, slots=True, kw_only=True)
class Showcase:
    """Traits that the personas' stories rest on. `grades` are sold in any case."""

    brand: str
    tags: frozenset[str]
    always_open: bool
    grades: tuple[FuelGrade, ...] = ()


def read_showcase(path: Path) -> Mapping[str, Showcase]:
    """By station code."""
    document = yaml.safe_load(path.read_text("utf-8"))
    return {
        code: Showcase(
            brand=traits["brand"],
            tags=frozenset(traits["tags"]),
            always_open=traits["always_open"],
            grades=tuple(map(FuelGrade, traits.get("grades", ()))),
        )
        for code, traits in document["stations"].items()
    }


def make_stations(
    facts: Facts, showcase: Mapping[str, Showcase], count: int, seed: int, moment: datetime
) -> Iterator[SeedStation]:
    """`count` stations, each from random numbers of its own. `moment`: prices are dated from it."""
    names: set[str] = set()
    for site in sites(facts, count, seed):
        rng = Random(f"{seed}:station:{site.code}")
        fixed = showcase.get(site.code)
        station_id = STATION_IDS_FROM + site.city_index * STATION_IDS_A_CITY + site.number
        brand = _brand(facts, site, fixed, rng)
        opening = () if fixed and fixed.always_open else _opening(rng)
        grades = _grades(site, fixed, rng)
        tags = fixed.tags if fixed else _tags(site, grades, opening, rng)
        pricing = make_pricing(facts.zones[site.city.zone_code], brand, site, tags, moment, rng)
        name, street = _name(facts, site, brand, names, rng)
        station = Station(
            id=station_id,
            code=site.code,
            name=name,
            brand_code=brand.label.code,
            region_code=site.district.code,
            address=f"{site.district.name}{street}{rng.randint(1, 999)}号",
            latitude_e7=site.place.latitude_e7,
            longitude_e7=site.place.longitude_e7,
            time_zone="Asia/Shanghai",
            opening=opening,
            amenities=_amenities(facts, tags, rng),
            tags=tags,
            remoteness=site.remoteness,
            peak_hours=PEAK_HOURS[site.remoteness],
            service_fee_fen=_service_fee_fen(fixed, tags, rng),
            generated=True,
            products=_products(station_id, grades, pricing, fixed, rng),
        )
        # Plainly fictitious: there is no area code 000.
        phone = f"000-{site.city_index:04d}-{site.number:04d}"
        details = StationDetails(station_id=station_id, phone=phone)
        yield SeedStation(station=station, zone_code=site.city.zone_code, details=details)


def _brand(facts: Facts, site: Site, fixed: Showcase | None, rng: Random) -> Brand:
    here = [
        brand
        for brand in facts.brands
        if not brand.provinces or site.city.code[:2] in brand.provinces
    ]
    chosen = rng.choices(here, [brand.weight for brand in here])[0]
    if fixed:
        return next(brand for brand in facts.brands if brand.label.code == fixed.brand)
    return chosen


def _name(facts: Facts, site: Site, brand: Brand, names: set[str], rng: Random) -> tuple[str, str]:
    """Brand, city, district and street, marked as invented; no two alike. And the street."""
    district = facts.own_name(site.district)
    town = site.city.name if district == site.city.name else site.city.name + district
    street = rng.choice(facts.streets)
    stem = f"{brand.label.name.zh}{town}{street}"
    name = f"{stem}站（演示）"
    if name in names:
        name = f"{stem}{site.number}号站（演示）"
    names.add(name)
    return name, street


def _opening(rng: Random) -> tuple[OpeningPeriod, ...]:
    chosen = rng.choices(((), DAYTIME, OVER_MIDNIGHT, WITH_A_BREAK), (72, 19, 6, 3))[0]
    return tuple(chosen)


def _grades(site: Site, fixed: Showcase | None, rng: Random) -> tuple[FuelGrade, ...]:
    remote = site.remoteness is Remoteness.REMOTE
    cold = site.place.latitude_e7 >= COLD_FROM_LATITUDE_E7
    chances = {
        FuelGrade.GASOLINE_89: 3,
        FuelGrade.GASOLINE_92: 100,
        FuelGrade.GASOLINE_95: 97,
        FuelGrade.GASOLINE_98: 12 if remote else 38,
        FuelGrade.DIESEL_0: 96 if remote else 68,
        FuelGrade.DIESEL_MINUS_10: 30 if cold else 0,
    }
    drawn = {grade for grade, percent in chances.items() if rng.randrange(100) < percent}
    sold = drawn | set(fixed.grades if fixed else ())
    if FuelGrade.DIESEL_0 not in sold:
        sold.discard(FuelGrade.DIESEL_MINUS_10)
    return tuple(grade for grade in FuelGrade if grade in sold)


def _tags(
    site: Site,
    grades: tuple[FuelGrade, ...],
    opening: tuple[OpeningPeriod, ...],
    rng: Random,
) -> frozenset[str]:
    urban = site.remoteness is Remoteness.URBAN
    chances = {
        "partner": 70,
        "dynamic": 36,
        "weekend": 28,
        "night": 0 if opening else 32,
        "flagship": 22 if FuelGrade.GASOLINE_98 in grades else 0,
        "anniversary": 4,
        "new-station": 5,
        "countryside": 0 if urban else 50,
        "highway": 0 if urban else 22,
        "logistics": (12 if urban else 55) if FuelGrade.DIESEL_0 in grades else 0,
    }
    return frozenset(tag for tag, percent in chances.items() if rng.randrange(100) < percent)


def _amenities(facts: Facts, tags: frozenset[str], rng: Random) -> tuple[str, ...]:
    has = {code for code, percent in facts.amenity_shares.items() if rng.randrange(100) < percent}
    if "logistics" in tags:
        has |= {"adblue", "truck-parking"}
    return tuple(code for code in facts.amenity_shares if code in has)


def _service_fee_fen(fixed: Showcase | None, tags: frozenset[str], rng: Random) -> int:
    drawn = rng.randrange(100)
    if fixed:
        return 0
    if "highway" in tags:
        return 100 if drawn < 15 else 0
    return 50 if drawn < 2 else 0


def _products(
    station_id: int,
    grades: tuple[FuelGrade, ...],
    pricing: Pricing,
    fixed: Showcase | None,
    rng: Random,
) -> dict[FuelGrade, StationProduct]:
    """Nozzles count through the station. About one station in twelve has floor prices."""
    floored = rng.randrange(12) == 0 and fixed is None
    products: dict[FuelGrade, StationProduct] = {}
    next_nozzle = 1
    for grade in grades:
        nozzles = rng.randint(2, 4)
        prices, ceiling = pricing.history(grade)
        products[grade] = StationProduct(
            station_id=station_id,
            fuel_grade=grade,
            nozzles=tuple(f"{n:02d}" for n in range(next_nozzle, next_nozzle + nozzles)),
            pump_price=prices,
            ceiling=ceiling,
            floor_price_mill_per_litre=pricing.floor_mill(grade) if floored else 0,
        )
        next_nozzle += nozzles
    return products
