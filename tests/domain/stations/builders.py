"""Stations for the tests of this context, with what a test does not name filled in."""

from datetime import UTC, datetime

from app.domain.shared.fuel import FuelGrade
from app.domain.stations.claims import StationClaim
from app.domain.stations.geo import to_wgs84
from app.domain.stations.station import Station

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)
"""Noon in Shanghai."""


def station(id_: int, *, at: tuple[float, float] = (31.2, 121.5), **given: object) -> Station:
    place = to_wgs84(*at)
    values: dict[str, object] = {
        "code": f"test:{id_}",
        "name": f"第{id_}加油站",
        "brand_code": "sinopec",
        "region_code": "310115",
        "address": "世纪大道 1 号",
        "latitude_e7": place.latitude_e7,
        "longitude_e7": place.longitude_e7,
        "time_zone": "Asia/Shanghai",
    }
    return Station(id=id_, **{**values, **given})


def claim(line: int, *, at: tuple[float, float] | None = None, **given: object) -> StationClaim:
    """Each line a place of its own, unless told."""
    place = to_wgs84(*(at or (31 + line / 100, 121.5)))
    values: dict[str, object] = {
        "source_id": f"s{line}",
        "name": f"Station {line}",
        "brand_code": "sinopec",
        "brand_name": "Sinopec",
        "address": f"{line} Century Avenue",
        "region_code": "310115",
        "place": place,
        "time_zone": "Asia/Shanghai",
        "prices": {FuelGrade.GASOLINE_92: 7_500},
        "updated_at": NOON,
    }
    return StationClaim(line=line, **{**values, **given})
