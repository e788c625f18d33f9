"""Reads the tables of facts under seed/facts."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from app.domain.shared.fuel import FuelGrade
from app.domain.shared.text import LocalizedText
from app.domain.stations.geo import Coordinates, Datum, to_wgs84
from app.domain.stations.station import Label, PricePoint, Region
from app.ports.seeding import SeedZone

CHINA = ZoneInfo("Asia/Shanghai")
LEVEL_ENDINGS = ("自治县", "自治旗", "新区", "市", "区", "县", "旗")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """`weight`: how common; `provinces` empty: everywhere. Pump prices lie between
    `below_ceiling_min_mill` and `below_ceiling_max_mill` mills under the official price."""

    label: Label
    weight: int
    provinces: frozenset[str]
    below_ceiling_min_mill: int
    below_ceiling_max_mill: int


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    code: str
    name: str
    zone_code: str
    centre: Coordinates
    waterside: bool

    @property
    def prefix(self) -> str:
        """What the codes of its counties begin with: two digits for a municipality."""
        return self.code[:2] if self.code.endswith("0000") else self.code[:4]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All tables. `amenity_shares`: percent of stations that have one, by code."""

    brands: tuple[Brand, ...]
    amenities: tuple[Label, ...]
    amenity_shares: Mapping[str, int]
    streets: tuple[str, ...]
    cities: tuple[City, ...]
    regions: tuple[Region, ...]
    zones: Mapping[str, SeedZone]

    @cached_property
    def region_by_code(self) -> Mapping[str, Region]:
        return {region.code: region for region in self.regions}

    def counties(self, city: City) -> list[Region]:
        """The counties and districts of a city that have a centre."""
        return [
            region
            for region in self.regions
            if region.code.startswith(city.prefix) and not region.code.endswith("00")
        ]

    def own_name(self, region: Region) -> str:
        """A region's own short name, without what it lies in: 北京市东城区 is 东城."""
        name = region.name
        for above in (region.code[:4] + "00", region.code[:2] + "0000"):
            if above != region.code and above in self.region_by_code:
                name = name.removeprefix(self.region_by_code[above].name)
        for ending in LEVEL_ENDINGS:
            if name.endswith(ending) and len(name) - len(ending) >= 2:
                return name.removesuffix(ending)
        return name


def read_facts(folder: Path) -> Facts:
    """The tables in `folder`. A missing file: FileNotFoundError."""
    amenities = list(_rows(folder / "amenities.csv"))
    return Facts(
        brands=tuple(map(_brand, _rows(folder / "brands.csv"))),
        amenities=tuple(map(_label, amenities)),
        amenity_shares={row["code"]: int(row["share_percent"]) for row in amenities},
        streets=tuple(row["name"] for row in _rows(folder / "streets.csv")),
        cities=tuple(map(_city, _rows(folder / "cities.csv"))),
        regions=tuple(map(_region, _rows(folder / "regions.csv"))),
        zones=_zones(list(_rows(folder / "ceilings.csv"))),
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _label(row: Mapping[str, str]) -> Label:
    return Label(code=row["code"], name=LocalizedText(zh=row["name_zh"], en=row["name_en"]))


def _brand(row: Mapping[str, str]) -> Brand:
    return Brand(
        label=_label(row),
        weight=int(row["weight"]),
        provinces=frozenset(row["provinces"].split()),
        below_ceiling_min_mill=int(row["below_ceiling_min_mill"]),
        below_ceiling_max_mill=int(row["below_ceiling_max_mill"]),
    )


def _place(row: Mapping[str, str]) -> Coordinates:
    """The source does not state its datum; its values are those of GCJ-02 maps."""
    return to_wgs84(float(row["latitude"]), float(row["longitude"]), Datum.GCJ02)


def _city(row: Mapping[str, str]) -> City:
    return City(
        code=row["code"],
        name=row["name"],
        zone_code=f"{row['province_code']}:{row['zone_code']}",
        centre=_place(row),
        waterside=row["waterside"] == "yes",
    )


def _region(row: Mapping[str, str]) -> Region:
    place = _place(row)
    return Region(
        code=row["code"],
        name=row["name"],
        latitude_e7=place.latitude_e7,
        longitude_e7=place.longitude_e7,
    )


def _zones(rows: list[dict[str, str]]) -> dict[str, SeedZone]:
    by_code: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_code.setdefault(f"{row['province_code']}:{row['zone_code']}", []).append(row)
    return {code: _zone(code, zone_rows) for code, zone_rows in by_code.items()}


def _zone(code: str, rows: list[dict[str, str]]) -> SeedZone:
    first = rows[0]
    return SeedZone(
        code=code,
        province_code=first["province_code"],
        zone=first["zone_code"],
        province_name=first["province_name"],
        name=first["zone_name"],
        source_url=first["source_url"],
        ceilings={
            FuelGrade(row["fuel_grade"]): PricePoint(
                datetime.fromisoformat(row["effective_from"]).replace(tzinfo=CHINA),
                int(row["price_mill_per_litre"]),
            )
            for row in rows
        },
    )
