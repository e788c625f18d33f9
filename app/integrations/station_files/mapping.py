"""Mapping documents: which column means what, in which unit, and what is possible there.

A mapping is YAML. Those that the project ships lie in `mappings/` and are named without ".yaml";
anyone may write another and name it by its path.
"""

import re
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.domain.shared.fuel import FuelGrade
from app.domain.stations.geo import Datum, to_wgs84

SHIPPED = Path(__file__).parent / "mappings"


class MappingInvalid(Exception):
    """A mapping that does not exist or cannot be used; the message says where and why."""


def _regular_expression(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as fault:
        raise ValueError(f"not a regular expression: {fault}") from fault
    return pattern


Columns = str | tuple[str, ...]
"""A column, or several: the first that is not blank counts."""


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Document):
    """`value` where `column` matches (a regular expression, found anywhere, case ignored)."""

    column: str
    matches: Annotated[str, AfterValidator(_regular_expression)]
    value: str


class Lookup(_Document):
    """A text for each row: of the first rule that matches, else of the column, else `value`."""

    value: str = ""
    column: Columns | None = None
    rules: tuple[Rule, ...] = ()


class Prices(_Document):
    """Prices by grade. `json_column`: one column with a JSON object of prices by key, and `grades`
    names keys; without it `grades` names columns. A grade that is absent is not sold here.

    `mills_per_unit`: what 1 in the file is, in mills per litre (yuan: 1000; tenths of a cent, read
    as mills: 1). Bounds are inclusive.
    """

    grades: dict[str, FuelGrade] = Field(min_length=1)
    json_column: str | None = None
    mills_per_unit: int = Field(default=1000, ge=1)
    lowest_mill_per_litre: int = Field(gt=0)
    highest_mill_per_litre: int = Field(gt=0)

    @model_validator(mode="after")
    def _consistent(self) -> "Prices":
        if len(set(self.grades.values())) < len(self.grades):
            raise ValueError("two names mean one grade")
        if self.lowest_mill_per_litre > self.highest_mill_per_litre:
            raise ValueError("the lowest price is above the highest")
        return self


class Area(_Document):
    """Degrees of WGS84; `west` above `east` crosses the antimeridian."""

    south: float
    west: float
    north: float
    east: float

    @model_validator(mode="after")
    def _on_earth(self) -> "Area":
        to_wgs84(self.south, self.west)
        to_wgs84(self.north, self.east)
        if self.south > self.north:
            raise ValueError("south lies north of north")
        return self


class RegionEntry(_Document):
    """A region that the mapping brings along; degrees of WGS84."""

    code: str
    name: str
    latitude: float
    longitude: float

    @model_validator(mode="after")
    def _on_earth(self) -> "RegionEntry":
        to_wgs84(self.latitude, self.longitude)
        return self


class AmenityEntry(_Document):
    """An amenity, and the columns whose "yes" (or any word but "no") means it."""

    code: str
    zh: str
    en: str
    columns: tuple[str, ...]


class StationColumns(_Document):
    source_id: Columns
    name: Columns
    brand: Columns | None = None
    address: Columns
    latitude: str
    longitude: str
    updated_at: str | None = None
    phone: Columns | None = None
    opening_hours: str | None = None


class StationMapping(_Document):
    """`prices` None: the source tells none, and stations are taken without products.

    `brands` gives names, and `brand_codes` codes, to brands as the source writes them; without
    one the code is made of the brand's words. `only`: columns and the text that each must hold
    for a row to be a station. `unreadable_hours`: reject such a row, or take the station as always
    open and note it.
    """

    kind: Literal["stations"]
    title: str
    source: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    format: Literal["csv", "geojson"]
    encoding: str = "utf-8"
    columns: StationColumns
    only: dict[str, str] = {}
    datum: Datum = Datum.WGS84
    area: Area | None = None
    prices: Prices | None = None
    time_zone: Lookup
    region: Lookup
    price_zone: Lookup | None = None
    brands: dict[str, str] = {}
    brand_codes: dict[str, str] = {}
    unbranded: str = "INDEPENDENT"
    regions: tuple[RegionEntry, ...] = ()
    amenities: tuple[AmenityEntry, ...] = ()
    unreadable_hours: Literal["reject", "always_open"] = "reject"

    @model_validator(mode="after")
    def _usable(self) -> "StationMapping":
        zones = {self.time_zone.value, *(rule.value for rule in self.time_zone.rules)}
        unknown = sorted(zones - available_timezones() - {""})
        if unknown:
            raise ValueError(f"no such time zone: {', '.join(unknown)}")
        return self


class CeilingColumns(_Document):
    province_code: str
    province_name: str
    zone: str
    zone_name: str
    effective_from: str
    source_url: str | None = None


class CeilingMapping(_Document):
    """Official prices: one row a zone. A date in `effective_from` is its first instant in
    `time_zone` (a change takes effect at 24:00 of the day before)."""

    kind: Literal["ceilings"]
    title: str
    encoding: str = "utf-8"
    columns: CeilingColumns
    prices: Prices
    time_zone: str = "Asia/Shanghai"


_KINDS: dict[str, type[StationMapping] | type[CeilingMapping]] = {
    "stations": StationMapping,
    "ceilings": CeilingMapping,
}


def shipped_mappings(kind: str) -> tuple[str, ...]:
    """Names of the mappings of a kind that the project ships."""
    names = sorted(path.stem for path in SHIPPED.glob("*.yaml"))
    return tuple(name for name in names if _document(SHIPPED / f"{name}.yaml").get("kind") == kind)


def load_mapping(name_or_path: str, kind: str) -> StationMapping | CeilingMapping:
    """A shipped mapping by name, else a file by path. Raises `MappingInvalid`."""
    shipped = SHIPPED / f"{name_or_path}.yaml"
    is_name = re.fullmatch(r"[a-z0-9-]+", name_or_path) is not None
    path = shipped if is_name and shipped.exists() else Path(name_or_path)
    if not path.is_file():
        known = ", ".join(shipped_mappings(kind))
        raise MappingInvalid(f"没有映射 no mapping {name_or_path!r}（自带 shipped: {known}）")
    document = _document(path)
    if document.get("kind") != kind:
        raise MappingInvalid(f"{path.name}: kind 应为 must be {kind!r}")
    try:
        return _KINDS[kind].model_validate(document)
    except ValidationError as fault:
        lines = [
            f"{'.'.join(str(part) for part in error['loc']) or '(whole)'}: {error['msg']}"
            for error in fault.errors()
        ]
        raise MappingInvalid(f"{path.name}: " + "; ".join(lines)) from fault


def _document(path: Path) -> dict[str, object]:
    try:
        document: object = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as fault:
        raise MappingInvalid(f"{path.name}: 不是 YAML not YAML: {fault}") from fault
    if not isinstance(document, dict):
        raise MappingInvalid(f"{path.name}: 不是 YAML 映射 not a YAML mapping")
    return {str(key): value for key, value in document.items()}
