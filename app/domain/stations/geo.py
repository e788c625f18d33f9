"""Where things lie: coordinates, the two datums of Chinese maps, distances, the spatial index.

The only file of the domain that knows floats. A coordinate is kept as integers of 1e-7 degree
(about a centimetre) in WGS84; GCJ-02 (the shifted datum that maps inside China must use) exists
only at the edges. Distances are great circles on a sphere of the mean earth radius (IUGG R1).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius R1 = (2a + b) / 3 of WGS84 (Moritz, Geodetic Reference System 1980)."""

E7 = 10_000_000
_HALF_TURN_M = math.pi * EARTH_RADIUS_M

_KRASOVSKY_A_M = 6_378_245.0
_KRASOVSKY_E2 = 0.00669342162296594323
_GCJ_ROUNDS = 12


class Datum(StrEnum):
    WGS84 = "WGS84"
    GCJ02 = "GCJ02"


class CoordinatesImpossible(ValueError):
    """Not a place on earth: not a number, a latitude beyond ±90° or a longitude beyond ±180°."""


@dataclass(frozen=True, slots=True)
class Coordinates:
    """A place in WGS84, in integers of 1e-7 degree. Beyond the earth: `CoordinatesImpossible`."""

    latitude_e7: int
    longitude_e7: int

    def __post_init__(self) -> None:
        if abs(self.latitude_e7) > 90 * E7 or abs(self.longitude_e7) > 180 * E7:
            raise CoordinatesImpossible(
                f"latitude {self.latitude_e7 / E7}, longitude {self.longitude_e7 / E7}"
            )


def to_wgs84(latitude: float, longitude: float, datum: Datum = Datum.WGS84) -> Coordinates:
    """Degrees in `datum` as coordinates, to within 1e-6 degree.

    NaN, infinity, a latitude beyond ±90 or a longitude beyond ±180: `CoordinatesImpossible`.
    """
    # A comparison with NaN is false, so this refuses it too.
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise CoordinatesImpossible(f"latitude {latitude}, longitude {longitude}")
    if datum is Datum.GCJ02:
        latitude, longitude = _gcj02_to_wgs84(latitude, longitude)
    return Coordinates(round(latitude * E7), round(longitude * E7))


def from_wgs84(place: Coordinates, datum: Datum = Datum.WGS84) -> tuple[float, float]:
    """(latitude, longitude) of a place in degrees of `datum`, rounded to 1e-7 degree."""
    latitude, longitude = place.latitude_e7 / E7, place.longitude_e7 / E7
    if datum is Datum.GCJ02:
        latitude, longitude = _wgs84_to_gcj02(latitude, longitude)
    return round(latitude, 7), round(longitude, 7)


def is_shifted(latitude: float, longitude: float) -> bool:
    """Whether GCJ-02 shifts this place: the usual rectangle around China. Outside, and so in
    Sydney, the two datums are one. The rectangle also takes in parts of China's neighbours."""
    return 0.8293 <= latitude <= 55.8271 and 72.004 <= longitude <= 137.8347


def _wgs84_to_gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    """The public formula of the shift; unchanged outside the rectangle."""
    if not is_shifted(latitude, longitude):
        return latitude, longitude
    north_m, east_m = _shift_m(longitude - 105, latitude - 35)
    phi = math.radians(latitude)
    flattening = 1 - _KRASOVSKY_E2 * math.sin(phi) ** 2
    meridian_m = _KRASOVSKY_A_M * (1 - _KRASOVSKY_E2) / flattening**1.5
    parallel_m = _KRASOVSKY_A_M * math.cos(phi) / math.sqrt(flattening)
    return latitude + math.degrees(north_m / meridian_m), longitude + math.degrees(
        east_m / parallel_m
    )


