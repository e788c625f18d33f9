"""Coordinates, datums, distances and the spatial index."""

import math
import random
import warnings

import prcoords
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.stations.geo import (
    E7,
    EARTH_RADIUS_M,
    Coordinates,
    CoordinatesImpossible,
    Datum,
    SpatialIndex,
    distance_m,
    from_wgs84,
    is_shifted,
    to_wgs84,
)

PLACES = st.builds(Coordinates, st.integers(-90 * E7, 90 * E7), st.integers(-180 * E7, 180 * E7))
IN_CHINA = st.tuples(st.floats(4, 53), st.floats(74, 135))


@given(IN_CHINA)
def test_wgs84_to_gcj02_equals_prcoords(degrees: tuple[float, float]) -> None:
    place = to_wgs84(*degrees)
    ours = from_wgs84(place, Datum.GCJ02)
    theirs = prcoords.wgs_gcj((place.latitude_e7 / E7, place.longitude_e7 / E7))
    assert ours == pytest.approx(tuple(theirs), abs=1e-7)


@given(IN_CHINA)
def test_gcj02_to_wgs84_equals_the_iterated_inverse_of_prcoords(
    degrees: tuple[float, float],
) -> None:
    ours = to_wgs84(*degrees, Datum.GCJ02)
    with warnings.catch_warnings():
        # Near the edge of its rectangle prcoords warns about the point of an iteration.
        warnings.simplefilter("ignore")
        theirs = prcoords.gcj_wgs_bored(degrees)
    # prcoords stops iterating at 1e-5 degree.
    assert (ours.latitude_e7 / E7, ours.longitude_e7 / E7) == pytest.approx(
        tuple(theirs), abs=1.1e-5
    )


@given(IN_CHINA)
def test_a_place_survives_the_way_to_gcj02_and_back(degrees: tuple[float, float]) -> None:
    place = to_wgs84(*degrees)
    back = to_wgs84(*from_wgs84(place, Datum.GCJ02), Datum.GCJ02)
    assert abs(back.latitude_e7 - place.latitude_e7) < 10
    assert abs(back.longitude_e7 - place.longitude_e7) < 10


@given(PLACES)
def test_outside_china_both_datums_are_one(place: Coordinates) -> None:
    degrees = from_wgs84(place)
    if not is_shifted(*degrees):
        assert from_wgs84(place, Datum.GCJ02) == degrees
        assert to_wgs84(*degrees, Datum.GCJ02) == place


def test_the_shift_of_tiananmen_is_the_known_one() -> None:
    latitude, longitude = from_wgs84(to_wgs84(39.907333, 116.391083), Datum.GCJ02)
    assert (round(latitude, 4), round(longitude, 4)) == (39.9087, 116.3973)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        (90.0000001, 0),
        (-91, 0),
        (999, 0),
        (0, 180.0000001),
        (0, -999),
        (math.nan, 0),
        (0, math.nan),
        (math.inf, 0),
        (0, -math.inf),
    ],
)
@pytest.mark.parametrize("datum", Datum)
def test_a_place_beyond_the_earth_is_refused(
    latitude: float, longitude: float, datum: Datum
) -> None:
    with pytest.raises(CoordinatesImpossible):
        to_wgs84(latitude, longitude, datum)


def test_coordinates_beyond_the_earth_cannot_be_made() -> None:
    with pytest.raises(CoordinatesImpossible):
        Coordinates(90 * E7 + 1, 0)
    with pytest.raises(CoordinatesImpossible):
        Coordinates(0, -180 * E7 - 1)


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        # A degree of a great circle, a quarter of one, and half.
        ((0, 0), (1, 0), 111_195),
        ((0, 179.5), (0, -179.5), 111_195),
        ((89.5, 10), (89.5, -170), 111_195),
        ((0, 0), (0, 90), round(math.pi * EARTH_RADIUS_M / 2)),
        ((0, 0), (0, 180), round(math.pi * EARTH_RADIUS_M)),
        ((90, 0), (90, 123), 0),
        # Sydney to Melbourne, as any great-circle calculator says.
        ((-33.8688, 151.2093), (-37.8136, 144.9631), 713_430),
    ],
)
def test_distances(one: tuple[float, float], other: tuple[float, float], metres: int) -> None:
    found = distance_m(to_wgs84(*one), to_wgs84(*other))
    assert found == pytest.approx(metres, abs=10 if metres == 713_430 else 0.5)


@given(PLACES, PLACES)
def test_distance_is_symmetric_and_bounded(one: Coordinates, other: Coordinates) -> None:
    metres = distance_m(one, other)
    assert metres == distance_m(other, one)
    assert 0 <= metres <= math.ceil(math.pi * EARTH_RADIUS_M)


def _scattered(seed: int) -> list[Coordinates]:
    """Places all over the earth, crowded where a naive index goes wrong: seam, poles, a city."""
    rng = random.Random(seed)
    crowds = [(0, 180, 0.2), (-30, -180, 0.2), (90, 0, 0.2), (-90, 50, 0.2), (31.2, 121.5, 0.3)]
    places = [
        Coordinates(rng.randint(-90 * E7, 90 * E7), rng.randint(-180 * E7, 180 * E7))
        for _ in range(200)
    ]
    for latitude, longitude, spread in crowds:
        for _ in range(60):
            south = max(-90.0, min(90.0, latitude + rng.uniform(-spread, spread)))
            east = (longitude + rng.uniform(-spread, spread) + 180) % 360 - 180
            places.append(to_wgs84(south, east))
    return places


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("radius_m", [0, 1_000, 20_000, 3_000_000, 20_015_000, 50_000_000])
def test_the_index_finds_what_measuring_every_place_finds(seed: int, radius_m: int) -> None:
    places = _scattered(seed)
    index = SpatialIndex(places)
    for position, centre in list(enumerate(places))[::25]:
        measured = [(number, distance_m(centre, place)) for number, place in enumerate(places)]
        inside = [hit for hit in measured if hit[1] <= radius_m]
        found = index.within(centre, radius_m)
        assert (position, 0) in found
        # At the very edge a rounded distance cannot tell inside from outside.
        edge = {number for number, metres in measured if metres == radius_m}
        assert [hit for hit in found if hit[0] not in edge] == sorted(
            (hit for hit in inside if hit[0] not in edge), key=lambda hit: (hit[1], hit[0])
        )


def test_the_index_of_nothing_finds_nothing() -> None:
    assert SpatialIndex([]).within(Coordinates(0, 0), 1_000_000) == []


def test_a_negative_radius_finds_nothing() -> None:
    assert SpatialIndex([Coordinates(0, 0)]).within(Coordinates(0, 0), -1) == []
