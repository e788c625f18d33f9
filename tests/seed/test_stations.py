"""Demo stations at full size: enough of them, where they should be, at possible prices."""

from collections import Counter, defaultdict
from itertools import chain

import pytest

from app.domain.shared.fuel import FuelGrade
from app.domain.stations.geo import Coordinates, distance_m
from app.domain.stations.station import PriceHistory, Remoteness, Station
from app.integrations.demo_seed.facts import read_facts
from app.integrations.demo_seed.source import SEED_FOLDER
from tests.support.seeded import MOMENT, full_seed, make


@pytest.fixture(scope="module")
def stations() -> list[Station]:
    return [seeded.station for seeded in full_seed().stations]


def _place(station: Station) -> Coordinates:
    return Coordinates(station.latitude_e7, station.longitude_e7)


def test_two_thousand_with_ids_codes_and_names_of_their_own(stations: list[Station]):
    assert len(stations) == 2_000
    for of in ("id", "code", "name"):
        assert len({getattr(station, of) for station in stations}) == 2_000


def test_at_least_40_lie_within_10_km_of_each_of_40_centres(stations: list[Station]):
    cities = read_facts(SEED_FOLDER / "facts").cities
    near = {
        city.name: sum(distance_m(city.centre, _place(station)) <= 10_000 for station in stations)
        for city in cities
    }
    assert len(near) == 40
    assert min(near.values()) >= 40


def test_no_two_stations_of_a_city_stand_at_one_place(stations: list[Station]):
    cities: dict[str, list[Station]] = defaultdict(list)
    for station in stations:
        cities[station.code.partition("-")[0]].append(station)
    for members in cities.values():
        places = [_place(station) for station in members]
        apart = [
            distance_m(one, other) for i, one in enumerate(places) for other in places[i + 1 :]
        ]
        assert min(apart) >= 149


def test_every_station_says_that_it_is_generated(stations: list[Station]):
    assert all(station.generated for station in stations)
    assert all("演示" in station.name for station in stations)
    assert all(station.code.startswith("demo:") for station in stations)
    phones = [seeded.details.phone for seeded in full_seed().stations]
    assert all(phone and phone.startswith("000-") for phone in phones)


def _points(history: PriceHistory) -> list[int]:
    return [point.price_mill_per_litre for point in history.points]


def test_no_pump_price_is_ever_above_its_ceiling(stations: list[Station]):
    regulated = [p for s in stations for p in s.products.values() if p.ceiling is not None]
    assert len(regulated) > 5_000
    for product in regulated:
        assert max(_points(product.pump_price)) <= product.ceiling.points[-1].price_mill_per_litre


def test_grades_without_an_official_price_have_no_ceiling(stations: list[Station]):
    without = {p.fuel_grade for s in stations for p in s.products.values() if p.ceiling is None}
    assert {FuelGrade.GASOLINE_98, FuelGrade.DIESEL_MINUS_10} <= without
    assert FuelGrade.GASOLINE_92 not in without


def test_prices_spread_plausibly_around_the_ceiling(stations: list[Station]):
    """Real retail prices of 92# lie between the ceiling and about 1.2 yuan below it."""
    below = [
        product.ceiling.points[-1].price_mill_per_litre - product.pump_price_mill_at(MOMENT)
        for station in stations
        if (product := station.products.get(FuelGrade.GASOLINE_92))
    ]
    assert len(below) == 2_000
    assert 0 <= min(below) < 50
    assert 800 < max(below) < 1_300
    assert 100 < sum(below) / len(below) < 400


def test_a_higher_octane_costs_more_everywhere(stations: list[Station]):
    for station in stations:
        gasoline = [
            product.pump_price_mill_at(MOMENT)
            for grade, product in station.products.items()
            if grade.name.startswith("GASOLINE")
        ]
        assert gasoline == sorted(set(gasoline))


def test_private_stations_are_cheaper_than_the_big_two(stations: list[Station]):
    prices: dict[str, list[int]] = defaultdict(list)
    for station in stations:
        if station.code.startswith("demo:110000"):
            price = station.products[FuelGrade.GASOLINE_92].pump_price_mill_at(MOMENT)
            prices["independent" if station.brand_code == "independent" else "other"].append(price)
    average = {kind: sum(listed) / len(listed) for kind, listed in prices.items()}
    assert average["independent"] < average["other"] - 300


def test_some_have_a_floor_below_today_and_some_a_service_fee(stations: list[Station]):
    products = list(chain.from_iterable(s.products.values() for s in stations))
    floored = [p for p in products if p.floor_price_mill_per_litre]
    assert 0.04 < len(floored) / len(products) < 0.15
    assert all(p.floor_price_mill_per_litre < min(_points(p.pump_price)) for p in floored)
    fees = [station.service_fee_fen for station in stations if station.service_fee_fen]
    assert 10 < len(fees) < 150
    assert max(fees) <= 100


def test_some_prices_change_on_a_scheduled_date(stations: list[Station]):
    changing = [
        station
        for station in stations
        if any(p.next_change_after(MOMENT) for p in station.products.values())
    ]
    assert 50 < len(changing) < 200


def test_hours_differ_and_some_run_past_midnight(stations: list[Station]):
    kinds = Counter(
        "always"
        if not station.opening
        else "past midnight"
        if any(period.closes_minute <= period.opens_minute for period in station.opening)
        else f"{len(station.opening)} periods"
        for station in stations
    )
    assert set(kinds) == {"always", "past midnight", "1 periods", "2 periods"}
    assert kinds["always"] > 1_200
    assert min(kinds.values()) >= 20


def test_nozzles_are_numbered_through_the_station(stations: list[Station]):
    for station in stations:
        nozzles = [nozzle for p in station.products.values() for nozzle in p.nozzles]
        assert nozzles == [f"{number:02d}" for number in range(1, len(nozzles) + 1)]


def test_remoteness_follows_distance_and_sets_peak_hours(stations: list[Station]):
    assert set(Counter(station.remoteness for station in stations)) == set(Remoteness)
    assert all(station.peak_hours for station in stations)


def test_brands_amenities_and_regions_are_all_known():
    seed = full_seed()
    brands = {brand.code for brand in seed.brands}
    amenities = {amenity.code for amenity in seed.amenities}
    regions = {region.code for region in seed.regions}
    used = [seeded.station for seeded in seed.stations]
    assert {station.brand_code for station in used} == brands
    assert {code for station in used for code in station.amenities} == amenities
    assert {station.region_code for station in used} <= regions


def test_a_small_seed_keeps_40_within_10_km_of_the_home_centre():
    seed = make()
    home = read_facts(SEED_FOLDER / "facts").cities[0]
    near = [s for s in seed.stations if distance_m(home.centre, _place(s.station)) <= 10_000]
    assert len(seed.stations) == 120
    assert len(near) >= 40