def _shift_m(x: float, y: float) -> tuple[float, float]:
    """Metres to the north and to the east, of degrees east of 105°E and north of 35°N."""

    def wave(angle: float, period: float) -> float:
        return math.sin(angle * math.pi / period)

    ripple = 20 * wave(x, 1 / 6) + 20 * wave(x, 1 / 2)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += (ripple + 20 * wave(y, 1) + 40 * wave(y, 3) + 160 * wave(y, 12)) * 2 / 3
    north += 320 * wave(y, 30) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += (ripple + 20 * wave(x, 1) + 40 * wave(x, 3) + 150 * wave(x, 12)) * 2 / 3
    east += 300 * wave(x, 30) * 2 / 3
    return north, east


def _gcj02_to_wgs84(latitude: float, longitude: float) -> tuple[float, float]:
    """The inverse by fixed-point iteration: the shift varies slowly, so each round gains digits."""
    if not is_shifted(latitude, longitude):
        return latitude, longitude
    guess_latitude, guess_longitude = latitude, longitude
    for _ in range(_GCJ_ROUNDS):
        shifted_latitude, shifted_longitude = _wgs84_to_gcj02(guess_latitude, guess_longitude)
        guess_latitude += latitude - shifted_latitude
        guess_longitude += longitude - shifted_longitude
    return guess_latitude, guess_longitude


def distance_m(one: Coordinates, other: Coordinates) -> int:
    """Great-circle distance, rounded to the metre (haversine; also exact at the antipodes)."""
    phi_one, phi_other = (
        math.radians(one.latitude_e7 / E7),
        math.radians(other.latitude_e7 / E7),
    )
    half_lambda = math.radians((other.longitude_e7 - one.longitude_e7) / E7) / 2
    haversine = (
        math.sin((phi_other - phi_one) / 2) ** 2
        + math.cos(phi_one) * math.cos(phi_other) * math.sin(half_lambda) ** 2
    )
    angle = 2 * math.atan2(math.sqrt(haversine), math.sqrt(max(0.0, 1 - haversine)))
    return _to_metre(angle * EARTH_RADIUS_M)


def _to_metre(distance: float) -> int:
    return math.floor(distance + 0.5)


class SpatialIndex:
    """Finds places around a centre among unit vectors: one product over all of them.

    Longitude has no seam and the poles no special case in space, so the antimeridian and the
    poles need no rule. Places keep the position that they were given at.
    """

    __slots__ = ("_vectors",)

    def __init__(self, places: Sequence[Coordinates]) -> None:
        self._vectors = _unit_vectors(
            np.array([place.latitude_e7 for place in places], dtype=np.float64),
            np.array([place.longitude_e7 for place in places], dtype=np.float64),
        )

    def within(self, centre: Coordinates, radius_m: int) -> list[tuple[int, int]]:
        """(position, distance in metres) of each place not farther than `radius_m`, nearest
        first, then by position. A radius below 0 finds nothing."""
        if radius_m < 0:
            return []
        middle = _unit_vectors(
            np.array([centre.latitude_e7], dtype=np.float64),
            np.array([centre.longitude_e7], dtype=np.float64),
        )[0]
        # A cosine cannot tell metres apart near 1 (its slope is 0 there): it only sieves, with
        # a metre to spare, and the chord then measures what is left.
        reach = min(radius_m + 1, _HALF_TURN_M) / EARTH_RADIUS_M
        sieved = np.flatnonzero(self._vectors @ middle >= math.cos(reach) - 1e-12)
        chosen = self._vectors[sieved]
        chord = np.linalg.norm(chosen - middle, axis=1)
        metres = 2 * EARTH_RADIUS_M * np.arctan2(chord, np.linalg.norm(chosen + middle, axis=1))
        inside = metres <= radius_m
        found = zip(sieved[inside].tolist(), metres[inside].tolist(), strict=True)
        return sorted(
            ((position, _to_metre(distance)) for position, distance in found),
            key=lambda hit: (hit[1], hit[0]),
        )


def _unit_vectors(
    latitudes_e7: NDArray[np.float64], longitudes_e7: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Unit vectors, one a row, of coordinates in 1e-7 degree."""
    phi, lam = np.radians(latitudes_e7 / E7), np.radians(longitudes_e7 / E7)
    columns = (np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi))
    return np.stack(columns, axis=1)
